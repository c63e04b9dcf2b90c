import Foundation
import Testing

/// `mimegen profile` and `mimegen crossvalidate`.
@Suite struct CrossValidateTests {
  static let network = [
    "--model", TinyNetwork.modelFile, "--vectors", TinyNetwork.vectorsFile, "--images", "3",
    "--rows", "2", "--cols", "3",
  ]

  /// What is measured is written, and the model of the file has no error in what is linear.
  @Test(arguments: ["on", "off"]) func theModelOfAProfileIsExact(skip: String) throws {
    try withNetwork { folder in
      let written = try Program.run(
        ["profile"] + Self.network + ["-o", "profile.json"], in: folder)
      #expect(written.status == 0 && written.errors == "")
      #expect(
        written.output
          == "Wrote the zeros of 3 layers over 6 images, for 2 rows and words of 6 channels, to "
          + "profile.json.\n")
      let command = ["crossvalidate"] + Self.network + ["--skip", skip]
      let own = try Program.run(command + ["--report", "own.json"], in: folder)
      let read = try Program.run(
        command + ["--profile", "profile.json", "--report", "read.json"], in: folder)
      #expect(own.status == 0 && own.errors == "")
      #expect(own.output == read.output)
      #expect(try text("\(folder)/own.json") == text("\(folder)/read.json"))
      try expectLinearEventsEqual("\(folder)/own.json", all: skip == "off")
      #expect(own.output.contains("exact model"))
      #expect(own.output.contains(skip == "on" ? "their covariance is" : "With skip off"))
    }
  }

  /// Every event but cycles of the mean and of the histogram; without skips all of all.
  private func expectLinearEventsEqual(_ path: String, all: Bool) throws {
    struct Event: Decodable { let model, actual: Int }
    struct Layer: Decodable {
      let name: String
      let events: [String: Event]
    }
    struct Model: Decodable {
      let assumption: String
      let layers: [Layer]
    }
    struct Report: Decodable {
      let schema: String
      let models: [Model]
    }
    let report = try JSONDecoder().decode(
      Report.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(report.schema == "mimegen-crossvalidation/1")
    #expect(report.models.map(\.assumption) == ["independent", "mean", "histogram"])
    for model in report.models where all || model.assumption != "independent" {
      #expect(model.layers.map(\.name) == ["conv1", "fc1", "head", "all"])
      for layer in model.layers {
        #expect(layer.events.count > 25 && layer.events["mac.active"]!.actual > 0)
        for (name, event) in layer.events
        where all || !["cycle.total", "cycle.stall.drain", "cycle.stall.operand"].contains(name) {
          #expect(event.model == event.actual, "\(name) of \(layer.name), \(model.assumption)")
        }
      }
    }
  }

  /// A profile of other rows, one that is cut, and places that cannot be written.
  @Test func refusesWhatDoesNotFit() throws {
    try withNetwork { folder in
      _ = try Program.run(["profile"] + Self.network + ["-o", "profile.json"], in: folder)
      let command = ["crossvalidate"] + Self.network
      expectRefusal(
        try Program.run(
          command + ["--rows", "4", "--profile", "profile.json", "--skip", "on"], in: folder),
        "layer conv1 has no measured common zeros as the network runs it; take the assumption of "
          + "independent zeros")
      try write(String(try text("\(folder)/profile.json").dropLast(9)), to: "\(folder)/cut.json")
      expectRefusal(
        try Program.run(command + ["--profile", "cut.json"], in: folder),
        "cut.json: it ends where '\"' is expected")
      expectRefusal(
        try Program.run(command + ["--profile", "none.json"], in: folder),
        "none.json cannot be read")
      expectRefusal(
        try Program.run(["profile"] + Self.network, in: folder),
        "no output file is given: say where the file goes with -o, as in 'mimegen profile --model "
          + "m.safetensors --vectors v.safetensors -o profile.json'")
      expectRefusal(
        try Program.run(["profile"] + Self.network + ["-o", "none/p.json"], in: folder),
        "'none/p.json' cannot be written: no such file or directory")
      #expect(
        try names(in: folder) == [
          "cut.json", TinyNetwork.modelFile, "profile.json", TinyNetwork.vectorsFile,
        ])
    }
  }
}
