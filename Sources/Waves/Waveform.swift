import Simulation

/// The values of a list of signals over the cycles of a run.
///
/// Only changes are stored, so that thousands of signals fit for hundreds of thousands of cycles. A
/// value is nil where it is not known.
public struct Waveform: Sendable {
  /// What is recorded.
  public struct Signal: Sendable, Hashable {
    /// Names from the outermost module in, with dots between them, such as
    /// `core.grid.row[0].col[1].acc`.
    public let path: String
    /// In bits.
    public let width: Int
    /// Whether decimal numbers of it have a sign.
    public let isSigned: Bool

    /// - Precondition: The path has names of visible ASCII characters, and the width is positive.
    public init(path: String, width: Int, isSigned: Bool = false) {
      precondition(width > 0, "`\(path)` has no bits")
      precondition(Self.isPath(path), "`\(path)` is not a path of names")
      self.path = path
      self.width = width
      self.isSigned = isSigned
    }

    /// Whether `text` is one or more names of visible ASCII characters with dots between them.
    static func isPath(_ text: String) -> Bool {
      text.utf8.allSatisfy { (33...126).contains($0) }
        && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { $0 != "" }
    }
  }

  /// In the order in which `record` takes their values.
  public let signals: [Signal]
  /// From the first recorded cycle to the last; empty before the first.
  public private(set) var cycles: Range<Int> = 0..<0
  /// One a signal.
  private(set) var histories: [ValueHistory]
  private let indices: [String: Int]
  /// Where each signal's words begin in those of all; at last, how many there are.
  private let offsets: [Int]
  /// The values of the last cycle; zero where they are not known.
  private var latest: [UInt64]
  private var isKnown: [Bool]

  /// - Precondition: No path is there twice.
  public init(signals: [Signal]) {
    self.signals = signals
    histories = signals.map { ValueHistory(width: $0.width) }
    indices = Dictionary(signals.enumerated().map { ($1.path, $0) }) { first, _ in
      preconditionFailure("`\(signals[first].path)` is recorded twice")
    }
    offsets = signals.reduce(into: [0]) { $0.append($0.last! + ($1.width + 63) / 64) }
    latest = Array(repeating: 0, count: offsets.last!)
    isKnown = Array(repeating: true, count: signals.count)
  }

  /// Takes the values that the signals have in a cycle; in cycles left out they stay as they were.
  ///
  /// - Precondition: There is a value of its width for each signal, and the cycle, less than 2^32,
  ///   is not before the last one; that one may be recorded anew.
  public mutating func record(_ values: [BitVector?], at cycle: Int) {
    precondition(values.count == signals.count, "there is a value for each signal")
    var words = [UInt64](repeating: 0, count: latest.count)
    for (i, value) in values.enumerated() {
      guard let value else { continue }
      precondition(value.width == signals[i].width, "`\(signals[i].path)` has another width")
      for (j, word) in value.words.enumerated() { words[offsets[i] + j] = word }
    }
    record(words, isKnown: values.map { $0 != nil }, at: cycle)
  }

  /// Takes known values of all signals as `record(_:at:)` does, much faster: `words` are those of
  /// the first signal's `BitVector`, then those of the second's, and so on.
  public mutating func record(words: [UInt64], at cycle: Int) {
    record(words, isKnown: Array(repeating: true, count: signals.count), at: cycle)
  }

  private mutating func record(_ words: [UInt64], isKnown: [Bool], at cycle: Int) {
    precondition(words.count == latest.count, "there are \(latest.count) words in a cycle")
    precondition(cycle >= cycles.upperBound - 1, "cycle \(cycle) is before the last one recorded")
    guard let number = UInt32(exactly: cycle) else {
      preconditionFailure("cycle \(cycle) is not in 0 ..< 2^32")
    }
    let isFirst = cycles.isEmpty
    for i in signals.indices {
      let range = offsets[i]..<offsets[i + 1]
      let isSame =
        isKnown[i] == self.isKnown[i] && range.allSatisfy { words[$0] == latest[$0] }
      if isSame && !isFirst { continue }
      histories[i].record(words[range], isKnown: isKnown[i], at: number)
    }
    latest = words
    self.isKnown = isKnown
    cycles = (isFirst ? cycle : cycles.lowerBound)..<cycle + 1
  }

  /// The value of a signal in a cycle; nil where it is not known, as outside `cycles`.
  ///
  /// - Throws: `TestBenchError` where there is no signal of that path.
  public func value(of path: String, at cycle: Int) throws -> BitVector? {
    value(ofSignal: try index(of: path), at: cycle)
  }

  func value(ofSignal signal: Int, at cycle: Int) -> BitVector? {
    cycles.contains(cycle) ? histories[signal].value(at: UInt32(cycle)) : nil
  }

  /// The number of the signal of that path.
  ///
  /// - Throws: `TestBenchError` where there is none.
  func index(of path: String) throws -> Int {
    if let index = indices[path] { return index }
    throw TestBenchError("no signal `\(path)` is recorded")
  }
}
