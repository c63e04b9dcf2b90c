/// Packs integers as the elements of a Verilog vector: element i in bits `[i*width +: width]` of
/// 32-bit words, low word first.
public struct BitPacker: Sendable, Equatable {
  /// Bits of an element, 1...64.
  public let width: Int

  public init(width: Int) {
    precondition(1...64 ~= width, "an element has 1 to 64 bits")
    self.width = width
  }

  /// The 32-bit words that hold `bits` bits.
  public static func words(bits: Int) -> Int { (bits + 31) / 32 }

  /// Writes the low `width` bits of each value, then zeros to the end of `words`.
  ///
  /// - Parameter words: at least `words(bits: values.count * width)` words.
  public func pack<Value: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>, into words: UnsafeMutableBufferPointer<UInt32>
  ) {
    precondition(values.count * width <= words.count * 32, "the words do not hold the values")
    switch width {
    case 8: packWhole(values, UInt8.self, words)
    case 16: packWhole(values, UInt16.self, words)
    case 32: packWhole(values, UInt32.self, words)
    default: packBits(values, words)
    }
  }

  /// Reads `values.count` elements, sign-extended if `isSigned`.
  public func unpack<Value: FixedWidthInteger>(
    _ words: UnsafeBufferPointer<UInt32>, into values: UnsafeMutableBufferPointer<Value>,
    isSigned: Bool
  ) {
    precondition(values.count * width <= words.count * 32, "the words do not hold the values")
    let unused = 64 - width
    for i in values.indices {
      let bit = i * width
      let shift = bit % 32
      var bits = UInt64(words[bit / 32]) >> UInt64(shift)
      var known = 32 - shift
      var word = bit / 32 + 1
      while known < width {
        bits |= UInt64(words[word]) << UInt64(known)
        known += 32
        word += 1
      }
      values[i] =
        isSigned
        ? Value(truncatingIfNeeded: Int64(bitPattern: bits << UInt64(unused)) >> Int64(unused))
        : Value(truncatingIfNeeded: (bits << UInt64(unused)) >> UInt64(unused))
    }
  }

  /// Sets bit i where value i is not zero, and zeros to the end of `words`.
  static func packNonzero<Value: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>, into words: UnsafeMutableBufferPointer<UInt32>
  ) {
    for word in words.indices {
      var bits: UInt32 = 0
      for i in word * 32..<max(word * 32, min(word * 32 + 32, values.count)) {
        bits |= (values[i] == 0 ? 0 : 1) << UInt32(i % 32)
      }
      words[word] = bits
    }
  }

  /// Sets the lowest `count` bits, and zeros to the end of `words`.
  static func packOnes(_ count: Int, into words: UnsafeMutableBufferPointer<UInt32>) {
    for word in words.indices {
      let ones = min(32, max(0, count - word * 32))
      words[word] = ones == 0 ? 0 : UInt32.max >> UInt32(32 - ones)
    }
  }

  /// Widths that are a machine type: every element is one store.
  private func packWhole<Value: FixedWidthInteger, Element: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>, _: Element.Type,
    _ words: UnsafeMutableBufferPointer<UInt32>
  ) {
    guard let base = words.baseAddress else { return }
    let capacity = words.count * MemoryLayout<UInt32>.size / MemoryLayout<Element>.size
    base.withMemoryRebound(to: Element.self, capacity: capacity) { elements in
      for i in 0..<values.count {
        elements[i] = Element(truncatingIfNeeded: values[i]).littleEndian
      }
      for i in values.count..<capacity { elements[i] = 0 }
    }
  }

  private func packBits<Value: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>, _ words: UnsafeMutableBufferPointer<UInt32>
  ) {
    var pending: UInt64 = 0
    var pendingBits = 0
    var next = 0
    func append(_ bits: UInt64, _ count: Int) {
      pending |= bits << UInt64(pendingBits)
      pendingBits += count
      if pendingBits >= 32 {
        words[next] = UInt32(truncatingIfNeeded: pending)
        next += 1
        pending >>= 32
        pendingBits -= 32
      }
    }
    let lowBits = min(width, 32)
    let lowMask: UInt64 = 1 << UInt64(lowBits) - 1
    let highBits = width - lowBits
    let highMask: UInt64 = 1 << UInt64(highBits) - 1
    for value in values {
      let bits = UInt64(truncatingIfNeeded: value)
      append(bits & lowMask, lowBits)
      if highBits > 0 { append(bits >> 32 & highMask, highBits) }
    }
    while next < words.count {
      words[next] = UInt32(truncatingIfNeeded: pending)
      pending = 0
      next += 1
    }
  }
}
