import Simulation
import Testing

@testable import HDL

/// The normal form decides equality as evaluation does, on seeded random numbers.
@Suite struct NatTests {
  private func random(_ depth: Int, _ generator: inout SeededGenerator) -> Nat {
    if depth == 0 {
      return [.literal(Int.random(in: 0...4, using: &generator)), .parameter("A"), .parameter("B")]
        .randomElement(using: &generator)!
    }
    let a = random(depth - 1, &generator)
    let b = random(Int.random(in: 0..<depth, using: &generator), &generator)
    return [a + b, a - b, a * b, max(a, b), clog2(a), a / 2].randomElement(using: &generator)!
  }

  @Test func equalNormalFormsHaveEqualValues() {
    var generator = SeededGenerator(seed: 7)
    var provenEqual = 0
    for _ in 0..<20_000 {
      let a = random(2, &generator)
      let b = random(2, &generator)
      guard let difference = a.difference(from: b) else { continue }
      provenEqual += 1
      for x in 1...5 {
        for y in 1...5 {
          let values = ["A": x, "B": y]
          guard let p = a.value(values), let q = b.value(values) else { continue }
          #expect(p - q == difference, "\(a) and \(b) at A = \(x), B = \(y)")
        }
      }
    }
    #expect(provenEqual > 200)
  }

  @Test(arguments: [
    (Nat.parameter("A") + 1 - 1, "A"),
    (2 * Nat.parameter("A") + 3 + 4, "2 * A + 7"),
    (Nat.parameter("A") - Nat.parameter("B") - 1, "A - B - 1"),
    ((Nat.parameter("A") + 1) * Nat.parameter("B"), "(A + 1) * B"),
    (Nat.parameter("A").dividedUp(by: Nat.parameter("B")), "(A + B - 1) / B"),
    (indexWidth(Nat.parameter("A")), "(1 > $clog2(A) ? 1 : $clog2(A))"),
  ]) func printsAsWritten(number: Nat, text: String) {
    #expect(VerilogExpression.text(number) == text)
  }
}
