import HDL
import Simulation
import Testing

@testable import Verilated

@Suite struct BenchTests {
  @Test func countsWhereEnabled() throws {
    let bench = try VerilatedBench(TestModules.counter)
    #expect(bench.ports.map(\.name) == ["clk", "rst", "enable", "count", "upcoming"])
    #expect(try bench.peek("count") == 0)
    try bench.step(3)
    #expect(try bench.peek("count") == 0)
    try bench.poke("enable", 1)
    try bench.step(5)
    #expect(try bench.peek("count") == 5)
    try bench.poke("rst", 1)
    try bench.step()
    #expect(try bench.peek("count") == 0)
    #expect(bench.cycle == 9)
  }

  @Test func outputsFollowInputsWithoutAnEdge() throws {
    let bench = try VerilatedBench(TestModules.counter)
    #expect(try bench.peek("upcoming") == 0)
    try bench.poke("enable", 1)
    #expect(try bench.peek("upcoming") == 1)
    #expect(try bench.peek("enable") == 1)
    #expect(try bench.peek("count") == 0)
    #expect(bench.cycle == 0)
  }

  @Test(arguments: [1, 32]) func takesParameters(width: Int) throws {
    let bench = try VerilatedBench(TestModules.counter, at: ["WIDTH": width])
    #expect(try bench.port("count").width == width)
    try bench.poke("enable", 1)
    try bench.step(19)
    #expect(try bench.peek("count") == 19 % (1 << width))
  }

  @Test func runsUntilAConditionHolds() throws {
    let bench = try VerilatedBench(TestModules.counter)
    try bench.poke("enable", 1)
    #expect(try bench.run { try bench.peek("count") == 200 } == 200)
  }

  @Test func carriesValuesOfEveryWidth() throws {
    let bench = try VerilatedBench(TestModules.widePorts)
    var generator = SplitMix(seed: 1)
    let inputs = bench.ports.filter { $0.isInput && $0.name != "clk" }
    #expect(inputs.count == 2 * TestModules.widths.count)
    for _ in 0..<50 {
      var values: [String: BitVector] = [:]
      for port in inputs {
        let value = BitVector(width: port.width, using: &generator)
        try bench.poke(port.name, bits: value)
        values[port.name] = value
      }
      for (name, value) in values {
        #expect(try bench.peek(bits: name) == value)
        let inverse = BitVector(width: value.width, words: value.words.map { ~$0 })
        #expect(try bench.peek(bits: "\(name)_inverse") == inverse)
      }
      try bench.step()
      for (name, value) in values { #expect(try bench.peek(bits: "\(name)_last") == value) }
    }
  }

  @Test func numbersHaveTheSignOfTheirPort() throws {
    let bench = try VerilatedBench(TestModules.widePorts)
    for (name, value, last) in [("s8", -3, -3), ("u8", -3, 253), ("s33", -1 << 32, -1 << 32)] {
      try bench.poke(name, value)
      try bench.step()
      #expect(try bench.peek("\(name)_last") == last)
    }
  }

  @Test func stepsWithAnotherClock() throws {
    let module = Module("toggle", "A bit.") { m in
      let clock = m.input("tick")
      let value = m.outputRegister("value")
      m.clocked(clock) { value <== !value }
    }
    for bench in [try VerilatedBench(module), try VerilatedBench(module, clock: "tick")] {
      try bench.step(3)
      #expect(try bench.peek("value") == 1)
    }
    // Verilog from elsewhere has the clock `clk`, or the one that is named; here it is an input as
    // any other.
    let foreign = try VerilatedModule(module)
    let unclocked = try VerilatedBench(
      VerilatedModule(foreign.sources, top: foreign.top, ports: foreign.ports))
    try unclocked.step(3)
    #expect(try unclocked.peek("value") == 0)
    #expect(unclocked.cycle == 3)
    try unclocked.poke("tick", 1)
    #expect(try unclocked.peek("value") == 1)
  }

  @Test func refusesAPortNamedAsAMember() throws {
    let module = Module("judge", "Has an opinion.") { m in
      let (a, y) = (m.input("eval"), m.output("y"))
      m.drive { y <== a }
    }
    #expect {
      try VerilatedBench(module)
    } throws: { error in
      "\(error)"
        == "the port `eval` of `judge` has a name of the class that Verilator writes; give it another "
        + "one, or instantiate the module in one with other names."
    }
  }

  /// Names that C++ does not take as they are.
  @Test func takesEveryNameOfAPort() throws {
    let names = ["double", "a__b", "VL_IN8", "model", "int32_t"]
    let module = verilog(
      "names", inputs: names.map { ($0, 8) }, outputs: names.map { ("\($0)_out", 8) },
      body: names.map { "assign \($0)_out = \($0);" }.joined(separator: "\n"))
    let bench = try VerilatedBench(module)
    for (i, name) in names.enumerated() { try bench.poke(name, i + 1) }
    for (i, name) in names.enumerated() { #expect(try bench.peek("\(name)_out") == i + 1) }
  }

  @Test func stepsOneOfSeveralClocks() throws {
    let module = Module("two_clocks", "A counter for each clock.") { m in
      for name in ["a", "b"] {
        let clock = m.input("clk_\(name)")
        let count = m.outputRegister("count_\(name)", bits(8))
        m.clocked(clock) { count <== count + constant(1, width: 8) }
      }
    }
    let bench = try VerilatedBench(module)
    try bench.step(clock: "clk_a")
    try bench.step(clock: "clk_b")
    try bench.step(clock: "clk_a")
    #expect(try bench.peek("count_a") == 2)
    #expect(try bench.peek("count_b") == 1)
    #expect(bench.cycle == 3)
    #expect(
      throws: TestBenchError(
        "`count_a` is no input of 1 bit of `two_clocks` and cannot be its clock")
    ) { try bench.step(clock: "count_a") }
  }

  @Test func benchesOfOneLibraryAreIndependent() throws {
    let library = try VerilatedLibrary([VerilatedModule(TestModules.counter)])
    let (a, b) = (try library.bench(), try library.bench())
    try a.poke("enable", 1)
    try a.step(7)
    try b.step(2)
    #expect(try a.peek("count") == 7 && a.cycle == 7)
    #expect(try b.peek("count") == 0 && b.cycle == 2)
    try b.poke("enable", 1)
    try b.step()
    #expect(try a.peek("count") == 7)
    #expect(try b.peek("count") == 1)
  }

  @Test func benchesRunInSeveralThreads() async throws {
    let library = try VerilatedLibrary([VerilatedModule(TestModules.counter, at: ["WIDTH": 32])])
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for i in 1...8 {
        group.addTask {
          let bench = try library.bench()
          try bench.poke("enable", 1)
          try bench.step(1000 * i)
          return try bench.peek("count")
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts.sorted() == (1...8).map { 1000 * $0 })
  }

  @Test func stateBeginsAsZeros() throws {
    let bench = try VerilatedBench(TestModules.unset)
    #expect(try bench.peek("value") == 0)
    for address in 0..<4 {
      try bench.poke("address", address)
      #expect(try bench.peek("word") == 0)
    }
  }

  @Test func stateBeginsAsTheSeedSays() throws {
    let options = VerilatedOptions(initialValues: .random)
    let library = try VerilatedLibrary([VerilatedModule(TestModules.unset)], options: options)
    func state(_ seed: UInt32) throws -> [BitVector] {
      let bench = try library.bench(seed: seed)
      #expect(try bench.peek("address") == 0)
      return try [bench.peek(bits: "value")]
        + (0..<4).map {
          try bench.poke("address", $0)
          return try bench.peek(bits: "word")
        }
    }
    let first = try state(1)
    #expect(Set(first).count == 5)
    #expect(try state(1) == first)
    #expect(try Set(state(2)).isDisjoint(with: first))
  }

  @Test func standsInLockstep() throws {
    let wrong = verilog(
      "counter", inputs: [("rst", 1), ("enable", 1)], outputs: [("count", 8), ("upcoming", 8)],
      body: """
        reg [7:0] value;
        assign count = value;
        assign upcoming = value + {7'b0, enable};
        always @(posedge clk) value <= rst ? 8'd0 : upcoming == 8'd4 ? 8'd5 : upcoming;
        """)
    let library = try VerilatedLibrary([VerilatedModule(TestModules.counter), wrong])
    let pair = try Lockstep(
      library.bench(0), named: "printed", library.bench(1), named: "written")
    try pair.poke("enable", 1)
    try pair.step(3)
    let difference = try #require(throws: Lockstep.Difference.self) { try pair.step() }
    #expect(
      difference.description
        == "`count` differs in cycle 4: printed has 04, written 05")
  }
}
