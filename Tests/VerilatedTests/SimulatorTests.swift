import HDL
import Simulation
import Testing

@testable import Verilated

/// What Verilator makes of the Verilog of a module, beside what the package's own simulator makes of
/// the module.
@Suite struct SimulatorTests {
  static let configurations: [(Module, Configuration)] = [
    (TestModules.counter, [:]), (TestModules.counter, ["WIDTH": 32]), (TestModules.widePorts, [:]),
    (TestModules.unset, [:]), (TestModules.watched, [:]),
  ]

  /// All in one library, as a test of many modules has them.
  static func library() throws -> VerilatedLibrary {
    try VerilatedLibrary(configurations.map { try VerilatedModule($0.0, at: $0.1) })
  }

  @Test(arguments: configurations.indices) func bothAgree(index: Int) throws {
    let (module, configuration) = Self.configurations[index]
    let pair = try Lockstep(
      Simulator(module, configuration), named: "the simulator",
      Self.library().bench(index), named: "Verilator")
    let inputs = pair.ports.filter { $0.isInput && $0.name != "clk" && $0.name != "limit" }
    var generator = SplitMix(seed: UInt64(index))
    for _ in 0..<200 {
      for input in inputs {
        try pair.poke(input.name, bits: BitVector(width: input.width, using: &generator))
      }
      try pair.step()
    }
    #expect(pair.cycle == 200)
  }

  @Test func propertiesHaveTheSameNames() throws {
    let simulator = try Simulator(TestModules.watched)
    let verilated = try VerilatedBench(TestModules.watched)
    func failure(_ bench: any TestBench) throws -> AssertionFailure {
      try bench.poke("enable", 1)
      try bench.poke("limit", 1)
      return try #require(throws: AssertionFailure.self) { try bench.step(20) }
    }
    #expect(
      try failure(verilated) == AssertionFailure(name: "part.half[1].second.below", cycle: 6))
    #expect(try failure(simulator) == failure(VerilatedBench(TestModules.watched)))
    #expect(verilated.coversReached == ["part.half[0].first.even", "part.half[1].second.even"])
    #expect(verilated.coversReached == simulator.coversReached)
  }
}
