/// The tree of an expression. Every node's operands are `Signal`s, which know their shapes.
package indirect enum Expression: Sendable {
  /// A declared name; `at` gives the loop indices of another iteration's copy.
  case reference(Declaration, at: [Nat]?)
  /// Bits `from ..< from + width` of a named vector; a single bit if `isBit`.
  case slice(Signal, from: Nat, isBit: Bool)
  /// Element `index` of a vector of equal elements.
  case element(Signal, index: Signal)
  /// Word `address` of a memory.
  case word(Declaration, address: Signal)
  /// An elaboration-time number at the signal's width.
  case constant(Nat)
  /// A comparison of an unsigned signal with an elaboration-time number.
  case compareNumber(Signal, Operator, Nat)
  case widened(Signal)
  case concatenation([Signal])
  /// The signal `count` times side by side.
  case repeated(Signal, count: Nat)
  case unary(Operator, Signal)
  case binary(Operator, Signal, Signal)
  case mux(Signal, Signal, Signal)
  case cast(Signal)

  /// The signals that the node is made of.
  var operands: [Signal] {
    switch self {
    case .reference, .constant: return []
    case .slice(let a, from: _, isBit: _), .word(_, address: let a), .compareNumber(let a, _, _),
      .widened(let a), .repeated(let a, count: _), .unary(_, let a), .cast(let a):
      return [a]
    case .element(let a, index: let b), .binary(_, let a, let b): return [a, b]
    case .mux(let condition, let a, let b): return [condition, a, b]
    case .concatenation(let parts): return parts
    }
  }
}

/// Operators, by their Verilog spelling.
package enum Operator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case bitAnd = "&"
  case bitOr = "|"
  case bitXor = "^"
  case bitNot = "~"
  case and = "&&"
  case or = "||"
  case not = "!"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case arithmeticShiftRight = ">>>"

  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return true
    default: return false
    }
  }
}
