/// What an instruction does with the words at its places. Values are unsigned words, zero above
/// their width.
enum Operation: UInt8, Comparable {
  case copy, and, or, xor, not, add, subtract, multiply
  case multiplySigned
  case equal, notEqual, less, lessOrEqual, lessSigned, lessOrEqualSigned
  case shiftLeft, shiftRight, shiftRightSigned
  case mux
  case slice, extend, join, insert, element
  case anyBit, allBits, parity
  case word
  /// An operation on values of more than 64 bits; `a` is its number.
  case wide

  static func < (a: Operation, b: Operation) -> Bool { a.rawValue < b.rawValue }
}

/// `values[target] = operation(values[a], values[b], ...)`.
struct Instruction: Hashable {
  var target: UInt32 = 0
  var a: UInt32 = 0
  var b: UInt32 = 0
  /// A third place, or a number: a distance in bits.
  var c: UInt32 = 0
  /// The bits that the result has, or that count in the operands.
  var mask: UInt64 = 0
}

/// Instructions of one operation that do not read one another's results.
struct Batch {
  let operation: Operation
  let range: Range<Int>
}

/// An operation on values of several words.
struct WideInstruction {
  enum Operation {
    case copy, and, or, xor, not, add, subtract, multiply
    case equal, notEqual, less, lessOrEqual, lessSigned, lessOrEqualSigned
    case shiftLeft, shiftRight, shiftRightSigned
    case mux, slice, extend, signExtend, insert, element
    case anyBit, allBits, parity, word
  }

  /// Where a value begins, and its width.
  struct Operand {
    let place: Int
    let width: Int
    var words: Int { (width + 63) / 64 }
  }

  let operation: Operation
  let target: Operand
  let operands: [Operand]
  /// A distance in bits, or the number of words of a memory.
  let number: Int
}
