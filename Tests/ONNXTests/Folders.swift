import Foundation

/// Folders of fixtures, found from any working directory.
enum Fixtures {
  static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let golden = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("golden")

  static func golden(_ name: String) -> String { golden.appendingPathComponent(name).path }
  static func exported(_ name: String) -> String {
    tests.appendingPathComponent("Exported/\(name)").path
  }
}

/// Runs `body` with the path of a new folder, which is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/onnx-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
