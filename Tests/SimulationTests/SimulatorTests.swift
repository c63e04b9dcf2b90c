import HDL
import Simulation
import Testing

@Suite struct SimulatorTests {
  static let counter = Module("counter", "Counts.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...100, "bits")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let enable = m.input("enable")
    let count = m.outputRegister("count", bits(width), reset: 0)
    m.clocked(clk, reset: rst, enable: enable) { count <== count + 1 }
  }

  @Test(arguments: [1, 8, 63, 64, 65, 100]) func counts(width: Int) throws {
    let bench = try Simulator(Self.counter, ["WIDTH": width], registers: .random(seed: 3))
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)
    try bench.step()
    #expect(try bench.peek("count") == 0)
    try bench.poke("enable", 1)
    try bench.step(5)
    #expect(try bench.peek("count") == (width == 1 ? 1 : 5))
    #expect(bench.cycle == 7)
  }
}
