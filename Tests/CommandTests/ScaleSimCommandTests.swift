import Foundation
import Testing

/// `mimegen scalesim-inputs` and `mimegen scalesim-compare`.
@Suite struct ScaleSimCommandTests {
  private static let network = """
    {"schema": "mimegen-network/1", "name": "n", "source": "s",
     "tasks": [{"name": "a", "classes": 3}], "head": "flatten", "layers": [
      {"name": "c1", "kind": "conv", "cin": 2, "cout": 4, "size": [6, 8], "kernel": [3, 1],
       "stride": 2, "padding": [1, 0]},
      {"name": "f_2", "kind": "fc", "cin": 4, "size": [3, 4], "cout": 5}]}
    """
  /// What SCALE-Sim 3.0.0 reported of it on 5x3; columns that are not read are left out.
  private static let compute = """
    LayerID, Total Cycles, Stall Cycles,
    0, 71, 0,
    1, 107, 0,
    2, 10, 0,
    """
  private static let access = """
    LayerID, SRAM IFMAP Reads, SRAM Filter Reads, SRAM OFMAP Writes,
    0, 144, 72, 96,
    1, 96, 240, 21,
    2, 5, 15, 11,
    """
  private static let options = ["--network", "n.json", "--rows", "5", "--cols", "3"]

  private func withReports<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withFolder { folder in
      try write(Self.network, to: "\(folder)/n.json")
      try FileManager.default.createDirectory(
        atPath: "\(folder)/run", withIntermediateDirectories: true)
      try write(Self.compute, to: "\(folder)/run/COMPUTE_REPORT.csv")
      try write(Self.access, to: "\(folder)/run/DETAILED_ACCESS_REPORT.csv")
      return try body(folder)
    }
  }

  @Test func writesWhatSCALESimReads() throws {
    try withReports { folder in
      let outcome = try Program.run(
        ["scalesim-inputs"] + Self.options + ["-o", "inputs"], in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == "Wrote topology.csv, layout.csv and scale.cfg to inputs.\n")
      #expect(
        try names(in: "\(folder)/inputs") == ["layout.csv", "scale.cfg", "topology.csv"])
      let topology = try text("\(folder)/inputs/topology.csv")
      #expect(topology.contains("\nc1, 7, 7, 3, 1, 2, 4, 2,\n"))
      let settings = try text("\(folder)/inputs/scale.cfg")
      #expect(settings.contains("\nArrayHeight = 5\nArrayWidth = 3\n"))
      #expect(settings.contains("\nDataflow = os\n"))
    }
  }

  @Test func comparesAndFindsADifference() throws {
    try withReports { folder in
      let arguments = ["scalesim-compare"] + Self.options + ["--reports", "run"]
      let equal = try Program.run(arguments + ["--report", "own.csv"], in: folder)
      #expect(equal.status == 0, "\(equal.output)\(equal.errors)")
      #expect(equal.output.hasPrefix("n on 5x3, output stationary, one image, every step issued\n"))
      #expect(!equal.output.contains("off by"))
      #expect(try text("\(folder)/own.csv").split(separator: "\n").count == 4)
      try write(
        Self.compute.replacing("107, 0", with: "108, 0"), to: "\(folder)/run/COMPUTE_REPORT.csv")
      let other = try Program.run(arguments, in: folder)
      #expect(other.status == 1)
      #expect(other.output.contains("off by "))
      let slow = try Program.run(arguments + ["--seconds", "1e-9"], in: folder)
      #expect(slow.status == 1)
    }
  }

  @Test(arguments: [
    (
      ["scalesim-compare", "--reports", "none"],
      "'none/COMPUTE_REPORT.csv' cannot be read; --reports is the folder that SCALE-Sim wrote"
    ),
    (
      ["scalesim-compare", "--reports", "run", "--seconds", "0"],
      "--seconds is 0.0; it is above 0"
    ),
    (["scalesim-inputs", "-o", "n.json"], "'n.json' is not a folder: name a folder for the files"),
    (["scalesim-inputs", "-o", "x", "--rows", "0"], "ROWS is 0; it goes from 1 to 256"),
  ]) func refuses(arguments: [String], sentence: String) throws {
    try withReports { folder in
      let before = try names(in: folder)
      let options = arguments.contains("--rows") ? ["--network", "n.json"] : Self.options
      expectRefusal(
        try Program.run(arguments.prefix(1) + options + arguments.dropFirst(), in: folder),
        sentence)
      #expect(try names(in: folder) == before)
    }
  }
}
