import Machine
import Mapping

/// One pass of a layer against the beats that passed.
struct StallReplay {
  private let pass: ExactPass
  private let trace: [UInt16]
  private let start: Int
  private let tiles: [ExactPass.RowTile]

  /// A pass that starts in cycle `start` of the trace.
  init(_ pass: ExactPass, _ trace: [UInt16], from start: Int) {
    self.pass = pass
    self.trace = trace
    self.start = start
    tiles = pass.rowTiles()
  }

  /// The lines that a reader has got.
  private struct Arrivals {
    let beats: Int
    var passed = 0
    var lines: Int { passed / beats }
  }

  /// The frozen cycles, and those to the last result, which is taken as its last beat passes.
  func run() throws -> MemoryCycles {
    var cycles = MemoryCycles()
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
        if isCounted { cycles.result += 1 }
      } else if hasWords == false {
        if isCounted { cycles.threshold += 1 }
      } else if !hasWeights {
        if isCounted { cycles.hold += 1 }
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
        switch BusReader(rawValue: Int(sample >> 10)) {
        case .weight: weights.passed += 1
        case .threshold: thresholds.passed += 1
        case .channel: channels.passed += 1
        default: break
        }
      }
      let isOver =
        resultBeats > 0
        ? taken == results
        : slot == slots.count && time >= slots.last!.time + pass.shape.latency
      if isOver {
        cycles.operation = cycle - start
        return cycles
      }
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
