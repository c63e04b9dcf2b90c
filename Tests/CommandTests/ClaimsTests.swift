import Foundation
import Golden
import Testing

@testable import Networks

/// `mimegen claims`.
@Suite struct ClaimsTests {
  private struct Document: Decodable {
    struct Claim: Decodable {
      let name, source, reproduced: String
      let sections: [Section]
    }
    struct Section: Decodable {
      let title: String
      let verdict: [String]?
      let rows: [Row]
    }
    struct Row: Decodable {
      let assumptions: [String: String]
      let provenance: String
      let figures: [String: Double]
      let ratio: Double
      let isReproduced: Bool
    }
    let schema: String
    let claims: [Claim]

    /// Rows with these assumptions.
    func rows(_ claim: String, _ provenance: String, _ assumptions: [String: String]) -> [Row] {
      claims.first { $0.name == claim }!.sections.flatMap(\.rows).filter { row in
        row.provenance.hasPrefix(provenance)
          && assumptions.allSatisfy { row.assumptions[$0.key] == $0.value }
      }
    }
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  private static let trained = [
    "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--tasks",
    "task0,task1", "--images", "2", "--arrays", "2x3", "--feed-banks", "2", "--networks",
    "small.json",
  ]

  private static let small = """
    {"schema": "mimegen-network/1", "name": "small", "source": "a test", "head": "flatten",
     "tasks": [{"name": "a", "classes": 4}],
     "layers": [{"name": "c", "kind": "conv", "cin": 2, "cout": 5, "size": 4, "pool": true},
                {"name": "f", "kind": "fc", "cin": 20, "cout": 6}]}
    """

  private func withFiles(_ body: (String) throws -> Void) throws {
    try withNetwork { folder in
      try write(Self.small, to: "\(folder)/small.json")
      try body(folder)
    }
  }

  private func claims(_ arguments: [String], in folder: String) throws -> Document {
    let outcome = try Program.run(["claims", "--format", "json"] + arguments, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try Self.decoder.decode(Document.self, from: Data(outcome.output.utf8))
  }

  /// Energy and cycles of an image that `mimegen energy` gives.
  private func energy(_ arguments: [String], in folder: String) throws -> Double {
    struct Energy: Decodable { let energyPerImageMac: Double }
    let outcome = try Program.run(
      EnergyCommandTests.arguments + ["--format", "json"] + arguments, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try Self.decoder.decode(Energy.self, from: Data(outcome.output.utf8)).energyPerImageMac
  }

  /// A scenario costs what `mimegen energy` says for the same options.
  @Test func energiesAreThoseOfTheEnergyCommand() throws {
    try withFiles { folder in
      let document = try claims(Self.trained, in: folder)
      #expect(document.schema == "mimegen-claims/1")
      #expect(document.claims.map(\.name) == ["memory", "energy", "throughput"])
      for (mode, zeros, buffers, options) in [
        ("pipelined", "gated", "this accelerator's", []),
        ("singular", "gated", "this accelerator's", []),
        ("pipelined", "gated, skipped", "this accelerator's", ["--skip", "on"]),
        ("pipelined", "gated", "none: for each tile", ["--resident", "off"]),
      ] {
        let rows = document.rows(
          "energy", "exact model",
          [
            "task_mode": mode, "mime_zeros": zeros, "weight_buffers": buffers,
            "conventional_zeros": zeros, "cost_table": "eyeriss",
          ])
        let row = try #require(rows.last { $0.assumptions["layer"] == nil })
        #expect(row.provenance == "exact model")
        let own = try energy(options + ["--mode", mode], in: folder)
        let other = try energy(options + ["--mode", mode, "--as-conventional"], in: folder)
        #expect(abs(row.figures["mime_energy_per_image_MAC"]! / own - 1) < 1e-9)
        #expect(abs(row.figures["conventional_energy_per_image_MAC"]! / other - 1) < 1e-9)
        #expect(abs(row.ratio * own / other - 1) < 1e-9)
      }
      let ungated = try energy(["--as-conventional", "--gating", "off"], in: folder)
      let dense = document.rows(
        "energy", "exact model",
        [
          "task_mode": "pipelined", "conventional_zeros": "computed (dense)",
          "mime_zeros": "gated", "weight_buffers": "this accelerator's", "cost_table": "eyeriss",
        ])
      #expect(
        abs(dense[0].figures["conventional_energy_per_image_MAC"]! / ungated - 1) < 1e-9)
      // Every row says how its counts were obtained, and where a table prices them which.
      for claim in document.claims {
        #expect(claim.source == "abstract of arXiv 2204.05274, DAC 2022")
        for row in claim.sections.flatMap(\.rows) {
          #expect(row.provenance != "")
          #expect((row.assumptions["cost_table"] != nil) == (claim.name == "energy"))
          let range = claim.name == "memory" ? 3.4...3.55 : 2.4...3.1
          #expect(
            row.isReproduced
              == (claim.name == "throughput" ? row.ratio > 1 : range.contains(row.ratio)))
        }
      }
      // Statistical figures are marked as synthetic, and as modelled where a buffer holds everything.
      let sweep = document.rows("energy", "statistical model, synthetic zeros", [:])
      #expect(sweep.count == 7 * 6 * 2 * 4 * 2)
      for row in sweep {
        let isFinite = row.assumptions["weight_buffers"] == "156 KB in all"
        let is8Bit = row.assumptions["bits"] == "8, thresholds 32"
        #expect(
          row.provenance == "statistical model, synthetic zeros"
            + (isFinite && is8Bit ? "" : ", model-only machine"))
      }
    }
  }

  /// A fine-tuned network takes the baseline's place, and counters that of the exact model.
  @Test func countersAreMeasured() throws {
    try withFiles { folder in
      var reports: [String] = []
      for options in [["--skip", "on"], ["--as-conventional"]] {
        let report = "report\(reports.count).json"
        let run = try Program.run(
          [
            "run", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile,
            "--images", "2", "--store-outputs", "off", "--report", report, "--latency", "9",
          ] + TinyNetwork.size + options, in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        reports.append(report)
      }
      let counted = ["--counts", reports[1], "--counts", reports[0]]
      let document = try claims(Self.trained + counted, in: folder)
      let rows = document.rows("energy", "measured in RTL", ["cost_table": "eyeriss"])
      #expect(rows.map { $0.assumptions["conventional_zeros"] } == ["gated", "computed (dense)"])
      #expect(rows[0].assumptions["mime_skip"] == "on")
      #expect(rows[0].assumptions["conventional_skip"] == "off")
      let own = try energy(["--skip", "on", "--counts", reports[0]], in: folder)
      let other = try energy(["--as-conventional", "--counts", reports[1]], in: folder)
      #expect(abs(rows[0].ratio * own / other - 1) < 1e-9)
      let cycles = document.rows("throughput", "measured in RTL", [:])
      #expect(cycles.count == 2)
      struct Report: Decodable {
        struct Layer: Decodable { let counts: [String: [Int]] }
        let cycles: Int
        let layers: [Layer]
        let transfers: [String: [Int]]
      }
      let report = try Self.decoder.decode(
        Report.self, from: Data(text("\(folder)/\(reports[0])").utf8))
      let operations = (report.layers.map(\.counts) + [report.transfers]).reduce(0) {
        $0 + $1["cycle.operation"]![0]
      }
      let measured = cycles[0].figures["mime_cycles_per_image"]! * 4
      #expect(measured == Double(operations) && operations <= report.cycles)
      #expect(cycles[1].figures["mime_cycles_per_image"]! * 4 < measured)
      // Without waiting they are what the exact model says.
      let exact = document.rows(
        "throughput", "exact model",
        [
          "task_mode": "pipelined", "mime_skip": "on", "conventional_skip": "off",
          "dram_bytes_per_cycle": "any",
        ])
      #expect(exact.map(\.ratio) == [cycles[1].ratio])

      expectRefusal(
        try Program.run(["claims"] + Self.trained + ["--counts", reports[0]], in: folder),
        "--counts needs the reports of two runs, one of a MIME network and one of a conventional one; got mime"
      )
      expectRefusal(
        try Program.run(
          ["claims"] + Self.trained + ["--counts", reports[0], "--counts", reports[0]], in: folder),
        "--counts needs the reports of two runs, one of a MIME network and one of a conventional one; got mime, "
          + "mime")
      let less = try text("\(folder)/\(reports[1])")
        .replacing("\"task_mode\" : \"pipelined\"", with: "\"task_mode\" : \"singular\"")
      try write(less, to: "\(folder)/\(reports[1])")
      expectRefusal(
        try Program.run(["claims"] + Self.trained + counted, in: folder),
        "the runs of --counts cannot be set side by side: their task modes are pipelined and singular"
      )
    }
  }

  /// A conventional network that was trained so takes the place of the parent's weights.
  @Test func fineTunedBaseline() throws {
    try withFiles { folder in
      let model = try SyntheticModel.make(
        seed: 12, layers: TinyNetwork.layers, mode: .conventional)
      try model.write(to: "\(folder)/tuned.safetensors")
      let arguments = Self.trained + ["--conventional-model", "tuned.safetensors"]
      let document = try claims(arguments, in: folder)
      let row = try #require(
        document.rows(
          "energy", "exact model",
          [
            "task_mode": "pipelined", "conventional_zeros": "gated", "mime_zeros": "gated",
            "weight_buffers": "this accelerator's", "cost_table": "eyeriss",
          ]
        ).first)
      #expect(row.assumptions["conventional"] == "tuned.safetensors")
      let own = try Program.run(
        [
          "energy", "--model", "tuned.safetensors", "--vectors", TinyNetwork.vectorsFile,
          "--images", "2", "--format", "json",
        ] + TinyNetwork.size, in: folder)
      struct Energy: Decodable { let energyPerImageMac: Double }
      let energy = try Self.decoder.decode(Energy.self, from: Data(own.output.utf8))
      #expect(
        abs(
          row.figures["conventional_energy_per_image_MAC"]! / energy.energyPerImageMac - 1) < 1e-9)
      expectRefusal(
        try Program.run(
          ["claims", "--model", "tuned.safetensors", "--vectors", TinyNetwork.vectorsFile],
          in: folder),
        "tuned.safetensors is a conventional network; name a MIME one with --model")
      expectRefusal(
        try Program.run(
          ["claims"] + Self.trained + ["--conventional-model", TinyNetwork.modelFile], in: folder),
        "model.safetensors is a MIME network; name a conventional one with --conventional-model")
    }
  }

  /// Without a network there are shapes and synthetic zeros; what is printed has a verdict on each claim.
  @Test func printsVerdicts() throws {
    try withFiles { folder in
      let arguments = ["claims", "--networks", "small.json", "--arrays", "2x3,1x1"]
      let outcome = try Program.run(arguments, in: folder)
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(
        outcome.output.hasPrefix("memory: ~3.48x less DRAM for a parent and three child tasks ("))
      #expect(outcome.output.contains("\nVerdict on memory: "))
      #expect(outcome.output.contains("\nVerdict on energy: "))
      #expect(outcome.output.contains("counts: statistical model, synthetic zeros"))
      #expect(!outcome.output.contains("exact model"))
      let file = try Program.run(arguments + ["-o", "claims.txt"], in: folder)
      #expect(file.status == 0 && file.output == "")
      #expect(try text("\(folder)/claims.txt") == outcome.output)
    }
  }

  @Test(arguments: [
    (["--vectors", "file"], "--model and --vectors go together: name both files, or none"),
    (["--tasks", "a"], "--tasks is for a trained network: name it with --model and --vectors"),
    (["--counts", "a"], "--counts is for a trained network: name it with --model and --vectors"),
    (
      ["--arrays", "16"],
      "'16' is not an array; name rows and columns from 1 to 1024, as in 16x16"
    ),
    (
      ["--arrays", "0x4"],
      "'0x4' is not an array; name rows and columns from 1 to 1024, as in 16x16"
    ),
    (
      ["--arrays", "4x4,"], "'' is not an array; name rows and columns from 1 to 1024, as in 16x16"
    ),
    (
      ["--costs", "none"],
      "none: there is no such file; name a cost table, eyeriss, horowitz-45nm, or a YAML or JSON file"
    ),
    (
      ["--networks", "none"],
      "'none' is no network; name one of vgg16-32, vgg16-64, vgg16-224, resnet18-224, mobilenetv1-224, or a "
        + "file that ends in .json or .csv"
    ),
    (["-o", "none/x"], "'none/x' cannot be written: no such file or directory"),
    (["--weight-buffer-kb", "0"], "WEIGHT_BUFFER_KB is 0; it goes from 1 to 16384"),
  ]) func refuses(arguments: [String], sentence: String) throws {
    try withFiles { folder in
      let before = try names(in: folder)
      expectRefusal(try Program.run(["claims"] + arguments, in: folder), sentence)
      #expect(try names(in: folder) == before)
    }
  }

  @Test(arguments: [
    (["--images", "0"], "images per task is 0, and must be at least 1"),
    (["--tasks", "task0,none"], "the model has no task 'none'; it has task0, task1"),
    (["--counts", "none"], "none cannot be read; name a report of 'mimegen run --report'"),
  ]) func refusesForTrained(arguments: [String], sentence: String) throws {
    try withFiles { folder in
      let trained = [
        "claims", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile,
        "--arrays", "2x3", "--networks", "small.json",
      ]
      expectRefusal(try Program.run(trained + arguments, in: folder), sentence)
    }
  }
}
