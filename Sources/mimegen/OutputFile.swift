import Foundation

/// Files that a run leaves: whole, or not at all.
enum OutputFile {
  /// Refuses early the places that could not be written at the end.
  ///
  /// - Throws: `UsageError` naming the first such place.
  static func check(_ paths: [String]) throws {
    for (index, path) in paths.enumerated() {
      guard !paths[..<index].contains(path) else {
        throw UsageError("'\(path)' is named for two outputs; name a file for each")
      }
      try check(path)
    }
  }

  private static func check(_ path: String) throws {
    guard !path.isEmpty else { throw UsageError("'' is not a file name; name a file") }
    if let kind = fileKind(path) {
      guard kind != S_IFDIR else { throw UsageError("'\(path)' is a folder; name a file") }
      // A rename would put a file in place of a device.
      guard kind == S_IFREG else { throw UsageError("'\(path)' is not a regular file; name one") }
      guard access(path, W_OK) == 0 else { throw unwritable(path, .last) }
    }
    do {
      try createFile(part(of: path), Data())
      unlink(part(of: path))
    } catch {
      throw unwritable(path, error)
    }
  }

  /// Writes beside the place first, then moves the file there.
  static func write(_ data: Data, to path: String) throws {
    let part = part(of: path)
    do throws(SystemError) {
      try createFile(part, data)
      guard rename(part, path) == 0 else { throw SystemError.last }
    } catch {
      unlink(part)
      throw unwritable(path, error)
    }
  }

  private static func part(of path: String) -> String { "\(path).\(getpid()).part" }

  private static func unwritable(_ path: String, _ error: SystemError) -> UsageError {
    UsageError("'\(path)' cannot be written: \(error)")
  }
}
