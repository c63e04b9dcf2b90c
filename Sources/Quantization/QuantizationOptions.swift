import Networks

/// How a trained network becomes one of integers.
public struct QuantizationOptions: Sendable {
  /// What makes a range of activations.
  public enum Range: Sendable, Equatable {
    /// What the network was learned with; where it was not, the least squared error.
    case trained
    case maximum
    /// So many percent of the nonzero activations of each task lie in it: above 0, at most 100.
    case percentile(Double)
    /// The range with the least sum of squared errors.
    case leastSquares
  }

  public enum Scales: Sendable, Equatable {
    /// Requantization by a multiplier of so many bits and a shift, 1 to 32.
    case multipliers(width: Int)
    /// Requantization by a shift alone: scales of weights are powers of two, and those of activations
    /// powers of two times the images'.
    case powersOfTwo
  }

  /// Bits of a signed weight; they use the symmetric range.
  public var weightWidth = 8
  /// Bits of an activation: unsigned where no threshold is negative, else signed and symmetric.
  public var activationWidth = 8
  /// A scale of weights for each output channel of the hidden layers, else for each layer.
  public var isPerChannel = true
  public var range = Range.trained
  public var scales = Scales.multipliers(width: 16)
  public var rounding = Rounding.halfEven
  /// Bits that thresholds shifted by a common amount have in each layer and task; nil for any.
  public var thresholdWidth: Int?
  /// Bits of accumulators, biases and thresholds; nil for 32, or 48 where products have more than 16.
  public var accumulatorWidth: Int?

  public init() {}

  /// Bits of accumulators, biases and thresholds.
  public var usedAccumulatorWidth: Int {
    accumulatorWidth ?? (weightWidth + activationWidth > 16 ? 48 : 32)
  }

  static let weightWidths = 2...24
  static let activationWidths = 2...24

  /// That every number is one the machine has.
  func check() throws(QuantizationError) {
    func check(
      _ value: Int, _ range: ClosedRange<Int>, _ what: String
    ) throws(QuantizationError) {
      guard range.contains(value) else {
        throw QuantizationError(
          "\(what) is \(value) bits and must be \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check(weightWidth, Self.weightWidths, "the width of weights")
    try check(activationWidth, Self.activationWidths, "the width of activations")
    try check(usedAccumulatorWidth, 8...64, "the width of accumulators")
    if let thresholdWidth { try check(thresholdWidth, 2...64, "the width of thresholds") }
    if case .multipliers(let width) = scales {
      try check(width, 1...32, "the width of multipliers")
    }
    if case .percentile(let percent) = range, !(percent > 0 && percent <= 100) {
      throw QuantizationError("the percentile is \(percent) and must be above 0 and at most 100")
    }
  }
}

/// Why a network cannot be quantized so: one sentence.
public struct QuantizationError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
