import HDL
import Testing

/// Statements around assignments: `When`, `Match`, `ForEach`, in `drive` and in `clocked`.
@Suite struct StatementRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  static let rules = [
    BrokenRule(
      "label used twice in a module", "the name `scan` is already taken at {1}; choose another"
    ) { m in
      let (a, x, y) = (m.input("a", bits(2)), m.wire("x", bits(2)), m.wire("y", bits(2)))
      m.drive { ForEach("scan", index: "i", count: 2) { i in x[i] <== a[i] } }
      m.drive { ForEach("scan", index: "i", count: 2) { i in y[i] <== a[i] } }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "index of the loop around it",
      "the loop index `i` is the index of a loop around it; choose another"
    ) { m in
      let (a, x) = (m.input("a", bits(4)), m.wire("x", bits(4)))
      m.drive {
        ForEach("outer", index: "i", count: 2) { _ in
          ForEach("inner", index: "i", count: 4) { i in x[i] <== a[i] }
        }
      }
      return [#line - 3]
    },
    BrokenRule(
      "branch without a label", "a `Case` has no label; give it numbers, or use `Default`"
    ) { m in
      let (a, x) = (m.input("a"), m.wire("x"))
      m.drive {
        x <== 0
        Match(a) { Case([]) { x <== 1 } }
      }
      return [#line - 2]
    },
    BrokenRule(
      "bit chosen by a signal",
      "`x[a]` is chosen by a signal; use `ForEach`, and `When` the index is that number"
    ) { m in
      let (clk, a) = (m.input("clk"), m.input("a", bits(2)))
      let x = m.register("x", bits(4))
      m.clocked(clk) {
        x <== 0
        x[a] <== 1
      }
      return [#line - 2]
    },
    BrokenRule(
      "asynchronous reset without a name",
      "the asynchronous reset `a && b` has no name of its own; declare a wire for it"
    ) { m in
      let (clk, a, b) = (m.input("clk"), m.input("a"), m.input("b"))
      let r = m.register("r", reset: 0)
      m.clocked(clk, reset: .asynchronous(a && b)) { r <== a }
      return [#line - 1]
    },
    BrokenRule(
      "index of a generate loop as a number",
      "the index `i` of a generate loop has no bits; name it with `m.constant` in the loop"
    ) { m in
      let y = m.wire("y", bits(8))
      m.forEach("each", index: "i", count: 2) { i in
        m.drive { y.slice(from: 4 * i, width: 4) <== i }
      }
      return [#line - 2]
    },
    BrokenRule(
      "value in one branch only",
      "`x` has no value on some path through this block and would be a latch; assign it first, or in "
        + "every branch"
    ) { m in
      let (a, x) = (m.input("a", bits(2)), m.wire("x"))
      m.drive {
        Match(a) {
          Case(0, 1) { x <== 0 }
          Case(2) { x <== 1 }
        }
      }
      return [#line - 4]
    },
    BrokenRule(
      "some bits in one branch only",
      "`x` has no value on some path through this block and would be a latch; assign it first, or in "
        + "every branch"
    ) { m in
      let (a, x) = (m.input("a"), m.wire("x", bits(4)))
      m.drive {
        When(a) {
          x.slice(from: 0, width: 3) <== 0
        } else: {
          x.slice(from: 1, width: 3) <== 0
        }
        x[3] <== a
      }
      return [#line - 6]
    },
    BrokenRule(
      "target read in its block",
      "`x` is read in the block that assigns it; read it in a `drive` of its own"
    ) { m in
      let (a, x) = (m.input("a"), m.wire("x", bits(4)))
      m.drive {
        x <== 0
        When(a) { x <== x + 1 }
      }
      return [#line - 2]
    },
    BrokenRule(
      "word of a memory read in a block",
      "a word of `words` is read among `When`, `Match` or `ForEach`; declare a wire for it"
    ) { m in
      let (clk, a, x) = (m.input("clk"), m.input("a"), m.wire("x", bits(4)))
      let words = m.memory("words", bits(4), depth: 2)
      m.clocked(clk) { words[a] <== x }
      m.drive {
        x <== 0
        When(a) { x <== words[a] }
      }
      return [#line - 2]
    },
    BrokenRule(
      "nothing read in a block", "these statements read no signal; assign the values without them"
    ) { m in
      let x = m.wire("x", bits(4))
      m.drive {
        ForEach("each", index: "i", count: 4) { i in x[i] <== 0 }
      }
      return [#line - 2]
    },
    BrokenRule("branch twice", "this `Match` has a second branch for 1") { m in
      let (a, x) = (m.input("a", bits(2)), m.wire("x"))
      m.drive {
        Match(a) {
          Case(0, 1) { x <== 0 }
          Case(1) { x <== 1 }
          Default { x <== 1 }
        }
      }
      return [#line - 4]
    },
    BrokenRule(
      "branch twice at some parameters", "this `Match` has a second branch for 3 (at N = 3)",
      configuration: ["N": 3]
    ) { m in
      let n = m.parameter("N", default: 2, in: 1...3, "a label")
      let (clk, a, x) = (m.input("clk"), m.input("a", bits(2)), m.register("x"))
      m.clocked(clk) {
        Match(a) {
          Case(3) { x <== 0 }
          Case(n) { x <== 1 }
        }
      }
      return [#line - 3]
    },
    BrokenRule("label that does not fit", "the number 4 does not fit 2 bits, unsigned") { m in
      let (clk, a, x) = (m.input("clk"), m.input("a", bits(2)), m.register("x"))
      m.clocked(clk) {
        Match(a) {
          Case(4) { x <== 0 }
        }
      }
      return [#line - 3]
    },
    BrokenRule(
      "default in the middle", "`Default` is not the last branch of a `Match`; put it last"
    ) {
      m in
      let (clk, a, x) = (m.input("clk"), m.input("a", bits(2)), m.register("x"))
      m.clocked(clk) {
        Match(a) {
          Default { x <== 0 }
          Case(1) { x <== 1 }
        }
      }
      return [#line - 5]
    },
    BrokenRule(
      "index of a loop past the end", "bit i of `x` is outside its 4 bits"
    ) { m in
      let (a, x) = (m.input("a", bits(5)), m.wire("x", bits(4)))
      m.drive {
        ForEach("each", index: "i", count: 5) { i in x[i] <== a[i] }
      }
      return [#line - 2]
    },
    BrokenRule(
      "register without reset value under an asynchronous reset",
      "`x` has no reset value and is assigned in a process with an asynchronous reset; give it one, "
        + "or assign it in a process of its own"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let (x, y) = (m.register("x"), m.register("y", .bit, reset: 1))
      m.clocked(clk, reset: .asynchronous(rst)) {
        x <== y
        y <== x
      }
      return [#line - 4]
    },
    BrokenRule(
      "reset of two kinds", "`rst` resets at the clock edge here and at once at {1}; choose one"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let (x, y) = (m.register("x", .bit, reset: 1), m.register("y", .bit, reset: 1))
      m.clocked(clk, reset: .asynchronous(rst)) { x <== y }
      let other = #line - 1
      m.clocked(clk, reset: rst) { y <== x }
      return [#line - 1, other]
    },
    BrokenRule(
      "amount of a shift that is signed",
      "the amount `a` of a shift is signed; use `asUnsigned`"
    ) { m in
      let a = m.input("a", signed(4))
      _ = m.wire("x", a.shiftedLeft(by: a))
      return [#line - 1]
    },
    BrokenRule(
      "saturation that changes nothing",
      "`a` with 4 bits is saturated to 4 bits, which holds it already"
    ) { m in
      let a = m.input("a", signed(4))
      _ = m.wire("x", a.saturated(to: 4))
      return [#line - 1]
    },
    BrokenRule("repeated no times", "`a` is repeated 0 times, and at least once") { m in
      let a = m.input("a")
      _ = m.wire("x", concatenate(a, a.repeated(0)))
      return [#line - 1]
    },
  ]
}
