import Foundation

/// C++ files joined into few, since Verilator's headers take longer to compile than most of what it
/// writes.
package struct JoinedSources {
  private let folder: String
  /// The `.cpp` files of the folder, the largest first.
  private let sources: [(name: String, size: Int)]

  /// - Throws: `EnvironmentError` when the folder cannot be read.
  package init(_ folder: String) throws {
    self.folder = folder
    do {
      let files = FileManager.default
      sources = try files.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".cpp") }
        .map { name in
          let attributes = try files.attributesOfItem(atPath: "\(folder)/\(name)")
          return (name, attributes[.size] as? Int ?? 0)
        }
        .sorted { ($1.size, $0.name) < ($0.size, $1.name) }
    } catch {
      throw EnvironmentError("\(folder) cannot be read: \(error.localizedDescription)")
    }
  }

  package var names: [String] { sources.map(\.name) }

  /// Bytes of all files.
  package var size: Int { sources.reduce(0) { $0 + $1.size } }

  /// The files that `isWanted`, in at most `parts` groups of about the same size.
  package func groups(_ parts: Int, where isWanted: (String) -> Bool = { _ in true }) -> [[String]]
  {
    var groups = Array(repeating: (names: [String](), size: 0), count: parts)
    for source in sources where isWanted(source.name) {
      let smallest = groups.indices.min { groups[$0].size < groups[$1].size } ?? 0
      groups[smallest].names.append(source.name)
      groups[smallest].size += source.size
    }
    return groups.map(\.names).filter { !$0.isEmpty }
  }

  /// Writes a file that includes `files`, and gives its name without the ending.
  ///
  /// - Throws: `EnvironmentError` when the file cannot be written.
  package func write(_ name: String, including files: [String]) throws -> String {
    let text = files.map { "#include \"\($0)\"\n" }.joined()
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).cpp"))
    } catch {
      throw EnvironmentError("\(folder) cannot be written: \(error.localizedDescription)")
    }
    return name
  }
}

/// Writes files into a folder, and makes the folders that their names begin with.
///
/// - Throws: `EnvironmentError` naming the file that cannot be written.
package func writeFiles(_ files: [(name: String, bytes: [UInt8])], to folder: String) throws {
  for file in files {
    let url = URL(fileURLWithPath: "\(folder)/\(file.name)")
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: url)
    } catch {
      throw EnvironmentError("\(url.path) cannot be written: \(error.localizedDescription)")
    }
  }
}
