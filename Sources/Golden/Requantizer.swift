import Networks

/// q = clamp(round(z * M / 2^S)) of one output channel, in machine integers.
struct Requantizer {
  let multiplier: UInt32
  /// 0...63.
  let shift: UInt8
  let rounding: Rounding
  let clamp: ClosedRange<Int>

  func callAsFunction(_ z: Int64) -> Int32 {
    let (product, overflow) = z.multipliedReportingOverflow(by: Int64(multiplier))
    let rounded =
      overflow
      ? Int128(rounding.quotient(of: Int128(z) * Int128(multiplier), shift: Int(shift)))
      : Int128(rounding.quotient(of: product, shift: Int(shift)))
    return Int32(min(max(rounded, Int128(clamp.lowerBound)), Int128(clamp.upperBound)))
  }
}

extension Rounding {
  /// `numerator / 2^shift` rounded to an integer, for shifts below the width of `Value`.
  func quotient<Value: FixedWidthInteger & SignedInteger>(of numerator: Value, shift: Int) -> Value
  {
    guard shift > 0 else { return numerator }
    let floor = numerator >> shift
    let remainder = numerator - (floor << shift)
    let half: Value = 1 << (shift - 1)
    let roundsUp =
      switch self {
      case .floor: false
      case .towardZero: numerator < 0 && remainder != 0
      case .halfUp: remainder >= half
      case .halfAway: remainder > half || (remainder == half && numerator > 0)
      case .halfEven: remainder > half || (remainder == half && floor & 1 == 1)
      }
    return roundsUp ? floor + 1 : floor
  }
}
