/// Thresholds that are stored in few bits and a common shift.
enum ThresholdCompression {
  /// Each threshold rounded up to a multiple of the least 2^k for which all quotients fit `width` bits.
  ///
  /// Rounding up prunes more, never less. A threshold whose multiple would leave the accumulator is the
  /// last multiple in it.
  static func compressed(
    _ thresholds: [Int64], width: Int, accumulatorWidth: Int
  ) -> [Int64] {
    let end = Int128(1) << (accumulatorWidth - 1)
    let limit = Int128(1) << (width - 1)
    for shift in 0..<accumulatorWidth {
      let quotients = thresholds.map { threshold in
        // Rounded up: the floor of the negative, negated.
        min(-(-Int128(threshold) >> shift), (end - 1) >> shift)
      }
      if quotients.allSatisfy({ -limit <= $0 && $0 < limit }) {
        return quotients.map { Int64($0 << shift) }
      }
    }
    return thresholds
  }
}
