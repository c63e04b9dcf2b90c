import Simulation
import Testing

@testable import Waves

@Suite struct WaveformTests {
  static let signals = [
    Waveform.Signal(path: "valid", width: 1), Waveform.Signal(path: "core.data", width: 8),
  ]

  static func waveform(_ values: [(Int, Int)], from cycle: Int = 0) -> Waveform {
    var waveform = Waveform(signals: signals)
    for (i, (valid, data)) in values.enumerated() {
      waveform.record(
        [BitVector(width: 1, valid), BitVector(width: 8, data)], at: cycle + i)
    }
    return waveform
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func hasTheValuesRecorded(seed: UInt64) throws {
    let waves = RandomWaves(seed: seed)
    #expect(waves.waveform.cycles == waves.cycles.first!..<waves.cycles.last! + 1)
    for (i, signal) in waves.signals.enumerated() {
      for cycle in waves.waveform.cycles {
        let value = try waves.waveform.value(of: signal.path, at: cycle)
        #expect(
          value == waves.value(i, at: cycle), "\(signal.path), \(signal.width) bits, \(cycle)")
      }
      #expect(try waves.waveform.value(of: signal.path, at: waves.cycles.first! - 1) == nil)
      #expect(try waves.waveform.value(of: signal.path, at: waves.cycles.last! + 1) == nil)
    }
  }

  @Test func storesChangesOnly() {
    var waveform = Self.waveform([(0, 5), (0, 5), (1, 5), (1, 6), (1, 6)])
    #expect(waveform.histories.map(\.cycles) == [[0, 2], [0, 3]])
    waveform.record([nil, nil], at: 5)
    waveform.record([nil, nil], at: 6)
    waveform.record([nil, BitVector(width: 8)], at: 7)
    #expect(waveform.histories.map(\.cycles) == [[0, 2, 5], [0, 3, 5, 7]])
  }

  @Test func recordsTheLastCycleAnew() throws {
    var waveform = Self.waveform([(0, 5), (1, 6)])
    waveform.record([BitVector(width: 1, 0), BitVector(width: 8, 7)], at: 1)
    #expect(try waveform.value(of: "valid", at: 1) == BitVector(width: 1, 0))
    #expect(try waveform.value(of: "core.data", at: 1) == BitVector(width: 8, 7))
    #expect(waveform.histories.map(\.cycles) == [[0], [0, 1]])
    waveform.record([BitVector(width: 1, 1), nil], at: 1)
    #expect(try waveform.value(of: "valid", at: 1) == BitVector(width: 1, 1))
    #expect(try waveform.value(of: "core.data", at: 1) == nil)
    #expect(waveform.histories.map(\.cycles) == [[0, 1], [0, 1]])
    #expect(waveform.cycles == 0..<2)
  }

  @Test func recordsTheFirstCycleAnew() throws {
    var waveform = Self.waveform([(0, 5)], from: 3)
    waveform.record([BitVector(width: 1, 1), BitVector(width: 8, 5)], at: 3)
    #expect(waveform.cycles == 3..<4)
    #expect(try waveform.value(of: "valid", at: 3) == BitVector(width: 1, 1))
    #expect(waveform.histories.map(\.cycles) == [[3], [3]])
  }

  /// The fast way in takes the same values: the words of all signals, those of one after another's.
  @Test(arguments: 11...13 as ClosedRange<UInt64>)
  func takesWords(seed: UInt64) throws {
    let waves = RandomWaves(seed: seed)
    var waveform = Waveform(signals: waves.signals)
    for (cycle, row) in zip(waves.cycles, waves.values) {
      let known = zip(row, waves.signals).map { $0 ?? BitVector(width: $1.width, 3) }
      waveform.record(words: known.flatMap(\.words), at: cycle)
    }
    for (i, signal) in waves.signals.enumerated() {
      for cycle in waveform.cycles {
        let expected = waves.value(i, at: cycle) ?? BitVector(width: signal.width, 3)
        #expect(try waveform.value(of: signal.path, at: cycle) == expected)
      }
    }
  }

  @Test func knownWordsFollowUnknownValues() throws {
    var waveform = Waveform(signals: Self.signals)
    waveform.record([nil, nil], at: 0)
    waveform.record(words: [0, 0], at: 1)
    #expect(try waveform.value(of: "valid", at: 0) == nil)
    #expect(try waveform.value(of: "valid", at: 1) == BitVector(width: 1))
  }

  @Test func refusesOtherSignals() {
    #expect(throws: TestBenchError("no signal `data` is recorded")) {
      try Self.waveform([(0, 0)]).value(of: "data", at: 0)
    }
  }
}
