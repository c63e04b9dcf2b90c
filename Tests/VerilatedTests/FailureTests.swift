import HDL
import Simulation
import Testing

@testable import Verilated

/// What ends a call with an error.
@Suite struct FailureTests {
  /// Fails in cycle 5 in the way that `mode` chooses, and counts on.
  static let failing = verilog(
    "failing", inputs: [("mode", 4)], outputs: [("age_now", 32), ("waver", 1)],
    body: """
      reg [31:0] age;
      assign age_now = age;
      always @(posedge clk) begin
        age <= age + 1;
        if (age == 5) begin
          if (mode == 1) $stop;
          if (mode == 3) $finish;
          if (mode == 4) assert (age != 5) else $error("age is 5");
          if (mode == 5) $fatal(1, "told to fail at age %0d", age);
          if (mode == 6) begin $display("assertion nowhere.first failed"); $stop; end
          if (mode == 6) begin $display("assertion nowhere.second failed"); $stop; end
        end
      end
      genvar i;
      generate
        for (i = 0; i < 2; i = i + 1) begin : stage
          always @(posedge clk) begin : check
            if (mode == 2 && age == 5 && i == 1) begin
              $display("assertion %m.early failed");
              $stop;
            end
          end
        end
      endgenerate
      reg loop;
      always @* loop = mode == 7 && !loop;
      assign waver = loop;
      """)

  @Test(arguments: [
    (1, "$stop at failing.v:7"), (2, "stage[1].check.early"), (3, "$finish at failing.v:8"),
    (4, "failing"), (5, "failing"), (6, "nowhere.first"),
  ]) func endsBecomeAssertionFailures(mode: Int, name: String) throws {
    let bench = try VerilatedBench(Self.failing)
    try bench.poke("mode", mode)
    try bench.step(5)
    #expect(throws: AssertionFailure(name: name, cycle: 5)) { try bench.step() }
    // The edge has been all the same.
    #expect(bench.cycle == 6)
    #expect(try bench.peek("age_now") == 6)
    try bench.step()
    #expect(try bench.peek("age_now") == 7)
  }

  @Test func aLoopThatDoesNotSettleIsTheEnd() throws {
    let bench = try VerilatedBench(Self.failing)
    try bench.step(2)
    try bench.poke("mode", 7)
    let error = try #require(throws: RTLError.self) { try bench.step() }
    #expect(
      error.description.hasPrefix(
        "the simulation of failing cannot go on in cycle 2: failing.v:1: "), "\(error)")
    #expect(error.description.contains("did not converge"))
    #expect(throws: error) { try bench.peek("age_now") }
  }

  @Test func failsBeforeTheFirstCycle() throws {
    let module = verilog(
      "stillborn", outputs: [("q", 1)],
      body: "assign q = clk;\ninitial begin $display(\"assertion %m.born failed\"); $stop; end")
    #expect(throws: AssertionFailure(name: "born", cycle: 0)) { try VerilatedBench(module) }
  }

  @Test func refusesWhatIsNotThere() throws {
    let bench = try VerilatedBench(TestModules.counter)
    let ports = "the ports are `clk`, `rst`, `enable`, `count`, `upcoming`"
    func expect(_ message: String, _ use: () throws -> Void) {
      #expect(throws: TestBenchError(message)) { try use() }
    }
    expect("there is no port `enabel`; \(ports)") { try bench.poke("enabel", 1) }
    expect("there is no port `x.count`; \(ports)") { _ = try bench.peek("x.count") }
    expect("`enable` has 1 bits and is given 2") {
      try bench.poke("enable", bits: BitVector(width: 2))
    }
    expect("2 does not fit the 1 bits of `enable`") { try bench.poke("enable", 2) }
    expect("`count` is an output and takes no value") { try bench.poke("count", 2) }
    expect("`clk` is the clock, which only `step` moves") { try bench.poke("clk", 1) }
  }

  @Test(arguments: ["tick", "count", "enable8"]) func refusesAClock(clock: String) throws {
    let module = verilog(
      "clockless", inputs: [("enable8", 8)], outputs: [("count", 1)], body: "assign count = 1;")
    #expect(
      throws: TestBenchError(
        "`\(clock)` is no input of 1 bit of `clockless` and cannot be its clock")
    ) { try VerilatedBench(module, clock: clock) }
  }

  @Test func refusesAModuleThatBreaksARule() throws {
    let module = Module("broken", "Nothing drives its output.") { m in _ = m.output("q") }
    #expect(throws: HDLError.self) { try VerilatedBench(module) }
    #expect(throws: HDLError.self) { try VerilatedBench(TestModules.counter, at: ["WIDTH": 33]) }
  }
}
