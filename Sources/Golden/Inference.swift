/// What one hidden layer computes for one image; maps are [outputChannels][row][column].
public struct LayerResult: Sendable, Equatable {
  /// y: the sums with bias.
  public let accumulators: [Int64]
  /// y >= t.
  public let mask: [Bool]
  /// Requantized and clamped, before pooling; 0 where masked.
  public let activations: [Int32]
  /// What the next layer takes: the activations, after pooling if the layer pools.
  public let pooled: [Int32]
}

/// What a network computes for one image.
public struct Inference: Sendable, Equatable {
  /// The hidden layers, in order.
  public let layers: [LayerResult]
  /// The head's accumulators, one per class.
  public let logits: [Int64]

  /// The class of the largest logit, the lowest on a tie.
  public var prediction: Int { BatchInference.prediction(logits) }
}
