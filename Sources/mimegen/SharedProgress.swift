import Foundation

/// A line of progress that threads write, at most ten times a second.
final class SharedProgress: @unchecked Sendable {
  // Sendable: the lock is held whenever anything is read or changed.
  private let progress = Progress()
  private var last = Date.distantPast
  private let lock = NSLock()

  func show(_ text: @autoclosure () -> String) {
    lock.withLock {
      let now = Date()
      guard now.timeIntervalSince(last) >= 0.1 else { return }
      last = now
      progress.show(text())
    }
  }

  func clear() { lock.withLock { progress.clear() } }
}
