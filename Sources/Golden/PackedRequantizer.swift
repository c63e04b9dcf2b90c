import Networks

/// Thresholds and requantization of one layer in the order of the batches' inner loops.
struct PackedRequantizer: Sendable {
  /// Of each channel; see `dot_products.h`.
  let multipliers: [Int32]
  let shifts, add, odd, negative: [Int]

  /// - Parameters:
  ///   - bounds: of each channel's sums.
  ///   - padded: channels up to a multiple of 16.
  /// - Returns: nil where a product would leave 64 bits.
  init?(
    _ numbers: LayerParameters, bounds: [AccumulatorBound], rounding: Rounding, padded: Int
  ) {
    var multipliers = [Int32](repeating: 0, count: padded)
    var shifts = [Int](repeating: 0, count: padded)
    var (add, odd, negative) = (shifts, shifts, shifts)
    for (channel, bound) in bounds.enumerated() {
      let shift = Int(numbers.shifts[channel])
      let magnitude = max(bound.low.magnitude, bound.high.magnitude)
      guard let multiplier = Int32(exactly: numbers.multipliers[channel]), shift < 62,
        magnitude * UInt128(multiplier) < 1 << 62
      else { return nil }
      multipliers[channel] = multiplier
      shifts[channel] = shift
      guard shift > 0 else { continue }
      let half = 1 << (shift - 1)
      switch rounding {
      case .floor: break
      case .towardZero: negative[channel] = (1 << shift) - 1
      case .halfUp: add[channel] = half
      case .halfAway: (add[channel], negative[channel]) = (half, -1)
      // A tie above an odd floor goes up, one above an even floor stays below the half.
      case .halfEven: (add[channel], odd[channel]) = (half - 1, 1)
      }
    }
    self.multipliers = multipliers
    (self.shifts, self.add, self.odd, self.negative) = (shifts, add, odd, negative)
  }

  /// [positions][padded] of thresholds [channels][positions]; nil where one does not fit 32 bits.
  static func thresholds(_ thresholds: [Int64], positions: Int, padded: Int) -> [Int32]? {
    var result = [Int32](repeating: 0, count: positions * padded)
    for (index, threshold) in thresholds.enumerated() {
      guard let value = Int32(exactly: threshold) else { return nil }
      let (channel, position) = index.quotientAndRemainder(dividingBy: positions)
      result[position * padded + channel] = value
    }
    return result
  }
}
