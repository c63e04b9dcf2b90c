import Foundation
import Networks

/// Writes a quantized network as an ONNX graph that any runtime can run.
public struct ONNXExport {
  public enum Form: String, Sendable, CaseIterable {
    /// Integer operators alone: what the machine computes, bit for bit.
    case integer
    /// QuantizeLinear and DequantizeLinear around operators of real numbers: bit for bit where all
    /// scales are powers of two and sums fit 24 bits.
    case qdq
  }

  let model: Model
  let task: Int
  /// Whether each layer's sums, masks and activations are outputs too.
  let traces: Bool

  public init(_ model: Model, task: Int, traces: Bool) {
    self.model = model
    self.task = task
    self.traces = traces
  }

  /// The content of the file. Inputs are `images` [N, C, H, W] or [N, values] of the input's integer type;
  /// outputs `logits` [N, classes], and with traces `L.acc`, `L.mask` and `L.act` of each layer, before
  /// pooling.
  ///
  /// - Throws: `ONNXError` for a network that the form cannot express.
  public func content(_ form: Form) throws(ONNXError) -> Data {
    switch form {
    case .integer: try IntegerExport(export: self).content()
    case .qdq: try RealExport(export: self).content()
    }
  }

  /// The shape of images.
  var imageShape: [Int] {
    let first = model.layers[0]
    return first.kind == .convolution
      ? [first.inputChannels, first.size, first.size] : [first.inputChannels]
  }

  /// The shape of a layer's outputs before pooling.
  func shape(of layer: Layer) -> [Int] {
    layer.kind == .convolution
      ? [layer.outputChannels, layer.outputSize, layer.outputSize] : [layer.outputChannels]
  }

  /// The shape of a number for each channel, to be broadcast over positions.
  func channelShape(of layer: Layer) -> [Int] {
    layer.kind == .convolution ? [layer.outputChannels, 1, 1] : [layer.outputChannels]
  }

  /// The attributes of a layer's convolution.
  static func window(_ layer: Layer) -> KeyValuePairs<String, GraphWriter.Attribute> {
    [
      "kernel_shape": .ints([layer.kernel, layer.kernel]),
      "pads": .ints(Array(repeating: layer.padding, count: 4)),
      "strides": .ints([layer.stride, layer.stride]),
    ]
  }

  static let halving: KeyValuePairs<String, GraphWriter.Attribute> = [
    "kernel_shape": .ints([2, 2]), "strides": .ints([2, 2]),
  ]

  func requantizer(ofLayer layer: Int) -> Requantizer {
    let numbers = model.parameters(ofLayer: layer, task: task)
    return Requantizer(
      multipliers: numbers.multipliers, shifts: numbers.shifts, format: model.activation,
      clamp: model.clamp, rounding: model.rounding)
  }
}
