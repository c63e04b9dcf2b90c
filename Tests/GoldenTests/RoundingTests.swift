import Testing

@testable import Golden
@testable import Networks

/// Each rounding, on both paths, against the rounding of floating point where it is exact.
@Suite struct RoundingTests {
  /// IEEE 754's own roundings; half-up has none and follows from its definition.
  private func expected(_ x: Double, _ rounding: Rounding) -> Int {
    switch rounding {
    case .halfEven: Int(x.rounded(.toNearestOrEven))
    case .halfAway: Int(x.rounded(.toNearestOrAwayFromZero))
    case .halfUp: Int((x + 0.5).rounded(.down))
    case .floor: Int(x.rounded(.down))
    case .towardZero: Int(x.rounded(.towardZero))
    }
  }

  @Test(arguments: Rounding.allCases) func exhaustiveForSmallNumbers(_ rounding: Rounding) {
    for shift in 0...6 {
      for numerator in -300...300 {
        let value = expected(Double(numerator) / Double(1 << shift), rounding)
        #expect(rounding.quotient(of: numerator, shift: shift) == value)
        #expect(
          rounding.exactQuotient(of: BigInteger(numerator), shift: shift) == BigInteger(value))
      }
    }
  }

  struct Tie: CustomTestStringConvertible {
    let rounding: Rounding
    /// Of -2.5, -1.5, -0.5, 0.5, 1.5, 2.5.
    let rounded: [Int]
    var testDescription: String { rounding.rawValue }
  }

  @Test(arguments: [
    Tie(rounding: .halfEven, rounded: [-2, -2, 0, 0, 2, 2]),
    Tie(rounding: .halfUp, rounded: [-2, -1, 0, 1, 2, 3]),
    Tie(rounding: .halfAway, rounded: [-3, -2, -1, 1, 2, 3]),
    Tie(rounding: .floor, rounded: [-3, -2, -1, 0, 1, 2]),
    Tie(rounding: .towardZero, rounded: [-2, -1, 0, 0, 1, 2]),
  ])
  func ties(_ given: Tie) {
    for shift in [1, 5, 63] {
      let numerators = [-5, -3, -1, 1, 3, 5].map { Int128($0) << (shift - 1) }
      #expect(
        numerators.map { Int(given.rounding.quotient(of: $0, shift: shift)) } == given.rounded)
    }
  }

  /// Products of up to 96 bits, every shift, against the exact path.
  @Test(arguments: Rounding.allCases) func extremes(_ rounding: Rounding) {
    var generator = SeededGenerator(seed: 3)
    let range = -(1 << 31)...(1 << 31) - 1
    let multipliers: [UInt32] = [0, 1, 2, 3, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, .max]
    for shift in 0...63 as ClosedRange<UInt8> {
      for multiplier in multipliers {
        let random = (0..<3).map { _ in Int64.random(in: .min ... .max, using: &generator) }
        let half = Int64(1) << Int64(max(shift, 1) - 1)
        for z in [.min, .min + 1, -half, -1, 0, 1, half, .max - 1, .max] + random {
          let requantize = Requantizer(
            multiplier: multiplier, shift: shift, rounding: rounding, clamp: range)
          let exact = rounding.exactQuotient(
            of: BigInteger(Int(z)) * BigInteger(Int(multiplier)), shift: Int(shift))
          let clamped = min(max(exact, BigInteger(range.lowerBound)), BigInteger(range.upperBound))
          #expect(
            BigInteger(Int(requantize(z))) == clamped, "z = \(z), M = \(multiplier), S = \(shift)")
        }
      }
    }
  }

  @Test func bigIntegersHoldMoreThan64Bits() {
    let big = BigInteger.powerOfTwo(100)
    #expect("\(big)" == "1267650600228229401496703205376")
    #expect("\(-(big * big))" == "-1606938044258990275541962092341162602522202993782792835301376")
    var sum = big
    sum.add(product: big, BigInteger(-1))
    #expect(sum == BigInteger(0))
    #expect(big > sum)
    #expect(BigInteger(-7).floorDivided(by: BigInteger(2)) == BigInteger(-4))
  }
}
