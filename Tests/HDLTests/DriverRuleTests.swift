import HDL
import Testing

/// Every bit has one driver, of the right kind.
@Suite struct DriverRuleTests {
  @Test(arguments: undriven + doublyDriven + targets) func isReported(rule: BrokenRule) {
    rule.verify()
  }

  static let undriven = [
    BrokenRule("wire", "nothing drives `x`") { m in
      _ = m.wire("x", bits(8))
      return [#line - 1]
    },
    BrokenRule("output", "nothing drives `y`") { m in
      _ = m.output("y")
      return [#line - 1]
    },
    BrokenRule("register", "nothing drives `r`") { m in
      _ = m.register("r", bits(8))
      return [#line - 1]
    },
    BrokenRule("memory", "nothing drives `words`") { m in
      _ = m.memory("words", bits(8), depth: 4)
      return [#line - 1]
    },
    BrokenRule("one bit", "nothing drives bit 3 of `x`") { m in
      let x = m.wire("x", bits(8))
      m.drive {
        x.slice(from: 0, width: 3) <== zero(bits(3))
        x.slice(from: 4, width: 4) <== zero(bits(4))
      }
      return [#line - 5]
    },
    BrokenRule(
      "bits at both ends", "nothing drives bits 0 to 1 of `x`", "nothing drives bits 6 to 7 of `x`"
    ) { m in
      let x = m.wire("x", bits(8))
      m.drive { x.slice(from: 2, width: 4) <== zero(bits(4)) }
      return [#line - 2, #line - 2]
    },
    BrokenRule(
      "bits that some iterations leave out", "nothing drives bit 2 of `x` (at N = 3)",
      configuration: ["N": 3]
    ) { m in
      let n = m.parameter("N", default: 2, in: 2...8, "bits")
      let x = m.wire("x", bits(n))
      m.forEach("bit_of", index: "i", count: n - 1) { i in
        m.drive { x[i] <== zero(.bit) }
      }
      return [#line - 4]
    },
    BrokenRule(
      "branch that is not built", "nothing drives `y` (at N = 1)", configuration: ["N": 1]
    ) { m in
      let n = m.parameter("N", default: 2, in: 1...8, "bits")
      let y = m.output("y")
      m.given(n > 1, "several") { m.drive { y <== zero(.bit) } }
      return [#line - 2]
    },
    BrokenRule(
      "one copy among the iterations", "nothing drives `bit_of[0].x`"
    ) { m in
      var line = 0
      m.forEach("bit_of", index: "i", count: 2) { i in
        let x = m.wire("x")
        line = #line - 1
        m.given(i > 0, "inner") { m.drive { x <== zero(.bit) } }
      }
      return [line]
    },
  ]

  static let doublyDriven = [
    BrokenRule("wire", "`x` is driven here and at {1}") { m in
      let x = m.wire("x", bits(8))
      m.drive { x <== zero(bits(8)) }
      m.drive { x <== zero(bits(8)) }
      return [#line - 1, #line - 2]
    },
    BrokenRule("wire with its value", "`x` is driven here and at {1}") { m in
      let x = m.wire("x", zero(bits(8)))
      m.drive { x <== zero(bits(8)) }
      return [#line - 1, #line - 2]
    },
    BrokenRule("sum", "`s` is driven here and at {1}") { m in
      let a = m.input("a", bits(8))
      let s = m.sum("s", bits(1), index: "i", count: 8) { i in a[i] }
      m.drive { s <== a[0] }
      return [#line - 1, #line - 2]
    },
    BrokenRule("one bit", "bit 4 of `x` is driven here and at {1}") { m in
      let x = m.wire("x", bits(8))
      m.drive {
        x.slice(from: 0, width: 5) <== zero(bits(5))
        x.slice(from: 4, width: 4) <== zero(bits(4))
      }
      return [#line - 2, #line - 3]
    },
    BrokenRule("bits inside others", "bits 2 to 3 of `x` are driven here and at {1}") { m in
      let x = m.wire("x", bits(8))
      m.drive {
        x.slice(from: 2, width: 2) <== zero(bits(2))
        x <== zero(bits(8))
      }
      return [#line - 3, #line - 2]
    },
    BrokenRule(
      "bits of neighbouring iterations", "bit 1 of `x` is driven here and at {1}",
      "bit 2 of `x` is driven here and at {1}"
    ) { m in
      let x = m.wire("x", bits(4))
      m.forEach("pair", index: "i", count: 3) { i in
        m.drive { x.slice(from: i, width: 2) <== zero(bits(2)) }
      }
      return [#line - 2, #line - 2]
    },
    BrokenRule("register in two processes", "`r` is driven here and at {1}") { m in
      let clk = m.input("clk")
      let r = m.register("r", bits(8))
      m.clocked(clk) { r <== zero(bits(8)) }
      m.clocked(clk) { r <== ~r }
      return [#line - 1, #line - 2]
    },
    BrokenRule("memory with two writers", "`words` is driven here and at {1}") { m in
      let (clk, a) = (m.input("clk"), m.input("a", bits(2)))
      let words = m.memory("words", bits(8), depth: 4)
      m.clocked(clk) { words[a] <== zero(bits(8)) }
      m.clocked(clk) { words[~a] <== zero(bits(8)) }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "halves of a register, which two processes reset as a whole", "`r` is driven here and at {1}"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let r = m.register("r", bits(2), reset: 0)
      m.clocked(clk, reset: rst) { r[0] <== r[1] }
      m.clocked(clk, reset: rst) { r[1] <== r[0] }
      return [#line - 1, #line - 2]
    },
    BrokenRule("output of two instances", "`y` is driven here and at {1}") { m in
      let y = m.output("y")
      m.instance("one", of: ConstantSource.module, ports: [("q", y)])
      m.instance("two", of: ConstantSource.module, ports: [("q", y)])
      return [#line - 1, #line - 2]
    },
  ]

  static let targets = [
    BrokenRule("input in drive", "`a` is an input; the module cannot drive it") { m in
      let a = m.input("a")
      m.drive { a <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule("input in clocked", "`a` is an input; the module cannot drive it") { m in
      let (clk, a) = (m.input("clk"), m.input("a"))
      m.clocked(clk) { a <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule("pattern", "`ID` is a constant; the module cannot drive it") { m in
      let id = m.pattern("ID", width: 8, value: 3)
      m.drive { id <== zero(bits(8)) }
      return [#line - 1]
    },
    BrokenRule("register in drive", "`r` is a register; assign it inside `clocked`") { m in
      let r = m.register("r")
      m.drive { r <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule("bit of a register in drive", "`r[2]` is a register; assign it inside `clocked`") {
      m in
      let r = m.register("r", bits(4))
      m.drive { r[2] <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule(
      "wire in clocked", "`x` is not a register; declare it with `register`, or use `drive`"
    ) { m in
      let (clk, x) = (m.input("clk"), m.wire("x"))
      m.clocked(clk) { x <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule(
      "output in clocked", "`y` is not a register; declare it with `register`, or use `drive`"
    ) { m in
      let (clk, y) = (m.input("clk"), m.output("y"))
      m.clocked(clk) { y <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule(
      "word in drive", "`words[a]` is a word of a memory; assign it inside `clocked`"
    ) { m in
      let a = m.input("a", bits(2))
      let words = m.memory("words", bits(8), depth: 4)
      m.drive { words[a] <== zero(bits(8)) }
      return [#line - 1]
    },
    BrokenRule(
      "expression", "`a + b` cannot be driven; drive a name, or a bit or slice of one"
    ) { m in
      let (a, b) = (m.wire("a", bits(8)), m.wire("b", bits(8)))
      m.drive { a + b <== zero(bits(8)) }
      return [#line - 1]
    },
    BrokenRule(
      "cast", "`$signed(x[3:0])` cannot be driven; drive a name, or a bit or slice of one"
    ) { m in
      let x = m.wire("x", bits(8))
      m.drive { x.element(0, signed(4)) <== zero(signed(4)) }
      return [#line - 1]
    },
    BrokenRule(
      "element by a signal",
      "`x[a * 2 +: 2]` is chosen by a signal; use `ForEach`, and `When` the index is that number"
    ) { m in
      let (clk, a) = (m.input("clk"), m.input("a", bits(2)))
      let x = m.register("x", bits(8))
      m.clocked(clk) { x.element(at: a, width: 2) <== zero(bits(2)) }
      return [#line - 1]
    },
    BrokenRule(
      "copy of another iteration",
      "`bit_of[i + 1].x` is the copy of another iteration; drive it in its own block"
    ) { m in
      var line = 0
      m.forEach("bit_of", index: "i", count: 2) { i in
        let x = m.wire("x")
        m.drive { x.at(i + 1) <== zero(.bit) }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "value on one path only",
      "`x` has no value on some path through this block and would be a latch; assign it first, or in "
        + "every branch"
    ) { m in
      let (a, x) = (m.input("a"), m.wire("x"))
      m.drive {
        When(a) { x <== zero(.bit) }
      }
      return [#line - 2]
    },
  ]
}

/// A module with an output alone.
enum ConstantSource {
  static let module = Module("source", "A zero.") { m in
    let q = m.output("q")
    m.drive { q <== zero(.bit) }
  }
}
