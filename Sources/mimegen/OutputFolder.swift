import Foundation

/// A folder that takes a set of files whole: all of them, or none.
struct OutputFolder {
  let path: String

  /// Writes every file beside its place first, then moves them there.
  ///
  /// - Throws: `UsageError` where the folder cannot be made or written; nothing new is left.
  func write(_ files: [(name: String, text: String)]) throws {
    let manager = FileManager.default
    let isNew = !manager.fileExists(atPath: path)
    do {
      try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw UsageError("the folder '\(path)' cannot be made: \(reason(error))")
    }
    let folder = URL(fileURLWithPath: path)
    let suffix = ".\(ProcessInfo.processInfo.processIdentifier).part"
    do {
      for file in files {
        try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name + suffix))
      }
      for file in files {
        let place = folder.appendingPathComponent(file.name)
        guard
          rename(folder.appendingPathComponent(file.name + suffix).path, place.path) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      }
    } catch {
      for file in files {
        try? manager.removeItem(at: folder.appendingPathComponent(file.name + suffix))
      }
      if isNew { try? manager.removeItem(at: folder) }
      throw UsageError("the folder '\(path)' cannot be written: \(reason(error))")
    }
  }
}

/// Why the system refused, in its own words.
func reason(_ error: any Error) -> String {
  let cocoa = error as NSError
  if let code = (cocoa.userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? (error as? POSIXError).map({ Int($0.code.rawValue) }) {
    return String(cString: strerror(Int32(code))).lowercased()
  }
  return cocoa.localizedDescription
}
