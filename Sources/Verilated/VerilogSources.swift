import Foundation
import HDL

/// The Verilog files of a core, by name, in the order in which tools read them.
public struct VerilogSources: Sendable, Equatable {
  /// A file of the sources.
  public typealias File = VerilogFile

  /// In the order in which tools read them.
  public let files: [File]
  /// The files in the order in which tools read them.
  public init(_ files: [File]) { self.files = files }

  /// Reads the files that a list names: one a line, relative to the list, with `//` and `#`
  /// comments.
  ///
  /// - Throws: `RTLError` naming the file that cannot be read, or the line that is not a file name.
  public init(fileList path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    var files: [File] = []
    for (number, line) in try Self.read(path).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let name = line.prefix(while: { $0 != "#" }).components(separatedBy: "//")[0]
        .trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty else { continue }
      guard !name.hasPrefix("-"), !name.hasPrefix("+"), !name.hasPrefix("/"),
        !name.split(separator: "/").contains("..")
      else {
        throw RTLError(
          "\(path):\(number + 1): '\(name)' is not the name of a file in the list's folder.")
      }
      files.append(File(name: name, text: try Self.read(folder.path + "/" + name)))
    }
    guard !files.isEmpty else { throw RTLError("\(path) names no Verilog file.") }
    self.files = files
  }

  private static func read(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RTLError("\(path) cannot be read.")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
