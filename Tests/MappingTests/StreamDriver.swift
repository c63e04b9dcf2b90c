import Mapping

/// Drives a layer's streams with random gaps, and counts the beats that are accepted.
struct StreamDriver {
  /// The chance that a valid is 0 in a cycle in which it could be 1.
  struct Gaps {
    var operands = 0.0
    var drain = 0.0
    var results = 0.0
  }

  let gaps: Gaps
  var steps: Int
  var generator: Generator
  private(set) var accepted: [PortSample: Int] = [:]

  init(tiles: [Timeline.Tile], gaps: Gaps, seed: UInt64) {
    self.gaps = gaps
    steps = tiles.reduce(0) { $0 + $1.steps }
    generator = Generator(state: seed)
  }

  /// The driver's bits of the next cycle; operands end with the layer's last step.
  mutating func next() -> PortSample {
    var sample: PortSample = []
    let streams: [(PortSample, Double)] = [
      (.actValid, gaps.operands), (.weightValid, gaps.operands), (.channelValid, gaps.drain),
      (.thresholdValid, gaps.drain), (.resultReady, gaps.results),
    ]
    for (port, gap) in streams where !generator.chance(gap) { sample.insert(port) }
    if steps == 0 { sample.subtract([.actValid, .weightValid]) }
    return sample
  }

  /// Counts the beats of a cycle.
  mutating func observe(_ sample: PortSample) {
    let streams: [(PortSample, PortSample)] = [
      (.actValid, .actReady), (.weightValid, .weightReady), (.channelValid, .channelReady),
      (.thresholdValid, .thresholdReady), (.resultValid, .resultReady),
    ]
    for (valid, ready) in streams where sample.isSuperset(of: [valid, ready]) {
      accepted[valid, default: 0] += 1
      if valid == .actValid { steps -= 1 }
    }
  }
}

/// The core as registers and tokens: a shift register as long as the way through the array, a
/// counter of drain slots, and the four stages of a lane. The referee of `Timeline`.
struct TokenCore {
  struct Token {
    var liveRows: Int
    var isFinal: Bool
  }

  let array: ArrayShape
  var tiles: [Timeline.Tile]
  private(set) var isFinished = false
  private var way: [Token?]
  private var draining: (token: Token, row: Int, group: Int)?
  private var stages: [Bool?] = [nil, nil, nil, nil]
  private var stepsLeft: Int
  private var cooldown = 0

  init(array: ArrayShape, tiles: [Timeline.Tile]) {
    self.array = array
    self.tiles = tiles
    way = Array(repeating: nil, count: array.rows + array.columns - 1)
    stepsLeft = tiles[0].steps
  }

  /// Runs one cycle and returns the core's outputs.
  mutating func step(_ drivers: PortSample) -> PortSample {
    let resultWaits = stages[3] != nil && !drivers.contains(.resultReady)
    let needsChannel = draining?.row == array.rows - 1
    let channelIsThere = !needsChannel || drivers.contains(.channelValid)
    let slotWaits = draining != nil && !(drivers.contains(.thresholdValid) && channelIsThere)
    let isFrozen = resultWaits || slotWaits
    let isHeldBack = drivers.contains(.actValid) && stepsLeft == 1 && cooldown > 0

    var outputs: PortSample = []
    if stages[3] != nil { outputs.insert(.resultValid) }
    if draining != nil && !resultWaits {
      if channelIsThere { outputs.insert(.thresholdReady) }
      if needsChannel && drivers.contains(.thresholdValid) { outputs.insert(.channelReady) }
    }
    if !isFrozen && !isHeldBack {
      if drivers.contains(.weightValid) { outputs.insert(.actReady) }
      if drivers.contains(.actValid) { outputs.insert(.weightReady) }
    }

    if let isLast = stages[3], !resultWaits {
      isFinished = isLast
      stages[3] = nil
    }
    guard !isFrozen else { return outputs }
    shift(outputs.union(drivers).isSuperset(of: [.actValid, .actReady]))
    return outputs
  }

  private mutating func shift(_ acceptsStep: Bool) {
    var result: Bool?
    if let (token, row, group) = draining {
      let isLastSlot = row == 0 && group == array.groups - 1
      if row < token.liveRows { result = token.isFinal && isLastSlot }
      let next = group + 1 == array.groups ? (row - 1, 0) : (row, group + 1)
      draining = isLastSlot ? nil : (token, next.0, next.1)
    }
    stages = [result] + stages.dropLast()
    if let token = way.removeLast() { draining = (token, array.rows - 1, 0) }
    cooldown = max(0, cooldown - 1)
    var entering: Token?
    if acceptsStep {
      stepsLeft -= 1
      if stepsLeft == 0 {
        let tile = tiles.removeFirst()
        entering = Token(liveRows: tile.liveRows, isFinal: tiles.isEmpty)
        stepsLeft = tiles.first?.steps ?? 0
        cooldown = array.drainSlots - 1
      }
    }
    way.insert(entering, at: 0)
  }
}
