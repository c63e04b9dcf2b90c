import HDL
import Testing

/// The time to print a chain of operators once doubled with every operator.
@Suite struct LongChainTests {
  @Test(.timeLimit(.minutes(1))) func aLongChainIsPrinted() {
    let module = Module("chain", "A chain of 200 operators.") { m in
      let a = m.input("a", bits(8))
      let y = m.output("y", bits(8))
      m.drive { y <== (0..<200).reduce(a) { sum, _ in sum ^^^ a } }
    }
    let chain = Array(repeating: "a", count: 201).joined(separator: " ^ ")
    #expect(VerilogPrinter.print(module).contains("assign y = \(chain);"))
  }
}
