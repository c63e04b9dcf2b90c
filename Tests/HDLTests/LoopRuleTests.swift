import HDL
import Testing

/// A combinational loop is printed node by node, in the direction in which values flow.
@Suite struct LoopRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  /// Passes its input through.
  static let buffer = Module("buffer_gate", "A wire.") { m in
    let (a, y) = (m.input("a"), m.output("y"))
    m.drive { y <== a }
  }

  static let rules = [
    BrokenRule(
      "wire of itself", "a combinational loop: `x` -> `x`; break it with a register"
    ) { m in
      let x = m.wire("x", bits(4))
      m.drive { x <== ~x }
      return [#line - 1]
    },
    BrokenRule(
      "three wires", "a combinational loop: `a` -> `b` -> `c` -> `a`; break it with a register"
    ) { m in
      let (a, b, c) = (m.wire("a"), m.wire("b"), m.wire("c"))
      m.drive {
        a <== c
        b <== !a
        c <== (b && b)
      }
      return [#line - 4]
    },
    BrokenRule(
      "bits of one vector", "a combinational loop: `x` -> `x` -> `x`; break it with a register"
    ) { m in
      let x = m.wire("x", bits(3))
      m.drive {
        x[0] <== zero(.bit)
        x[1] <== x[2]
        x[2] <== x[1]
      }
      return [#line - 3]
    },
    BrokenRule(
      "through instances",
      "a combinational loop: `one.y` -> `there` -> `two.a` -> `two.y` -> `back` -> `one.a` -> "
        + "`one.y`; break it with a register"
    ) { m in
      let (there, back) = (m.wire("there"), m.wire("back"))
      m.instance("one", of: buffer, ports: [("a", back), ("y", there)])
      m.instance("two", of: buffer, ports: [("a", there), ("y", back)])
      return [#line - 2]
    },
    BrokenRule(
      "through the address of a memory",
      "a combinational loop: `word` -> `address` -> `word`; break it with a register"
    ) { m in
      let clk = m.input("clk")
      let address = m.wire("address", bits(2))
      let words = m.memory("words", bits(2), depth: 4)
      let word = m.wire("word", words[address])
      m.drive { address <== ~word }
      m.clocked(clk) { words[zero(bits(2))] <== word }
      return [#line - 3]
    },
    BrokenRule(
      "around a ring of iterations",
      "a combinational loop: `node[0].x` -> `node[1].x` -> `node[2].x` -> `node[0].x`; break it "
        + "with a register (at N = 3)", configuration: ["N": 3]
    ) { m in
      var line = 0
      let n = m.parameter("N", default: 2, in: 2...8, "nodes")
      m.forEach("node", index: "i", count: n) { i in
        let x = m.wire("x")
        m.given(i == 0, "head", else: "tail") {
          m.drive { x <== x.at(n - 1) }
          line = #line - 1
        } else: {
          m.drive { x <== x.at(i - 1) }
        }
      }
      return [line]
    },
    BrokenRule(
      "through a sum", "a combinational loop: `total` -> `x` -> `total`; break it with a register"
    ) { m in
      let x = m.wire("x", bits(4))
      let total = m.sum("total", .bit, index: "i", count: 4) { i in x[i] }
      m.drive { x <== concatenate(total, zero(bits(3))) }
      return [#line - 2]
    },
  ]

  /// A register, a memory or a chain through the bits of a vector is no loop.
  @Test func whatIsNoLoop() {
    let module = Module("subject", "") { m in
      let clk = m.input("clk")
      let r = m.register("r", bits(2))
      let words = m.memory("words", bits(2), depth: 4)
      let following = m.wire("following", ~words[r])
      m.clocked(clk) {
        r <== following
        words[following] <== r
      }
      let chain = m.wire("chain", bits(8))
      m.drive { chain[0] <== r[0] }
      m.forEach("link", index: "i", count: 7) { i in
        m.drive { chain[i + 1] <== chain[i] }
      }
    }
    #expect(module.findings() == [])
  }
}
