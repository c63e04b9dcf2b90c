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
  /// One, or all, of which the input `task` then selects one.
  let tasks: [Int]
  let selects: Bool
  /// Whether each layer's sums, masks and activations are outputs too.
  let traces: Bool

  /// A graph of one task.
  public init(_ model: Model, task: Int, traces: Bool) {
    self.model = model
    self.tasks = [task]
    selects = false
    self.traces = traces
  }

  /// A graph of all tasks.
  public init(ofAllTasks model: Model, traces: Bool) {
    self.model = model
    tasks = Array(model.tasks.indices)
    selects = true
    self.traces = traces
  }

  /// The content of the file. Inputs are `images` [N, C, H, W] or [N, values] of the input's integer type,
  /// and `task`, a task's number, where the graph is of all; outputs `logits` [N, classes], and with traces
  /// `L.acc`, `L.mask` and `L.act` of each layer, before pooling.
  ///
  /// - Throws: `ONNXError` for a network that the form cannot express.
  public func content(_ form: Form) throws(ONNXError) -> Data {
    switch form {
    case .integer: try IntegerExport(export: self).content()
    case .qdq where selects:
      throw ONNXError("a graph of all tasks is of integer operators; the qdq form is of one task")
    case .qdq: try RealExport(export: self).content()
    }
  }

  /// The numbers of a layer for each task of the graph.
  func numbers(ofLayer layer: Int) -> [LayerParameters] {
    tasks.map { model.parameters(ofLayer: layer, task: $0) }
  }

  /// The requantizer of a layer, the channels of one task behind those of another.
  func requantizer(ofLayer layer: Int) -> Requantizer {
    let numbers = numbers(ofLayer: layer)
    return Requantizer(
      multipliers: numbers.flatMap(\.multipliers), shifts: numbers.flatMap(\.shifts),
      format: model.activation, clamp: model.clamp, rounding: model.rounding)
  }
}
