import Testing

@testable import Cosimulation

@Suite struct BitPackerTests {
  /// The vector one bit at a time, as its definition reads.
  static func reference(_ values: [Int64], width: Int, words: Int) -> [UInt32] {
    var result = [UInt32](repeating: 0, count: words)
    for (i, value) in values.enumerated() {
      for bit in 0..<width where (value >> Int64(bit)) & 1 == 1 {
        result[(i * width + bit) / 32] |= 1 << UInt32((i * width + bit) % 32)
      }
    }
    return result
  }

  static func packed<Value: FixedWidthInteger>(
    _ values: [Value], width: Int, words: Int
  ) -> [UInt32] {
    var result = [UInt32](repeating: .max, count: words)
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { BitPacker(width: width).pack(values, into: $0) }
    }
    return result
  }

  static func unpacked<Value: FixedWidthInteger>(
    _ words: [UInt32], width: Int, count: Int, isSigned: Bool
  ) -> [Value] {
    var result = [Value](repeating: 0, count: count)
    words.withUnsafeBufferPointer { words in
      result.withUnsafeMutableBufferPointer {
        BitPacker(width: width).unpack(words, into: $0, isSigned: isSigned)
      }
    }
    return result
  }

  @Test(arguments: 1...64) func packsAndUnpacks(width: Int) {
    var random = SplitMix(seed: UInt64(width))
    for count in [0, 1, 2, 3, 4, 5, 31, 32, 33, 64, 67] {
      let values = (0..<count).map { _ in Int64(truncatingIfNeeded: random.next()) }
      let words = BitPacker.words(bits: count * width) + 1
      let expected = Self.reference(values, width: width, words: words)
      #expect(Self.packed(values, width: width, words: words) == expected)
      let unused = Int64(64 - width)
      #expect(
        Self.unpacked(expected, width: width, count: count, isSigned: true)
          == values.map { ($0 << unused) >> unused })
      let mask = UInt64.max >> UInt64(unused)
      #expect(
        Self.unpacked(expected, width: width, count: count, isSigned: false)
          == values.map { UInt64(bitPattern: $0) & mask })
    }
  }

  @Test(arguments: [4, 8, 13, 16, 32, 40]) func extendsNarrowNegativeValues(width: Int) {
    let values: [Int32] = [-1, -8, 7, 0, -3]
    let words = BitPacker.words(bits: values.count * width)
    #expect(
      Self.packed(values, width: width, words: words)
        == Self.reference(values.map(Int64.init), width: width, words: words))
  }

  @Test(arguments: [0, 1, 31, 32, 33, 63, 64, 70]) func packsBits(count: Int) {
    let values: [Int32] = (0..<count).map { $0 % 3 == 0 ? 0 : -Int32($0) }
    let words = BitPacker.words(bits: count) + 1
    var nonzero = [UInt32](repeating: .max, count: words)
    var ones = nonzero
    values.withUnsafeBufferPointer { values in
      nonzero.withUnsafeMutableBufferPointer { BitPacker.packNonzero(values, into: $0) }
    }
    ones.withUnsafeMutableBufferPointer { BitPacker.packOnes(count, into: $0) }
    let expected = Self.reference(values.map { $0 == 0 ? 0 : 1 }, width: 1, words: words)
    #expect(nonzero == expected)
    #expect(ones == Self.reference(values.map { _ in 1 }, width: 1, words: words))
  }
}
