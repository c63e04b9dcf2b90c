import CGMP

/// Operations on values of several words, by GMP's functions on words (the `mpn` layer).
struct WideInterpreter {
  let values: UnsafeMutablePointer<UInt64>
  let instructions: UnsafePointer<WideInstruction>
  /// Room for a product or two extended operands.
  let scratch: UnsafeMutablePointer<UInt64>

  private typealias Operand = WideInstruction.Operand
  private typealias Words = UnsafeMutablePointer<UInt64>

  func run(_ number: Int) {
    let instruction = instructions[number]
    let target = instruction.target
    let result = values + target.place
    let a = instruction.operands[0]
    let b = instruction.operands.count > 1 ? instruction.operands[1] : a
    switch instruction.operation {
    case .copy, .extend: copy(a, to: result, target.words)
    case .and: combine(a, b, result, &)
    case .or: combine(a, b, result, |)
    case .xor: combine(a, b, result, ^)
    case .not: for i in 0..<target.words { result[i] = ~values[a.place + i] }
    case .add: _ = __gmpn_add_n(limbs(result), limbs(a), limbs(b), target.words)
    case .subtract: _ = __gmpn_sub_n(limbs(result), limbs(a), limbs(b), target.words)
    case .multiply: multiply(a, b, result, target.words)
    case .equal: result[0] = compare(a, b) == 0 ? 1 : 0
    case .notEqual: result[0] = compare(a, b) != 0 ? 1 : 0
    case .less: result[0] = compare(a, b) < 0 ? 1 : 0
    case .lessOrEqual: result[0] = compare(a, b) <= 0 ? 1 : 0
    case .lessSigned: result[0] = compareSigned(a, b) < 0 ? 1 : 0
    case .lessOrEqualSigned: result[0] = compareSigned(a, b) <= 0 ? 1 : 0
    case .shiftLeft: shiftLeft(a, by: distance(b, limit: target.width), result, target.words)
    case .shiftRight:
      copy(a, to: result, target.words)
      shiftRight(result, target.words, by: distance(b, limit: target.width))
    case .shiftRightSigned: shiftRightSigned(a, b, result, target)
    case .mux:
      copy(values[instruction.operands[2].place] != 0 ? a : b, to: result, target.words)
    case .slice: slice(a, from: instruction.number, result, target.words)
    case .signExtend: signExtend(a, to: result, target.words)
    case .insert: insert(b, into: a, at: instruction.number, result, target)
    case .element:
      let index = distance(b, limit: a.width)
      let (low, overflow) = index.multipliedReportingOverflow(by: target.width)
      slice(a, from: overflow ? a.width : low, result, target.words)
    case .anyBit: result[0] = isZero(a) ? 0 : 1
    case .allBits: result[0] = areAllOnes(a) ? 1 : 0
    case .parity:
      result[0] = UInt64((0..<a.words).reduce(0) { $0 + values[a.place + $1].nonzeroBitCount } & 1)
    case .word:
      let address = distance(b, limit: instruction.number)
      for i in 0..<target.words {
        result[i] = address < instruction.number ? values[a.place + address * a.words + i] : 0
      }
    }
    mask(result, target)
  }

  private func limbs(_ operand: Operand) -> UnsafeMutablePointer<UInt> {
    limbs(values + operand.place)
  }

  /// GMP's limbs are words of the same size by another name.
  private func limbs(_ words: Words) -> UnsafeMutablePointer<UInt> {
    UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt.self)
  }

  /// Zeroes what lies above the width.
  private func mask(_ result: Words, _ target: Operand) {
    if target.width % 64 != 0 {
      result[target.words - 1] &= (1 << UInt64(target.width % 64)) - 1
    }
  }

  /// The words of `a`, then zeros.
  private func copy(_ a: Operand, to result: Words, _ words: Int) {
    for i in 0..<words { result[i] = i < a.words ? values[a.place + i] : 0 }
  }

  private func combine(
    _ a: Operand, _ b: Operand, _ result: Words, _ operation: (UInt64, UInt64) -> UInt64
  ) {
    for i in 0..<a.words { result[i] = operation(values[a.place + i], values[b.place + i]) }
  }

  private func multiply(_ a: Operand, _ b: Operand, _ result: Words, _ words: Int) {
    // Both are `words` long; the product has twice as many.
    __gmpn_mul_n(limbs(scratch), limbs(a), limbs(b), words)
    for i in 0..<words { result[i] = scratch[i] }
  }

  private func compare(_ a: Operand, _ b: Operand) -> Int32 {
    __gmpn_cmp(limbs(a), limbs(b), a.words)
  }

  private func compareSigned(_ a: Operand, _ b: Operand) -> Int32 {
    switch (isNegative(a), isNegative(b)) {
    case (true, false): return -1
    case (false, true): return 1
    default: return compare(a, b)
    }
  }

  private func isNegative(_ a: Operand) -> Bool {
    values[a.place + (a.width - 1) / 64] >> UInt64((a.width - 1) % 64) & 1 == 1
  }

  private func isZero(_ a: Operand) -> Bool {
    (0..<a.words).allSatisfy { values[a.place + $0] == 0 }
  }

  private func areAllOnes(_ a: Operand) -> Bool {
    (0..<a.words).allSatisfy { word in
      let bits = a.width - 64 * word
      return values[a.place + word] == (bits >= 64 ? .max : 1 << UInt64(bits) - 1)
    }
  }

  /// An unsigned amount, or `limit` if it is not smaller.
  private func distance(_ b: Operand, limit: Int) -> Int {
    for word in 1..<Swift.max(1, b.words) where values[b.place + word] != 0 { return limit }
    return values[b.place] < UInt64(limit) ? Int(values[b.place]) : limit
  }

  private func shiftLeft(_ a: Operand, by distance: Int, _ result: Words, _ words: Int) {
    let (whole, rest) = (distance / 64, distance % 64)
    for i in (0..<words).reversed() {
      let high = i - whole >= 0 ? values[a.place + i - whole] : 0
      let low = i - whole - 1 >= 0 ? values[a.place + i - whole - 1] : 0
      result[i] = rest == 0 ? high : high << UInt64(rest) | low >> UInt64(64 - rest)
    }
  }

  /// Shifts in place, zeros from above.
  private func shiftRight(_ result: Words, _ words: Int, by distance: Int) {
    let (whole, rest) = (distance / 64, distance % 64)
    for i in 0..<words {
      let low = i + whole < words ? result[i + whole] : 0
      let high = i + whole + 1 < words ? result[i + whole + 1] : 0
      result[i] = rest == 0 ? low : low >> UInt64(rest) | high << UInt64(64 - rest)
    }
  }

  private func shiftRightSigned(_ a: Operand, _ b: Operand, _ result: Words, _ target: Operand) {
    let distance = distance(b, limit: target.width)
    let negative = isNegative(a)
    copy(a, to: result, target.words)
    if negative { fill(result, from: target.width, to: 64 * target.words) }
    shiftRight(result, target.words, by: distance)
    if negative { fill(result, from: target.width - distance, to: 64 * target.words) }
  }

  /// Ones in bits `from ..< to`.
  private func fill(_ result: Words, from: Int, to: Int) {
    var bit = Swift.max(0, from)
    while bit < to {
      let count = Swift.min(64 - bit % 64, to - bit)
      let ones: UInt64 = count == 64 ? .max : 1 << UInt64(count) - 1
      result[bit / 64] |= ones << UInt64(bit % 64)
      bit += count
    }
  }

  private func slice(_ a: Operand, from low: Int, _ result: Words, _ words: Int) {
    let (whole, rest) = (low / 64, low % 64)
    func word(_ i: Int) -> UInt64 { i < a.words ? values[a.place + i] : 0 }
    for i in 0..<words {
      let bits = word(i + whole)
      result[i] =
        rest == 0 ? bits : bits >> UInt64(rest) | word(i + whole + 1) << UInt64(64 - rest)
    }
  }

  private func signExtend(_ a: Operand, to result: Words, _ words: Int) {
    let negative = isNegative(a)
    copy(a, to: result, words)
    if negative { fill(result, from: a.width, to: 64 * words) }
  }

  private func insert(
    _ part: Operand, into whole: Operand, at low: Int, _ result: Words, _ target: Operand
  ) {
    copy(whole, to: result, target.words)
    for bit in 0..<part.width {
      let mask: UInt64 = 1 << UInt64((low + bit) % 64)
      if values[part.place + bit / 64] >> UInt64(bit % 64) & 1 == 1 {
        result[(low + bit) / 64] |= mask
      } else {
        result[(low + bit) / 64] &= ~mask
      }
    }
  }
}
