import HDL
import Simulation
import Testing
import Verilated
import Waves

/// Clocks of any name and number, and resets that are on from the start.
@Suite struct ClockTests {
  static let ticking = Module("ticking", "Counts the edges of `tick`.") { m in
    let tick = m.input("tick")
    let y = m.outputRegister("y", bits(4))
    m.clocked(tick) { y <== y + 1 }
  }

  static let around = Module("around", "The same, one level up.") { m in
    let beat = m.input("beat")
    let y = m.output("y", bits(4))
    m.instance("part", of: ticking, ports: ["tick": beat, "y": y])
  }

  static let crossing = Module("crossing", "Two clocks.") { m in
    let first = m.input("first")
    let second = m.input("second")
    let x = m.outputRegister("x", bits(4))
    let y = m.outputRegister("y", bits(4))
    m.clocked(first) { x <== x + 1 }
    m.clocked(second) { y <== x }
  }

  static let low = Module("low", "Resets while rst_n is 0.") { m in
    let clk = m.input("clk")
    let rstN = m.input("rst_n")
    let y = m.outputRegister("y", bits(4), reset: 5)
    m.clocked(clk, reset: .asynchronousLow(rstN)) { y <== y + 1 }
  }

  private func both(_ module: Module) throws -> RecordingBench {
    try RecordingBench(
      Lockstep(
        Simulator(module), named: "the simulator", VerilatedBench(module), named: "Verilator"))
  }

  @Test(arguments: [ticking, around].map(\.name)) func aClockOfAnyNameSteps(name: String) throws {
    let bench = try both(name == "around" ? Self.around : Self.ticking)
    try bench.step(3)
    #expect(try bench.peek("y") == 3)
  }

  @Test func severalClocksStepByName() throws {
    let bench = try both(Self.crossing)
    try bench.step(clock: "first")
    try bench.step(clock: "first")
    #expect(try bench.peek("y") == 0)
    try bench.step(clock: "second")
    #expect(try bench.peek("y") == 2)
    #expect(bench.cycle == 3)
  }

  @Test func severalClocksNeedAName() throws {
    let sentence = "the module has the clocks `first`, `second`; name one in `step(clock:)`"
    for bench in [try Simulator(Self.crossing), try VerilatedBench(Self.crossing)]
      as [any TestBench]
    {
      #expect(throws: TestBenchError(sentence)) { try bench.step() }
      #expect(throws: TestBenchError("`second` is the clock, which only `step` moves")) {
        try bench.poke("second", 1)
      }
    }
  }

  @Test func aLowResetIsOnFromTheStart() throws {
    let bench = try both(Self.low)
    #expect(try bench.peek("y") == 5)
    try bench.step(2)
    #expect(try bench.peek("y") == 5)
    try bench.poke("rst_n", 1)
    try bench.step(2)
    #expect(try bench.peek("y") == 7)
  }

  @Test func negativeCountsAreRefused() throws {
    let bench = try Simulator(Self.ticking)
    #expect(throws: TestBenchError("-1 steps are asked for; 0 is the least")) { try bench.step(-1) }
    #expect(throws: TestBenchError("the limit is -1 steps; 0 is the least")) {
      try bench.run(limit: -1) { true }
    }
  }
}
