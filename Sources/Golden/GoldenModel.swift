import Networks

/// The referee: integer MIME inference by direct convolution.
///
/// It has two paths, written apart and tested equal: an exact one, the specification, in which no
/// width can overflow, and a fast one for whole test sets.
public struct GoldenModel: Sendable {
  public let model: Model
  /// [task].
  private let fast: [FastInference]

  /// - Throws: `NetworkError` if an accumulator of the model could need more than 64 bits, which no
  ///   machine can be built with.
  public init(_ model: Model) throws(NetworkError) {
    try model.checkAccumulator(width: 64)
    self.model = model
    let shared = model.layers.indices.map { index in
      model.sharesWeights(inLayer: index) ? Self.fastLayer(index, task: 0, of: model) : nil
    }
    fast = model.tasks.indices.map { task in
      let hidden = shared.enumerated().map { index, layer in
        layer ?? Self.fastLayer(index, task: task, of: model)
      }
      let head = Self.fastLayer(model.layers.count, task: task, of: model)
      return FastInference(model: model, task: task, layers: hidden + [head])
    }
  }

  private static func fastLayer(_ layer: Int, task: Int, of model: Model) -> FastLayer {
    FastLayer(
      model.geometry(ofLayer: layer, task: task),
      weights: model.parameters(ofLayer: layer, task: task).weights,
      accumulatorWidth: model.accumulatorBounds(ofLayer: layer, task: task).map(\.width).max() ?? 0)
  }

  /// The inference of an image [channel][row][column] in the model's input format, by the fast path.
  public func infer(_ image: [Int32], task: Int) -> Inference {
    model.check(image: image)
    return fast[task].run(image)
  }

  /// The same by the exact path.
  public func inferExactly(_ image: [Int32], task: Int) -> Inference {
    model.check(image: image)
    return ExactInference(model: model, task: task).run(image)
  }
}
