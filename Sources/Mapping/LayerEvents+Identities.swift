/// Two counts that ought to be equal.
public struct EventDifference: Error, Equatable, CustomStringConvertible {
  /// The layer's name.
  public let layer: String
  /// What is counted, or the identity that is broken.
  public let quantity: String
  /// The task's number, or nil for a count of the layer as a whole.
  public let task: Int?
  /// The count that was found.
  public let actual: Int
  /// The count that it has to be.
  public let expected: Int

  public var description: String {
    let place = task.map { "layer \(layer), task \($0)" } ?? "layer \(layer)"
    return "\(place): \(quantity) is \(actual), and must be \(expected)"
  }
}

extension LayerEvents {
  /// Where these counts differ from `expected`, in the order of `rows`.
  public func differences(from expected: LayerEvents) -> [EventDifference] {
    zip(rows, expected.rows).compactMap { row, expected in
      guard row.count != expected.count else { return nil }
      return EventDifference(
        layer: layer, quantity: row.event.rawValue, task: row.task, actual: row.count,
        expected: expected.count)
    }
  }

  /// Checks the identities that hold for every machine: active + gated + skipped multiply-
  /// accumulates are the dense ones, compares are masked or requantized, and causes sum to cycles.
  ///
  /// - Parameter denseMACs: the layer's dense multiply-accumulates of each task, from its geometry.
  /// - Throws: `EventDifference` at the first identity that does not hold.
  public func checkIdentities(denseMACs: [Int]) throws {
    precondition(denseMACs.count == taskCount, "denseMACs has an element per task")
    func check(_ quantity: String, task: Int?, _ actual: Int, _ expected: Int) throws {
      guard actual == expected else {
        throw EventDifference(
          layer: layer, quantity: quantity, task: task, actual: actual, expected: expected)
      }
    }
    for task in 0..<taskCount {
      func sum(_ events: Event...) -> Int { events.reduce(0) { $0 + self[$1, task: task] } }
      try check(
        "mac.active + mac.gated + mac.skipped", task: task,
        sum(.macActive, .macGated, .macSkipped), denseMACs[task])
      try check(
        "threshold.masked + requantize", task: task,
        sum(.thresholdMasked, .requantize), sum(.thresholdCompare))
    }
    try check("the sum of the causes of cycle.total", task: nil, cycles.sum, cycles.total)
  }
}
