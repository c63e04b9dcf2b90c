import Networks
import Programs

/// DRAM for a parent and its child tasks, with weights of their own for each or with thresholds.
///
///     ratio = sum over tasks of (W + head) / (W + heads + child thresholds)
public struct StorageRatio: Sendable, Equatable {
  /// Weights of the hidden layers.
  public var weights: Int
  /// Weights of each task's head, the parent's first.
  public var heads: [Int]
  /// Hidden neurons: thresholds of a child.
  public var neurons: Int
  public var weightBits: Int
  public var thresholdBits: Int

  /// A parent and `children` tasks on `network`, each with the head of its first task.
  public init(_ network: NetworkShape, children: Int, weightBits: Int, thresholdBits: Int) {
    self.init(
      weights: network.layers.reduce(0) { $0 + $1.weights },
      heads: Array(repeating: network.tasks[0].head?.weights ?? 0, count: children + 1),
      neurons: network.layers.reduce(0) { $0 + $1.neurons }, weightBits: weightBits,
      thresholdBits: thresholdBits)
  }

  public init(weights: Int, heads: [Int], neurons: Int, weightBits: Int, thresholdBits: Int) {
    self.weights = weights
    self.heads = heads
    self.neurons = neurons
    self.weightBits = weightBits
    self.thresholdBits = thresholdBits
  }

  private var headWeights: Int { heads.reduce(0, +) }
  private var children: Int { heads.count - 1 }

  /// Bits with weights of its own for each task.
  public var conventionalBits: Int { (heads.count * weights + headWeights) * weightBits }
  /// Bits with weights once, and thresholds for each child.
  public var mimeBits: Int {
    (weights + headWeights) * weightBits + children * neurons * thresholdBits
  }
  public var ratio: Rational { Rational(Int128(conventionalBits), over: Int128(mimeBits)) }
  /// A child's thresholds over the hidden weights, in bits.
  public var thresholdFraction: Rational {
    Rational(Int128(neurons * thresholdBits), over: Int128(weights * weightBits))
  }

  /// The fraction of thresholds that would make `ratio` the given one; below 0 where none does, nil without
  /// a child.
  public func neededFraction(for ratio: Rational) -> Rational? {
    guard children > 0 else { return nil }
    let conventional = Int128(heads.count * weights + headWeights)
    let rest =
      conventional * ratio.denominator - Int128(weights + headWeights) * ratio.numerator
    return Rational(rest, over: ratio.numerator * Int128(children) * Int128(weights))
  }
}
