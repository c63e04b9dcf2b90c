import Foundation
import Testing

@testable import HDL

/// The Verilog text of a module, whole.
@Suite struct PrinterTests {
  @Test func everyConstructPrintsAsExpected() {
    let text = VerilogPrinter.print(
      PrinterFixture.everything,
      header: ["Generated for a test.", "", "SPDX-License-Identifier: Apache-2.0"])
    let (lines, expected) = (
      text.split(separator: "\n"), PrinterFixture.text.split(separator: "\n")
    )
    for (line, expectedLine) in zip(lines, expected) { #expect(line == expectedLine) }
    #expect(text == PrinterFixture.text)
  }

  @Test func printsTheSameBytesTwice() {
    #expect(
      VerilogPrinter.print(PrinterFixture.everything)
        == VerilogPrinter.print(PrinterFixture.everything))
  }

  @Test(arguments: [[:], ["COUNT": 1, "WIDTH": 2], ["COUNT": 7, "DEPTH": 7, "WIDTH": 16]])
  func fixtureIsClean(configuration: Configuration) throws {
    try PrinterFixture.everything.check(at: [configuration])
  }

  @Test func moduleWithoutParametersOrItems() {
    let module = Module("nothing", "") { m in _ = m.input("clk") }
    #expect(
      VerilogPrinter.print(module) == """
        module nothing (
            input wire clk
        );
        endmodule

        """)
  }

  @Test func modulesOfAHierarchyAreListedOnceInstantiatedFirst() {
    #expect(PrinterFixture.everything.hierarchy.map(\.name) == ["tap", "everything"])
  }

  @Test func otherDefaultsChangeTheirLinesAlone() {
    func lines(_ module: Module) -> [Substring] {
      VerilogPrinter.print(module).split(separator: "\n", omittingEmptySubsequences: false)
    }
    let changed = zip(
      lines(PrinterFixture.everything),
      lines(PrinterFixture.everything.withDefaults(["COUNT": 9, "DEPTH": 10]))
    ).filter { $0 != $1 }.map { String($1) }
    #expect(changed == ["    parameter COUNT = 9,", "    parameter DEPTH = 10"])
  }

  /// Expressions whose spelling has a trap.
  @Test(arguments: spellings) func spelling(subject: Spelling) {
    #expect(VerilogExpression.text(subject.signal) == subject.text)
  }

  struct Spelling: Sendable, CustomTestStringConvertible {
    let signal: Signal
    let text: String
    var testDescription: String { text }
  }

  static let spellings: [Spelling] = {
    var result: [Spelling] = []
    _ = Module("subject", "") { m in
      let w = m.parameter("W", default: 8, in: 1...64, "")
      let n = m.constant("N", w + 1)
      let (bit, one) = (m.wire("bit_wire"), m.wire("one", signed(1)))
      let (a, b) = (m.wire("a", bits(8)), m.wire("b", bits(8)))
      let (s, t) = (m.wire("s", signed(w)), m.wire("t", signed(w)))
      let v = m.wire("v", bits(w))
      func spell(_ signal: Signal, _ text: String) {
        result.append(Spelling(signal: signal, text: text))
      }
      // A name without a range has no bits to select from.
      spell(bit[0], "bit_wire")
      spell(bit.slice(from: 0, width: 1), "bit_wire")
      spell(one[0], "one")
      spell(one.extended(to: 3), "{{2{one}}, one}")
      spell(a[0], "a[0]")
      // Two operators in a row may read as one.
      spell(a.anyBit.anyBit, "|(|a)")
      spell(~(a.allBits), "~(&a)")
      spell(a.anyBit ||| a.allBits, "|a | &a")
      // Only the same associative operator chains without parentheses, and only to the left.
      spell(a + b + a, "a + b + a")
      spell(a - b - a, "(a - b) - a")
      spell(a - (b - a), "a - (b - a)")
      spell(a + (b + a), "a + (b + a)")
      spell((a &&& b) ||| a, "(a & b) | a")
      // Verilog takes slices, concatenations and literals as unsigned.
      spell(s < t, "s < t")
      spell(s < zero(signed(w)), "s < $signed({W{1'b0}})")
      spell(
        s.truncated(to: 1).extended(to: w) >= t, "$signed({{(W - 1){s[0]}}, $signed(s[0:0])}) >= t")
      spell(s.asUnsigned < v, "$unsigned(s) < v")
      spell(s.shiftedRight(by: a), "$signed(s >>> a)")
      spell(v.shiftedRight(by: a), "v >> a")
      spell((s + t).asUnsigned.asSigned, "$signed($unsigned(s + t))")
      // Numbers at a width.
      spell(constant(0, width: w), "{W{1'b0}}")
      spell(constant(1, width: w), "{{(W - 1){1'b0}}, 1'b1}")
      spell(constant(12, width: w), "{{(W - 4){1'b0}}, 4'd12}")
      spell(constant(12, width: 5), "5'd12")
      spell(constant(n, width: 9), "N[8:0]")
      spell(constant(n, width: w), "N[W - 1:0]")
      // A number of 32 bits meets a vector of as many.
      spell(a == 3, "a == 8'd3")
      spell(a == 256, "{{(32 - 8){1'b0}}, a} == 256")
      spell(v != 0, "v != {W{1'b0}}")
      spell(v < w - 1, "{{(32 - W){1'b0}}, v} < W - 1")
      spell(a.extended(to: 8), "a")
      spell(a.extended(to: 9), "{1'b0, a}")
      spell(v.extended(to: n), "{1'b0, v}")
      spell(v.extended(to: 2 * w), "{{(2 * W - W){1'b0}}, v}")
      spell(v.element(at: a, width: 1), "v[a]")
      spell(v.element(at: a, width: w + 1), "v[a * (W + 1) +: W + 1]")
    }
    return result
  }()

  /// On request a comment names the line of Swift that a statement comes from.
  @Test func sourcesAreNamedOnRequest() {
    let line = #line + 3
    let module = Module("subject", "") { m in
      let (clk, a) = (m.input("clk"), m.input("a"))
      let r = m.register("r")
      m.clocked(clk) {
        When(a) { r <== ~r }
      }
    }
    let text = VerilogPrinter.print(module, showsSources: true)
    let file = "HDLTests/PrinterTests.swift"
    #expect(text.contains("    reg r; /* \(file):\(line) */\n"))
    #expect(text.contains("            r <= ~r; /* \(file):\(line + 2) */\n"))
    #expect(!VerilogPrinter.print(module).contains("/*"))
  }
}
