import HDL
import Lint
import Simulation
import Testing
import Verilated

/// Numbers below zero, numbers beside wide signals, and indices of loops as numbers.
@Suite struct NumberTests {
  static let module = Module("numbers_of_all_kinds", "Numbers where signals stand.") { m in
    let n = m.parameter("N", default: 5, in: 1...8, "requests")
    let w = m.parameter("W", default: 6, in: 5...40, "bits of an operand")
    let width = m.constant("WIDTH", indexWidth(n))
    let clk = m.input("clk")
    let rst = m.input("rst")
    let request = m.input("request", bits(n))
    let a = m.input("a", signed(w))
    let b = m.input("b", signed(8))
    let wide = m.input("wide", bits(40))
    let last = m.output("last", bits(width))
    let first = m.output("first", bits(width))
    let sum = m.output("sum", signed(w))
    let low = m.output("low", bits(4))
    let product = m.output("product", signed(16))
    let held = m.outputRegister("held", signed(8), reset: -5)
    m.drive {
      last <== 0
      ForEach("scan", index: "i", count: n) { i in When(request[i]) { last <== i } }
    }
    let numbers = m.forEach("each", index: "k", count: n) { k in
      let number = m.constant("NUMBER", k)
      let found = m.wire("found", bits(width))
      m.given(k == n - 1, "last_one", else: "inner") {
        m.drive { found <== mux(request[k], constant(number, width: width), 0) }
      } else: {
        m.drive { found <== mux(request[k], constant(number, width: width), found.at(k + 1)) }
      }
      return found
    }
    m.drive {
      first <== numbers.at(0)
      sum <== a + -3
      low <== concatenate(a < -3, a == -16, b > 5, wide == 1_000_000_007)
      product <== b * -7
    }
    m.clocked(clk, reset: rst) { held <== b - -128 }
  }

  static let configurations: [Configuration] = [
    [:], ["N": 1], ["N": 2, "W": 5], ["N": 8, "W": 40],
  ]

  @Test func printsNegativeNumbers() {
    let text = VerilogPrinter.print(Self.module)
    #expect(text.contains("held <= -8'sd5;"))
    #expect(text.contains("last = i[WIDTH - 1:0];"))
    #expect(text.contains("localparam [31:0] NUMBER = k;"))
  }

  @Test(
    .enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"),
    arguments: configurations)
  func printsCleanVerilog(at configuration: Configuration) throws {
    for finding in try Self.module.lint(at: [configuration]) { Issue.record("\(finding)") }
  }

  @Test(arguments: configurations) func areWhatSwiftSays(at configuration: Configuration) throws {
    let n = configuration["N"] ?? 5
    let w = configuration["W"] ?? 6
    let bench = try Lockstep(
      Simulator(Self.module, configuration), named: "the simulator",
      VerilatedBench(Self.module, at: configuration), named: "Verilator")
    try bench.poke("rst", 1)
    try bench.step()
    #expect(try bench.peek("held") == -5)
    try bench.poke("rst", 0)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let request = Int.random(in: 0..<1 << n, using: &generator)
      let a = Int.random(in: -(1 << (w - 1))..<1 << (w - 1), using: &generator)
      let near = Bool.random(using: &generator) ? a : Int.random(in: -16 ... -2, using: &generator)
      let b = Int.random(in: -128...127, using: &generator)
      let wide = Bool.random(using: &generator) ? 1_000_000_007 : 1_000_000_007 + (1 << 35)
      try bench.poke("request", request)
      try bench.poke("a", near)
      try bench.poke("b", b)
      try bench.poke("wide", wide)
      let set = (0..<n).filter { request >> $0 & 1 == 1 }
      #expect(try bench.peek("last") == set.last ?? 0)
      #expect(try bench.peek("first") == set.first ?? 0)
      #expect(try bench.peek("sum") == Self.wrapped(near - 3, w))
      let bits = [near < -3, near == -16, b > 5, wide == 1_000_000_007].map { $0 ? 1 : 0 }
      #expect(try bench.peek("low") == bits.reduce(0) { 2 * $0 + $1 })
      #expect(try bench.peek("product") == -7 * b)
      try bench.step()
      #expect(try bench.peek("held") == Self.wrapped(b + 128, 8))
    }
  }

  private static func wrapped(_ value: Int, _ width: Int) -> Int {
    let low = value & (1 << width - 1)
    return low >= 1 << (width - 1) ? low - 1 << width : low
  }
}
