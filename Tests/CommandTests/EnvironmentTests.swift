import Foundation
import Testing

/// Machines on which nothing can be built.
@Suite struct EnvironmentTests {
  /// The programs on the PATH: a name, and the version that it says.
  struct Programs: Sendable {
    var versions: [String: String]
    var compiler: String?
    let sentence: String
  }

  @Test(arguments: [
    Programs(
      versions: [:],
      sentence: "verilator is not on the PATH; the simulation needs Verilator 5.006 or later: "
        + "install it (apt-get install verilator)."),
    Programs(
      versions: ["verilator": "Verilator 5.006 2023-01-22", "make": "GNU Make 4.3"],
      sentence: "clang++ or g++ is not on the PATH; the simulation needs a C++17 compiler: install "
        + "it (apt-get install g++)."),
    Programs(
      versions: ["verilator": "Verilator 5.006 2023-01-22", "make": "GNU Make 4.3"],
      compiler: "icpc",
      sentence: "icpc is not on the PATH; the simulation needs a C++17 compiler (CXX is set to "
        + "icpc): install it (apt-get install g++)."),
    Programs(
      versions: ["verilator": "Verilator 5.006 2023-01-22", "g++": "g++ 12"],
      sentence: "make is not on the PATH; the simulation needs GNU make: install it (apt-get "
        + "install make)."),
    Programs(
      versions: [
        "verilator": "Verilator 4.038 2020-07-11", "make": "GNU Make 4.3", "g++": "g++ 12",
      ],
      sentence: "FOLDER/verilator is Verilator 4.038, which is too old; install 5.006 or later "
        + "(apt-get install verilator, or build it from verilator.org)."),
  ]) func saysWhatIsMissing(programs: Programs) throws {
    try withNetwork { folder in
      try withFolder { bin in
        for (name, version) in programs.versions {
          try writeScript("\(bin)/\(name)", "echo '\(version)'")
        }
        var environment = Program.environment
        environment["PATH"] = bin
        environment["CXX"] = programs.compiler
        let outcome = try Program.run(
          TinyNetwork.arguments + ["--report", "report.json"], in: folder, environment: environment)
        expectRefusal(outcome, programs.sentence.replacing("FOLDER", with: bin))
        #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
      }
    }
  }

  @Test(arguments: ["/proc/x", "model.safetensors", "model.safetensors/x", "/dev/null", ""])
  func refusesACacheThatCannotBeWritten(path: String) throws {
    try withNetwork { folder in
      let outcome = try Program.run(
        TinyNetwork.arguments + ["--cache", path, "--report", "report.json"], in: folder)
      expectRefusal(
        outcome,
        "the build cache \(path) cannot be written (it cannot be created); make room or name "
          + "another folder with --cache or MIMEGEN_CACHE.")
      #expect(try names(in: folder) == [TinyNetwork.modelFile, TinyNetwork.vectorsFile])
    }
  }
}
