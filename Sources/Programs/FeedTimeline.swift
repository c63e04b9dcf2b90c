import Mapping

/// When the feeder issues the steps of a layer: the recurrence of docs/accelerator.md.
///
/// Times are cycles in which the machine advances, counted from the one in which the layer starts;
/// what freezes it, the memory's bus, does not show in them. The model knows how many steps each word
/// of each tile has, and nothing of what they carry.
struct FeedTimeline {
  /// A tile as the feeder sees it.
  struct Tile {
    /// Rows in use.
    let rows: Int
    /// Steps that are issued of each word of its window; zeros where all are left out.
    let steps: [Int]
  }

  /// A step in the order of acceptance.
  struct Step {
    /// The first cycle in which it is offered, where nothing freezes the machine.
    let offered: Int
    /// The cycle in which it is accepted.
    let accepted: Int
    /// It is its tile's last.
    let isLast: Bool
  }

  private let drainSlots: Int
  /// Every step, where they are recorded.
  private(set) var schedule: [Step] = []
  private let records: Bool
  private var times: Times
  private var firstAccepted: Int?
  private var steps = 0
  private var drainStalls = 0

  /// What the next tile depends on.
  private struct Times {
    /// The next tile's rows are there.
    var tileReady: Int
    /// The last read of the word before, and of the tile before.
    var lastRead = 0
    /// When the word before, and the one before that, had given their last step.
    var ends = (last: 0, beforeLast: 0)
    /// The last step of the tile before was accepted.
    var lastAccepted: Int?

    /// How much later all of it is than at `earlier`; nil where that differs.
    func delay(since earlier: Times) -> Int? {
      guard let lastAccepted, let before = earlier.lastAccepted else { return nil }
      let delay = lastAccepted - before
      return
        tileReady - earlier.tileReady == delay && lastRead - earlier.lastRead == delay
        && ends.last - earlier.ends.last == delay
        && ends.beforeLast - earlier.ends.beforeLast == delay ? delay : nil
    }

    mutating func advance(by delay: Int) {
      tileReady += delay
      lastRead += delay
      ends.last += delay
      ends.beforeLast += delay
      lastAccepted! += delay
    }
  }

  /// A layer whose first tile has `firstRows` rows, on an array that drains in `drainSlots` cycles.
  init(drainSlots: Int, firstRows: Int, records: Bool = false) {
    self.records = records
    self.drainSlots = drainSlots
    times = Times(tileReady: firstRows + 1)
  }

  /// Does `body` `count` times, in which it issues the same tiles; once the times repeat, what is left
  /// is added without being done.
  ///
  /// `body` is told whether this is the last time, which is always done.
  mutating func repeated(_ count: Int, _ body: (inout FeedTimeline, _ isLast: Bool) -> Void) {
    precondition(!records, "steps that are recorded are issued one by one")
    var seen = (number: 0, timeline: self)
    var distance = 1
    var done = 0
    while done < count {
      body(&self, done == count - 1)
      done += 1
      if let delay = times.delay(since: seen.timeline.times) {
        let period = done - seen.number
        let rounds = max(0, count - 1 - done) / period
        steps += rounds * (steps - seen.timeline.steps)
        drainStalls += rounds * (drainStalls - seen.timeline.drainStalls)
        times.advance(by: rounds * delay)
        done += rounds * period
      }
      if done - seen.number >= distance {
        seen = (done, self)
        distance *= 2
      }
    }
  }

  /// Issues a tile; `nextRows` are the rows of the one after it.
  mutating func issue(_ tile: Tile, nextRows: Int?) {
    let taken = max(times.tileReady, times.lastRead)
    if let nextRows { times.tileReady = taken + nextRows + 1 }
    times.lastRead = taken
    var isStarted = false
    for (number, count) in tile.steps.enumerated() {
      let isLastWord = number == tile.steps.count - 1
      times.lastRead = max(times.lastRead + 1, times.ends.beforeLast) + tile.rows - 1
      let comes = max(times.lastRead + 2, times.ends.last + 1)
      var end = comes
      // The step before goes when the next one comes, and the last one a cycle later.
      if count > 0 {
        if isStarted {
          accept(count, from: comes)
        } else {
          end = max(comes, times.lastAccepted ?? 0)
          accept(count - 1, from: end + 1)
        }
        end += count - 1
        isStarted = true
      } else if isLastWord, !isStarted {
        end = max(comes, times.lastAccepted ?? 0)
      }
      if isLastWord { acceptLast(offered: end + 1) }
      times.ends = (end, times.ends.last)
    }
  }

  private mutating func accept(_ count: Int, from cycle: Int) {
    guard count > 0 else { return }
    steps += count
    if records {
      schedule += (cycle..<cycle + count).map { Step(offered: $0, accepted: $0, isLast: false) }
    }
    if firstAccepted == nil { firstAccepted = cycle }
  }

  private mutating func acceptLast(offered: Int) {
    let accepted = max(offered, times.lastAccepted.map { $0 + drainSlots } ?? 0)
    drainStalls += accepted - offered
    steps += 1
    if records { schedule.append(Step(offered: offered, accepted: accepted, isLast: true)) }
    if firstAccepted == nil { firstAccepted = accepted }
    times.lastAccepted = accepted
  }

  /// The cycles from the first accepted step to the last result.
  func causes(on shape: AcceleratorShape) -> CycleCauses {
    var causes = CycleCauses()
    causes.compute = steps
    causes.stallDrain = drainStalls
    causes.drain = shape.drainCycles
    causes.stallOperand = times.lastAccepted! - firstAccepted! + 1 - steps - drainStalls
    causes.total = causes.sum
    return causes
  }
}
