import Testing

@testable import HDL

/// Names are taken once, can be spelled in every language, and are within reach.
@Suite struct NameRuleTests {
  @Test(arguments: taken + reach) func isReported(rule: BrokenRule) { rule.verify() }

  static let taken = [
    BrokenRule("signal", "the name `x` is already taken at {1}; choose another") { m in
      _ = m.input("x")
      _ = m.wire("x")
      return [#line - 1, #line - 2]
    },
    BrokenRule("parameter", "the name `W` is already taken at {1}; choose another") { m in
      _ = m.constant("W", 3)
      _ = m.parameter("W", default: 1, in: 1...2, "")
      return [#line - 1, #line - 2]
    },
    BrokenRule("instance", "the name `x` is already taken at {1}; choose another") { m in
      let x = m.wire("x")
      m.instance("x", of: ConstantSource.module, ports: [("q", x)])
      return [#line - 1, #line - 2]
    },
    BrokenRule("label", "the name `x` is already taken at {1}; choose another") { m in
      _ = m.wire("x")
      m.forEach("x", index: "i", count: 2) { _ in }
      return [#line - 1, #line - 2]
    },
    BrokenRule("labels of both branches", "the name `b` is already taken at {0}; choose another") {
      m in
      m.given(1 == 1, "b", else: "b") {
      } else: {
      }
      return [#line - 3]
    },
    BrokenRule("label of an earlier branch", "the name `b` is already taken at {1}; choose another")
    { m in
      m.given(1 == 1, "a", else: "b") {
      } else: {
      }
      m.given(1 == 1, "b") {}
      return [#line - 1, #line - 4]
    },
    BrokenRule("loop index", "the name `i` is already taken at {1}; choose another") { m in
      _ = m.wire("i")
      m.forEach("each", index: "i", count: 2) { _ in }
      return [#line - 1, #line - 2]
    },
    BrokenRule("signal after a loop index", "the name `i` is already taken at {1}; choose another")
    { m in
      m.forEach("each", index: "i", count: 2) { _ in }
      _ = m.wire("i")
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "signal inside the loop of the index", "the name `i` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      m.forEach("each", index: "i", count: 2) { _ in
        _ = m.wire("i")
        line = #line - 1
      }
      return [line, line - 1]
    },
    BrokenRule("index of its own label", "the name `i` is already taken at {0}; choose another") {
      m in
      m.forEach("i", index: "i", count: 2) { _ in }
      return [#line - 1]
    },
    BrokenRule(
      "index of a nested loop", "the name `i` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      m.forEach("outer", index: "j", count: 2) { _ in
        _ = m.wire("i")
        m.forEach("inner", index: "i", count: 2) { _ in }
        line = #line - 1
      }
      return [line, line - 1]
    },
    BrokenRule(
      "index of the loop around",
      "the loop index `i` is the index of a loop around it; choose another"
    ) { m in
      var line = 0
      m.forEach("outer", index: "i", count: 2) { _ in
        m.forEach("inner", index: "i", count: 2) { _ in }
        line = #line - 1
      }
      return [line]
    },
    BrokenRule(
      "index of a sum",
      "`i` is the index of a generate loop at {1} and cannot be that of a sum; choose another"
    ) { m in
      let a = m.input("a", bits(4))
      m.forEach("each", index: "i", count: 2) { _ in }
      _ = m.sum("s", .bit, index: "i", count: 4) { i in a[i] }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "index of a loop",
      "`i` is the index of a sum at {1} and cannot be that of a generate loop; choose another"
    ) { m in
      let a = m.input("a", bits(4))
      _ = m.or("s", .bit, index: "i", count: 4) { i in a[i] }
      m.forEach("each", index: "i", count: 2) { _ in }
      return [#line - 1, #line - 2]
    },
    BrokenRule(
      "index of a sum and a signal of its block",
      "the name `i` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      let a = m.input("a", bits(4))
      m.given(1 == 1, "part") {
        _ = m.wire("i")
        _ = m.sum("s", .bit, index: "i", count: 4) { i in a[i] }
        line = #line - 1
      }
      return [line, line - 1]
    },
    BrokenRule(
      "block that a sum prints", "the name `s_terms` is already taken at {1}; choose another"
    ) { m in
      let a = m.input("a", bits(4))
      _ = m.wire("s_terms")
      _ = m.sum("s", .bit, index: "i", count: 4) { i in a[i] }
      return [#line - 1, #line - 2]
    },
    BrokenRule("name of a block around", "the name `x` is already taken at {1}; choose another") {
      m in
      var line = 0
      _ = m.wire("x")
      m.given(1 == 1, "part") {
        _ = m.wire("x")
        line = #line - 1
      }
      return [line, line - 2]
    },
    BrokenRule(
      "port that a block would hide", "the name `x` is already taken at {1}; choose another"
    ) { m in
      var line = 0
      m.given(1 == 1, "part") {
        _ = m.wire("x")
        line = #line - 1
      }
      _ = m.output("x")
      return [#line - 1, line]
    },
    BrokenRule(
      "constant of two blocks", "the name `N` is already taken at {1}; choose another"
    ) { m in
      m.given(1 == 1, "one") { _ = m.constant("N", 3) }
      m.given(1 == 1, "two") { _ = m.constant("N", 4) }
      return [#line - 1, #line - 2]
    },
    BrokenRule("unused", "the name `unused_x` is already taken at {1}; choose another") { m in
      let x = m.wire("unused_x")
      m.unused("x", x)
      return [#line - 1, #line - 2]
    },
  ]

  static let reach = [
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
      "`x` is declared inside the block `branch`, out of reach here; name the copy with `at`"
    ) { m in
      var x = zero(.bit)
      m.given(1 == 1, "branch") { x = m.wire("x") }
      m.drive { x <== zero(.bit) }
      return [#line - 1]
    },
    BrokenRule(
      "register of the other branch",
      "`x` is declared inside the block `one`, out of reach here; name the copy with `at`"
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
      "constant of a loop index",
      "the constant `N` depends on the loop index `i`, which ends with its loop; use the number itself"
    ) { m in
      var line = 0
      m.forEach("each", index: "i", count: 2) { i in
        _ = m.constant("N", 2 * (i + 1))
        line = #line - 1
      }
      return [line]
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

  // MARK: Spelling

  @Test(arguments: [
    ("cell", "Verilog-2005"), ("reg", "Verilog-2005"), ("config", "Verilog-2005"),
    ("uwire", "Verilog-2005"), ("logic", "SystemVerilog"), ("bit", "SystemVerilog"),
    ("checker", "SystemVerilog"), ("nettype", "SystemVerilog"), ("entity", "VHDL"),
    ("Signal", "VHDL"), ("OUT", "VHDL"), ("vunit", "VHDL"),
  ]) func reservedWordsAreRefused(word: String, language: String) {
    #expect(
      VerilogNames.problem(with: word)
        == "`\(word)` is a reserved word of \(language); choose another name")
  }

  @Test(arguments: ["", "1st", "a b", "a-b", "größe", "a$b", "a.b", "\\a", "x\n"])
  func badSpellingsAreRefused(name: String) {
    #expect(
      VerilogNames.problem(with: name)
        == "`\(name)` is not a name; use letters, digits and `_`, and begin with a letter or `_`")
  }

  /// Verilog distinguishes case, and a reserved word may be part of a name.
  @Test(arguments: ["_", "a1", "W", "Reg", "Always", "cell_0", "outer"])
  func otherNamesAreGood(name: String) {
    #expect(VerilogNames.problem(with: name) == nil)
  }

  /// Everything that has a name is checked, at its line.
  @Test func everyNameIsChecked() {
    let first = #line + 2
    let subject = Module("buf", "") { m in
      let clk = m.input("table")
      _ = m.parameter("begin", default: 1, in: 1...2, "")
      _ = m.constant("end", 1)
      _ = m.pattern("edge", width: 2, value: 1)
      _ = m.output("task")
      _ = m.outputRegister("time")
      _ = m.wire("wire", clk)
      _ = m.wire("tri", bits(2))
      _ = m.register("reg")
      _ = m.memory("small", .bit, depth: 2)
      m.forEach("for", index: "if", count: 2) { _ in }
      m.given(1 == 1, "case", else: "default") {
      } else: {
      }
      m.instance("primitive", of: ConstantSource.module, ports: [("q", clk)])
      _ = m.sum("and", .bit, index: "or", count: 2) { _ in clk }
    }
    func word(_ word: String, _ line: Int) -> Diagnostic {
      Diagnostic(
        message: "`\(word)` is a reserved word of Verilog-2005; choose another name",
        location: Location(#fileID, first + line))
    }
    let words = subject.diagnostics.filter { $0.message.contains("reserved") }
    #expect(
      words == [
        word("buf", -1), word("table", 0), word("begin", 1), word("end", 2), word("edge", 3),
        word("task", 4), word("time", 5), word("wire", 6), word("tri", 7), word("reg", 8),
        word("small", 9), word("for", 10), word("if", 10), word("case", 11), word("default", 11),
        word("primitive", 14), word("and", 15), word("or", 15),
      ])
  }

  /// The lists are complete: IEEE 1364-2005 has 124 words, IEEE 1800-2017 in all 248, and IEEE
  /// 1076-1993 has 97.
  @Test func listsAreComplete() {
    let sizes = VerilogNames.reserved.map { $0.1.count }
    #expect(sizes[0] == 124)
    #expect(sizes[0] + sizes[1] == 248)
    #expect(sizes[2] >= 97)
    #expect(VerilogNames.reserved[0].1.isDisjoint(with: VerilogNames.reserved[1].1))
  }
}
