import Foundation
import Testing
import Verilated

@testable import Cosimulation

/// A core whose Verilog ends the simulation in the way that `layer_clamp_low` chooses.
@Suite struct FailureTests {
  static let parameters = CoreParameters(rows: 2, columns: 3, lanes: 2)
  static let sources = fixture(
    parameters,
    body: """
        reg [31:0] age;
        reg waver;
        wire [8:0] mode = layer_clamp_low;
        always @(posedge clk) begin
          age <= rst ? 0 : age + 1;
          if (!rst && age == 5) begin
            if (mode == 1) $stop;
            if (mode == 2) $fatal(1, "told to fail at age %0d", age);
            if (mode == 3) $finish;
            if (mode == 4) assert (age != 5) else $error("age is 5");
          end
        end
        always @* waver = mode == 5 && age > 4 ? !waver : 1'b0;
        assign config_hash = 32'h600dcafe;
        assign {act_ready, weight_ready, channel_ready, threshold_ready} = 4'b1111;
        assign result_valid = mode == 6 ? age[0] : mode >= 7;
        assign result_acc = mode == 7 ? {32'b0, age} : 64'b0;
        assign result_last = mode == 8;
        assign result_task = {2'b0, waver};
        assign {result_mask, result_act, result_nonzero, result_live} = 0;
        assign advances = !hold;
        assign event_count = {27'd0, event_select, 13'd0, event_task};
      """)

  static func core(mode: Int, stalls: SimulatedCore.Stalls? = nil) throws -> SimulatedCore {
    let product = try VerilatorBuild(sources, parameters).product()
    let core = try SimulatedCore(CoreLibrary(path: product.path), parameters, stalls: stalls)
    core.setLayer(isSigned: false, isRaw: false, clamp: mode...255)
    return core
  }

  @Test(
    arguments: [
      (1, 5, .stop, #"mime_core\.v:\d+: \$stop"#),
      (2, 5, .stop, #"mime_core\.v:\d+: .*told to fail at age 5"#),
      (3, 5, .finish, #"mime_core\.v:\d+: \$finish"#),
      (4, 5, .stop, #"mime_core\.v:\d+: .*age is 5"#),
      (5, 4, .fatal, #"mime_core\.v:\d+: .*did not converge.*"#),
    ] as [(Int, UInt64, SimulationError.Cause, String)])
  func endsBecomeErrors(mode: Int, at: UInt64, cause: SimulationError.Cause, message: String) throws
  {
    let core = try Self.core(mode: mode)
    let error = try #require(throws: SimulationError.self) { try core.run(open: [], limit: 100) }
    guard case .ended(let by, let text, let cycle) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(by == cause)
    #expect(try Regex(message).wholeMatch(in: text) != nil, "\(text)")
    #expect(cycle == at)
    // A core that ended stays ended.
    #expect(throws: error) { try core.run(cycles: 1) }
  }

  @Test(arguments: [
    (6, "result_valid fell before the beat was taken"),
    (7, "a result changed before it was taken"),
  ]) func watchesTheResultStream(mode: Int, message: String) throws {
    let core = try Self.core(mode: mode, stalls: .init(probability: 0.5, seed: 1))
    let error = try #require(throws: SimulationError.self) { try core.run(open: [], limit: 100) }
    guard case .ended(.protocolViolation, message, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func aHangEndsAtTheLimit() throws {
    let core = try Self.core(mode: 0)
    #expect(throws: SimulationError.cycleLimit(250)) { try core.run(open: [], limit: 250) }
    #expect(core.cycle == 250)
  }

  @Test func stopsAtTheLastResult() throws {
    let core = try Self.core(mode: 8)
    #expect(try core.run(open: [], limit: 250) == .lastResult)
    #expect(core.cycle == 1)
  }

  @Test func needsInputBeforeTheCycle() throws {
    let core = try Self.core(mode: 0)
    #expect(try core.run(open: [.weight], limit: 250) == .needsInput)
    #expect(core.cycle == 0)
    let packer = BeatPacker(Self.parameters)
    let weights: [Int32] = [1, 2, 3, 4, 5, 6]
    core.push(weights.withUnsafeBufferPointer { packer.weights($0, columns: 3) })
    #expect(try core.run(open: [.weight], limit: 250) == .needsInput)
    #expect(core.cycle == 2)
  }

  @Test func readsHashAndEvents() throws {
    let core = try Self.core(mode: 0)
    #expect(core.configurationHash == 0x600d_cafe)
    #expect(try core.event(20, task: 5) == 20 << 16 | 5)
  }

  @Test func writesTheWavesOfAWindow() throws {
    try withFolder { folder in
      let path = folder + "/waves.vcd"
      let build = VerilatorBuild(Self.sources, Self.parameters, writesWaves: true)
      let library = try CoreLibrary(path: build.product().path)
      do {
        let core = try SimulatedCore(library, Self.parameters)
        core.setLayer(isSigned: false, isRaw: false, clamp: 0...255)
        try core.dumpWaves(to: path, cycles: 10..<13)
        try core.run(cycles: 20)
      }
      let waves = try String(contentsOfFile: path, encoding: .utf8)
      let times = waves.split(separator: "\n").filter { $0.hasPrefix("#") }
      #expect(times == ["#20", "#21", "#22", "#23", "#24", "#25"])
      #expect(waves.contains(" act_data "))
    }
  }

  @Test func refusesWavesThatCannotBeWritten() throws {
    let core = try Self.core(mode: 0)
    try withFolder { folder in
      #expect(
        throws: EnvironmentError(
          "no waves can be written to \(folder)/x.vcd: the file cannot be created, or the core was "
            + "built without waves.")
      ) { try core.dumpWaves(to: "\(folder)/x.vcd", cycles: 0..<5) }
    }
  }

  @Test func refusesALibraryOfOtherWidths() throws {
    let product = try VerilatorBuild(Self.sources, Self.parameters).product()
    var wider = Self.parameters
    wider.rows = 8
    #expect(
      throws: RTLError(
        "the built core has 6 words to a beat of stream activation; with these parameters it must "
          + "have 7.")
    ) { _ = try SimulatedCore(CoreLibrary(path: product.path), wider) }
  }

  @Test func refusesWhatIsNoHarness() throws {
    #expect(throws: EnvironmentError.self) { try CoreLibrary(path: "/nonexistent/core.so") }
  }
}
