import Foundation

/// Why a file could not be written, mostly in the system's words.
struct SystemError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
  /// What the system says of its last error.
  static var last: SystemError { SystemError(String(cString: strerror(errno)).lowercased()) }
}

/// The kind of what is at `path` (`S_IFREG`, `S_IFDIR` ...), links followed; nil if nothing is.
func fileKind(_ path: String) -> mode_t? {
  var status = stat()
  return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
}

/// Writes a file of these bytes; one that could not be written whole may be left.
func createFile(_ path: String, _ data: Data) throws(SystemError) {
  guard let file = fopen(path, "w") else { throw .last }
  let count = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  let error = SystemError.last
  let isClosed = fclose(file) == 0
  guard count == data.count else { throw error }
  guard isClosed else { throw .last }
}
