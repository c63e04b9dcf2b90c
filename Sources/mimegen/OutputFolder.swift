import Foundation

/// A folder that takes a set of files whole: all of them, or none.
struct OutputFolder {
  let path: String

  /// Writes every file beside its place first, then moves them there.
  ///
  /// - Throws: `UsageError` where the folder cannot be made or written; nothing new is left.
  func write(_ files: [(name: String, data: Data)]) throws {
    let made = try make()
    let places = files.map { "\(path)/\($0.name)" }
    let parts = places.map { "\($0).\(getpid()).part" }
    do {
      for place in places where fileKind(place) == S_IFDIR {
        throw SystemError("'\(place)' is a folder")
      }
      for (file, part) in zip(files, parts) { try createFile(part, file.data) }
      for (part, place) in zip(parts, places) {
        guard rename(part, place) == 0 else { throw SystemError.last }
      }
    } catch {
      for part in parts { unlink(part) }
      for folder in made.reversed() { rmdir(folder) }
      throw UsageError("the folder '\(path)' cannot be written: \(error)")
    }
  }

  /// Makes the folder and those above it, and gives the new ones.
  private func make() throws -> [String] {
    var made: [String] = []
    var folder = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      folder += part + "/"
      if mkdir(folder, 0o777) == 0 {
        made.append(folder)
      } else if errno != EEXIST {
        let error = SystemError.last
        for folder in made.reversed() { rmdir(folder) }
        throw UsageError("the folder '\(path)' cannot be made: \(error)")
      }
    }
    guard fileKind(path) == S_IFDIR else {
      throw UsageError("'\(path)' is not a folder: name a folder for the files")
    }
    return made
  }
}
