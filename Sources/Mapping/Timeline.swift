/// The core's handshakes, cycle by cycle, as docs/core.md describes them.
///
/// A model of its own: it knows when beats are accepted and offered, and nothing of what they
/// carry. It runs one layer, from whichever cycle before the first accepted operand to the one in
/// which the last result is accepted.
///
/// The whole machine advances or freezes as one. Times here count advancing cycles only: a tile
/// whose last step is accepted at T has its drain slot s at the lanes at T + R + C + s, and the
/// slot's result is offered `latency - 1` later. Whether a step is a tile's last counts
/// only while its activation beat is offered.
public struct Timeline: Sendable {
  /// What the handshakes depend on in a tile.
  public struct Tile: Sendable, Equatable {
    /// Reduction steps, at least 1.
    public let steps: Int
    /// Live rows, at least 1; they are 0..<liveRows.
    public let liveRows: Int

    /// A tile of `steps` steps whose first `liveRows` rows are in use.
    public init(steps: Int, liveRows: Int) {
      self.steps = steps
      self.liveRows = liveRows
    }
  }

  /// Why a cycle was spent.
  public enum Cause: Sendable {
    case stallResult, stallThreshold, compute, drain, stallOperand, stallDrain
  }

  /// What the core does in one cycle.
  public struct Cycle: Sendable {
    /// The outputs that are 1.
    public let outputs: PortSample
    /// Why the cycle was spent; nil before the first accepted operand.
    public let cause: Cause?
  }

  /// The cycles since the first accepted operand, and their causes.
  public private(set) var causes = CycleCauses()
  /// Cycles run so far, those before the first accepted operand among them.
  public private(set) var cycle = 0
  /// The last result has been accepted.
  public private(set) var isFinished = false
  /// The tile whose steps are being accepted; the number of tiles once all have been.
  public private(set) var issuingTile = 0

  var tileCount: Int { tiles.count }

  private let array: ArrayShape
  private let drainSlots: Int
  private let tiles: [Tile]
  private var time = 0
  private var firstCycle: Int?
  private var acceptedSteps = 0
  private var lastStepTimes: [Int] = []
  private var drainingTile = 0
  private var lane: LanePipeline

  /// The layer with `tiles` on `array`; the last one is the layer's final tile.
  public init(array: ArrayShape, tiles: [Tile]) {
    precondition(!tiles.isEmpty, "a layer has at least one tile")
    precondition(
      tiles.allSatisfy { $0.steps >= 1 && (1...array.rows).contains($0.liveRows) },
      "a tile has at least one step and 1 to \(array.rows) live rows")
    self.array = array
    drainSlots = array.drainSlots
    lane = LanePipeline(latency: array.latency)
    self.tiles = tiles
    lastStepTimes.reserveCapacity(tiles.count)
  }

  /// The layer that `mapping` describes.
  public init(_ mapping: LayerMapping) {
    self.init(array: mapping.array, tiles: Self.tiles(of: mapping))
  }

  /// The tiles of `mapping`, in order.
  public static func tiles(of mapping: LayerMapping) -> [Tile] {
    mapping.map { Tile(steps: $0.steps, liveRows: $0.slots.count) }
  }

  /// Runs one cycle in which the driver's bits are those of `drivers`.
  ///
  /// - Throws: `TimelineError.operandAfterFinalStep` if a step is accepted after the layer's last.
  public mutating func step(_ drivers: PortSample) throws -> Cycle {
    precondition(!isFinished, "the layer has finished")
    let slot = slotAtLanes
    let isFirstRow = slot.map { $0 < array.groups } ?? false
    let stallResult = lane.offers && !drivers.contains(.resultReady)
    let hasChannel = !isFirstRow || drivers.contains(.channelValid)
    let hasSlotBeats = slot == nil || drivers.contains(.thresholdValid) && hasChannel
    let advances = !stallResult && hasSlotBeats

    let isOffered = drivers.isSuperset(of: [.actValid, .weightValid])
    let waitsForDrain = drivers.contains(.actValid) && isLastStep && !isSpaced
    let acceptsStep = advances && !waitsForDrain
    let issues = acceptsStep && isOffered

    var outputs: PortSample = []
    if acceptsStep && drivers.contains(.weightValid) { outputs.insert(.actReady) }
    if acceptsStep && drivers.contains(.actValid) { outputs.insert(.weightReady) }
    if slot != nil && !stallResult && hasChannel { outputs.insert(.thresholdReady) }
    if isFirstRow && !stallResult && drivers.contains(.thresholdValid) {
      outputs.insert(.channelReady)
    }
    if lane.offers { outputs.insert(.resultValid) }

    if issues && firstCycle == nil { firstCycle = cycle }
    var cause: Cause?
    if firstCycle != nil {
      cause =
        if stallResult {
          .stallResult
        } else if !hasSlotBeats {
          .stallThreshold
        } else if issues {
          .compute
        } else if issuingTile == tiles.count {
          .drain
        } else {
          isOffered ? .stallDrain : .stallOperand
        }
    }
    if let cause { causes.count(cause) }

    if lane.offers && !stallResult { takeResult() }
    if issues { try acceptStep() }
    if advances { advance(slot) }
    cycle += 1
    causes.total = firstCycle.map { cycle - $0 } ?? 0
    return Cycle(outputs: outputs, cause: cause)
  }

  private var isLastStep: Bool {
    issuingTile < tiles.count && acceptedSteps + 1 == tiles[issuingTile].steps
  }

  private var isSpaced: Bool {
    lastStepTimes.last.map { time - $0 >= drainSlots } ?? true
  }

  private var slotAtLanes: Int? {
    guard drainingTile < lastStepTimes.count else { return nil }
    let slot = time - lastStepTimes[drainingTile] - array.rows - array.columns
    return slot >= 0 ? slot : nil
  }

  private mutating func takeResult() {
    isFinished = lane.offersLast
    lane.take()
  }

  private mutating func acceptStep() throws {
    guard issuingTile < tiles.count else {
      throw TimelineError.operandAfterFinalStep(cycle: cycle)
    }
    let isLast = isLastStep
    acceptedSteps += 1
    if isLast {
      lastStepTimes.append(time)
      issuingTile += 1
      acceptedSteps = 0
    }
  }

  private mutating func advance(_ slot: Int?) {
    var isLive = false
    var isLast = false
    if let slot {
      let row = array.rows - 1 - slot / array.groups
      let isLastSlot = slot == drainSlots - 1
      isLive = row < tiles[drainingTile].liveRows
      isLast = isLastSlot && drainingTile == tiles.count - 1
      if isLastSlot { drainingTile += 1 }
    }
    lane.advance(isLive: isLive, isLast: isLast)
    time += 1
  }
}

/// Results on their way through a lane: a bit for each of its registers, the last at the output.
private struct LanePipeline: Sendable {
  private let output: UInt64
  private var live: UInt64 = 0
  private var last: UInt64 = 0

  init(latency: Int) { output = 1 << (latency - 2) }

  var offers: Bool { live & output != 0 }
  var offersLast: Bool { last & output != 0 }

  /// Empties the output register, so that a frozen machine does not offer a result twice.
  mutating func take() {
    live &= ~output
    last &= ~output
  }

  mutating func advance(isLive: Bool, isLast: Bool) {
    live = live << 1 | (isLive ? 1 : 0)
    last = last << 1 | (isLast ? 1 : 0)
  }
}

extension CycleCauses {
  fileprivate mutating func count(_ cause: Timeline.Cause) {
    switch cause {
    case .stallResult: stallResult += 1
    case .stallThreshold: stallThreshold += 1
    case .compute: compute += 1
    case .drain: drain += 1
    case .stallOperand: stallOperand += 1
    case .stallDrain: stallDrain += 1
    }
  }
}
