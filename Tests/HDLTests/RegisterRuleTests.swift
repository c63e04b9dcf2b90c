import HDL
import Testing

/// A reset value and a reset belong together.
@Suite struct RegisterRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  static let rules = [
    BrokenRule(
      "halves of a register at two clocks",
      "`r` is assigned at the edge of `b` here and of `a` at {1}; give each clock a register of its own"
    ) { m in
      let (a, b) = (m.input("a"), m.input("b"))
      let r = m.register("r", bits(2))
      m.clocked(a) { r[0] <== r[1] }
      m.clocked(b) { r[1] <== r[0] }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "reset value without reset",
      "`r` has a reset value and is assigned in a process without reset; pass `reset:`"
    ) { m in
      let clk = m.input("clk")
      let r = m.register("r", .bit, reset: 0)
      m.clocked(clk) { r <== ~r }
      return [#line - 1]
    },
    BrokenRule(
      "output with a reset value without reset, under When",
      "`r` has a reset value and is assigned in a process without reset; pass `reset:`"
    ) { m in
      let clk = m.input("clk")
      let r = m.outputRegister("r", reset: 0)
      let other = m.register("other")
      m.clocked(clk) {
        other <== r
        When(other) {
        } else: {
          When(r) { r <== other }
        }
      }
      return [#line - 7]
    },
    BrokenRule(
      "reset without a reset value",
      "no register of this process has a reset value; drop `reset:` or give one"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let r = m.register("r")
      m.clocked(clk, reset: rst) { r <== ~r }
      return [#line - 1]
    },
  ]

  /// A register without a reset value may stand beside one that has it.
  @Test func oneResetValueIsEnough() {
    let module = Module("subject", "") { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let (r, s) = (m.register("r", .bit, reset: 1), m.register("s"))
      m.clocked(clk, reset: rst) {
        r <== s
        s <== r
      }
    }
    #expect(module.findings() == [])
  }
}
