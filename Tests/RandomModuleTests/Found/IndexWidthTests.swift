import HDL
import RandomModules
import Simulation
import Testing
import Verilated

/// An index keeps its width: the place of an element is a product, which Verilog would compute in
/// 32 bits from the operands on, and Icarus Verilog takes more bits for an address than it has.
@Suite struct IndexWidthTests {
  static let module = Module("index_width", "Elements and words by sums that overflow.") { m in
    let clk = m.input("clk")
    let a = m.input("a", bits(2))
    let b = m.input("b", bits(2))
    let sign = m.input("sign", signed(1))
    let data = m.input("data", bits(32))
    let element = m.output("element", bits(8))
    let inverted = m.output("inverted", bits(8))
    let half = m.output("half", bits(16))
    let word = m.output("word", bits(32))
    let words = m.memory("words", bits(32), depth: 4, contents: .words([5, 6, 7, 8]))
    m.clocked(clk) { words[a - b] <== data }
    m.drive {
      element <== data.element(at: a + b, width: 8)
      inverted <== data.element(at: ~a, width: 8)
      half <== data.element(at: sign[0], width: 16)
      word <== words[a + b]
    }
  }

  @Test func bracesKeepTheWidth() {
    let text = VerilogPrinter.print(Self.module)
    #expect(text.contains("words[{a - b}] <= data;"))
    #expect(text.contains("assign word = words[{a + b}];"))
    #expect(text.contains("assign element = data[{a + b} * 8 +: 8];"))
    #expect(text.contains("assign half = data[{sign} * 16 +: 16];"))
    #expect(text.contains("assign inverted = data[{~a} * 8 +: 8];"))
  }

  @Test(.enabled(if: Tools.haveVerilator)) func agreesWithVerilator() throws {
    let pair = try Lockstep(
      Simulator(Self.module), named: "the simulator", VerilatedBench(Self.module),
      named: "Verilator")
    for number in 0..<64 {
      try pair.poke("a", number % 4)
      try pair.poke("b", number / 4 % 4)
      try pair.poke("sign", -(number % 2))
      try pair.poke("data", 0x0403_0201 + number)
      try pair.step()
    }
  }
}
