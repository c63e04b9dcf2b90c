import HDL
import Testing

/// An instance fits its module: names, widths and signs, at every parameter.
@Suite struct InstanceRuleTests {
  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  /// Adds 1 to a number of W bits.
  static let successor = Module("successor", "Adds 1.") { m in
    let w = m.parameter("W", default: 8, in: 2...16, "bits")
    let a = m.input("a", signed(w))
    let y = m.output("y", signed(w))
    m.drive { y <== a + constant(1, width: w).asSigned }
  }

  static let rules = [
    BrokenRule("unknown port", "`successor` has no port `b`") { m in
      let (a, y) = (m.input("a", signed(8)), m.wire("y", signed(8)))
      m.instance("u", of: successor, ports: [("a", a), ("b", a), ("y", y)])
      return [#line - 1]
    },
    BrokenRule("missing port", "port `y` of `successor` is not connected in `successor_of_a`") {
      m in
      let a = m.input("a", signed(8))
      m.instance("successor_of_a", of: successor, ports: [("a", a)])
      return [#line - 1]
    },
    BrokenRule("port given twice", "port `a` of `successor` is given twice in `u`") { m in
      let (a, y) = (m.input("a", signed(8)), m.wire("y", signed(8)))
      m.instance("u", of: successor, ports: [("a", a), ("y", y), ("a", a)])
      return [#line - 1]
    },
    BrokenRule("unknown parameter", "`successor` has no parameter `WIDTH`") { m in
      let (a, y) = (m.input("a", signed(8)), m.wire("y", signed(8)))
      m.instance(
        "u", of: successor, parameters: [("WIDTH", 8)], ports: [("a", a), ("y", y)])
      return [#line - 2]
    },
    BrokenRule("parameter given twice", "parameter `W` of `successor` is given twice in `u`") { m in
      let (a, y) = (m.input("a", signed(8)), m.wire("y", signed(8)))
      m.instance(
        "u", of: successor, parameters: [("W", 8), ("W", 9)], ports: [("a", a), ("y", y)])
      return [#line - 2]
    },
    BrokenRule(
      "width of a port",
      "port `y` of `successor` has 8 bits and is connected to `y` with 9 bits"
    ) { m in
      let (a, y) = (m.input("a", signed(8)), m.wire("y", signed(9)))
      m.instance("u", of: successor, ports: [("a", a), ("y", y)])
      return [#line - 1]
    },
    BrokenRule(
      "width of a port for all parameters",
      "port `a` of `successor` has N + 1 bits and is connected to `a` with N bits"
    ) { m in
      let n = m.parameter("N", default: 8, in: 2...15, "bits")
      let (a, y) = (m.input("a", signed(n)), m.wire("y", signed(n + 1)))
      m.instance(
        "u", of: successor, parameters: [("W", n + 1)], ports: [("a", a), ("y", y)])
      return [#line - 2]
    },
    BrokenRule(
      "sign of a port",
      "port `a` of `successor` is signed and is connected to `a`, which is unsigned"
    ) { m in
      let (a, y) = (m.input("a", bits(8)), m.wire("y", signed(8)))
      m.instance("u", of: successor, ports: [("a", a), ("y", y)])
      return [#line - 1]
    },
    BrokenRule(
      "output to an expression",
      "output port `y` of `successor` is connected to `~y`, which cannot be driven; connect a wire"
    ) { m in
      let (a, y) = (m.input("a", signed(8)), m.wire("y", signed(8)))
      m.instance("u", of: successor, ports: [("a", a), ("y", ~y)])
      return [#line - 1]
    },
    BrokenRule(
      "output to a register",
      "output port `y` of `successor` is connected to `y`, which is a register; connect a wire"
    ) { m in
      let (a, y) = (m.input("a", signed(8)), m.register("y", signed(8)))
      m.instance("u", of: successor, ports: [("a", a), ("y", y)])
      return [#line - 1]
    },
    BrokenRule(
      "output to an input",
      "output port `y` of `successor` is connected to `b`, which is an input; connect a wire"
    ) { m in
      let (a, b) = (m.input("a", signed(8)), m.input("b", signed(8)))
      m.instance("u", of: successor, ports: [("a", a), ("y", b)])
      return [#line - 1]
    },
    BrokenRule(
      "output to a cast",
      "output port `y` of `successor` is connected to `$signed(y)`, which cannot be driven; "
        + "connect a wire"
    ) { m in
      let (a, y) = (m.input("a", signed(8)), m.output("y", bits(8)))
      m.instance("u", of: successor, ports: [("a", a), ("y", y.asSigned)])
      return [#line - 1]
    },
    BrokenRule(
      "parameter outside its range",
      "parameter `W` of `u` is 17; it goes from 2 to 16 (at N = 17)", configuration: ["N": 17]
    ) { m in
      let n = m.parameter("N", default: 8, in: 2...64, "bits")
      let (a, y) = (m.input("a", signed(n)), m.output("y", signed(n)))
      m.instance("u", of: successor, parameters: [("W", n)], ports: [("a", a), ("y", y)])
      return [#line - 1]
    },
    BrokenRule(
      "parameter of an instance inside a loop, in one iteration",
      "parameter `W` of `each[0].u` is 1; it goes from 2 to 16"
    ) { m in
      var line = 0
      m.forEach("each", index: "i", count: 2) { i in
        let (a, y) = (m.wire("a", zero(signed(i + 1))), m.wire("y", signed(i + 1)))
        m.instance("u", of: successor, parameters: [("W", i + 1)], ports: [("a", a), ("y", y)])
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "parameter without a value",
      "parameter `DELAY` of `u` or its range has no value, or one too large (at N = 0)",
      configuration: ["N": 0]
    ) { m in
      let delay = Module("delay", "A wire so far.") { m in
        _ = m.parameter("DELAY", default: 1, in: 0...8, "cycles")
        let (a, y) = (m.input("a"), m.output("y"))
        m.drive { y <== a }
      }
      let n = m.parameter("N", default: 1, in: 0...8, "a divisor")
      let (a, y) = (m.input("a"), m.output("y"))
      m.instance("u", of: delay, parameters: [("DELAY", 8 / n)], ports: [("a", a), ("y", y)])
      return [#line - 1]
    },
  ]

  /// What is broken inside an instantiated module is reported with its own line, first.
  @Test func brokenModuleIsReportedOnce() {
    let line = #line + 3
    let broken = Module("broken", "") { m in
      let y = m.output("y", bits(8))
      m.drive { y <== zero(bits(4)) }
    }
    let subject = Module("subject", "") { m in
      let y = m.output("y", bits(16))
      m.instance("one", of: broken, ports: [("y", y.slice(from: 0, width: 8))])
      m.instance("two", of: broken, ports: [("y", y.slice(from: 8, width: 8))])
    }
    #expect(
      subject.findings().map(\.description) == [
        "HDLTests/InstanceRuleTests.swift:\(line): `y` has 8 bits and is assigned `4'd0` with "
          + "4 bits; extend or truncate the value"
      ])
  }

  /// Two modules of one text and name may contain different ones.
  @Test func differentModulesBelowEqualOnes() {
    func leaf(_ inverts: Bool) -> Module {
      Module("leaf", "") { m in
        let (a, y) = (m.input("a"), m.output("y"))
        m.drive { y <== (inverts ? !a : a) }
      }
    }
    var line = 0
    func middle(_ inverts: Bool) -> Module {
      Module("middle", "") { m in
        let (a, y) = (m.input("a"), m.output("y"))
        m.instance("inner", of: leaf(inverts), ports: ["a": a, "y": y])
        line = #line - 1
      }
    }
    let subject = Module("subject", "") { m in
      let (a, y) = (m.input("a"), m.output("y", bits(2)))
      m.instance("one", of: middle(false), ports: ["a": a, "y": y[0]])
      m.instance("two", of: middle(true), ports: ["a": a, "y": y[1]])
    }
    #expect(
      subject.findings().map(\.description) == [
        "HDLTests/InstanceRuleTests.swift:\(line): `inner` is an instance of another module that is "
          + "named `leaf` too; choose another name"
      ])
  }

  @Test func moduleThatContainsItsName() {
    var line = 0
    func node(_ depth: Int) -> Module {
      Module("node", "") { m in
        let (a, y) = (m.input("a"), m.output("y"))
        if depth == 0 {
          m.drive { y <== a }
        } else {
          m.instance("sub", of: node(depth - 1), ports: ["a": a, "y": y])
          line = #line - 1
        }
      }
    }
    #expect(
      node(2).findings().map(\.description) == [
        "HDLTests/InstanceRuleTests.swift:\(line): `sub` is an instance of a module that is named "
          + "`node`, which contains it; choose another name"
      ])
  }

  @Test func signalOfAnotherModule() {
    var foreign: Signal?
    _ = Module("other", "") { m in foreign = m.input("a") }
    let line = #line + 3
    let subject = Module("subject", "") { m in
      let y = m.output("y")
      m.drive { y <== foreign! }
    }
    #expect(
      subject.findings().map(\.description) == [
        "HDLTests/InstanceRuleTests.swift:\(line): `a` is a signal of another module; connect it "
          + "through a port"
      ])
  }

  @Test func defaultOfAnUnknownParameter() {
    let line = #line + 1
    let subject = ConstantSource.module.withDefaults(["Q": 9])
    #expect(
      subject.findings().map(\.description) == [
        "HDLTests/InstanceRuleTests.swift:\(line): `\(subject.name)` has no parameter `Q`"
      ])
  }

  /// Only one of two modules of a name would be printed.
  @Test func differentModulesOfOneName() {
    let one = Module("pulse", "") { m in
      let q = m.output("q")
      m.drive { q <== zero(.bit) }
    }
    let other = Module("pulse", "") { m in
      let q = m.output("q")
      m.drive { q <== constant(1, width: 1) }
    }
    let line = #line + 5
    let subject = Module("subject", "") { m in
      let y = m.output("y", bits(3))
      m.given(1 == 1, "block_of_instances") {
        m.instance("first", of: one, ports: [("q", y[0])])
        m.instance("second", of: other, ports: [("q", y[1])])
        m.instance("third", of: one, ports: [("q", y[2])])
      }
    }
    #expect(
      subject.findings().map(\.description) == [
        "HDLTests/InstanceRuleTests.swift:\(line): `second` is an instance of another module that "
          + "is named `pulse` too; choose another name"
      ])
  }
}
