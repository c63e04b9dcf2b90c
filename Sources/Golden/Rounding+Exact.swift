import Networks

extension Rounding {
  /// `numerator / 2^shift`, rounded to an integer: the definition of each rounding.
  func exactQuotient(of numerator: BigInteger, shift: Int) -> BigInteger {
    let zero = BigInteger(0)
    let divisor = BigInteger.powerOfTwo(shift)
    let magnitude = max(numerator, -numerator)
    switch self {
    case .floor:
      return numerator.floorDivided(by: divisor)
    case .towardZero:
      let quotient = magnitude.floorDivided(by: divisor)
      return numerator < zero ? -quotient : quotient
    case .halfUp:
      return Self.floorPlusHalf(numerator, divisor)
    case .halfAway:
      let quotient = Self.floorPlusHalf(magnitude, divisor)
      return numerator < zero ? -quotient : quotient
    case .halfEven:
      let upper = Self.floorPlusHalf(numerator, divisor)
      let isTie = (numerator + numerator - divisor).isMultiple(of: divisor + divisor)
      return isTie && !upper.isMultiple(of: BigInteger(2)) ? upper - BigInteger(1) : upper
    }
  }

  /// floor(numerator / divisor + 1/2).
  private static func floorPlusHalf(
    _ numerator: BigInteger, _ divisor: BigInteger
  ) -> BigInteger {
    (numerator + numerator + divisor).floorDivided(by: divisor + divisor)
  }
}
