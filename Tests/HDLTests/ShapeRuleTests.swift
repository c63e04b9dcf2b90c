import HDL
import Testing

/// Widths and signs have to agree; a change is a word.
@Suite struct ShapeRuleTests {
  @Test(arguments: widths + signs) func isReported(rule: BrokenRule) {
    rule.verify()
  }

  static let widths = [
    BrokenRule(
      "assignment", "`y` has 8 bits and is assigned `x` with 4 bits; extend or truncate the value"
    ) { m in
      let x = m.input("x", bits(4))
      let y = m.output("y", bits(8))
      m.drive { y <== x }
      return [#line - 1]
    },
    BrokenRule(
      "assignment for all parameters",
      "`y` has W + 1 bits and is assigned `x` with W bits; extend or truncate the value"
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      let x = m.input("x", bits(w))
      let y = m.output("y", bits(w + 1))
      m.drive { y <== x }
      return [#line - 1]
    },
    BrokenRule(
      "register", "`r` has 8 bits and is assigned `x` with 4 bits; extend or truncate the value"
    ) { m in
      let clk = m.input("clk")
      let x = m.input("x", bits(4))
      let r = m.register("r", bits(8))
      m.clocked(clk) {
        When(x[0]) {
          r <== x
        }
      }
      return [#line - 3]
    },
    BrokenRule(
      "operator",
      "the operands of `+` are `a` with 8 bits and `b` with 4 bits; extend or truncate one so that "
        + "the widths agree"
    ) { m in
      let (a, b) = (m.input("a", bits(8)), m.input("b", bits(4)))
      _ = m.wire("y", a + b)
      return [#line - 1]
    },
    BrokenRule(
      "comparison",
      "the operands of `<` are `a` with 8 bits and `b[0]` with 1 bit; extend or truncate one so "
        + "that the widths agree"
    ) { m in
      let (a, b) = (m.input("a", bits(8)), m.input("b", bits(4)))
      _ = m.wire("y", a < b[0])
      return [#line - 1]
    },
    BrokenRule(
      "deep inside an expression",
      "the operands of `&` are `a` with 8 bits and `b` with 4 bits; extend or truncate one so that "
        + "the widths agree"
    ) { m in
      let (a, b) = (m.input("a", bits(8)), m.input("b", bits(4)))
      _ = m.wire("y", concatenate(b, mux((a &&& b).anyBit, a, ~a)))
      return [#line - 1]
    },
    BrokenRule(
      "mux",
      "the operands of a mux are `a` with 8 bits and `b` with 4 bits; extend or truncate one so "
        + "that the widths agree"
    ) { m in
      let (a, b) = (m.input("a", bits(8)), m.input("b", bits(4)))
      _ = m.wire("y", mux(a[0], a, b))
      return [#line - 1]
    },
    BrokenRule(
      "condition of a mux", "the condition `a` of a mux has 8 bits, and takes 1 bit"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", mux(a, a, a))
      return [#line - 1]
    },
    BrokenRule(
      "condition of When", "the condition `a` has 8 bits, and takes 1 bit"
    ) { m in
      let (clk, a) = (m.input("clk"), m.input("a", bits(8)))
      let r = m.register("r")
      m.clocked(clk) {
        When(a) { r <== a[0] }
      }
      return [#line - 2]
    },
    BrokenRule(
      "logic", "`a` has 8 bits and stands in `&&`, which takes 1 bit; compare it"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", a && !a[0])
      return [#line - 1]
    },
    BrokenRule(
      "negation", "`a` has 8 bits and stands in `!`, which takes 1 bit; compare it"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", !a)
      return [#line - 1]
    },
    BrokenRule(
      "clock, reset and enable",
      "`a` has 8 bits; clock, reset and enable take 1 bit",
      "`b` has 2 bits; clock, reset and enable take 1 bit"
    ) { m in
      let (clk, a, b) = (m.input("clk"), m.input("a", bits(8)), m.input("b", bits(2)))
      let r = m.register("r", reset: 0)
      m.clocked(clk, reset: a, enable: b) { r <== clk }
      return [#line - 1, #line - 1]
    },
    BrokenRule(
      "extension to fewer bits", "`a` with 8 bits is extended to fewer bits (4 bits)"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", a.extended(to: 4))
      return [#line - 1]
    },
    BrokenRule(
      "terms of a sum",
      "`s` has 6 bits, unsigned, and its terms are `a[i]` with 1 bit, unsigned; they must agree"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.sum("s", bits(6), index: "i", count: 8) { i in a[i] }
      return [#line - 1]
    },
    BrokenRule(
      "inside a term of a sum",
      "the operands of `&` are `a[i]` with 1 bit and `a` with 8 bits; extend or truncate one so "
        + "that the widths agree"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.sum("s", .bit, index: "i", count: 8) { i in a[i] &&& a }
      return [#line - 1]
    },
  ]

  static let signs = [
    BrokenRule(
      "assignment",
      "`y` is signed and is assigned `x`, which is unsigned; use `asSigned` or `asUnsigned` where "
        + "that is meant"
    ) { m in
      let x = m.input("x", bits(8))
      let y = m.output("y", signed(8))
      m.drive { y <== x }
      return [#line - 1]
    },
    BrokenRule(
      "operator",
      "the operands of `-` are `a`, which is signed, and `b`, which is unsigned; make both signed "
        + "or both unsigned"
    ) { m in
      let (a, b) = (m.input("a", signed(8)), m.input("b", bits(8)))
      _ = m.wire("y", a - b)
      return [#line - 1]
    },
    BrokenRule(
      "product",
      "the operands of `*` are `a`, which is signed, and `b`, which is unsigned; make both signed "
        + "or both unsigned"
    ) { m in
      let (a, b) = (m.input("a", signed(8)), m.input("b", bits(8)))
      _ = m.wire("y", a * b)
      return [#line - 1]
    },
    BrokenRule(
      "mux",
      "the operands of a mux are `a`, which is signed, and `b`, which is unsigned; make both "
        + "signed or both unsigned"
    ) { m in
      let (a, b) = (m.input("a", signed(8)), m.input("b", bits(8)))
      _ = m.wire("y", mux(b[0], a, b))
      return [#line - 1]
    },
    BrokenRule(
      "extension of an expression without a sign bit",
      "`a + a` is signed and has no name, so its sign bit cannot be repeated; declare a wire for it"
    ) { m in
      let a = m.input("a", signed(8))
      _ = m.wire("y", (a + a).extended(to: 9))
      return [#line - 1]
    },
    BrokenRule(
      "terms of an or",
      "`s` has 1 bit, signed, and its terms are `a[i]` with 1 bit, unsigned; they must agree"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.or("s", signed(1), index: "i", count: 8) { i in a[i] }
      return [#line - 1]
    },
  ]
}
