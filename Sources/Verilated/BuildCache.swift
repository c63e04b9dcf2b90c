import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of finished builds, which any number of processes may share.
///
/// An entry appears whole, by a rename, or not at all.
public struct BuildCache: Sendable {
  /// Where the entries are.
  public let folder: String

  /// - Parameter folder: where to keep builds; else `$MIMEGEN_CACHE`, else
  ///   `$XDG_CACHE_HOME/mimegen`, else `~/.cache/mimegen`.
  public init(
    folder: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    self.folder =
      folder ?? value("MIMEGEN_CACHE") ?? value("XDG_CACHE_HOME").map { $0 + "/mimegen" }
      ?? (value("HOME") ?? NSHomeDirectory()) + "/.cache/mimegen"
  }

  /// The path of the entry `name`, which `build` makes if it is not there: one process builds it,
  /// the others that want it wait.
  ///
  /// - Parameter build: writes the entry to the path it is given.
  /// - Throws: `EnvironmentError` when the folder cannot be written; what `build` throws.
  package func entry(
    _ name: String, build: (String) throws -> Void
  ) throws -> (path: String, isNew: Bool) {
    let path = "\(folder)/\(name)"
    if FileManager.default.fileExists(atPath: path) { return (path, false) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw unwritable("it cannot be created")
    }
    return try holdingLock("\(path).lock") {
      if FileManager.default.fileExists(atPath: path) { return (path, false) }
      let partial = "\(path).\(UUID().uuidString).partial"
      defer { unlink(partial) }
      try build(partial)
      guard rename(partial, path) == 0 else { throw unwritable(String(cString: strerror(errno))) }
      return (path, true)
    }
  }

  /// The error for a cache that cannot take an entry.
  package func unwritable(_ reason: String) -> EnvironmentError {
    EnvironmentError(
      "the build cache \(folder) cannot be written (\(reason)); make room or name another folder "
        + "with --cache or MIMEGEN_CACHE.")
  }

  /// The lock goes with the process that holds it, so an ended process leaves nothing locked. It
  /// is removed while held: whoever waited for the removed file at worst builds a second time.
  private func holdingLock<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw unwritable(String(cString: strerror(errno))) }
    defer { close(file) }
    while flock(file, LOCK_EX) != 0 {
      guard errno == EINTR else { throw unwritable(String(cString: strerror(errno))) }
    }
    defer { unlink(path) }
    return try body()
  }
}
