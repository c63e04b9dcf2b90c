import Foundation
import Testing

@testable import Networks

/// `mimegen verify` where all is equal: what it prints and what it writes.
@Suite struct VerifyTests {
  static let outputs = [
    "--report", "report.json", "--events", "events.json", "--energy", "energy.json",
  ]

  /// Runs in `folder` and expects that all is equal.
  private func verify(
    _ options: [String], in folder: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Program.Outcome {
    let outcome = try Program.run(TinyNetwork.arguments + options, in: folder)
    #expect(outcome.status == 0, "\(outcome.output)", sourceLocation: sourceLocation)
    #expect(outcome.errors == "", sourceLocation: sourceLocation)
    return outcome
  }

  @Test func printsTheTablesAndWritesTheReports() throws {
    try withNetwork { folder in
      let outcome = try verify(Self.outputs, in: folder)
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(
        lines.starts(with: [
          "mime_core 2x3, 3 lanes, 8/8/32 bits; MIME, pipelined tasks, 2 batches",
          "golden model: equal to the vectors in 6 images' logits and in 0 traced images",
        ]))
      for name in ["conv1", "fc1", "head"] {
        #expect(lines.contains { $0.hasPrefix("\(name) ") && $0.hasSuffix(" equal") })
      }
      for name in ["task0", "task1"] {
        #expect(lines.contains { $0.hasPrefix("\(name) ") && $0.contains("100.0 %") })
      }
      // Four levels of 4 * 16, 5 and 3 numbers of each of 4 images.
      #expect(
        outcome.output.hasSuffix("\nAll equal: 1 152 numbers of the core are the golden model's.\n")
      )
      #expect(
        try names(in: folder) == [
          "energy.json", "events.json", TinyNetwork.modelFile, "report.json",
          TinyNetwork.vectorsFile,
        ])
      let report = try Report(folder)
      #expect(report.tasks.map(\.name) == ["task0", "task1"])
      #expect(report.tasks.map(\.images) == [2, 2])
      #expect(report.tasks.map(\.correct) == [2, 2])
      #expect(report.compared == 1152)
      #expect(report.batches == 2)
      #expect(report.failure == nil)
      // Zeros and padding count: 4 images of 4*16*9, 5*16 and 3*5 products.
      #expect(report.layers.map(\.macs) == [2304, 320, 60])
      #expect(report.cycles == report.layers.reduce(0) { $0 + $1.cycles })
    }
  }

  @Test func leavesTheSameBytesFromAnyFolder() throws {
    try withNetwork { folder in
      let first = try verify(Self.outputs, in: folder)
      let written = try contents(of: folder)
      #expect(try verify(Self.outputs, in: folder).output == first.output)
      #expect(try contents(of: folder) == written)
      try withFolder { other in
        let arguments = ["verify"] + TinyNetwork.size + ["--images", "2"]
        let files = [
          "--model", "\(folder)/\(TinyNetwork.modelFile)", "--vectors",
          "\(folder)/\(TinyNetwork.vectorsFile)",
        ]
        let outcome = try Program.run(arguments + files + Self.outputs, in: other)
        #expect(outcome.status == 0)
        #expect(outcome.output == first.output)
        for (name, data) in try contents(of: other) { #expect(data == written[name], "\(name)") }
        #expect(try names(in: other).count == 3)
      }
    }
  }

  @Test func writesTheSameEventsAsJSONAndCSV() throws {
    struct Line: Decodable {
      let layer: String
      let task: String?
      let event: String
      let rtl, model: Int
    }
    try withNetwork { folder in
      _ = try verify(["--events", "events.json"], in: folder)
      _ = try verify(["--events", "events.csv"], in: folder)
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/events.json"))
      let lines = try JSONDecoder().decode([Line].self, from: data)
      let rows = lines.map { "\($0.layer),\($0.task ?? ""),\($0.event),\($0.rtl),\($0.model)" }
      #expect(
        try text("\(folder)/events.csv").split(separator: "\n")
          == ["layer,task,event,rtl,model"] + rows.map { $0[...] })
      #expect(lines.allSatisfy { $0.rtl == $0.model })
      let macs = lines.filter { ["mac.active", "mac.gated"].contains($0.event) }
      #expect(macs.count == 12)
      #expect(macs.reduce(0) { $0 + $1.rtl } == 2304 + 320 + 60)
    }
  }

  @Test func findsTheSameClassesInBothModes() throws {
    let network = try TinyNetwork().replacingVectors(labels: { [$0[0], ($0[1] + 1) % 3, $0[2]] })
    try withNetwork(network) { folder in
      for mode in ["pipelined", "singular"] {
        let outcome = try verify(["--mode", mode, "--report", "report.json"], in: folder)
        #expect(outcome.output.contains("; MIME, \(mode) tasks, 2 batches\n"))
        #expect(try Report(folder).tasks.map(\.correct) == [1, 2])
      }
    }
  }

  @Test func runsOneBatch() throws {
    try withNetwork { folder in
      _ = try verify(["--batch", "1", "--report", "report.json"], in: folder)
      let one = try Report(folder)
      #expect(one.batches == 1)
      #expect(one.tasks.map(\.images) == [1, 1])
      #expect(one.compared == 576)
      _ = try verify(["--batch", "0", "--report", "report.json"], in: folder)
      let other = try Report(folder)
      _ = try verify(["--report", "report.json"], in: folder)
      #expect(try Report(folder).cycles == one.cycles + other.cycles)
    }
  }

  @Test func runsTheTasksThatAreNamed() throws {
    try withNetwork { folder in
      _ = try verify(["--tasks", "task1", "--images=3", "--report", "report.json"], in: folder)
      #expect(try Report(folder).tasks.map(\.name) == ["task1"])
      #expect(try Report(folder).tasks.map(\.images) == [3])
    }
  }

  @Test func isEqualWithStalls() throws {
    try withNetwork { folder in
      let outcome = try verify(
        ["--stall-probability", "0.5", "--seed", "18446744073709551615", "--x-seed", "0"],
        in: folder)
      #expect(outcome.output.contains(", streams stall with probability 0.5\n"))
    }
  }

  @Test func printsOneLineOfAllImages() throws {
    try withNetwork { folder in
      let arguments = ["--images", "all", "--brief", "--report", "report.json"]
      let outcome = try verify(arguments, in: folder)
      let report = try Report(folder)
      #expect(report.tasks.map(\.images) == [3, 3])
      let numbers = 4 * 6 * (4 * 16 + 5 + 3)
      #expect(report.compared == numbers)
      // From a thousand on, below a million.
      let cycles = "\(report.cycles / 1000) \(String(report.cycles % 1000 + 1000).dropFirst())"
      #expect(
        outcome.output
          == "model on 2x3, 3 lanes: 6 images, 1 728 numbers, \(cycles) cycles: all equal\n"
      )
    }
  }

  /// Wrong labels are nobody's error: a network need not be right.
  @Test func countsWrongClasses() throws {
    let network = try TinyNetwork().replacingVectors(labels: { $0.map { ($0 + 1) % 3 } })
    try withNetwork(network) { folder in
      let outcome = try verify(["--report", "report.json"], in: folder)
      #expect(outcome.output.contains(" 0.0 % "))
      #expect(outcome.output.contains(" 50.0 % "))
      #expect(try Report(folder).tasks.map(\.correct) == [0, 2])
    }
  }

  @Test func followsTheModelAndTheFolder() throws {
    var network = try TinyNetwork()
    network.model = try SyntheticModel.make(
      seed: 3, layers: TinyNetwork.layers,
      activation: ActivationFormat(width: 8, isSigned: true), weightWidth: 10,
      multiplierWidth: 20, rounding: .floor)
    network.vectors = Vectors(
      tasks: network.vectors.tasks.map { TaskVectors(images: $0.images) })
    try withNetwork(network) { folder in
      let sizes = ["--rows", "4", "--cols", "3", "--lanes", "2"]
      #expect(try Program.run(sizes + ["-o", "rtl"], in: folder).status == 0)
      let arguments = [
        "verify", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile,
        "--images", "1", "--rtl", "rtl", "--report", "report.json",
      ]
      let outcome = try Program.run(arguments, in: folder)
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("mime_core 4x3, 2 lanes, 8/16/48 bits; MIME"))
      #expect(
        try Report(folder).parameters == [
          "ROWS": 4, "COLS": 3, "LANES": 2, "ACT_WIDTH": 8, "ACT_SIGNED": 1, "WEIGHT_WIDTH": 16,
          "ACC_WIDTH": 48, "MULT_WIDTH": 32, "ROUNDING": 3, "TASK_WIDTH": 3, "COUNT_EVENTS": 1,
          "COUNT_WIDTH": 16, "LANE_EXTRA": 0,
        ])
    }
  }

  /// The vectors are looked at before anything runs on the core.
  @Test func refusesWrongLogits() throws {
    let right = try TinyNetwork().vectors.tasks[0].logits![1][2]
    let network = try TinyNetwork().replacingVectors(logits: { logits in
      var logits = logits
      logits[1][2] += 1
      return logits
    })
    try withNetwork(network) { folder in
      let outcome = try Program.run(
        TinyNetwork.arguments + ["--report", "report.json"], in: folder)
      #expect(outcome.status == 1)
      #expect(
        outcome.output
          == "The golden model differs from vectors.safetensors: task task0, image 1, layer head, "
          + "channel 2, row 0, column 0: the logit is \(right + 1) in the vectors and \(right) in "
          + "the golden model\n")
      #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
    }
  }
}

/// The parts of a report that the tests look at.
struct Report: Decodable {
  struct Task: Decodable {
    let name: String
    let images: Int
    let correct: Int?
  }
  struct Layer: Decodable { let macs, cycles: Int }
  let parameters: [String: Int]
  let tasks: [Task]
  let layers: [Layer]
  let batches, cycles, compared: Int
  let failure: String?

  /// Reads `report.json` of a folder.
  init(_ folder: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/report.json"))
    self = try JSONDecoder().decode(Report.self, from: data)
  }
}
