/// The bytes of the accelerator's memory, filled from the start.
public struct MemoryImage: Sendable {
  /// What a region of the memory is for.
  public enum Kind: String, Sendable, CaseIterable {
    case weights, channels, thresholds, activations, program, results, counters
  }

  /// Bytes that belong together.
  public struct Region: Sendable, Equatable {
    /// What they are for.
    public let kind: Kind
    /// Offset of the first byte, which begins a beat.
    public let offset: Int
    /// How many.
    public let bytes: Int
  }

  /// All bytes so far.
  public private(set) var bytes: [UInt8] = []
  /// The regions in order.
  public private(set) var regions: [Region] = []
  /// Every region begins a multiple of it: a descriptor's size, and a beat of the widest bus.
  static let alignment = 128

  /// No bytes.
  public init() {}

  /// Adds a region of zeros.
  mutating func reserve(_ kind: Kind, bytes count: Int) -> Int {
    let offset = (bytes.count + Self.alignment - 1) / Self.alignment * Self.alignment
    bytes.append(contentsOf: repeatElement(0, count: offset + count - bytes.count))
    regions.append(Region(kind: kind, offset: offset, bytes: count))
    return offset
  }

  /// Writes the low `width` bits of `value` from bit `bit` of the bytes at `offset`.
  mutating func write(_ value: Int64, width: Int, offset: Int, bit: Int) {
    var place = offset * 8 + bit
    var left = width
    var rest = UInt64(bitPattern: value)
    bytes.withUnsafeMutableBufferPointer { bytes in
      if place % 8 == 0, left % 8 == 0 {
        for byte in place / 8..<(place + left) / 8 {
          bytes[byte] = UInt8(truncatingIfNeeded: rest)
          rest >>= 8
        }
        return
      }
      while left > 0 {
        let start = place % 8
        let count = min(8 - start, left)
        let mask = UInt8((1 << count) - 1) << UInt8(start)
        let bits = UInt8(truncatingIfNeeded: rest << UInt64(start)) & mask
        bytes[place / 8] = bytes[place / 8] & ~mask | bits
        rest >>= UInt64(count)
        place += count
        left -= count
      }
    }
  }

  /// Writes 32-bit words, low byte first.
  mutating func write(words: [UInt32], at offset: Int) {
    for (number, word) in words.enumerated() {
      write(Int64(word), width: 32, offset: offset, bit: 32 * number)
    }
  }
}

/// Reads numbers out of the accelerator's memory.
struct MemoryReader {
  let bytes: UnsafeRawBufferPointer

  /// The `width` bits from bit `bit` of the bytes at `offset`.
  func bits(width: Int, offset: Int, bit: Int) -> UInt64 {
    var result: UInt64 = 0
    var place = offset * 8 + bit
    var count = 0
    while count < width {
      let start = place % 8
      let take = min(8 - start, width - count)
      let part = UInt64(bytes[place / 8] >> UInt8(start)) & ((1 << UInt64(take)) - 1)
      result |= part << UInt64(count)
      count += take
      place += take
    }
    return result
  }

  /// The same as a number with a sign.
  func signed(width: Int, offset: Int, bit: Int) -> Int64 {
    let unused = UInt64(64 - width)
    return Int64(bitPattern: bits(width: width, offset: offset, bit: bit) << unused)
      >> Int64(unused)
  }
}
