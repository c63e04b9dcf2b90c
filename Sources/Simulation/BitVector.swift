/// A value of `width` bits, of any width.
///
/// Two vectors are equal if their widths and their bits are. Bits past the width are zero.
public struct BitVector: Sendable, Hashable {
  /// In bits, at least 1.
  public let width: Int
  /// The bits, 64 to a word, the lowest first.
  public private(set) var words: [UInt64]

  /// The number of words that hold `width` bits.
  package static func words(for width: Int) -> Int { (width + 63) / 64 }

  /// The low `width` bits of `words`; missing words are zero.
  public init(width: Int, words: some Collection<UInt64>) {
    precondition(width > 0, "a vector has at least 1 bit")
    let count = Self.words(for: width)
    self.width = width
    self.words = Array(words.prefix(count))
    while self.words.count < count { self.words.append(0) }
    if width % 64 != 0 { self.words[count - 1] &= (1 << UInt64(width % 64)) - 1 }
  }

  /// The low `width` bits of the two's complement of `value`.
  public init(width: Int, _ value: Int) {
    let fill: UInt64 = value < 0 ? .max : 0
    let rest = repeatElement(fill, count: Swift.max(0, Self.words(for: width) - 1))
    self.init(width: width, words: [UInt64(bitPattern: Int64(value))] + rest)
  }

  /// Zero.
  public init(width: Int) { self.init(width: width, 0) }

  /// Random bits.
  public init(width: Int, using generator: inout some RandomNumberGenerator) {
    self.init(width: width, words: (0..<Self.words(for: width)).map { _ in generator.next() })
  }

  /// The bit of that number, below `width`; 0 is the lowest.
  public subscript(bit: Int) -> Bool {
    get {
      precondition(bit < width, "a vector of \(width) bits has no bit \(bit)")
      return words[bit / 64] >> UInt64(bit % 64) & 1 == 1
    }
    set {
      precondition(bit < width, "a vector of \(width) bits has no bit \(bit)")
      let mask: UInt64 = 1 << UInt64(bit % 64)
      if newValue { words[bit / 64] |= mask } else { words[bit / 64] &= ~mask }
    }
  }

  /// The number the bits stand for, two's complement if `isSigned`; nil where `Int` is too small.
  public func value(isSigned: Bool) -> Int? {
    let isNegative = isSigned && self[width - 1]
    for (i, word) in words.enumerated().dropFirst() {
      guard word == (isNegative ? ones(ofWord: i) : 0) else { return nil }
    }
    let low = width < 64 && isNegative ? words[0] | (.max << UInt64(width)) : words[0]
    let value = Int(Int64(bitPattern: low))
    return (value < 0) == isNegative ? value : nil
  }

  /// The bits that exist of a word.
  private func ones(ofWord word: Int) -> UInt64 {
    let bits = width - 64 * word
    return bits >= 64 ? .max : (1 << UInt64(bits)) - 1
  }

  /// Bits `from ..< from + width`.
  public func slice(from: Int, width: Int) -> BitVector {
    var result = BitVector(width: width)
    for bit in 0..<width where self[from + bit] { result[bit] = true }
    return result
  }
}

extension BitVector: CustomStringConvertible {
  /// Hexadecimal digits, as many as the width takes.
  public var description: String {
    (0..<(width + 3) / 4).reversed().map { digit in
      String(words[digit / 16] >> UInt64(digit % 16 * 4) & 15, radix: 16)
    }.joined()
  }

  /// Binary digits, as many as the width.
  public var binary: String { (0..<width).reversed().map { self[$0] ? "1" : "0" }.joined() }
}
