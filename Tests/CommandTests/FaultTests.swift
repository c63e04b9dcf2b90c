import Foundation
import Golden
import Testing

/// Faults in the Verilog of `--rtl`: exit status 1, what differs, and a command that repeats it.
@Suite struct FaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let original: String
    let replacement: String
    /// What the sentence begins with; `#` stands for a number.
    let sentence: String
    /// Whether there is a cycle to look at.
    var hasWaves = true
    var testDescription: String { name }
  }

  static func ending(_ statement: String) -> String {
    "always @(posedge clk) if (!rst && result_valid) \(statement)\nendmodule"
  }

  static let faults = [
    Fault(
      name: "a hang", file: "mime_core.v", original: "wire step = may_step",
      replacement: "wire step = 1'b0 & may_step",
      sentence: "layer conv1: the core hangs: cycle # passed, by which the layer had to be done"),
    Fault(
      name: "a counter that counts too much", file: "mime_pe.v",
      original: "macs_in + {{(MACS_WIDTH - 1){1'b0}}, enable}",
      replacement: "macs_in + {{(MACS_WIDTH - 1){1'b0}}, nonzero_in}",
      sentence: "task task0, layer conv1: mac.active is # in the core's counters and must be "),
    Fault(
      name: "$fatal in a cycle", file: "mime_core.v", original: "endmodule",
      replacement: ending("$fatal(1, \"told to fail\");"),
      sentence: "layer conv1: the Verilog stopped the simulation in cycle #: "),
    Fault(
      name: "a failed assertion", file: "mime_core.v", original: "endmodule",
      replacement: ending("assert (!result_valid) else $error(\"told to fail\");"),
      sentence: "layer conv1: the Verilog stopped the simulation in cycle #: "),
    Fault(
      name: "$finish in a cycle", file: "mime_core.v", original: "endmodule",
      replacement: ending("$finish;"),
      sentence: "layer conv1: $finish ended the simulation in cycle #: "),
    Fault(
      name: "$fatal at the start", file: "mime_core.v", original: "endmodule",
      replacement: "initial $fatal(1, \"told to fail\");\nendmodule",
      sentence: "reset: the Verilog stopped the simulation in cycle 0: ", hasWaves: false),
    Fault(
      name: "$finish after the last result", file: "mime_core.v", original: "endmodule",
      replacement: """
        reg done = 1'b0;
        always @(posedge clk) begin
          done <= result_valid && result_ready && result_last;
          if (done) $finish;
        end
        endmodule
        """, sentence: "layer conv1: $finish ended the simulation in cycle #: "),
  ]

  /// Runs on Verilog with a fault in it, in `folder`.
  private func verify(
    file: String, _ original: String, _ replacement: String, _ options: [String], in folder: String
  ) throws -> Program.Outcome {
    #expect(try Program.run(["-o", "rtl"], in: folder).status == 0)
    try replace(original, by: replacement, in: "\(folder)/rtl/\(file)")
    return try Program.run(TinyNetwork.arguments + ["--rtl", "rtl"] + options, in: folder)
  }

  private func line(_ beginning: String, of outcome: Program.Outcome) throws -> String {
    let line = outcome.output.split(separator: "\n").first { $0.hasPrefix(beginning) }
    return String(
      try #require(line, "\(outcome.output)\(outcome.errors)").dropFirst(beginning.count))
  }

  @Test(arguments: faults) func endsTheRun(fault: Fault) throws {
    try withNetwork { folder in
      let outcome = try verify(
        file: fault.file, fault.original, fault.replacement, ["--trace", "x.vcd"], in: folder)
      #expect(outcome.status == 1)
      #expect(outcome.errors == "")
      let failure = try line("FAILED: ", of: outcome)
      let parts = fault.sentence.components(separatedBy: "#")
      #expect(failure.hasPrefix(parts[0]), "\(failure)")
      if parts.count > 1 {
        let rest = failure.dropFirst(parts[0].count).drop { $0.isNumber }
        #expect(rest.hasPrefix(parts[1]), "\(failure)")
      }
      #expect(try line("To repeat: ", of: outcome).hasSuffix(" --batch 0 --trace x.vcd"))
      #expect(outcome.output.contains("The waves around it are in x.vcd.") == fault.hasWaves)
      if fault.hasWaves {
        #expect(try Waves("\(folder)/x.vcd").times.count > 2)
      } else {
        #expect(try !names(in: folder).contains("x.vcd"))
      }
    }
  }

  /// The first result is of the last row of the first tile: position 1 of channel 0.
  @Test func namesTheFirstDifferenceAndRepeatsIt() throws {
    let network = try TinyNetwork()
    let golden = try GoldenModel(network.model)
    let sum = golden.infer(network.vectors.tasks[0].images[0], task: 0).layers[0].accumulators[1]
    try withNetwork(network) { folder in
      let model = "it's a \"$model\" & more.safetensors"
      try FileManager.default.moveItem(
        atPath: "\(folder)/\(TinyNetwork.modelFile)", toPath: "\(folder)/\(model)")
      let outcome = try verify(
        file: "mime_lane.v", "result_acc <= y3;", "result_acc <= y3 ^ 1;",
        ["--model", model, "--report=report.json", "--events", "events.csv"], in: folder)
      #expect(outcome.status == 1)
      #expect(outcome.errors == "")
      let failure = try line("FAILED: ", of: outcome)
      #expect(
        failure
          == "task task0, image 0, layer conv1, channel 0, row 0, column 1: the accumulator must be "
          + "\(sum) and is \(sum ^ 1)")
      #expect(try Report(folder).failure == failure)
      #expect(!outcome.output.contains("All equal"))

      let command = try line("To repeat: ", of: outcome)
      #expect(command.hasSuffix(" --batch 0 --trace mismatch.vcd"))
      #expect(!command.contains("report") && !command.contains("events"))
      let before = try names(in: folder)
      let repeated = try Program.shell(command, in: folder)
      #expect(repeated.status == 1)
      #expect(try line("FAILED: ", of: repeated) == failure)
      #expect(try line("To repeat: ", of: repeated) == command)
      #expect(try names(in: folder) == (before + ["mismatch.vcd"]).sorted())

      let waves = try Waves("\(folder)/mismatch.vcd")
      #expect(waves.times.count > 10)
      #expect(zip(waves.times, waves.times.dropFirst()).allSatisfy { $0 < $1 })
      // The cycle of the difference is in them: a result is offered there, and not from the start.
      #expect(try waves.values(of: "result_valid").contains("1"))
      #expect(try waves.values(of: "result_valid").contains("0"))
    }
  }

  /// A difference in a later batch is repeated by that batch alone.
  @Test func repeatsALaterBatch() throws {
    try withNetwork { folder in
      let outcome = try verify(
        file: "mime_lane.v", "result_acc <= y3;", "result_acc <= y3 ^ 1;",
        ["--batch=1", "--mode", "singular"], in: folder)
      #expect(outcome.status == 1)
      #expect(try line("FAILED: ", of: outcome).hasPrefix("task task1, image 0, layer conv1, "))
      #expect(try line("To repeat: ", of: outcome).hasSuffix(" --batch 1 --trace mismatch.vcd"))
    }
  }
}

/// A value change dump (IEEE 1364-2005, clause 18).
struct Waves {
  let times: [Int]
  private let lines: [Substring]

  /// - Throws: where the file is not a dump with a scope of the core.
  init(_ path: String) throws {
    lines = try text(path).split(separator: "\n")
    try #require(lines.first?.hasPrefix("$version") == true)
    try #require(
      lines.contains { $0.split(separator: " ") == ["$scope", "module", "mime_core", "$end"] })
    times = lines.filter { $0.hasPrefix("#") }.compactMap { Int($0.dropFirst()) }
  }

  /// The values that a bit of the core takes, in order.
  func values(of name: String) throws -> [String] {
    let words = lines.lazy.map { $0.split(separator: " ") }
    let declaration = words.first { $0.first == "$var" && $0.dropFirst(4).first == name[...] }
    let code = try #require(declaration)[3]
    return lines.filter { $0.hasSuffix(code) && $0.count == code.count + 1 }
      .map { String($0.prefix(1)) }
  }
}
