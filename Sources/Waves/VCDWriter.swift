/// Writes a waveform as a value change dump (IEEE 1364-2005, 18.2), piece by piece.
struct VCDWriter {
  /// Time units of a cycle: a round number, so that times read as cycles.
  static let period = 10
  /// Bytes of a piece, about.
  private static let piece = 1 << 20

  private let waveform: Waveform
  private let header: String
  /// The signals that are variables, the clock's own being left out.
  private let signals: [Int]
  private let codes: [[UInt8]]
  private var text: [UInt8] = []

  /// Variable 0 is the clock; signal `i` is variable `i + 1`.
  init(_ waveform: Waveform, top: String, timescale: Timescale, clock: String) {
    for name in [top, clock] {
      precondition(Waveform.Signal.isPath(name), "`\(name)` is no name for a dump")
    }
    self.waveform = waveform
    signals = waveform.signals.indices.filter { waveform.signals[$0].path != clock }
    codes = (0...waveform.signals.count).map(VCDNames.code)
    let scope = VCDScope(name: top[...])
    scope.declare(clock[...], width: 1, number: 0)
    for i in signals {
      scope.declare(
        waveform.signals[i].path[...], width: waveform.signals[i].width, number: i + 1)
    }
    header = "$timescale \(timescale) $end\n\(scope.text)$enddefinitions $end\n"
  }

  /// Gives the file to `output`, whose errors it throws.
  mutating func write(to output: ([UInt8]) throws -> Void) rethrows {
    text += header.utf8
    if !waveform.cycles.isEmpty { try writeCycles(to: output) }
    try output(text)
    text = []
  }

  private mutating func writeCycles(to output: ([UInt8]) throws -> Void) rethrows {
    var changes = ChangeQueue(waveform, signals: signals)
    for cycle in waveform.cycles {
      time(cycle * Self.period)
      let isFirst = cycle == waveform.cycles.lowerBound
      if isFirst { text += "$dumpvars\n".utf8 }
      clock(isHigh: true)
      for (signal, change) in changes.next() { append(signal, change) }
      if isFirst { text += "$end\n".utf8 }
      time(cycle * Self.period + Self.period / 2)
      clock(isHigh: false)
      if text.count > Self.piece {
        try output(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    // The last cycle ends somewhere too.
    time(waveform.cycles.upperBound * Self.period)
  }

  private mutating func time(_ time: Int) { text += "#\(time)\n".utf8 }

  private mutating func clock(isHigh: Bool) {
    text.append(UInt8(ascii: isHigh ? "1" : "0"))
    text += codes[0]
    text.append(UInt8(ascii: "\n"))
  }

  private mutating func append(_ signal: Int, _ change: Int) {
    let history = waveform.histories[signal]
    if history.width > 1 { text.append(UInt8(ascii: "b")) }
    history.appendDigits(of: change, to: &text)
    if history.width > 1 { text.append(UInt8(ascii: " ")) }
    text += codes[signal + 1]
    text.append(UInt8(ascii: "\n"))
  }
}
