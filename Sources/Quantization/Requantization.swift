/// A multiplier M and a shift S for which M / 2^S is a ratio of scales.
struct Requantization: Equatable {
  let multiplier: UInt32
  /// 0...63.
  let shift: UInt8

  /// The M of `width` bits and the S nearest to `scale / next`: the largest S whose M, rounded to the
  /// nearest and to even on a tie, fits. nil where not even S = 0 has one.
  ///
  /// - Parameter width: 1 to 32; or 0 for M = 1, which needs a ratio that is a power of two.
  init?(of scale: Dyadic, over next: Dyadic, width: Int) {
    guard width > 0 else {
      let shift = next.exponent - scale.exponent
      guard scale.significand == next.significand, 0...63 ~= shift else { return nil }
      multiplier = 1
      self.shift = UInt8(shift)
      return
    }
    for shift in (0...63).reversed() {
      guard let multiplier = scale.rounded(by: next, shift: shift), multiplier < 1 << width else {
        continue
      }
      self.multiplier = UInt32(multiplier)
      self.shift = UInt8(shift)
      return
    }
    return nil
  }
}
