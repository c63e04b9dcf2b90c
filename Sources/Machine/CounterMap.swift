extension Machine {
  /// One event counter of `mime_core`: its `event_select` number is its place in `counters`.
  public struct Counter: Sendable, Equatable {
    /// The event's name, as in docs/events.md.
    public let name: String
    /// Whether a count is kept for each task; otherwise one for the layer.
    public let isPerTask: Bool
  }

  /// The counters in the order of `event_select`.
  public static let counters: [Counter] =
    [
      "mac.active", "mac.gated", "threshold.compare", "threshold.masked", "requantize", "act.word",
      "result.word",
    ].map { Counter(name: $0, isPerTask: true) }
    + [
      "slot.idle", "act.beat", "weight.beat", "weight.word", "channel.beat", "threshold.beat",
      "result.beat", "cycle.total", "cycle.compute", "cycle.stall.result",
      "cycle.stall.threshold", "cycle.stall.drain", "cycle.stall.operand", "cycle.drain",
      "cycle.stall.hold",
    ].map { Counter(name: $0, isPerTask: false) }

  /// Bits of a counter.
  static let counterWidth = 48
}
