import Foundation

/// One line on standard error that says what is going on, on a terminal only.
final class Progress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isShown = false

  func show(_ text: String) {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
    isShown = true
  }

  func clear() {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8))
    isShown = false
  }
}
