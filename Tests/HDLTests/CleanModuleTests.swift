import Testing

@testable import HDL

/// Modules next to the rules that break none of them.
@Suite struct CleanModuleTests {
  struct Clean: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let module: Module
    init(_ name: String, _ body: @Sendable (ModuleBuilder) -> Void) {
      testDescription = name
      module = Module("subject", "The module under test.", body)
    }
  }

  @Test(arguments: modules) func isClean(subject: Clean) {
    #expect(subject.module.findings() == [])
  }

  static let modules = [
    Clean("bits that make up a vector, in any order") { m in
      let x = m.wire("x", bits(8))
      m.drive {
        x.slice(from: 4, width: 4) <== zero(bits(4))
        x[0] <== zero(.bit)
        x.slice(from: 1, width: 3) <== zero(bits(3))
      }
    },
    Clean("register that one process assigns as a whole and in part") { m in
      let (clk, a) = (m.input("clk"), m.input("a"))
      let r = m.register("r", bits(4))
      m.clocked(clk) {
        r <== zero(bits(4))
        When(a) {
          r[2] <== a
        } else: {
          r.slice(from: 1, width: 2) <== zero(bits(2))
        }
      }
    },
    Clean("halves of a register without reset in two processes") { m in
      let clk = m.input("clk")
      let r = m.register("r", bits(2))
      m.clocked(clk) { r[0] <== r[1] }
      m.clocked(clk) { r[1] <== r[0] }
    },
    Clean("memory that one process writes in two places") { m in
      let (clk, a) = (m.input("clk"), m.input("a", bits(2)))
      let words = m.memory("words", bits(8), depth: 4)
      m.clocked(clk) {
        When(a[0]) {
          words[a] <== zero(bits(8))
        } else: {
          words[~a] <== words[a]
        }
      }
    },
    Clean("neighbour of a later iteration, guarded") { m in
      let n = m.parameter("N", default: 3, in: 1...8, "nodes")
      let a = m.input("a")
      m.forEach("node", index: "i", count: n) { i in
        let x = m.wire("x")
        m.given(i == n - 1, "tail", else: "inner") {
          m.drive { x <== a }
        } else: {
          m.drive { x <== x.at(i + 1) }
        }
      }
    },
    Clean("nested loops, read from outside at both indices") { m in
      var x = zero(.bit)
      m.forEach("row", index: "r", count: 2) { _ in
        m.forEach("col", index: "c", count: 3) { _ in x = m.wire("x", zero(.bit)) }
      }
      m.unused("corner", x.at(1, 2))
    },
    Clean("wire of a branch, named as its copy") { m in
      var x = zero(.bit)
      m.given(1 == 1, "branch") { x = m.wire("x", zero(.bit)) }
      m.unused("x", x.at())
    },
    Clean("one name in two blocks, and in the module after them") { m in
      m.given(1 == 1, "one") { _ = m.wire("x", zero(.bit)) }
      m.given(1 == 1, "two") { _ = m.wire("x", zero(.bit)) }
      _ = m.wire("x", zero(.bit))
    },
    Clean("one index for two loops, one for two sums") { m in
      let a = m.input("a", bits(4))
      m.forEach("one", index: "i", count: 2) { _ in }
      m.forEach("two", index: "i", count: 3) { _ in }
      _ = m.sum("s", bits(3), index: "j", count: 4) { j in a[j].extended(to: 3) }
      _ = m.or("o", .bit, index: "j", count: 4) { j in a[j] }
    },
    Clean("slice inside a branch that these parameters do not build") { m in
      let w = m.parameter("W", default: 4, in: 1...64, "bits")
      let x = m.input("x", bits(w))
      m.given(w > 4, "wide") { m.unused("upper", x.slice(from: 4, width: w - 4)) }
    },
    Clean("widths that agree for all parameters") { m in
      let (v, w) = (
        m.parameter("V", default: 2, in: 1...8, ""), m.parameter("W", default: 3, in: 1...8, "")
      )
      let (x, y) = (m.input("x", bits(v * (w + 1))), m.output("y", bits(v + w * v)))
      m.drive { y <== x }
    },
    Clean("largest numbers that fit") { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let r = m.register("r", bits(2), reset: 3)
      let s = m.register("s", signed(2), reset: 1)
      m.clocked(clk, reset: rst) {
        r <== constant(3, width: 2)
        s <== ~s
      }
    },
  ]

  /// What holds for all parameters is proved without a configuration.
  @Test func provedWidthsLeaveNothingToCheck() {
    let module = Module("subject", "") { m in
      let (v, w) = (
        m.parameter("V", default: 2, in: 1...8, ""), m.parameter("W", default: 3, in: 1...8, "")
      )
      let (x, y) = (m.input("x", bits(v * (w + 1))), m.output("y", bits(v + w * v)))
      m.drive { y <== x }
    }
    #expect(module.items.allSatisfy { if case .require = $0 { false } else { true } })
  }
}
