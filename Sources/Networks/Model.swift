/// A quantized multi-task network: hidden layers, one classifier head per task, and their numbers.
///
/// In MIME mode the tasks share the hidden layers' weights and differ in thresholds and heads; in
/// conventional mode each task has weights of its own and ReLU (thresholds of zero).
public struct Model: Sendable {
  public enum Mode: String, Sendable { case mime, conventional }

  /// The hidden layers, in order.
  public let layers: [Layer]
  public let tasks: [String]
  public let mode: Mode
  /// The format of images.
  public let input: ActivationFormat
  /// The format of hidden activations.
  public let activation: ActivationFormat
  /// The range of requantized values.
  public let clamp: ClosedRange<Int>
  public let rounding: Rounding

  private let heads: [Layer]
  private let parameters: [[LayerParameters]]
  private let thresholdTasks: [Bool]

  /// A model of checked geometry and numbers.
  ///
  /// - Parameters:
  ///   - heads: of each task, fully connected.
  ///   - parameters: [task][layer], the head last. Tasks of a MIME model have equal hidden weights,
  ///     biases, multipliers and shifts.
  ///   - hasThresholds: of each task; false where thresholds are zeros that nobody stores.
  /// - Throws: `NetworkError` for layers that do not follow each other, for arrays of the wrong
  ///   length, for a clamp that does not fit, for a shift above 63, and for a negative threshold
  ///   where activations are unsigned.
  public init(
    layers: [Layer], heads: [Layer], tasks: [String], mode: Mode, input: ActivationFormat,
    activation: ActivationFormat, clamp: ClosedRange<Int>, rounding: Rounding,
    parameters: [[LayerParameters]], hasThresholds: [Bool]
  ) throws(NetworkError) {
    precondition(
      tasks.count == heads.count && tasks.count == parameters.count
        && tasks.count == hasThresholds.count
        && parameters.allSatisfy { $0.count == layers.count + 1 },
      "heads, parameters and hasThresholds have an element per task, and parameters per layer")
    self.layers = layers
    self.heads = heads
    self.tasks = tasks
    self.mode = mode
    self.input = input
    self.activation = activation
    self.clamp = clamp
    self.rounding = rounding
    self.parameters = parameters
    self.thresholdTasks = hasThresholds
    try Model.checkGeometry(layers: layers, heads: heads, tasks: tasks)
    try checkNumbers()
  }

  /// The fully connected layer that gives a task's logits; its outputs are the classes.
  public func head(of task: Int) -> Layer { heads[task] }

  /// The numbers of a layer for a task; `layer == layers.count` is the head.
  public func parameters(ofLayer layer: Int, task: Int) -> LayerParameters {
    parameters[task][layer]
  }

  /// The geometry of a layer for a task; `layer == layers.count` is the head.
  public func geometry(ofLayer layer: Int, task: Int) -> Layer {
    layer == layers.count ? heads[task] : layers[layer]
  }

  /// Whether all tasks use the same weights there: in the hidden layers of a MIME model only.
  public func sharesWeights(inLayer layer: Int) -> Bool {
    mode == .mime && layer < layers.count
  }

  /// Whether thresholds are stored for a task: not for ReLU tasks, nor in conventional mode.
  public func hasThresholds(task: Int) -> Bool { thresholdTasks[task] }
}
