import Simulation

/// The values of one signal: those cycles in which it changes, with the values it takes.
///
/// A long run has millions of changes, so they lie packed: 5 bytes for a change of one bit.
struct ValueHistory: Sendable {
  let width: Int
  /// Cycles of the changes, growing; the first recorded cycle is always one.
  private(set) var cycles: [UInt32] = []
  /// `bytesPerValue` for each change, the lowest byte first. Bit `width` is set where the value is
  /// known.
  private var bytes: [UInt8] = []

  init(width: Int) { self.width = width }

  private var bytesPerValue: Int { width / 8 + 1 }

  /// Takes the value of a cycle: of a later one than all before, or of the last one anew. `words`
  /// are the value's, zero where it is not known.
  mutating func record(_ words: ArraySlice<UInt64>, isKnown: Bool, at cycle: UInt32) {
    if cycles.last == cycle { removeLast() }
    cycles.append(cycle)
    // The byte of bit `width` lies past the words where 64 divides the width.
    for byte in 0..<(width + 7) / 8 {
      let word = words[words.startIndex + byte / 8]
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(byte % 8 * 8)))
    }
    if width % 8 == 0 { bytes.append(0) }
    if isKnown { bytes[bytes.count - 1] |= 1 << UInt8(width % 8) }
    if cycles.count > 1, bytes.suffix(bytesPerValue) == previous { removeLast() }
  }

  private mutating func removeLast() {
    cycles.removeLast()
    bytes.removeLast(bytesPerValue)
  }

  /// The bytes of the last change but one.
  private var previous: ArraySlice<UInt8> {
    bytes[(bytes.count - 2 * bytesPerValue)..<(bytes.count - bytesPerValue)]
  }

  private func isKnown(_ change: Int) -> Bool {
    bytes[change * bytesPerValue + width / 8] >> UInt8(width % 8) & 1 == 1
  }

  /// Bits `8 * number ..< 8 * number + 8` of a change's value.
  private func byte(_ number: Int, of change: Int) -> UInt8 {
    let bits = UInt8(min(8, width - 8 * number))
    return bytes[change * bytesPerValue + number] & UInt8((1 << UInt(bits)) - 1)
  }

  /// The value that change takes; nil where it is not known.
  subscript(change: Int) -> BitVector? {
    guard isKnown(change) else { return nil }
    var words = [UInt64](repeating: 0, count: (width + 63) / 64)
    for i in 0..<(width + 7) / 8 {
      words[i / 8] |= UInt64(byte(i, of: change)) << UInt64(i % 8 * 8)
    }
    return BitVector(width: width, words: words)
  }

  /// The value in a cycle, which is not before the first one recorded.
  func value(at cycle: UInt32) -> BitVector? {
    var low = 0
    var high = cycles.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if cycles[middle] <= cycle { low = middle } else { high = middle }
    }
    return self[low]
  }

  /// Adds the binary digits of a change's value, without zeros before them; `x` where it is not
  /// known.
  func appendDigits(of change: Int, to text: inout [UInt8]) {
    guard isKnown(change) else {
      text.append(UInt8(ascii: "x"))
      return
    }
    var top = (width + 7) / 8 - 1
    while top > 0, byte(top, of: change) == 0 { top -= 1 }
    var bits = max(1, 8 - byte(top, of: change).leadingZeroBitCount)
    for i in stride(from: top, through: 0, by: -1) {
      let byte = byte(i, of: change)
      while bits > 0 {
        bits -= 1
        text.append(UInt8(ascii: "0") + byte >> UInt8(bits) & 1)
      }
      bits = 8
    }
  }
}
