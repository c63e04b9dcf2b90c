/// The changes of a waveform cycle by cycle, those of a cycle by signal.
///
/// Each signal waits in the list of the cycle of its next change, so that a cycle costs as much as
/// it has changes.
struct ChangeQueue {
  private let waveform: Waveform
  private var cycle: Int
  /// The first signal that waits for each cycle, and for each signal the one after it; -1 for none.
  private var first: [Int]
  private var after: [Int]
  /// The next change of each signal.
  private var changes: [Int]

  init(_ waveform: Waveform, signals: [Int]) {
    self.waveform = waveform
    cycle = waveform.cycles.lowerBound
    first = Array(repeating: -1, count: waveform.cycles.count)
    after = Array(repeating: -1, count: waveform.signals.count)
    changes = Array(repeating: 0, count: waveform.signals.count)
    for signal in signals { wait(signal) }
  }

  private mutating func wait(_ signal: Int) {
    let cycles = waveform.histories[signal].cycles
    guard changes[signal] < cycles.count else { return }
    let slot = Int(cycles[changes[signal]]) - waveform.cycles.lowerBound
    after[signal] = first[slot]
    first[slot] = signal
  }

  /// The changes of the next cycle.
  mutating func next() -> [(signal: Int, change: Int)] {
    var result: [(signal: Int, change: Int)] = []
    var signal = first[cycle - waveform.cycles.lowerBound]
    cycle += 1
    while signal >= 0 {
      let following = after[signal]
      result.append((signal, changes[signal]))
      changes[signal] += 1
      wait(signal)
      signal = following
    }
    return result.sorted { $0.signal < $1.signal }
  }
}
