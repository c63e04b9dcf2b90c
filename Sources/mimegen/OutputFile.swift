import Foundation

/// Files that a run leaves: whole, or not at all.
enum OutputFile {
  /// Refuses early a place that could not be written at the end.
  static func check(_ path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw UsageError("'\(path)' is a folder; name a file")
    }
    guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else {
      throw UsageError("'\(path)' cannot be written: \(SystemError.last)")
    }
  }

  /// Writes beside the place first, then moves the file there.
  static func write(_ data: Data, to path: String) throws {
    let part = "\(path).\(getpid()).part"
    do {
      try data.write(to: URL(fileURLWithPath: part))
      guard rename(part, path) == 0 else { throw SystemError.last }
    } catch {
      unlink(part)
      throw UsageError("'\(path)' cannot be written: \(reason(error))")
    }
  }
}
