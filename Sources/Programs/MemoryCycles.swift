import Machine
import Mapping

/// Cycles of an operation that depend on the memory.
public struct MemoryCycles: Sendable, Equatable {
  /// Frozen: a head's result waited for the bus.
  public var result = 0
  /// Frozen: a drained row waited for thresholds, or for what goes with its channels.
  public var threshold = 0
  /// Frozen: a step waited for its weights.
  public var hold = 0
  /// From the operation's start to its end, frozen or not.
  public var operation = 0

  /// No cycles.
  public init() {}

  /// As the accelerator counted them.
  public init(_ counts: Counts) {
    result = counts("cycle.stall.result")
    threshold = counts("cycle.stall.threshold")
    hold = counts("cycle.stall.hold")
    operation = counts("cycle.operation")
  }

  /// What differs between these, recomputed, and the counted ones: a sentence for each.
  public func differences(from counted: MemoryCycles) -> [String] {
    [
      ("cycle.stall.result", result, counted.result),
      ("cycle.stall.threshold", threshold, counted.threshold),
      ("cycle.stall.hold", hold, counted.hold),
      ("cycle.operation", operation, counted.operation),
    ].filter { $1 != $2 }.map { name, expected, actual in
      "\(name) must be \(expected), from the handshakes of the memory's port, and is \(actual)"
    }
  }
}

/// A trace that is not that of the program.
public struct ReplayError: Error, Equatable, CustomStringConvertible {
  public let description: String
}

/// What the accelerator reads: the identifiers of the read data.
public enum BusReader: Int, Sendable, CaseIterable {
  case program, activation, weight, threshold, channel
}

extension Program {
  /// Cycles from the start of a load or a layer to its first request on the bus.
  private static let readLatency = 4
  /// The same of a store, whose request is made in the cycle before its start.
  private static let writeLatency = 1

  /// The cycles of each operation that depend on the memory, recomputed from the handshakes of its
  /// port.
  ///
  /// The steps' and rows' own times come from the exact model, and what they wait for from the beats
  /// that passed: nothing of the accelerator's inside is looked at.
  ///
  /// - Parameter trace: a value for each cycle from the program's start on: bit 2c is the valid of channel
  ///   c of AR, R, AW, W, B, bit 2c + 1 its ready, and bits 15...10 are the identifier of read data.
  /// - Throws: `ReplayError` where the trace ends before the program does.
  public func memoryCycles(_ maps: GoldenMaps, trace: [UInt16]) throws -> [MemoryCycles] {
    var cursor = TraceCursor(trace)
    return try operations.enumerated().map { number, operation in
      let runs = operation.operation == .layer ? self.runs(of: operation).count : 0
      try cursor.skipReads(of: .program, network.shape.programBeats(runs: runs))
      var cycles = MemoryCycles()
      switch operation.operation {
      case .end: break
      case .load:
        let start = try cursor.nextRead() - Self.readLatency
        cycles.operation =
          try cursor.skipLoad(
            of: loadedPlaces * network.shape.banks, network.shape.actLine) - start
      case .layer:
        let start = try cursor.nextRead() - Self.readLatency
        let pass = ExactPass(self, operation, maps)
        cycles = try StallReplay(pass, trace, from: start).run()
        if pass.geometry.isHead {
          let written = try exactCounts(number, maps)("dram.write")
          cycles.operation = try cursor.skipWrites(written) - start
        }
      case .store:
        let start = try cursor.nextWrite() - Self.writeLatency
        let written = try exactCounts(number, maps)("dram.write")
        cycles.operation = try cursor.skipWrites(written) - start
      }
      if operation.counters != nil { try cursor.skipWrites(Counts.beats(network.shape)) }
      return cycles
    }
  }
}

/// A place in a trace.
private struct TraceCursor {
  private let trace: [UInt16]
  private var place = 0

  init(_ trace: [UInt16]) { self.trace = trace }

  /// Goes behind the `count`th cycle that is counted, and gives that cycle.
  private mutating func skip(_ count: Int, _ isCounted: (UInt16) -> Bool) throws -> Int {
    var left = count
    while left > 0 {
      guard place < trace.count else {
        throw ReplayError(
          description: "the trace ends after \(trace.count) cycles, before the program does")
      }
      if isCounted(trace[place]) { left -= 1 }
      place += 1
    }
    return place - 1
  }

  @discardableResult
  mutating func skipReads(of reader: BusReader, _ count: Int) throws -> Int {
    try skip(count) { $0 & 0b1100 == 0b1100 && $0 >> 10 == reader.rawValue }
  }

  @discardableResult
  mutating func skipWrites(_ count: Int) throws -> Int { try skip(count) { $0 & 0xC0 == 0xC0 } }

  /// Goes behind the beats of `words` loaded words, and gives the cycle in which the last one goes to
  /// the buffer: one a cycle, from the cycle after its line's last beat on.
  mutating func skipLoad(of words: Int, _ line: LineForm) throws -> Int {
    let lineWords = 1 << line.wordsLog2
    return try stride(from: 0, to: words, by: lineWords).reduce(place) { taken, first in
      max(taken, try skipReads(of: .activation, line.beats)) + min(lineWords, words - first)
    }
  }

  /// The cycle in which the next read is first asked for.
  func nextRead() throws -> Int { try next(0b1, "read") }

  /// The cycle in which the next write is first asked for.
  func nextWrite() throws -> Int { try next(0b1_0000, "write") }

  private func next(_ valid: UInt16, _ name: String) throws -> Int {
    guard let cycle = trace[place...].firstIndex(where: { $0 & valid != 0 }) else {
      throw ReplayError(
        description:
          "nothing is asked to \(name) after cycle \(place) of the trace, and the program "
          + "is to \(name) more")
    }
    return cycle
  }
}
