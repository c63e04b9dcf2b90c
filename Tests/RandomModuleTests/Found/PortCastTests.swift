import HDL
import Testing

/// Yosys 0.23 stops with an assertion at a cast name in the connection of a port.
@Suite struct PortCastTests {
  @Test func portsAreConnectedWithoutCasts() throws {
    let inner = Module("inner", "Passes a vector on.") { m in
      let a = m.input("a", bits(4))
      let y = m.output("y", signed(4))
      m.drive { y <== a.asSigned }
    }
    let outer = Module("outer", "Gives it a number.") { m in
      let a = m.input("a", signed(4))
      let y = m.output("y", signed(4))
      let z = m.output("z", signed(4))
      m.instance("part", of: inner, ports: ["a": a.asUnsigned, "y": y])
      m.instance(
        "other", of: inner, ports: ["a": a.shiftedRight(by: a.asUnsigned).asUnsigned, "y": z])
    }
    try outer.check(at: [[:]])
    let text = VerilogPrinter.print(outer)
    #expect(text.contains(".a(a),"))
    #expect(text.contains(".a({$signed(a >>> $unsigned(a))}),"))
  }
}
