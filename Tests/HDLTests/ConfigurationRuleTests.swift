import Testing

@testable import HDL

/// What cannot be proved for all parameters is checked at each declared configuration, which the
/// message names.
@Suite struct ConfigurationRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) {
    rule.verify()
    #expect(rule.module.diagnostics == [], "the rule cannot be decided without a configuration")
  }

  static let rules = [
    BrokenRule(
      "width of an assignment",
      "`y` has 2 * W bits and is assigned `x` with W + 4 bits; extend or truncate the value "
        + "(at W = 5)", configuration: ["W": 5]
    ) { m in
      let w = m.parameter("W", default: 4, in: 1...64, "bits")
      let (x, y) = (m.input("x", bits(w + 4)), m.output("y", bits(2 * w)))
      m.drive { y <== x }
      return [#line - 1]
    },
    BrokenRule(
      "width of a port",
      "port `a` of `buffer_gate` has 1 bit and is connected to `x` with W bits (at W = 2)",
      configuration: ["W": 2]
    ) { m in
      let w = m.parameter("W", default: 1, in: 1...64, "bits")
      let (x, y) = (m.input("x", bits(w)), m.output("y"))
      m.instance("u", of: LoopRuleTests.buffer, ports: [("a", x), ("y", y)])
      return [#line - 1]
    },
    BrokenRule(
      "slice past the end", "bits 0 to 7 of `x` are outside its W bits (at V = 1, W = 7)",
      configuration: ["W": 7, "V": 1]
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      _ = m.parameter("V", default: 1, in: 1...64, "not asked for")
      let x = m.input("x", bits(w))
      _ = m.wire("y", x.slice(from: 0, width: 8))
      return [#line - 1]
    },
    BrokenRule(
      "slice before the start", "bit W - 4 of `x` is outside its W bits (at W = 3)",
      configuration: ["W": 3]
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      let x = m.input("x", bits(w))
      _ = m.wire("y", x[w - 4])
      return [#line - 1]
    },
    BrokenRule(
      "empty slice", "a slice of `x` has W - 1 bits, and takes at least 1 (at W = 1)",
      configuration: ["W": 1]
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      let x = m.input("x", bits(w))
      m.unused("upper", x.slice(from: 1, width: w - 1))
      return [#line - 1]
    },
    BrokenRule(
      "slice of one iteration", "bits 2 * i to 2 * i + 1 of `x` are outside its 5 bits"
    ) { m in
      var line = 0
      let x = m.input("x", bits(5))
      m.forEach("pair", index: "i", count: 3) { i in
        _ = m.wire("y", x.slice(from: 2 * i, width: 2))
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "term of a sum", "bit i of `x` is outside its 4 bits (at N = 5)", configuration: ["N": 5]
    ) { m in
      let n = m.parameter("N", default: 4, in: 1...64, "terms")
      let x = m.input("x", bits(4))
      _ = m.sum("s", .bit, index: "i", count: n) { i in x[i] }
      return [#line - 1]
    },
    BrokenRule(
      "number that does not fit", "the number N does not fit 4 bits, unsigned (at N = 16)",
      configuration: ["N": 16]
    ) { m in
      let n = m.parameter("N", default: 15, in: 0...99, "a number")
      _ = m.wire("y", constant(n, width: 4))
      return [#line - 1]
    },
    BrokenRule(
      "reset value that does not fit", "the number N does not fit 4 bits, unsigned (at N = 16)",
      configuration: ["N": 16]
    ) { m in
      let n = m.parameter("N", default: 15, in: 0...99, "a number")
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let r = m.register("r", bits(4), reset: n)
      m.clocked(clk, reset: rst) { r <== ~r }
      return [#line - 2]
    },
    BrokenRule(
      "extension to fewer bits", "`x` with W bits is extended to fewer bits (8 bits) (at W = 9)",
      configuration: ["W": 9]
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      let x = m.input("x", bits(w))
      _ = m.wire("y", x.extended(to: 8))
      return [#line - 1]
    },
    BrokenRule(
      "signal without bits", "`y` has 0 bits; a signal has at least 1 (at W = 1)",
      configuration: ["W": 1]
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      _ = m.wire("y", zero(bits(w - 1)))
      return [#line - 1]
    },
    BrokenRule(
      "memory without words", "memory `words` has no words (at N = 0)", configuration: ["N": 0]
    ) { m in
      let n = m.parameter("N", default: 8, in: 0...64, "words")
      let clk = m.input("clk")
      let words = m.memory("words", .bit, depth: n)
      m.clocked(clk) { words[clk] <== clk }
      return [#line - 2]
    },
    BrokenRule(
      "count of a loop", "the count of the loop `each` is not a number from 0 on (at N = 0)",
      configuration: ["N": 0]
    ) { m in
      let n = m.parameter("N", default: 8, in: 0...64, "iterations")
      m.forEach("each", index: "i", count: n - 1) { _ in _ = m.wire("x", zero(.bit)) }
      return [#line - 1]
    },
    BrokenRule(
      "parameter outside its range",
      "parameter `W` of `subject` is 65; it goes from 1 to 64 (at W = 65)",
      configuration: ["W": 65]
    ) { m in
      _ = m.parameter("W", default: 8, in: 1...64, "bits")
      return [#line - 1]
    },
    BrokenRule(
      "parameter outside a range of parameters",
      "parameter `LANES` of `subject` is 5; it goes from 1 to 4 (at COLS = 4, LANES = 5)",
      configuration: ["LANES": 5, "COLS": 4]
    ) { m in
      let columns = m.parameter("COLS", default: 8, in: 1...64, "columns")
      _ = m.parameter("LANES", default: columns, from: 1, through: columns, "lanes")
      return [#line - 1]
    },
    BrokenRule(
      "unknown parameter", "`subject` has no parameter `N` (at N = 1)", configuration: ["N": 1]
    ) {
      m in
      _ = m.parameter("W", default: 8, in: 1...64, "bits")
      return [#line - 1]
    },
  ]

  // MARK: Neighbours

  @Test(arguments: neighbours) func missingNeighbourIsReported(rule: BrokenRule) { rule.verify() }

  static let neighbours = [
    BrokenRule(
      "of the first iteration",
      "`each[-1].x` does not exist at these parameters; guard the edge with `given`"
    ) { m in
      var line = 0
      m.forEach("each", index: "i", count: 3) { i in
        let x = m.wire("x")
        m.drive { x <== x.at(i - 1) }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "of the last iteration",
      "`each[3].x` does not exist at these parameters; guard the edge with `given` (at N = 3)",
      configuration: ["N": 3]
    ) { m in
      var line = 0
      let n = m.parameter("N", default: 1, in: 1...8, "iterations")
      m.forEach("each", index: "i", count: n) { i in
        let x = m.wire("x")
        m.drive { x <== x.at(i + 1) }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "read by a register",
      "`each[-1].x` does not exist at these parameters; guard the edge with `given`"
    ) { m in
      var line = 0
      let clk = m.input("clk")
      m.forEach("each", index: "i", count: 3) { i in
        let x = m.register("x")
        m.clocked(clk) { x <== x.at(i - 1) }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "read by a condition, an enable and an address",
      "`each[3].x` does not exist at these parameters; guard the edge with `given`",
      "`each[4].x` does not exist at these parameters; guard the edge with `given`",
      "`each[5].x` does not exist at these parameters; guard the edge with `given`"
    ) { m in
      var x = zero(.bit)
      let clk = m.input("clk")
      m.forEach("each", index: "i", count: 3) { _ in x = m.wire("x", zero(.bit)) }
      let words = m.memory("words", .bit, depth: 2)
      m.clocked(clk, enable: x.at(3)) {
        When(x.at(4)) {
          words[x.at(5)] <== clk
        }
      }
      return [#line - 5, #line - 4, #line - 3]
    },
    BrokenRule(
      "named unused", "`each[3].x` does not exist at these parameters; guard the edge with `given`"
    ) { m in
      var x = zero(.bit)
      m.forEach("each", index: "i", count: 3) { _ in x = m.wire("x", zero(.bit)) }
      m.unused("x", x.at(3))
      return [#line - 1]
    },
    BrokenRule(
      "in the branch that is not built",
      "`several.x` does not exist at these parameters; guard the edge with `given` (at N = 1)",
      configuration: ["N": 1]
    ) { m in
      var x = zero(.bit)
      let n = m.parameter("N", default: 2, in: 1...8, "a number")
      m.given(n > 1, "several") { x = m.wire("x", zero(.bit)) }
      _ = m.wire("y", x.at())
      return [#line - 1]
    },
  ]

  /// The same modules pass where the numbers agree: at the first configuration that does not, the
  /// check stops and names it.
  @Test func firstBrokenConfigurationIsNamed() throws {
    let line = #line + 4
    let module = Module("subject", "") { m in
      let w = m.parameter("W", default: 4, in: 1...64, "bits")
      let (x, y) = (m.input("x", bits(w + 4)), m.output("y", bits(2 * w)))
      m.drive { y <== x }
    }
    try module.check(at: [[:], ["W": 4]])
    let error = #expect(throws: HDLError.self) {
      try module.check(at: [["W": 4], ["W": 6], ["W": 5]])
    }
    #expect(
      error?.description
        == "HDLTests/ConfigurationRuleTests.swift:\(line): `y` has 2 * W bits and is assigned `x` "
        + "with W + 4 bits; extend or truncate the value (at W = 6)")
  }
}
