import Testing

@testable import Verilated

@Suite struct HeaderPortTests {
  @Test func readsThePortsOfAHeader() {
    let header = """
          VL_IN8(&clk,0,0);
          VL_OUT8(&ready,0,0);
          VL_INW(&data,127,0,4);
          VL_OUT64(&event_count,47,0);
          VL_INOUT8(&both,0,0);
      """
    #expect(
      HeaderPort.all(in: header) == [
        HeaderPort(name: "clk", identifier: "clk", isInput: true, width: 1),
        HeaderPort(name: "ready", identifier: "ready", isInput: false, width: 1),
        HeaderPort(name: "data", identifier: "data", isInput: true, width: 128),
        HeaderPort(name: "event_count", identifier: "event_count", isInput: false, width: 48),
      ])
  }

  @Test(arguments: [
    ("a___05Fb", "a__b"), ("__SYM__new", "new"), ("a_05b", "a_05b"), ("_a_", "_a_"),
    ("a__024b", "a$b"),
  ]) func readsVerilatorsNames(identifier: String, name: String) {
    #expect(HeaderPort.all(in: "VL_IN8(&\(identifier),0,0);").map(\.name) == [name])
  }

  @Test(
    arguments: [
      ([("a", true, 8), ("q", false, 9)], nil),
      ([("a", true, 8)], "module m has a port `q` that the testbench does not know."),
      ([("a", true, 8), ("p", false, 1)], "module m has no port `p`."),
      ([("a", false, 8)], "port `a` of m is an input; it must be an output."),
      ([("a", true, 7)], "port `a` of m has 8 bits; it must have 7 with WIDTH=7 DEPTH=2."),
    ] as [([(String, Bool, Int)], String?)])
  func comparesPorts(wanted: [(String, Bool, Int)], message: String?) {
    let found = HeaderPort.all(in: "VL_IN8(&a,7,0);\nVL_OUT16(&q,8,0);\n")
    let wanted = wanted.map { (name: $0.0, isInput: $0.1, width: $0.2) }
    func check() throws {
      try HeaderPort.check(found, against: wanted, of: "m", at: [("WIDTH", 7), ("DEPTH", 2)])
    }
    if let message {
      #expect(throws: RTLError(message)) { try check() }
    } else {
      #expect(throws: Never.self) { try check() }
    }
  }
}
