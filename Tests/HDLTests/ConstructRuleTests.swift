import Testing

@testable import HDL

/// State machines, memories with contents, bundles, properties, events.
@Suite struct ConstructRuleTests {
  enum Phase: String, CaseIterable {
    case idle = "IDLE"
    case run = "RUN"
    case done = "DONE"
  }

  @Test(arguments: rules) func isReported(rule: BrokenRule) { rule.verify() }

  static let rules = [
    BrokenRule(
      "state that nothing enters",
      "nothing enters the state `DONE` of `phase`; drop it or go there"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let phase = m.stateMachine("phase", Phase.self, reset: .idle)
      m.clocked(clk, reset: rst) {
        Match(phase) { state in
          switch state {
          case .idle: phase <== .run
          case .run: phase <== .idle
          case .done: phase <== .idle
          }
        }
      }
      return [#line - 10]
    },
    BrokenRule(
      "state by the name of a signal", "the name `IDLE` is already taken at {1}; choose another"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      _ = m.wire("IDLE", rst)
      let first = #line - 1
      let phase = m.stateMachine("phase", Phase.self, reset: .idle)
      m.clocked(clk, reset: rst) {
        phase <== .run
        When(phase.is(.run)) { phase <== .done }
      }
      return [#line - 5, first]
    },
    BrokenRule(
      "contents that are too many", "memory `digits` has 2 words and is given 3"
    ) { m in
      let a = m.input("a")
      let table = m.memory("letters", bits(4), depth: 4, contents: .words([1, 2]))
      let more = m.memory("digits", bits(4), depth: 2, contents: .words([1, 2, 3]))
      _ = m.wire("x", more[a] + table[concatenate(a, a)])
      return [#line - 2]
    },
    BrokenRule(
      "word that does not fit", "the word 16 of memory `digits` does not fit 4 bits"
    ) { m in
      let a = m.input("a")
      let table = m.memory("digits", bits(4), depth: 2, contents: .words([1, 16]))
      _ = m.wire("x", table[a])
      return [#line - 2]
    },
    BrokenRule("memory without a writer", "nothing drives `words`") { m in
      let a = m.input("a")
      let words = m.memory("words", bits(4), depth: 2)
      _ = m.wire("x", words[a])
      return [#line - 2]
    },
    BrokenRule(
      "signed address", "the address `a` of `words` is signed; use `asUnsigned`"
    ) { m in
      let (clk, a) = (m.input("clk"), m.input("a", signed(2)))
      let words = m.memory("words", signed(2), depth: 4)
      m.clocked(clk) { words[a] <== a }
      _ = m.wire("x", words[a.asUnsigned])
      return [#line - 2]
    },
    BrokenRule(
      "field that is not there", "`out` has no field `date`; it has `valid`, `ready`, `data`"
    ) { m in
      let stream = Interface.stream(.forward("data", bits(4)))
      let (into, out) = (m.target("into", stream), m.initiator("out", stream))
      m.connect(into, to: out)
      _ = m.wire("x", out["date"])
      return [#line - 1]
    },
    BrokenRule(
      "property of several bits", "the property `tiny` is `a` with 2 bits, and takes 1 bit"
    ) { m in
      let (clk, a) = (m.input("clk"), m.input("a", bits(2)))
      m.assert("tiny", a, on: clk)
      return [#line - 1]
    },
    BrokenRule("event of several bits", "the event `twice` has 2 bits, and takes 1 bit") { m in
      let (clk, rst, a) = (m.input("clk"), m.input("rst"), m.input("a", bits(2)))
      _ = m.event("twice", when: a, on: clk, reset: rst, width: 8, if: 1 == 1)
      return [#line - 1]
    },
    BrokenRule(
      "neighbour past the edge",
      "`row[0].col[-1].x` does not exist at these parameters; guard the edge with `given`"
    ) { m in
      let a = m.input("a")
      m.forEach(row: "row", "r", 1, column: "col", "c", 1) { cell in
        let x = m.wire("x", a)
        _ = m.wire("y", cell.west(x))
      }
      return [#line - 2]
    },
  ]
}

/// What nothing reads is reported, unless `unused` names it.
@Suite struct UnusedRuleTests {
  struct Unused: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let module: Module
    let expected: Diagnostic

    init(
      _ name: String, _ message: String, file: StaticString = #fileID,
      _ body: @Sendable (ModuleBuilder) -> Int
    ) {
      var line = 0
      testDescription = name
      module = Module("subject", "The module under test.", file: file) { line = body($0) }
      expected = Diagnostic(message: message, location: Location(file, line))
    }
  }

  @Test(arguments: subjects) func isReported(subject: Unused) {
    #expect(subject.module.findings(unused: true) == [subject.expected])
  }

  static let subjects = [
    Unused("input", "nothing reads `a`; drop it, or name it in `unused`") { m in
      _ = m.input("a")
      return #line - 1
    },
    Unused(
      "bits of an input", "nothing reads bits 2 to 3 of `a`; drop them, or name them in `unused`"
    ) { m in
      let (a, y) = (m.input("a", bits(5)), m.output("y", bits(3)))
      m.drive { y <== concatenate(a.slice(from: 0, width: 2), a[4]) }
      return #line - 2
    },
    Unused(
      "bits in several places",
      "nothing reads bits 0, 3 to 4 and 70 of `a`; drop them, or name them in `unused`"
    ) { m in
      let (a, y) = (m.input("a", bits(71)), m.output("y", bits(67)))
      m.drive { y <== concatenate(a.slice(from: 5, width: 65), a.slice(from: 1, width: 2)) }
      return #line - 2
    },
    Unused(
      "bit past the first word", "nothing reads bit 70 of `a`; drop it, or name it in `unused`"
    ) { m in
      let (a, y) = (m.input("a", bits(71)), m.output("y", bits(70)))
      m.drive { y <== a.truncated(to: 70) }
      return #line - 2
    },
    Unused("output of an instance", "nothing reads `x`; drop it, or name it in `unused`") { m in
      let x = m.wire("x")
      let declared = #line - 1
      m.instance("u", of: ConstantSource.module, ports: ["q": x])
      return declared
    },
    Unused(
      "register of the last copy",
      "nothing reads `each[2].r`; drop it, or name it in `unused`"
    ) { m in
      let clk = m.input("clk")
      var line = 0
      m.forEach("each", index: "i", count: 3) { i in
        let r = m.register("r")
        line = #line - 1
        m.given(i == 0, "first", else: "rest") {
          m.clocked(clk) { r <== 1 }
        } else: {
          m.clocked(clk) { r <== r.at(i - 1) }
        }
      }
      return line
    },
  ]

  /// What only the text of the module can say: parameters and constants.
  static let names = [
    Unused("parameter", "nothing reads the parameter `W` of `subject`; drop it") { m in
      _ = m.parameter("W", default: 4, in: 1...8, "in vain")
      let declared = #line - 1
      let (a, y) = (m.input("a"), m.output("y"))
      m.drive { y <== a }
      return declared
    },
    Unused("constant", "nothing reads the constant `N` of `subject`; drop it") { m in
      let w = m.parameter("W", default: 4, in: 1...8, "bits")
      _ = m.constant("N", w + 1)
      let declared = #line - 1
      let (a, y) = (m.input("a", bits(w)), m.output("y", bits(w)))
      m.drive { y <== a }
      return declared
    },
  ]

  @Test(arguments: names) func unreadNamesAreReported(subject: Unused) {
    #expect(subject.module.findings(unused: true) == [subject.expected])
  }

  /// Ports are declared before constants, so that a constant of theirs alone stands in no line.
  @Test func aConstantOfPortsIsReadAndNotPrinted() {
    let module = Module("subject", "") { m in
      let w = m.parameter("W", default: 4, in: 1...8, "bits")
      let double = m.constant("DOUBLE", 2 * w)
      let (a, y) = (m.input("a", bits(double)), m.output("y", bits(double)))
      m.drive { y <== a }
    }
    #expect(module.findings(unused: true) == [])
    #expect(!VerilogPrinter.print(module).contains("DOUBLE"))
  }

  @Test func namedInUnusedIsEnough() {
    let module = Module("subject", "") { m in
      let (a, y) = (m.input("a", bits(5)), m.output("y", bits(3)))
      m.drive { y <== a.truncated(to: 3) }
      m.unused("high", a.slice(from: 3, width: 2))
    }
    #expect(module.findings(unused: true) == [])
  }
}
