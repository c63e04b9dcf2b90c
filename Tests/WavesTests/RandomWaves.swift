import Simulation
import Waves

/// A seeded random run, as a table of all values and as the waveform that records it.
struct RandomWaves {
  let signals: [Waveform.Signal]
  /// The recorded cycles; others are left out.
  let cycles: [Int]
  /// For each of `cycles` a value for each signal; nil where it is not known.
  let values: [[BitVector?]]
  let waveform: Waveform

  /// Signals of 1 to 200 bits, some in generate blocks, some rarely changing.
  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let edges = [1, 2, 7, 8, 9, 31, 32, 63, 64, 65, 127, 128, 129, 192, 200]
    let widths = edges + (0..<25).map { _ in Int.random(in: 1...200, using: &random) } + [1, 1, 1]
    let places = ["", "core.", "core.row[0].", "core.row[0].col[1].", "core.row[1].col[1]."]
    signals = widths.enumerated().map { i, width in
      Waveform.Signal(
        path: "\(places.randomElement(using: &random)!)s\(i)", width: width,
        isSigned: Bool.random(using: &random))
    }
    var cycles = [Int.random(in: 0...9, using: &random)]
    while cycles.count < 60 {
      cycles.append(cycles.last! + (Int.random(in: 1...8, using: &random) + 6) / 7)
    }
    var values: [[BitVector?]] = []
    for _ in cycles {
      values.append(
        widths.indices.map { i -> BitVector? in
          if let last = values.last, Int.random(in: 0..<4, using: &random) < i % 4 {
            return last[i]
          }
          return Self.value(width: widths[i], using: &random)
        })
    }
    var waveform = Waveform(signals: signals)
    for (cycle, row) in zip(cycles, values) { waveform.record(row, at: cycle) }
    (self.cycles, self.values, self.waveform) = (cycles, values, waveform)
  }

  /// Unknown, small or any.
  private static func value(width: Int, using random: inout SeededGenerator) -> BitVector? {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: nil
    case 1: BitVector(width: width)
    case 2: BitVector(width: width, -1)
    case 3: BitVector(width: width, Int.random(in: 0..<10, using: &random))
    default: BitVector(width: width, using: &random)
    }
  }

  /// The value of a signal in any cycle from the first recorded to the last.
  func value(_ signal: Int, at cycle: Int) -> BitVector? {
    values[cycles.lastIndex { $0 <= cycle }!][signal]
  }
}
