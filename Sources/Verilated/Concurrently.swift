import Foundation

/// The results of `body` for the indices below `count`, with as many at work as there are cores.
///
/// - Throws: what `body` throws for the lowest index.
package func concurrently<Value: Sendable>(
  _ count: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
  let results = Results<Value>(count)
  DispatchQueue.concurrentPerform(iterations: count) { i in
    results.set(i, Result { try body(i) })
  }
  return try results.values.map { try $0!.get() }
}

private final class Results<Value: Sendable>: @unchecked Sendable {
  // Sendable: the lock is held while a value is set, and all are set before they are read.
  private(set) var values: [Result<Value, any Error>?]
  private let lock = NSLock()

  init(_ count: Int) { values = Array(repeating: nil, count: count) }

  func set(_ index: Int, _ value: Result<Value, any Error>) {
    lock.withLock { values[index] = value }
  }
}
