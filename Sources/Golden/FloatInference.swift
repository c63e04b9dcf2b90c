import Networks

/// What one hidden layer computes for one image in real numbers; maps are
/// [outputChannels][row][column].
public struct FloatLayerResult: Sendable, Equatable {
  /// y: the sums with bias.
  public let sums: [Float]
  /// y where y >= t and 0 elsewhere, rounded where the network has steps; before pooling.
  public let activations: [Float]
  /// What the next layer takes: the activations, after pooling if the layer pools.
  public let pooled: [Float]
}

/// What a network computes for one image in real numbers.
public struct FloatInference: Sendable, Equatable {
  /// The hidden layers, in order.
  public let layers: [FloatLayerResult]
  /// The head's sums, one per class.
  public let logits: [Float]

  /// The class of the largest logit, the lowest on a tie.
  public var prediction: Int {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return best
  }
}

/// Inference of a network in real numbers, in single precision: what a quantizer is calibrated with
/// and an imported network compared by. Threads may share it.
///
/// Sums are taken in the order (channel, ky, kx), the bias first; another order differs in the last
/// bits.
public struct FloatGoldenModel: Sendable {
  public let model: FloatModel
  /// [task][layer], the head last.
  private let layers: [[FloatLayer]]

  public init(_ model: FloatModel) {
    self.model = model
    let shared = model.layers.indices.map { index in
      model.mode == .mime ? Self.layer(index, task: 0, of: model) : nil
    }
    layers = model.tasks.indices.map { task in
      shared.enumerated().map { index, layer in layer ?? Self.layer(index, task: task, of: model) }
        + [Self.layer(model.layers.count, task: task, of: model)]
    }
  }

  private static func layer(_ index: Int, task: Int, of model: FloatModel) -> FloatLayer {
    FloatLayer(
      model.geometry(ofLayer: index, task: task),
      weights: model.parameters(ofLayer: index, task: task).weights)
  }

  /// The inference of a stored image [channel][row][column] in the model's input format.
  public func infer(_ image: [Int32], task: Int) -> FloatInference {
    infer(real: image.map { Float(Double($0) * model.inputScale) }, task: task)
  }

  /// The inference of an image [channel][row][column] of real numbers.
  public func infer(real image: [Float], task: Int) -> FloatInference {
    precondition(image.count == model.layers[0].inputCount, "an image has the model's shape")
    var input = image
    var results: [FloatLayerResult] = []
    for (index, layer) in model.layers.enumerated() {
      let numbers = model.parameters(ofLayer: index, task: task)
      let sums = layers[task][index].sums(input, bias: numbers.bias)
      var activations = zip(sums, numbers.thresholds).map { $0 >= $1 ? $0 : 0 }
      if let steps = model.steps {
        activations = activations.map { steps.rounded($0, layer: index) }
      }
      input = layer.isPooled ? layer.maxPooled(activations) : activations
      results.append(FloatLayerResult(sums: sums, activations: activations, pooled: input))
    }
    let head = model.parameters(ofLayer: model.layers.count, task: task)
    return FloatInference(
      layers: results, logits: layers[task][model.layers.count].sums(input, bias: head.bias))
  }
}
