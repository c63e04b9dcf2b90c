import Foundation

/// A folder that takes a set of files whole: all of them, or none.
struct OutputFolder {
  let path: String

  /// Writes every file beside its place first, then moves them there.
  ///
  /// - Throws: `UsageError` where the folder cannot be made or written; nothing new is left.
  func write(_ files: [(name: String, text: String)]) throws {
    let isNew = access(path, F_OK) != 0
    try Self.make(path)
    let parts = files.map { "\(path)/\($0.name).\(getpid()).part" }
    do {
      for (file, part) in zip(files, parts) {
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: part))
      }
      for (file, part) in zip(files, parts) {
        guard rename(part, "\(path)/\(file.name)") == 0 else { throw SystemError.last }
      }
    } catch {
      for part in parts { unlink(part) }
      if isNew { rmdir(path) }
      throw UsageError("the folder '\(path)' cannot be written: \(reason(error))")
    }
  }

  /// Makes the folder and those above it.
  private static func make(_ path: String) throws {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part + "/"
      if mkdir(made, 0o777) != 0, errno != EEXIST {
        throw UsageError("the folder '\(path)' cannot be made: \(SystemError.last)")
      }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw UsageError("'\(path)' is not a folder: name a folder for the files")
    }
  }
}

/// What the system says of its last error.
struct SystemError: Error, CustomStringConvertible {
  let description: String
  static var last: SystemError { SystemError(code: errno) }
  init(code: Int32) { description = String(cString: strerror(code)).lowercased() }
}

/// Why the system refused, in its own words.
func reason(_ error: any Error) -> String {
  if let error = error as? SystemError { return error.description }
  let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
  if let underlying, underlying.domain == NSPOSIXErrorDomain {
    return SystemError(code: Int32(underlying.code)).description
  }
  return (error as NSError).localizedDescription
}
