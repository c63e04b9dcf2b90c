import Simulation

/// How the values of vectors are written.
public enum NumberFormat: Sendable {
  /// As many digits as the width takes.
  case hexadecimal
  /// With a sign where the signal has one; hexadecimal after `0x` where an `Int` is too small.
  case decimal

  func text(_ value: BitVector, isSigned: Bool) -> String {
    switch self {
    case .hexadecimal: value.description
    case .decimal: value.value(isSigned: isSigned).map { String($0) } ?? "0x\(value)"
    }
  }
}

extension Waveform {
  /// A picture of the last recorded cycles, at most 100 columns wide: levels of single bits, boxes
  /// with the values of vectors.
  ///
  /// Cycles that do not fit side by side continue below. Of a value too long for its box the last
  /// digits are shown; what is not known is `x`. Without `paths` all signals are drawn.
  ///
  /// - Throws: `TestBenchError` where a path is not recorded.
  public func text(
    signals paths: [String]? = nil, last count: Int = 16, numbers: NumberFormat = .hexadecimal
  ) throws -> String {
    let first = max(cycles.lowerBound, cycles.upperBound - max(0, count))
    return try text(signals: paths, cycles: first..<cycles.upperBound, numbers: numbers)
  }

  /// A picture of those of `range` that are recorded, as `text(signals:last:numbers:)` draws it.
  ///
  /// - Throws: `TestBenchError` where a path is not recorded.
  public func text(
    signals paths: [String]? = nil, cycles range: Range<Int>,
    numbers: NumberFormat = .hexadecimal
  ) throws -> String {
    let signals = try paths.map { try $0.map(index) } ?? Array(self.signals.indices)
    return text(signals, range.clamped(to: cycles), numbers)
  }

  func text(_ signals: [Int], _ range: Range<Int>, _ numbers: NumberFormat) -> String {
    if range.isEmpty { return "no cycles to draw" }
    return TextWaves(
      cycles: range, rows: signals.map { row($0, range, numbers) }
    ).text
  }

  private func row(_ number: Int, _ range: Range<Int>, _ numbers: NumberFormat) -> TextWaves.Row {
    let signal = signals[number]
    let values = range.map { value(ofSignal: number, at: $0) }
    // Where the picture begins inside the run, an edge at its left border is one too.
    let isFirst = range.lowerBound == cycles.lowerBound
    let before = isFirst ? values[0] : value(ofSignal: number, at: range.lowerBound - 1)
    return TextWaves.Row(
      label: signal.path, isLevel: signal.width == 1,
      texts: values.map { value in
        guard let value else { return "x" }
        return signal.width == 1 ? value.binary : numbers.text(value, isSigned: signal.isSigned)
      },
      changes: zip(values, [before] + values).map { $0 != $1 })
  }
}
