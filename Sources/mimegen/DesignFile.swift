import Exploration
import Foundation
import Verilated

/// Lines of designs in a file that grows; a later run can go on where it ends.
final class DesignFile {
  private let path: String
  private let file: Int32
  private let lines: DesignLines

  /// Opens the file: empty, or with what it has where the run goes on.
  init(_ path: String, goesOn: Bool, _ lines: DesignLines) throws {
    self.path = path
    self.lines = lines
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (goesOn ? 0 : O_TRUNC), 0o666)
    guard file >= 0 else { throw unwritable() }
  }

  deinit { close(file) }

  /// The designs that are there, in parts; a line without its end is removed.
  ///
  /// - Returns: how many there are.
  /// - Throws: `UsageError` where a line is not that of its design.
  func read(_ take: ([DesignPoint]) throws -> Void) throws -> Int {
    var (count, size, rest) = (0, 0, Data())
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let length = Glibc.read(file, &buffer, buffer.count)
      guard length >= 0 else { throw UsageError("'\(path)' cannot be read: \(SystemError.last)") }
      guard length > 0 else { break }
      rest.append(contentsOf: buffer[..<length])
      let (lines, first, found) = (self.lines, count, wholeLines(&rest))
      let points = try concurrently(found.count) { lines.point(found[$0], number: first + $0) }
      if let wrong = points.firstIndex(where: { $0 == nil }) {
        throw UsageError(
          "line \(first + wrong + 1) of '\(path)' is not of this exploration; give the options that "
            + "it was begun with, or another file")
      }
      try take(points.map { $0! })
      count += found.count
      size += found.reduce(0) { $0 + $1.count + 1 }
    }
    guard ftruncate(file, off_t(size)) == 0, lseek(file, off_t(size), SEEK_SET) == size else {
      throw unwritable()
    }
    return count
  }

  /// The lines of `text` that have an end; what is left stays.
  private func wholeLines(_ text: inout Data) -> [Data] {
    var parts = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    text = Data(parts.removeLast())
    return parts.map { Data($0) }
  }

  /// Adds designs.
  func append(_ points: [DesignPoint]) throws {
    let text = points.map { lines.line($0) + "\n" }.joined()
    try Data(text.utf8).withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = write(file, bytes.baseAddress! + done, bytes.count - done)
        guard count > 0 else { throw unwritable() }
        done += count
      }
    }
  }

  /// Removes the file where there is nothing in it.
  func discardIfEmpty() { if lseek(file, 0, SEEK_END) == 0 { unlink(path) } }

  private func unwritable() -> UsageError {
    UsageError(
      "'\(path)' cannot be written: \(SystemError.last); with --resume a run goes on there")
  }
}
