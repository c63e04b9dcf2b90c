import Foundation
import Testing

/// Runs `body` with the path of a new folder, which is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/mimegen-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func text(_ path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
}

func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

/// Writes a shell script that can be run.
func writeScript(_ path: String, _ body: String) throws {
  try write("#!/bin/sh\n\(body)\n", to: path)
  try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
}

/// The names of what a folder holds, sorted.
func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// What the files of a folder hold, by name.
func contents(of folder: String) throws -> [String: Data] {
  try Dictionary(
    uniqueKeysWithValues: names(in: folder).map {
      ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
    })
}

/// Puts `replacement` in place of `original` everywhere in a file that has it.
func replace(_ original: String, by replacement: String, in path: String) throws {
  let parts = try text(path).components(separatedBy: original)
  try #require(parts.count > 1, "'\(original)' is not in \(path)")
  try write(parts.joined(separator: replacement), to: path)
}
