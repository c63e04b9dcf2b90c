import Simulation
import Testing

@testable import HDL

/// What the ranges of parameters and indices prove.
@Suite struct RangesTests {
  /// The bits of a counter to LIMIT are known to be few, so that nothing is left to configurations.
  @Test func boundsFromAbove() throws {
    let module = Module("subject", "") { m in
      let limit = m.parameter("LIMIT", default: 9, in: 1...255, "the largest count")
      let width = m.constant("WIDTH", max(1, clog2(limit + 1)))
      let clk = m.input("clk")
      let count = m.outputRegister("count", bits(width))
      m.clocked(clk) { When(count < limit) { count <== count + 1 } }
    }
    let left = try module.check(at: [[:]]).checkedOnly.map(\.message)
    #expect(!left.contains { $0.contains("<= 32") }, "\(left)")
  }

  static var ranges: Ranges {
    var ranges = Ranges()
    ranges.add("A", from: 1, through: 6)
    ranges.add("B", from: 1, through: .parameter("A"))
    ranges.add("i", from: 0, through: .parameter("A") - 1)
    ranges.add("j", from: 0, through: .parameter("B") - 1)
    return ranges
  }

  static let (a, b, i, j) = (
    Nat.parameter("A"), Nat.parameter("B"), Nat.index("i"), Nat.index("j")
  )

  @Test(arguments: [
    0 <= i, i + 1 <= a, i * b + j + 1 <= a * b, b <= a, (i + 1) * 8 <= a * 8, 1 <= clog2(a + 1) + 1,
    1 <= indexWidth(a), i != a, 0 <= (a + b) / b, a <= 6 * b,
  ])
  func isProved(_ condition: Condition) { #expect(Self.ranges.prove(condition)) }

  @Test(arguments: [
    1 <= i, i + 2 <= a, a <= b, i < b, j * a + i + 1 <= b * b, i != j, clog2(a) <= b, a == b,
  ])
  func isNotProved(_ condition: Condition) { #expect(!Self.ranges.prove(condition)) }

  /// Whatever is proved holds for all values, and not so little is.
  @Test func provedMeansTrue() {
    var generator = SeededGenerator(seed: 20)
    func number(_ depth: Int) -> Nat {
      if depth == 0 {
        return [Self.a, Self.b, Self.i, Self.j, 0, 1, 2, 5].randomElement(using: &generator)!
      }
      let (x, y) = (number(depth - 1), number(depth - 1))
      switch Int.random(in: 0..<8, using: &generator) {
      case 0...2: return x + y
      case 3: return x - y
      case 4...5: return x * y
      case 6: return max(x, y)
      default: return clog2(x)
      }
    }
    var proved = 0
    for _ in 0..<3000 {
      let (x, y) = (number(2), number(2))
      let condition = Bool.random(using: &generator) ? x <= y : x < y + 1
      guard Self.ranges.prove(condition) else { continue }
      proved += 1
      for a in 1...6 {
        for b in 1...a {
          for i in 0..<a {
            for j in 0..<b {
              let values = ["A": a, "B": b, "i": i, "j": j]
              #expect(condition.value(values) != false, "\(condition) at \(values)")
            }
          }
        }
      }
    }
    #expect(proved > 200)
  }
}
