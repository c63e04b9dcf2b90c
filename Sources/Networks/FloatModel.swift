/// A trained multi-task network in real numbers: what a quantizer makes a `Model` of.
///
/// A hidden layer computes y = w·x + b, keeps y where y >= t, gives 0 elsewhere, and then pools. A
/// real image is its stored integers times `inputScale`, with no offset: zero is zero.
public struct FloatModel: Sendable {
  /// The hidden layers, in order.
  public let layers: [Layer]
  public let tasks: [String]
  public let mode: Model.Mode
  /// The format of the stored images.
  public let input: ActivationFormat
  /// The real value of one step of a stored image, such as 1/255.
  public let inputScale: Double
  /// How activations were rounded while thresholds were learned; nil where they were not.
  public let steps: ActivationSteps?

  private let heads: [Layer]
  private let parameters: [[FloatParameters]]
  private let thresholdTasks: [Bool]

  /// A model of checked geometry and numbers.
  ///
  /// - Parameters:
  ///   - heads: of each task, fully connected.
  ///   - parameters: [task][layer], the head last. Tasks of a MIME model have equal hidden weights
  ///     and biases.
  ///   - hasThresholds: of each task; false for ReLU, whose thresholds are zeros that nobody stores.
  ///   - steps: of a MIME model without negative thresholds.
  /// - Throws: `NetworkError` for layers that do not follow each other, for arrays of the wrong
  ///   length, for an input scale or a step that is not above 0, and for numbers that are not finite.
  public init(
    layers: [Layer], heads: [Layer], tasks: [String], mode: Model.Mode, input: ActivationFormat,
    inputScale: Double, parameters: [[FloatParameters]], hasThresholds: [Bool],
    steps: ActivationSteps? = nil
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
    self.inputScale = inputScale
    self.steps = steps
    self.parameters = parameters
    self.thresholdTasks = hasThresholds
    try Model.checkGeometry(layers: layers, heads: heads, tasks: tasks)
    try checkNumbers()
    try checkSteps()
  }

  /// The fully connected layer that gives a task's logits; its outputs are the classes.
  public func head(of task: Int) -> Layer { heads[task] }

  /// The numbers of a layer for a task; `layer == layers.count` is the head.
  public func parameters(ofLayer layer: Int, task: Int) -> FloatParameters {
    parameters[task][layer]
  }

  /// The geometry of a layer for a task; `layer == layers.count` is the head.
  public func geometry(ofLayer layer: Int, task: Int) -> Layer {
    layer == layers.count ? heads[task] : layers[layer]
  }

  /// Whether thresholds are stored for a task: not for ReLU tasks, nor in conventional mode.
  public func hasThresholds(task: Int) -> Bool { thresholdTasks[task] }

  /// Whether a threshold of some task lets negative sums pass.
  public var hasNegativeThresholds: Bool {
    parameters.contains { $0.contains { layer in layer.thresholds.contains { $0 < 0 } } }
  }

  private func checkSteps() throws(NetworkError) {
    guard let steps else { return }
    precondition(steps.values.count == layers.count, "every hidden layer has a step")
    guard mode == .mime else {
      throw NetworkError(
        "activation steps are those of a MIME network, and this is a \(mode.rawValue) one")
    }
    guard ActivationSteps.levelRange.contains(steps.levels) else {
      throw NetworkError("activations have \(steps.levels) levels and must have 1 to 16777215")
    }
    for (layer, step) in zip(layers, steps.values) where !(step > 0 && step.isFinite) {
      throw NetworkError(
        "layer \(layer.name) has an activation step of \(step) and must have one above 0")
    }
    guard !hasNegativeThresholds else {
      throw NetworkError(
        "activations that are rounded to steps are 0 or more, but a threshold is negative")
    }
  }

  private func checkNumbers() throws(NetworkError) {
    guard inputScale > 0, inputScale.isFinite else {
      throw NetworkError("the input scale is \(inputScale) and must be above 0")
    }
    for (task, name) in tasks.enumerated() {
      for layer in 0...layers.count {
        let shape = geometry(ofLayer: layer, task: task)
        let numbers = parameters[task][layer]
        let thresholds = layer == layers.count ? 0 : shape.outputCount
        for (what, values, count) in [
          ("weights", numbers.weights, shape.outputChannels * shape.weightsPerOutput),
          ("biases", numbers.bias, shape.outputChannels),
          ("thresholds", numbers.thresholds, thresholds),
        ] {
          let place = "layer \(shape.name) of task \(name)"
          guard values.count == count else {
            throw NetworkError("\(place) has \(values.count) \(what) and must have \(count)")
          }
          guard values.allSatisfy(\.isFinite) else {
            throw NetworkError("\(place) has \(what) that are not finite numbers")
          }
        }
      }
    }
  }
}

/// The real numbers of one layer as one task uses them.
public struct FloatParameters: Sendable {
  /// [outputChannels][weightsPerOutput].
  public let weights: [Float]
  /// [outputChannels].
  public let bias: [Float]
  /// [outputChannels][positions]; zeros for ReLU; empty for a head.
  public let thresholds: [Float]

  public init(weights: [Float], bias: [Float], thresholds: [Float] = []) {
    self.weights = weights
    self.bias = bias
    self.thresholds = thresholds
  }
}
