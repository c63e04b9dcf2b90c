import Foundation
import Simulation
import Testing

@testable import Waves

/// GTKWave's converters read the dumps, write them anew, and nothing is lost. Without them on the
/// PATH these tests are skipped.
@Suite(.enabled(if: GTKWave.isFound, "the converters of GTKWave are not installed"))
struct GTKWaveTests {
  /// The two converters read dumps in ways of their own.
  @Test(arguments: ["fst", "vzt"], 41...44 as ClosedRange<UInt64>)
  func readsBackEqual(format: String, seed: UInt64) throws {
    let waves = RandomWaves(seed: seed)
    let text = try GTKWave.roundTrip(waves.waveform.vcd(top: "top"), format)
    try waves.expectEqual(try VCDFile(text))
  }

  /// The scopes and variables of names that are no identifiers, and of ones used twice.
  @Test func keepsNames() throws {
    let paths = [
      "core", "core.row[0].word[3]", "core.row[0].row[1][2].a", "core.$odd.$end", "core.row.4x",
      "core.row.bit[0]", "core.row",
    ]
    var waveform = Waveform(signals: paths.map { .init(path: $0, width: 4) })
    waveform.record(paths.indices.map { BitVector(width: 4, $0) }, at: 0)
    let source = waveform.vcd(top: "top")
    let file = try VCDFile(try GTKWave.roundTrip(source, "fst"))
    let written = try VCDFile(source)
    #expect(Set(file.variables.keys) == Set(written.variables.keys))
    #expect(file.scopes == written.scopes)
    for path in written.variables.keys {
      #expect(try file.digits(path, at: 0) == written.digits(path, at: 0))
    }
  }
}

/// GTKWave's converters, run on text.
enum GTKWave {
  static let isFound = ["vcd2fst", "fst2vcd", "vcd2vzt", "vzt2vcd"].allSatisfy { tool in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  /// The dump converted to a format and back.
  static func roundTrip(_ vcd: String, _ format: String) throws -> String {
    let base = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path
    let paths = ["vcd", format, "back.vcd"].map { "\(base).\($0)" }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    try vcd.write(toFile: paths[0], atomically: true, encoding: .utf8)
    for command in [
      ["vcd2\(format)", paths[0], paths[1]], ["\(format)2vcd", "-o", paths[2], paths[1]],
    ] {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = command
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let said = String(
        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "\(command[0]): \(said)")
      #expect(!said.lowercased().contains("error"), "\(command[0]): \(said)")
    }
    return try String(contentsOfFile: paths[2], encoding: .utf8)
  }
}
