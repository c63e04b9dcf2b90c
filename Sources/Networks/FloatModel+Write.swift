import Foundation

extension FloatModel {
  /// Writes the network to a safetensors file that `load` reads, in single precision.
  ///
  /// - Throws: `NetworkError` if the file cannot be written.
  public func write(to path: String) throws(NetworkError) {
    try TensorFile.write(tensors, metadata: metadata, to: path)
  }

  /// The content of that file.
  public func content() -> Data { TensorFile.content(tensors, metadata: metadata) }

  var metadata: [String: String] {
    var metadata = Model.metadata(
      layers: layers, tasks: tasks, mode: mode,
      reluTasks: tasks.indices.filter { !hasThresholds(task: $0) }, head: head(of: 0))
    metadata["format"] = FloatMetadata.format
    metadata["input"] = "\(input)"
    metadata["input_scale"] = "\(inputScale)"
    metadata["activation_levels"] = steps.map { "\($0.levels)" }
    return metadata
  }

  var tensors: [Tensor] {
    var result: [Tensor] = []
    for (index, layer) in layers.enumerated() {
      if mode == .mime { result += sums(of: layer, index, task: 0, "parent.\(layer.name)") }
      if let steps {
        result.append(
          Tensor(
            name: "parent.\(layer.name).activation_step", shape: [1], reals: [steps.values[index]]))
      }
      for (task, name) in tasks.enumerated() {
        if mode == .conventional {
          result += sums(of: layer, index, task: task, "task.\(name).\(layer.name)")
        }
        if hasThresholds(task: task) {
          result.append(
            Tensor(
              name: "task.\(name).\(layer.name).threshold", shape: layer.outputShape,
              reals: parameters(ofLayer: index, task: task).thresholds))
        }
      }
    }
    for (task, name) in tasks.enumerated() {
      result += sums(of: head(of: task), layers.count, task: task, "task.\(name).head")
    }
    return result
  }

  private func sums(of layer: Layer, _ index: Int, task: Int, _ name: String) -> [Tensor] {
    let numbers = parameters(ofLayer: index, task: task)
    return [
      Tensor(name: "\(name).weight", shape: layer.weightShape, reals: numbers.weights),
      Tensor(name: "\(name).bias", shape: [layer.outputChannels], reals: numbers.bias),
    ]
  }
}
