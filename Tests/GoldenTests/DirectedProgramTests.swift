import Foundation
import Testing

/// The directed files are what their program writes, and reach what they are for.
@Suite(.enabled(if: Python.isInstalled, "python3 is not installed"))
struct DirectedProgramTests {
  static let program = Fixtures.golden.deletingLastPathComponent()
    .appendingPathComponent("scripts/directed.py").path

  @Test func writesTheCommittedFilesAgain() throws {
    let check = try Python.run([Self.program, "--check"])
    #expect(check.status == 0, "\(check.output)")
  }

  @Test func namesAFileThatDiffers() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.copyItem(
      at: Fixtures.golden.appendingPathComponent("directed"), to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("s16.model.safetensors")
    var content = try Data(contentsOf: file)
    content[content.count - 1] ^= 1
    try content.write(to: file)
    let check = try Python.run([Self.program, "--check", folder.path])
    #expect(check.status == 1)
    #expect(
      check.output.hasSuffix(
        "differs from what scripts/directed.py writes: s16.model.safetensors\n"))
  }
}

private enum Python {
  static let isInstalled = (try? run(["--version"]))?.status == 0

  /// Runs python3; the output holds what it printed and its errors.
  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
