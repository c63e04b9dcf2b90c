import Testing

@testable import HDL

/// Names that Verilog, SystemVerilog and VHDL all take.
@Suite struct SpellingTests {
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
