/// The numbers of one layer as one task uses them.
///
/// Tasks that share weights share the storage of these arrays.
public struct LayerParameters: Sendable {
  /// [outputChannels][weightsPerOutput].
  public let weights: [Int32]
  /// [outputChannels], at accumulator scale.
  public let bias: [Int64]
  /// Unsigned requantize multipliers M, [outputChannels]; empty for a head.
  public let multipliers: [UInt32]
  /// Requantize shifts S in 0...63, [outputChannels]; empty for a head.
  public let shifts: [UInt8]
  /// [outputChannels][positions], at accumulator scale; zeros where nothing is stored (ReLU);
  /// empty for a head.
  public let thresholds: [Int64]

  public init(
    weights: [Int32], bias: [Int64], multipliers: [UInt32] = [], shifts: [UInt8] = [],
    thresholds: [Int64] = []
  ) {
    self.weights = weights
    self.bias = bias
    self.multipliers = multipliers
    self.shifts = shifts
    self.thresholds = thresholds
  }

  /// With other thresholds and the same storage for the rest.
  func replacingThresholds(by thresholds: [Int64]) -> LayerParameters {
    LayerParameters(
      weights: weights, bias: bias, multipliers: multipliers, shifts: shifts,
      thresholds: thresholds)
  }
}
