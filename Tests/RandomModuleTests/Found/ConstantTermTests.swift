import HDL
import Testing

/// `always @*` over terms that read no signal would never run, and the sum stay unknown.
@Suite struct ConstantTermTests {
  @Test func termsReadASignal() {
    let module = Module("sums", "A sum of constants.") { m in
      let y = m.output("y", bits(4))
      let total = m.sum("total", bits(4), index: "i", count: 3) { _ in constant(1, width: 4) }
      m.drive { y <== total }
    }
    #expect(
      module.diagnostics.map(\.message) == [
        "the terms of `total` read no signal, on which Verilog's `@*` waits; give the wire its value"
      ])
  }
}
