/// A number significand * 2^exponent that is not below 0: what every finite floating-point number, and
/// every product of two, is exactly.
struct Dyadic: Sendable, Equatable {
  /// Odd, or 0.
  let significand: UInt128
  let exponent: Int

  /// - Parameter value: finite and at least 0.
  init(_ value: Double) {
    precondition(value.isFinite && value >= 0, "a finite number that is not below 0")
    guard value > 0 else {
      self.init(significand: 0, exponent: 0)
      return
    }
    self.init(
      significand: UInt128(value.significand * 0x1p52), exponent: Int(value.exponent) - 52)
  }

  private init(significand: UInt128, exponent: Int) {
    let zeros = significand == 0 ? 0 : significand.trailingZeroBitCount
    self.significand = significand >> zeros
    self.exponent = significand == 0 ? 0 : exponent + zeros
  }

  /// Of two significands of at most 64 bits.
  static func * (a: Dyadic, b: Dyadic) -> Dyadic {
    Dyadic(significand: a.significand * b.significand, exponent: a.exponent + b.exponent)
  }

  /// The nearest floating-point number, for reports.
  var double: Double {
    Double(sign: .plus, exponent: exponent, significand: Double(significand))
  }

  /// floor(self / divisor * 2^shift), and whether it is no less; nil where it takes more than 100 bits.
  ///
  /// - Parameter divisor: above 0.
  func quotient(by divisor: Dyadic, shift: Int = 0) -> (floor: UInt128, isExact: Bool)? {
    precondition(divisor.significand > 0, "a divisor is above 0")
    guard significand > 0 else { return (0, true) }
    let left = exponent + shift - divisor.exponent
    guard left > 0 else {
      let right = -left
      guard right < 128 else { return (0, false) }
      let (floor, rest) = (significand >> right).quotientAndRemainder(
        dividingBy: divisor.significand)
      return (floor, rest == 0 && significand & (1 << right - 1) == 0)
    }
    // Of 256 bits, which hold every quotient of 128.
    guard left < 128 + significand.leadingZeroBitCount else { return nil }
    let (high, low) =
      left < 128
      ? (significand >> (128 - left), significand << left) : (significand << (left - 128), 0)
    guard high < divisor.significand else { return nil }
    let (floor, rest) = divisor.significand.dividingFullWidth((high, low))
    return floor >> 100 == 0 ? (floor, rest == 0) : nil
  }

  /// self / divisor * 2^shift, rounded up; nil where it takes more than 100 bits.
  func roundedUp(by divisor: Dyadic, shift: Int = 0) -> Int128? {
    quotient(by: divisor, shift: shift).map { Int128($0.floor) + ($0.isExact ? 0 : 1) }
  }

  /// self / divisor * 2^shift, rounded down; nil where it takes more than 100 bits.
  func roundedDown(by divisor: Dyadic, shift: Int = 0) -> Int128? {
    quotient(by: divisor, shift: shift).map { Int128($0.floor) }
  }

  /// self / divisor * 2^shift, rounded to the nearest, ties to even; nil where it takes more than about
  /// 100 bits.
  func rounded(by divisor: Dyadic, shift: Int = 0) -> Int128? {
    guard let (twice, isExact) = quotient(by: divisor, shift: shift + 1) else { return nil }
    let floor = Int128(twice >> 1)
    guard twice & 1 == 1 else { return floor }
    return isExact ? floor + (floor & 1) : floor + 1
  }
}
