import HDL
import RandomModules
import Testing

/// A slice of all bits of a signed name is signed in the processes of Icarus Verilog 11 where it is
/// the amount of a shift, and a negative amount shifts everything out. A word of a memory by a number
/// makes a program that Icarus does not read itself.
@Suite struct ShiftAmountTests {
  @Test func bracesMakeTheAmountUnsigned() {
    let module = Module("amounts", "Shifts by slices.") { m in
      let clk = m.input("clk")
      let a = m.input("a", signed(3))
      let x = m.input("x", bits(8))
      let s = m.input("s", signed(8))
      let y = m.outputRegister("y", bits(8))
      let z = m.outputRegister("z", signed(8))
      m.clocked(clk) {
        y <== x.shiftedLeft(by: a.slice(from: 0, width: 3))
        z <== s.shiftedRight(by: a.slice(from: 0, width: 3))
      }
      let words = m.memory("words", bits(3), depth: 4, contents: .words([1, 2]))
      let w = m.output("w", bits(8))
      m.drive { w <== x.shiftedLeft(by: words[constant(1, width: 2)]) }
      let v = m.output("v", bits(3))
      m.drive { v <== words[constant(1, width: 2)].shiftedRight(by: a.asUnsigned) }
    }
    let text = VerilogPrinter.print(module)
    #expect(text.contains("assign w = x << {words[2'd1]};"))
    #expect(text.contains("assign v = {words[2'd1]} >> $unsigned(a);"))
    #expect(text.contains("y <= x << {a[2:0]};"))
    #expect(text.contains("z <= $signed(s >>> {a[2:0]});"))
  }

  /// The modules in which it was found.
  @Test(
    .enabled(if: Tools.haveIcarus),
    arguments: [103_882, 107_143, 109_822, 110_873, 208_599] as [UInt64])
  func agreesWithIcarus(seed: UInt64) throws {
    let differences = try Comparison.icarus.differences([RandomModule(seed: seed)])
    #expect(differences.map(\.description) == [])
  }
}
