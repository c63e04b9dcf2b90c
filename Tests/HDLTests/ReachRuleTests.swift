import HDL
import Testing

/// What a generate block declares belongs to the block, and what the module's head declares does not.
@Suite struct ReachRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  static let rules = [
    BrokenRule(
      "wire of a loop",
      "`x` is declared inside the block `each`, out of reach here; name the copy with `at`"
    ) { m in
      var x = zero(.bit)
      m.forEach("each", index: "i", count: 2) { _ in x = m.wire("x", zero(.bit)) }
      _ = m.wire("y", ~x)
      return [#line - 1]
    },
    BrokenRule(
      "wire of a branch",
      "`x` is declared inside the block `branch`, out of reach here; where the same "
        + "condition holds, name it with `at()`"
    ) { m in
      var x = zero(.bit)
      m.given(1 == 1, "branch") { x = m.wire("x") }
      m.drive { x <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule(
      "wire of a branch, as a value",
      "`x` is declared inside the block `branch`, out of reach here; where the same "
        + "condition holds, name it with `at()`"
    ) { m in
      var x = zero(.bit)
      let y = m.output("y")
      m.given(1 == 1, "branch") { x = m.wire("x", zero(.bit)) }
      m.drive { y <== ~x }
      return [#line - 1]
    },
    BrokenRule(
      "register of the other branch",
      "`x` is declared inside the block `one`, out of reach here; where the same "
        + "condition holds, name it with `at()`"
    ) { m in
      let clk = m.input("clk")
      var (line, x) = (0, zero(.bit))
      m.given(1 == 1, "one", else: "other") {
        x = m.register("x")
      } else: {
        m.clocked(clk) { x <== zero(.bit) }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "memory of a block",
      "`words` is declared inside the block `each`, out of reach here; read it there"
    ) { m in
      var word = zero(.bit)
      let (clk, a) = (m.input("clk"), m.input("a"))
      m.forEach("each", index: "i", count: 2) { _ in
        let words = m.memory("words", .bit, depth: 2)
        m.clocked(clk) { words[a] <== a }
        word = words[a]
      }
      _ = m.wire("y", word)
      return [#line - 1]
    },
    BrokenRule(
      "term of a sum",
      "`x` is declared inside the block `each`, out of reach here; name the copy with `at`"
    ) { m in
      var x = zero(.bit)
      m.forEach("each", index: "i", count: 2) { _ in x = m.wire("x", zero(.bit)) }
      _ = m.sum("s", .bit, index: "j", count: 2) { _ in x }
      return [#line - 1]
    },
    BrokenRule(
      "constant of the index of another loop",
      "the constant `N` depends on the loop index `i`, whose generate loop is not around it; declare "
        + "it there"
    ) { m in
      var index: Nat = 0
      m.forEach("each", index: "i", count: 2) { i in index = i }
      _ = m.constant("N", 2 * (index + 1))
      return [#line - 1]
    },
    BrokenRule(
      "port in a block", "port `x` is declared inside the block `b`; declare it outside every block"
    ) { m in
      m.given(1 == 1, "b") { _ = m.input("x") }
      return [#line - 1]
    },
    BrokenRule(
      "parameter in a block",
      "parameter `N` is declared inside the block `b`; declare it outside every block"
    ) { m in
      m.given(1 == 1, "b") { _ = m.parameter("N", default: 1, in: 1...2, "") }
      return [#line - 1]
    },
  ]
}
