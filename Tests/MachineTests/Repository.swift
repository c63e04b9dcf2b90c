import Foundation

/// The files of the repository that the tests compare with.
enum Repository {
  /// The path as compiled: the tests may be built through another path to the same folder.
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func fileNames(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
  }
}

/// The rows of a table of a Markdown page, by the text of its header cells.
struct MarkdownTable {
  let rows: [[String: String]]

  /// The first table of `page` after the heading `## title`.
  init?(of page: String, under title: String) {
    guard let heading = page.range(of: "\n## \(title)\n") else { return nil }
    let lines = page[heading.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
    func cells(_ line: Substring) -> [String] {
      line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    guard let header = lines.first.map(cells), lines.count > 2 else { return nil }
    rows = lines.dropFirst(2).map { Dictionary(uniqueKeysWithValues: zip(header, cells($0))) }
  }
}
