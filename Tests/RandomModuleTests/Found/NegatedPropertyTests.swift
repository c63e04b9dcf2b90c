import HDL
import Testing

/// `!!x` is two operators to Verilator and Yosys, and an error to Icarus Verilog 11, where a property
/// that is itself a negation is checked.
@Suite struct NegatedPropertyTests {
  @Test func aNegationIsNegatedInParentheses() {
    let module = Module("negations", "Claims that two signals are never 1 at once.") { m in
      let clk = m.input("clk")
      let (a, b) = (m.input("a"), m.input("b"))
      m.assert("apart", !(a && b), on: clk)
    }
    #expect(VerilogPrinter.print(module).contains("if (!(!(a && b))) begin"))
  }
}
