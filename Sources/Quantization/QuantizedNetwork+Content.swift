import Foundation
import Networks

extension QuantizedNetwork {
  /// A safetensors file of the network, with its scales as information: `scale.L.acc` and `scale.L.act`,
  /// or of a conventional network `scale.T.L.acc` and `scale.T.L.act`.
  public func content(metadata: [String: String] = [:]) -> Data {
    let users = model.mode == .mime ? 0..<1 : model.tasks.indices
    var tensors: [Tensor] = []
    for task in users {
      let prefix = model.mode == .mime ? "scale" : "scale.\(model.tasks[task])"
      for (layer, scales) in zip(model.layers, scales[task]) {
        tensors.append(
          Tensor(
            name: "\(prefix).\(layer.name).acc", shape: [layer.outputChannels],
            reals: scales.accumulators))
        tensors.append(
          Tensor(name: "\(prefix).\(layer.name).act", shape: [1], reals: [scales.activations!]))
      }
    }
    return model.content(
      information: tensors, metadata: metadata.merging(["input_scale": "\(inputScale)"]) { $1 })
  }
}
