import Testing

@testable import Energy

@Suite struct RationalTests {
  @Test(arguments: [
    ("3", 3, 1), ("0.03", 3, 100), ("1.3e3", 1300, 1), ("25e-2", 1, 4), ("-0.5", -1, 2),
    ("0", 0, 1),
    ("000.250", 1, 4), ("1E2", 100, 1), ("000000000000000000000.1", 1, 10),
  ]) func readsDecimals(text: String, numerator: Int, denominator: Int) {
    #expect(
      Rational(decimal: text) == Rational(Int128(numerator), over: Int128(denominator)))
  }

  @Test(arguments: [
    "", "-", ".", ".5", "5.", "1e", "1e13", "1,5", "nan", "inf", "0x1", "1.2.3", "1 ", "+1", "--1",
    "1e2e3",
    "1234567890123456789", "0.0000000000000000000000001", "١",
  ]) func refusesWhatIsNoDecimal(text: String) {
    #expect(Rational(decimal: text) == nil)
  }

  @Test func calculates() throws {
    let (third, quarter) = (Rational(1, over: 3), Rational(1, over: 4))
    #expect(try third + quarter == Rational(7, over: 12))
    #expect(try third * quarter == Rational(1, over: 12))
    #expect(try Rational(2, over: 3) * Rational(3, over: 2) == Rational(1))
  }

  @Test func saysWhereItOverflows() {
    let large = Rational(Int128.max, over: 1)
    #expect(throws: EnergyError.self) { try large * Rational(2) }
    #expect(throws: EnergyError.self) { try large + Rational(1) }
    #expect(throws: EnergyError.self) {
      try Rational(1, over: Int128.max) + Rational(1, over: Int128.max - 1)
    }
  }

  @Test(arguments: [
    (1, 4, "0.25"), (-7, 2, "-3.5"), (0, 5, "0"), (12, 1, "12"), (1, 3, "0.333333333333"),
    (2, 3, "0.666666666667"), (999_999_999_999_999, 1_000_000_000_000_000, "1"),
    (1, 1 << 10, "0.0009765625"),
    (-1, 10_000_000_000_000, "0"),
  ]) func writesDecimals(numerator: Int, denominator: Int, text: String) {
    #expect(Rational(Int128(numerator), over: Int128(denominator)).decimal() == text)
  }
}
