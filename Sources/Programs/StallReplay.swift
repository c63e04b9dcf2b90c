import Machine
import Mapping

/// Cycles of a layer in which the machine was frozen.
public struct FrozenCycles: Sendable, Equatable {
  /// A head's result waited for the bus.
  public var result = 0
  /// A drained row waited for thresholds, or for what goes with its channels.
  public var threshold = 0
  /// A step waited for its weights.
  public var hold = 0

  /// No cycles.
  public init() {}

  /// What differs between these, recomputed, and the counted ones: a sentence for each.
  public func differences(from counted: FrozenCycles) -> [String] {
    [
      ("cycle.stall.result", result, counted.result),
      ("cycle.stall.threshold", threshold, counted.threshold),
      ("cycle.stall.hold", hold, counted.hold),
    ].filter { $1 != $2 }.map { name, expected, actual in
      "\(name) must be \(expected), from the handshakes of the memory's port, and is \(actual)"
    }
  }

  /// As the accelerator counted them.
  public init(_ counts: Counts) {
    result = counts("cycle.stall.result")
    threshold = counts("cycle.stall.threshold")
    hold = counts("cycle.stall.hold")
  }
}

/// A trace that is not that of the program.
public struct ReplayError: Error, Equatable, CustomStringConvertible {
  public let description: String
}

extension Program {
  /// The frozen cycles of each operation, recomputed from the handshakes of the memory's port.
  ///
  /// The steps' and rows' own times come from the exact model, and what they wait for from the beats
  /// that passed: nothing of the accelerator's inside is looked at.
  ///
  /// - Parameter trace: a value for each cycle from the program's start on: bit 2c is the valid of channel
  ///   c of AR, R, AW, W, B, bit 2c + 1 its ready, and bits 15...10 are the identifier of read data.
  /// - Throws: `ReplayError` where the trace ends before the program does.
  public func frozenCycles(_ maps: GoldenMaps, trace: [UInt16]) throws -> [FrozenCycles] {
    var cursor = TraceCursor(trace)
    return try operations.enumerated().map { number, operation in
      var frozen = FrozenCycles()
      let runs = operation.operation == .layer ? self.runs(of: operation).count : 0
      try cursor.skipReads(of: 0, network.shape.programBeats(runs: runs))
      if operation.operation == .layer {
        let pass = ExactPass(self, operation, maps)
        frozen = try StallReplay(pass, trace, from: cursor.firstRequest()).run()
      }
      let counts = try exactCounts(number, maps)
      let counters = operation.counters == nil ? 0 : Counts.beats(network.shape)
      try cursor.skipWrites(counts("dram.write") + counters)
      return frozen
    }
  }
}

/// A place in a trace.
private struct TraceCursor {
  private let trace: [UInt16]
  private var place = 0

  init(_ trace: [UInt16]) { self.trace = trace }

  private mutating func skip(_ count: Int, _ isCounted: (UInt16) -> Bool) throws {
    var left = count
    while left > 0 {
      guard place < trace.count else {
        throw ReplayError(
          description: "the trace ends after \(trace.count) cycles, before the program does")
      }
      if isCounted(trace[place]) { left -= 1 }
      place += 1
    }
  }

  mutating func skipReads(of reader: UInt16, _ count: Int) throws {
    try skip(count) { $0 & 0b1100 == 0b1100 && $0 >> 10 == reader }
  }

  mutating func skipWrites(_ count: Int) throws { try skip(count) { $0 & 0xC0 == 0xC0 } }

  /// The cycle in which the next read is first asked for.
  func firstRequest() throws -> Int {
    guard let cycle = trace[place...].firstIndex(where: { $0 & 1 == 1 }) else {
      throw ReplayError(description: "the trace has no reads for a layer")
    }
    return cycle
  }
}

/// One pass of a layer against the beats that passed.
private struct StallReplay {
  /// Cycles from a layer's start to its first request on the bus.
  private static let requestLatency = 4

  private let pass: ExactPass
  private let trace: [UInt16]
  private let start: Int
  private let tiles: [ExactPass.RowTile]

  init(_ pass: ExactPass, _ trace: [UInt16], from request: Int) {
    self.pass = pass
    self.trace = trace
    start = request - Self.requestLatency
    tiles = pass.rowTiles()
  }

  /// The lines that a reader has got.
  private struct Arrivals {
    let beats: Int
    var passed = 0
    var lines: Int { passed / beats }
  }

  func run() throws -> FrozenCycles {
    var frozen = FrozenCycles()
    let schedule = pass.timeline(tiles, records: true).schedule
    let weightLines = weightLines()
    let thresholdLines = thresholdLines()
    let slots = drainTimes(schedule)
    let resultBeats = pass.geometry.isHead ? pass.shape.logitLine.beats : 0
    var weights = Arrivals(beats: pass.shape.weightLine.beats)
    var thresholds = Arrivals(beats: pass.shape.thresholdLine.beats)
    var channels = Arrivals(beats: pass.shape.channelLine.beats)
    var (time, step, slot, live) = (0, 0, 0, 0)
    // Results of heads: how many have been offered, how many taken, and the beats of the next one.
    var (offered, taken, beats) = (0, 0, 0)
    var liveOffers: [Int] = []
    let results = pass.tasks.count * pass.geometry.positions * pass.geometry.blocks
    for cycle in start..<trace.count {
      let sample = trace[cycle]
      let isWritten = sample & 0xC0 == 0xC0
      if resultBeats > 0, offered < liveOffers.count, liveOffers[offered] <= time { offered += 1 }
      let waitsForBus = resultBeats > 0 && offered > taken
      var isTaken = false
      if waitsForBus, isWritten {
        beats += 1
        isTaken = beats % resultBeats == 0
      }
      let hasSlot = slot < slots.count && slots[slot].time == time
      let needs = hasSlot ? slots[slot] : nil
      let hasWords = needs.map {
        (!$0.isLive || pass.geometry.thresholdForm == nil
          || thresholdLines[live] < thresholds.lines)
          && (!$0.isFirst || $0.block < channels.lines)
      }
      let hasStep = step < schedule.count && schedule[step].offered <= time
      let hasWeights = !hasStep || weightLines[step] < weights.lines
      let isCounted = step > 0
      if waitsForBus, !isTaken {
        if isCounted { frozen.result += 1 }
      } else if hasWords == false {
        if isCounted { frozen.threshold += 1 }
      } else if !hasWeights {
        if isCounted { frozen.hold += 1 }
      } else {
        if hasStep, schedule[step].accepted == time { step += 1 }
        if let needs {
          if needs.isLive {
            live += 1
            liveOffers.append(time + pass.shape.latency - 1)
          }
          slot += 1
        }
        time += 1
      }
      if isTaken { taken += 1 }
      if sample & 0b1100 == 0b1100 {
        switch sample >> 10 {
        case 2: weights.passed += 1
        case 3: thresholds.passed += 1
        case 4: channels.passed += 1
        default: break
        }
      }
      let isOver =
        resultBeats > 0
        ? taken == results
        : slot == slots.count && time >= slots.last!.time + pass.shape.latency
      if isOver { return frozen }
    }
    throw ReplayError(
      description: "the trace ends after \(trace.count) cycles, before the layer does")
  }

  /// The line of the weights' stream that each step needs.
  private func weightLines() -> [Int] {
    let line = pass.shape.weightLine
    let blockLines = line.lines(pass.geometry.steps)
    return (0..<pass.geometry.blocks).flatMap { block in
      tiles.indices.flatMap { tile in
        let number = pass.geometry.keepsWeights ? block : block * tiles.count + tile
        return tiles[tile].steps.map { number * blockLines + ($0 >> line.wordsLog2) }
      }
    }
  }

  /// The line of the thresholds' stream that each live slot needs.
  private func thresholdLines() -> [Int] {
    guard let form = pass.geometry.thresholdForm else { return [] }
    let keeps = pass.geometry.keepsThresholds(form)
    let line = pass.shape.thresholdLine(form)
    let blockLines = line.lines(pass.geometry.positions)
    var lines: [Int] = []
    var first = 0
    for _ in 0..<pass.geometry.blocks {
      for (image, task) in pass.tasks.enumerated() {
        lines += (0..<pass.geometry.positions).map { first + ($0 >> line.wordsLog2) }
        let isLastUse =
          !keeps || image + 1 == pass.tasks.count || pass.tasks[image + 1] != task
        if isLastUse { first += blockLines }
      }
    }
    return lines
  }

  private struct DrainSlot {
    let time: Int
    let isLive: Bool
    /// The tile's first, which takes what goes with the channels of `block`.
    let isFirst: Bool
    let block: Int
  }

  private func drainTimes(_ schedule: [FeedTimeline.Step]) -> [DrainSlot] {
    let rows = pass.shape.rows
    return schedule.filter(\.isLast).enumerated().flatMap { number, step in
      let (block, tile) = number.quotientAndRemainder(dividingBy: tiles.count)
      let count = tiles[tile].tasks.count
      return (0..<rows).map { place in
        DrainSlot(
          time: step.accepted + rows + pass.shape.columns + place, isLive: place >= rows - count,
          isFirst: place == 0, block: block)
      }
    }
  }
}
