import Foundation

/// A folder of its own that is gone when its user is done.
package enum Scratch {
  /// Where the folders are made. Make cannot build in a path with spaces.
  package static var parent: String {
    let folder = FileManager.default.temporaryDirectory.path
    return folder.contains(" ") ? "/tmp" : folder
  }

  /// - Throws: `EnvironmentError` when the folder cannot be made; what `body` throws.
  package static func with(_ body: (String) throws -> Void) throws {
    let folder = "\(parent)/mimegen-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false)
    } catch {
      throw EnvironmentError(
        "no folder can be made in \(parent): \(error.localizedDescription); set TMPDIR to a "
          + "folder that can be written.")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }
}
