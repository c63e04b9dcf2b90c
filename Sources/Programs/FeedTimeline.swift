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
  /// The next tile's rows are there.
  private var tileReady: Int
  /// The last read of the word before, and of the tile before.
  private var lastRead = 0
  /// When each of the two sets was free for the next word.
  private var setFree = [0, 0]
  private var word = 0
  /// The set before has ended.
  private var setEnd = 0
  /// The step that is held: when it went in, or nil where there is none.
  private var held: Int?
  /// The last step of the tile before was accepted.
  private var lastAccepted: Int?
  private var firstAccepted: Int?
  private var steps = 0
  private var drainStalls = 0

  /// A layer whose first tile has `firstRows` rows, on an array that drains in `drainSlots` cycles.
  init(drainSlots: Int, firstRows: Int, records: Bool = false) {
    self.records = records
    self.drainSlots = drainSlots
    tileReady = firstRows + 1
  }

  /// Issues a tile; `nextRows` are the rows of the one after it.
  mutating func issue(_ tile: Tile, nextRows: Int?) {
    let taken = max(tileReady, lastRead)
    if let nextRows { tileReady = taken + nextRows + 1 }
    lastRead = taken
    var isStarted = false
    for (number, count) in tile.steps.enumerated() {
      let isLastWord = number == tile.steps.count - 1
      let set = word % 2
      lastRead = max(lastRead + 1, setFree[set]) + tile.rows - 1
      let comes = max(lastRead + 2, setEnd + 1)
      if count > 0 {
        var move = comes
        for step in 0..<count {
          if step > 0 || isStarted {
            // The step before goes when this one comes.
            if step > 0 { move += 1 }
            accept(at: move)
          } else {
            move = max(comes, lastAccepted ?? 0)
          }
          isStarted = true
        }
        setEnd = move
        if isLastWord { acceptLast(offered: move + 1) }
      } else if !isLastWord {
        setEnd = comes
      } else if isStarted {
        setEnd = comes
        acceptLast(offered: comes + 1)
      } else {
        setEnd = max(comes, lastAccepted ?? 0)
        acceptLast(offered: setEnd + 1)
      }
      setFree[set] = setEnd
      word += 1
    }
  }

  private mutating func accept(at cycle: Int, offered: Int? = nil, isLast: Bool = false) {
    steps += 1
    if records {
      schedule.append(Step(offered: offered ?? cycle, accepted: cycle, isLast: isLast))
    }
    if firstAccepted == nil { firstAccepted = cycle }
  }

  private mutating func acceptLast(offered: Int) {
    let accepted = max(offered, lastAccepted.map { $0 + drainSlots } ?? 0)
    drainStalls += accepted - offered
    accept(at: accepted, offered: offered, isLast: true)
    lastAccepted = accepted
  }

  /// The cycles from the first accepted step to the last result.
  func causes(on array: ArrayShape) -> CycleCauses {
    var causes = CycleCauses()
    causes.compute = steps
    causes.stallDrain = drainStalls
    causes.drain = drainSlots + array.rows + array.columns - 2 + array.latency
    causes.stallOperand = lastAccepted! - firstAccepted! + 1 - steps - drainStalls
    causes.total = causes.sum
    return causes
  }
}
