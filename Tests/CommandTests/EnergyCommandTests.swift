import Foundation
import Testing

/// `mimegen energy` and `mimegen costs`.
@Suite struct EnergyCommandTests {
  static let arguments =
    [
      "energy", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--images",
      "2",
    ] + TinyNetwork.size

  private struct Document: Decodable {
    struct Price: Decodable { let quantity, source: String }
    struct Sum: Decodable {
      let name: String
      let energyNumerator: Int
    }
    let schema, unit, costTable, provenance, gating: String
    let energyNumerator, energyDenominator: Int
    let images: [String: Int]
    let components, layers, tasks: [Sum]
  }

  private func document(_ text: String) throws -> Document {
    try snakeCaseDecoder.decode(Document.self, from: Data(text.utf8))
  }

  private func energy(_ arguments: [String], in folder: String) throws -> Document {
    let outcome = try Program.run(Self.arguments + ["--format", "json"] + arguments, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try document(outcome.output)
  }

  /// What the RTL has counted costs what the exact model says, and a report that was measured in another run is
  /// refused.
  @Test func measuredIsExact() throws {
    try withNetwork { folder in
      let program = ["--skip", "on", "--order", "rows", "--batch-size", "3"]
      let run = try Program.run(
        [
          "run", "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--images",
          "2", "--store-outputs", "off", "--report", "report.json", "--costs", "horowitz-45nm",
          "--stall-probability", "0.2",
        ] + TinyNetwork.size + program, in: folder)
      #expect(run.status == 0, "\(run.output)")
      #expect(run.output.contains(" pJ measured in RTL, 0 of it in cycles that wait for memory; "))
      #expect(run.output.contains("equal beside waiting (cost table horowitz-45nm)"))
      let costs = ["--costs", "horowitz-45nm"] + program
      let exact = try energy(costs, in: folder)
      let measured = try energy(costs + ["--counts", "report.json"], in: folder)
      #expect(exact.provenance == "exact model")
      #expect(measured.provenance == "measured in RTL")
      #expect(exact.energyNumerator > 0)
      #expect(measured.energyNumerator == exact.energyNumerator)
      for (own, other) in [
        (exact.components, measured.components), (exact.layers, measured.layers),
        (exact.tasks, measured.tasks),
      ] {
        #expect(
          own.filter { $0.energyNumerator != 0 }.map(\.energyNumerator)
            == other.filter { $0.energyNumerator != 0 }.map(\.energyNumerator))
        #expect(own.reduce(0) { $0 + $1.energyNumerator } == exact.energyNumerator)
      }
      // With costs of cycles, those that wait for memory are the difference.
      let table = try table("horowitz-45nm", in: folder)
        .replacing(
          "{value: 0, source: \"Horowitz, ISSCC 2014, gives the control",
          with: "{value: 1, source: \"the control")
      try write(table, to: "\(folder)/mine.yaml")
      let waits = try energy(
        ["--costs", "mine.yaml", "--counts", "report.json"] + program, in: folder)
      let advances = try energy(["--costs", "mine.yaml"] + program, in: folder)
      #expect(waits.energyNumerator > advances.energyNumerator)

      func refusal(_ others: [String], _ sentence: String) throws {
        expectRefusal(
          try Program.run(
            Self.arguments + program + ["--counts", "report.json"] + others, in: folder), sentence)
      }
      try refusal(
        ["--skip", "off"], "report.json is of another run: its skip is on, and off is asked for")
      try refusal(
        ["--rows", "3"], "report.json is of another run: its ROWS is 2, and 3 is asked for")
      try refusal(
        ["--images", "1"],
        "report.json is of another run: its images of each task is 2,2, and 1,1 is asked for")
      try refusal(
        ["--mode", "singular"],
        "report.json is of another run: its task mode is pipelined, and singular is asked for")
      let report = try text("\(folder)/report.json")
      let count = try #require(report.firstMatch(of: /"mac.active" : \[\s+(\d+)/))
      let less = report.replacingCharacters(
        in: count.1.startIndex..<count.1.endIndex, with: "\(Int(count.1)! - 1)")
      try write(less, to: "\(folder)/report.json")
      let outcome = try Program.run(
        Self.arguments + program + ["--counts", "report.json"], in: folder)
      #expect(outcome.status == 2)
      #expect(
        outcome.sentence.contains("report.json: layer conv1 has ")
          && outcome.sentence.contains(" multiply-accumulates of task task0, and the network has "))
    }
  }

  /// A built-in table as `mimegen costs` prints it.
  private func table(_ name: String, in folder: String) throws -> String {
    let outcome = try Program.run(["costs", name], in: folder)
    #expect(outcome.status == 0)
    return outcome.output
  }

  /// A printed table is one that can be given.
  @Test func costsCanBeGivenBack() throws {
    try withNetwork { folder in
      let list = try Program.run(["costs"], in: folder)
      #expect(list.status == 0)
      #expect(list.output.contains("\neyeriss ") && list.output.contains("\nhorowitz-45nm "))
      try write(table("eyeriss", in: folder), to: "\(folder)/own.yaml")
      let (own, builtIn) = (
        try energy(["--costs", "own.yaml"], in: folder), try energy([], in: folder)
      )
      #expect(own.energyNumerator == builtIn.energyNumerator)
      #expect(own.unit == "MAC")
      #expect(try Program.run(["costs", "own.yaml"], in: folder).output.contains("\neyeriss "))
      try replace("unit: MAC\n", by: "", in: "\(folder)/own.yaml")
      for command in [["costs", "own.yaml"], Self.arguments + ["--costs", "own.yaml"]] {
        expectRefusal(
          try Program.run(command, in: folder), "own.yaml:1: the table lacks 'unit'")
      }
    }
  }

  @Test func writesEveryForm() throws {
    try withNetwork { folder in
      let table = try Program.run(Self.arguments, in: folder)
      #expect(table.status == 0)
      #expect(
        table.output.contains("energy in MAC, cost table eyeriss, counts: exact model, gating on\n")
      )
      #expect(table.output.contains("\nGating saves "))
      let ungated = try Program.run(Self.arguments + ["--gating", "off"], in: folder)
      #expect(
        ungated.output.contains("gating off\n") && ungated.output.contains("\nGating would save "))
      for (format, files) in [
        ("csv", ["out"]), ("json", ["out"]), ("table", ["out"]),
        ("accelergy", ["ERT.yaml", "action_counts.yaml"]),
        ("scalesim", ["BANDWIDTH_REPORT.csv", "COMPUTE_REPORT.csv", "DETAILED_ACCESS_REPORT.csv"]),
      ] {
        let place = "\(folder)/\(format)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let output = files == ["out"] ? "\(place)/out" : place
        let outcome = try Program.run(
          Self.arguments + ["--format", format, "-o", output], in: folder)
        #expect(outcome.status == 0 && outcome.output == "" && outcome.errors == "")
        #expect(try names(in: place) == files)
      }
    }
  }

  /// The network of `TinyNetwork` by its shapes.
  private static let shapes = """
    {"schema": "mimegen-network/1", "name": "tiny", "source": "a test", "mode": "mime",
     "tasks": [{"name": "task0", "classes": 3, "thresholds": true},
               {"name": "task1", "classes": 3, "thresholds": true}],
     "layers": [
       {"name": "conv1", "kind": "conv", "cin": 1, "cout": 4, "size": 4, "kernel": 3, "pool": true},
       {"name": "fc1", "kind": "fc", "cin": 16, "cout": 5}],
     "head": "flatten"}
    """

  /// By its shapes and measured zeros a network costs what its activations say, with weights of its own for
  /// each task too; with skip where rows' common zeros are measured.
  @Test func shapesAreExact() throws {
    try withNetwork { folder in
      try write(Self.shapes, to: "\(folder)/tiny.json")
      let widths = [
        "--act-width", "8", "--weight-width", "8", "--acc-width", "32", "--mult-width", "16",
      ]
      for design in [
        [], ["--skip", "on"], ["--as-conventional"], ["--as-conventional", "--skip", "on"],
      ] {
        let options = TinyNetwork.size + widths + ["--images", "2"] + design
        let profile = try Program.run(
          ["profile"] + Self.arguments[1...4] + options + ["-o", "p.json"], in: folder)
        #expect(profile.status == 0, "\(profile.errors)")
        let own = try Program.run(
          ["energy", "--network", "tiny.json", "--profile", "p.json", "--format", "json"] + options,
          in: folder)
        #expect(own.status == 0, "\(own.errors)")
        let statistical = try document(own.output)
        let exact = try energy(widths + design, in: folder)
        #expect(statistical.provenance == "statistical model")
        #expect(statistical.energyNumerator == exact.energyNumerator)
        #expect(statistical.tasks.map(\.energyNumerator) == exact.tasks.map(\.energyNumerator))
      }
      let table = try Program.run(
        [
          "energy", "--network", "tiny.json", "--sparsity", "0.5", "--skip", "on", "--task-count",
          "9", "--infinite", "weights",
        ], in: folder)
      #expect(
        table.output.contains(
          "; tiny, MIME, skip, zeros assumed 0.5, rows: independent, 36 images\n"))
      #expect(table.output.contains(", counts: statistical model (model-only), gating on\n"))
      #expect(table.output.contains("\nmodel-only: a buffer is infinite\n"))
      #expect(table.output.contains("\ntask8 "))
    }
  }

  /// Buffers that hold everything move as much as those that are large enough.
  @Test func infiniteBuffersHoldEverything() throws {
    try withNetwork { folder in
      func components(_ arguments: [String]) throws -> [String: Int] {
        let json = try energy(["--axi-data-width", "32"] + arguments, in: folder)
        return Dictionary(
          uniqueKeysWithValues: json.components.map { ($0.name, $0.energyNumerator) })
      }
      let infinite = try components(["--infinite", "weights,thresholds,activations"])
      #expect(try infinite == components([]))
      let small = try components(["--resident", "off"])
      #expect(small["dram"]! > infinite["dram"]!)
      let compared = try Program.run(
        Self.arguments + ["--infinite", "weights", "--compare", "conventional"], in: folder)
      #expect(
        compared.output.components(separatedBy: "counts: exact model (model-only), gating on").count
          == 3)
    }
  }

  @Test(arguments: [
    (
      ["--network", "vgg16-32"],
      "a network by its shapes needs its zeros: --profile with a file, or --sparsity"
    ),
    (
      ["--sparsity", "0.5"],
      "name the network: --network with a name or file, or --model with --vectors"
    ),
    (
      ["--network", "vgg16-32", "--sparsity", "0.5", "--pack-thresholds", "on"],
      "--pack-thresholds looks at thresholds, which a network by its shapes lacks"
    ),
    (
      ["--network", "vgg16-32", "--sparsity", "0.5", "--order", "best"],
      "--order best needs the maps of a model; take windows or rows"
    ),
    (
      ["--network", "vgg16-32", "--sparsity", "0.5", "--infinite", "weight"],
      "The value 'weight' is invalid for '--infinite <names>': 'weight' is no buffer; they are activations, "
        + "weights, thresholds"
    ),
    (["--network", "vgg16-32", "--sparsity", "0.5", "--counts", "x"], "--counts needs --model"),
    (
      ["--network", "vgg16-32", "--sparsity", "0.5", "--images", "all"],
      "--images all needs --vectors; give a number"
    ),
    (
      ["--network", "vgg16-32", "--sparsity", "0.5", "--task-count", "0"],
      "--task-count is 0 and must be 1 to 65536"
    ),
    (
      ["--network", "vgg16-32", "--sparsity", "0.5", "--skip", "on", "--assume", "mean"],
      "layer conv1 has no measured common zeros as the network runs it; take the assumption of independent zeros"
    ),
    (
      [
        "--network", "vgg16-32", "--sparsity", "0.5", "--compare", "conventional",
        "--compare-model", "x",
      ],
      "--compare-model needs --model"
    ),
    (
      [
        "--network", "vgg16-32", "--sparsity", "0.5", "--compare", "conventional",
        "--compare-sparsity", "2",
      ],
      "--compare-sparsity is 2.0 and must be 0 to 1"
    ),
  ]) func refusesForShapes(arguments: [String], sentence: String) throws {
    try withFolder { folder in
      expectRefusal(try Program.run(["energy"] + arguments, in: folder), sentence)
    }
  }

  @Test func comparesWithConventional() throws {
    try withNetwork { folder in
      let outcome = try Program.run(Self.arguments + ["--compare", "conventional"], in: folder)
      #expect(outcome.status == 0)
      #expect(
        outcome.output.hasPrefix("1: MIME, 4 images; MAC, cost table eyeriss, counts: exact model"))
      #expect(
        outcome.output.contains(
          "\n2: conventional (the parent's weights with t = 0), 4 images; MAC"))
      #expect(outcome.output.contains("\nan image "))
      let json = try Program.run(
        Self.arguments + [
          "--compare", "conventional", "--compare-skip", "on", "--compare-gating", "off",
          "--format", "json",
        ], in: folder)
      struct Comparison: Decodable {
        struct Design: Decodable {
          let design: String
          let energy: Document
        }
        let schema: String
        let designs: [Design]
      }
      let comparison = try snakeCaseDecoder.decode(Comparison.self, from: Data(json.output.utf8))
      #expect(comparison.schema == "mimegen-energy-comparison/1")
      #expect(comparison.designs.map(\.energy.gating) == ["on", "off"])
      #expect(
        comparison.designs[1].design == "conventional, skip (the parent's weights with t = 0)")
    }
  }

  @Test(arguments: [
    (
      ["--costs", "none"],
      "none: there is no such file; name a cost table, eyeriss, horowitz-45nm, or a YAML or JSON file"
    ),
    (["--counts", "none"], "none cannot be read; name a report of 'mimegen run --report'"),
    (
      ["--counts", "file"],
      "file is not a report of 'mimegen run' with the schema mimegen-run/1; write it anew with 'mimegen run "
        + "--report'"
    ),
    (["--format", "accelergy"], "--format accelergy writes files: name a folder with -o"),
    (
      ["--format", "scalesim", "-o", "file"], "'file' is not a folder: name a folder for the files"
    ),
    (["--format", "csv", "-o", "none/x"], "'none/x' cannot be written: no such file or directory"),
    (
      ["--format", "xml"],
      "The value 'xml' is invalid for '--format <format>'. Please provide one of 'table', 'json', 'csv', "
        + "'accelergy' or 'scalesim'."
    ),
    (["--compare", "conventional", "--format", "csv"], "--compare has the formats table and json"),
    (
      ["--compare", "conventional", "--counts", "file"],
      "--compare is for the exact model; leave --counts away"
    ),
    (
      ["--compare-skip", "on"],
      "--compare-skip says what --compare prints: name the other design with it"
    ),
    (
      ["--sparsity", "0.5"],
      "--sparsity is for --network: a model is counted exactly, by its own zeros"
    ),
    (
      ["--infinite", "weights", "--counts", "file"],
      "--counts are of RTL, which has no infinite buffers"
    ),
    (
      ["--compare", "conventional", "--compare-sparsity", "0.5"],
      "--compare-sparsity needs --network"
    ),
    (["--lanes", "2"], "--lanes is for the core alone: the accelerator has a lane a column"),
    (["--images", "0"], "images per task is 0, and must be at least 1"),
    (["--rows", "0"], "ROWS is 0; it goes from 1 to 1024"),
    (["--rows", "257"], "ROWS is 257; it goes from 1 to 256"),
    (["--batch-size", "0"], "batch size is 0, and must be at least 1"),
    (["--tasks", "task2"], "the model has no task 'task2'; it has task0, task1"),
    (
      ["--images", "3", "--batch-size", "6", "--cols", "64", "--act-buffer-kb", "1"],
      "the activations of 6 images need 96 places, and the activation buffers have 8; an ACT_BUFFER_KB of 12 "
        + "would do, or a smaller batch"
    ),
  ]) func refuses(arguments: [String], sentence: String) throws {
    try withNetwork { folder in
      try write("mine", to: "\(folder)/file")
      let before = try names(in: folder)
      expectRefusal(try Program.run(Self.arguments + arguments, in: folder), sentence)
      #expect(try names(in: folder) == before)
    }
  }
}

private var snakeCaseDecoder: JSONDecoder {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return decoder
}
