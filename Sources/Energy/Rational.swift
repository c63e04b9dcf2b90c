/// Why energy cannot be computed or a cost table cannot be used: one sentence.
public struct EnergyError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// An exact ratio of two integers in lowest terms, the denominator above 0.
///
/// Arithmetic that leaves 128 bits throws `EnergyError`.
public struct Rational: Sendable, Hashable {
  public let numerator: Int128
  public let denominator: Int128

  /// The whole number `value`.
  public init(_ value: Int) {
    numerator = Int128(value)
    denominator = 1
  }

  /// `numerator` / `denominator`, which is above 0.
  public init(_ numerator: Int128, over denominator: Int128) {
    precondition(denominator > 0, "a denominator is above 0")
    let divisor = max(1, Self.greatestDivisor(numerator, denominator))
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// A decimal number as it is written, such as 3, 0.03 or 1.3e3; nil where it is none, or has more than
  /// 18 digits, 24 decimals or an exponent beyond 12.
  public init?(decimal text: some StringProtocol) {
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard 1...2 ~= parts.count, let exponent = parts.count == 2 ? Int(parts[1]) : 0,
      -12...12 ~= exponent
    else { return nil }
    let isNegative = parts[0].hasPrefix("-")
    let places = parts[0].dropFirst(isNegative ? 1 : 0)
      .split(separator: ".", omittingEmptySubsequences: false)
    let fraction = places.count == 2 ? places[1] : ""
    let digits = (places[0] + fraction).drop { $0 == "0" }
    guard places.count <= 2, !places[0].isEmpty, places.count == 1 || !fraction.isEmpty,
      fraction.count <= 24,
      digits.count <= 18, digits.allSatisfy({ ("0"..."9").contains($0) }),
      let whole = digits.isEmpty ? 0 : Int128(digits)
    else { return nil }
    let shift = exponent - fraction.count
    let value = isNegative ? -whole : whole
    self.init(
      shift > 0 ? value * Self.powerOfTen(shift) : value, over: Self.powerOfTen(max(0, -shift)))
  }

  /// The product.
  ///
  /// - Throws: `EnergyError` where it leaves 128 bits.
  public static func * (left: Rational, right: Rational) throws(EnergyError) -> Rational {
    let first = Rational(left.numerator, over: right.denominator)
    let second = Rational(right.numerator, over: left.denominator)
    return Rational(
      try exact(first.numerator.multipliedReportingOverflow(by: second.numerator)),
      over: try exact(first.denominator.multipliedReportingOverflow(by: second.denominator)))
  }

  /// The sum.
  ///
  /// - Throws: `EnergyError` where it leaves 128 bits.
  public static func + (left: Rational, right: Rational) throws(EnergyError) -> Rational {
    let common = try commonMultiple(left.denominator, right.denominator)
    return Rational(
      try exact(
        exact(left.numerator.multipliedReportingOverflow(by: common / left.denominator))
          .addingReportingOverflow(
            exact(right.numerator.multipliedReportingOverflow(by: common / right.denominator)))),
      over: common)
  }

  /// The nearest floating-point number.
  public var double: Double { Double(numerator) / Double(denominator) }

  /// In decimal: exact where at most `places` decimals suffice, else rounded to them, ties away from 0.
  public func decimal(places: Int = 12) -> String {
    let scale = Self.powerOfTen(places)
    let (whole, rest) = numerator.magnitude.quotientAndRemainder(
      dividingBy: denominator.magnitude)
    let (fraction, left) = denominator.magnitude.dividingFullWidth(
      rest.multipliedFullWidth(by: scale.magnitude))
    let isUp = left >= denominator.magnitude - left
    var (integer, digits) = (whole, fraction + (isUp ? 1 : 0))
    if digits == scale.magnitude { (integer, digits) = (whole + 1, 0) }
    var decimals = String(digits)
    decimals = String(repeating: "0", count: max(0, places - decimals.count)) + decimals
    while decimals.last == "0" { decimals.removeLast() }
    let sign = numerator < 0 && (integer > 0 || !decimals.isEmpty) ? "-" : ""
    return sign + String(integer) + (decimals.isEmpty ? "" : "." + decimals)
  }

  /// The result of an operation that stayed inside 128 bits.
  static func exact(
    _ result: (partialValue: Int128, overflow: Bool)
  ) throws(EnergyError) -> Int128 {
    guard !result.overflow else {
      throw EnergyError(
        "the energy needs more than 128 bits in units of the cost table's common denominator; use costs "
          + "with fewer digits, or fewer images")
    }
    return result.partialValue
  }

  /// The least common multiple of two numbers above 0.
  static func commonMultiple(_ left: Int128, _ right: Int128) throws(EnergyError) -> Int128 {
    try exact((left / greatestDivisor(left, right)).multipliedReportingOverflow(by: right))
  }

  private static func greatestDivisor(_ left: Int128, _ right: Int128) -> Int128 {
    var (a, b) = (left.magnitude, right.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    return Int128(a)
  }

  private static func powerOfTen(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}
