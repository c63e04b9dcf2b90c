/// A value in the hardware: an expression with its width and signedness.
///
/// Operands of an operator must have the same shape; a change of width is a word
/// (`extended(to:)`, `truncated(to:)`). An operator cannot know its line, so a `Signal` carries
/// what is wrong with it to the statement that uses it, and the statement reports it.
public struct Signal: Sendable {
  let expression: Expression
  public let shape: Shape
  /// Rules broken so far, for the enclosing statement to report.
  var problems: [String] = []
  /// Demands on widths that the normal form cannot decide.
  var obligations: [Obligation] = []

  public var width: Nat { shape.width }

  init(_ expression: Expression, _ shape: Shape, from operands: [Signal] = []) {
    self.expression = expression
    self.shape = shape
    for operand in operands {
      problems += operand.problems
      obligations += operand.obligations
    }
  }

  /// Demands `condition`: proved, refuted, or left for each configuration.
  mutating func require(_ condition: Condition, _ message: @autoclosure () -> String) {
    switch condition.decided {
    case true?: break
    case false?: problems.append(message())
    case nil: obligations.append(Obligation(condition: condition, message: message()))
    }
  }

  mutating func requireSameShape(_ a: Signal, _ b: Signal, _ what: String) {
    require(
      a.width == b.width,
      "the operands of \(what) are \(a.text) with \(a.widthText) and \(b.text) with "
        + "\(b.widthText); extend or truncate one so that the widths agree")
    if a.shape.isSigned != b.shape.isSigned {
      problems.append(
        "the operands of \(what) are \(a.text), which is \(a.signText), and \(b.text), which is "
          + "\(b.signText); make both signed or both unsigned")
    }
  }

  /// The Verilog spelling, for messages.
  var text: String { "`\(VerilogExpression.text(self))`" }
  var widthText: String { Self.bitsText(width) }
  var signText: String { shape.isSigned ? "signed" : "unsigned" }

  static func bitsText(_ width: Nat) -> String {
    let text = VerilogExpression.text(width)
    return text == "1" ? "1 bit" : "\(text) bits"
  }
}

/// The tree of an expression. Every node's operands are `Signal`s, which know their shapes.
indirect enum Expression: Sendable {
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
  case unary(Operator, Signal)
  case binary(Operator, Signal, Signal)
  case mux(Signal, Signal, Signal)
  case cast(Signal)

  /// The signals that the node is made of.
  var operands: [Signal] {
    switch self {
    case .reference, .constant: return []
    case .slice(let a, from: _, isBit: _), .word(_, address: let a), .compareNumber(let a, _, _),
      .widened(let a), .unary(_, let a), .cast(let a):
      return [a]
    case .element(let a, index: let b), .binary(_, let a, let b): return [a, b]
    case .mux(let condition, let a, let b): return [condition, a, b]
    case .concatenation(let parts): return parts
    }
  }
}

/// Operators, by their Verilog spelling.
enum Operator: String, Sendable {
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

/// A declared name: port, wire, register or memory.
final class Declaration: Sendable {
  enum Kind: Sendable, Equatable { case input, output, wire, register, memory, pattern }

  let name: String
  let shape: Shape
  let kind: Kind
  /// Number of words of a memory.
  let depth: Nat?
  /// Whether a clocked process drives it.
  let isClocked: Bool
  /// Value on reset of a register that has one.
  let reset: Nat?
  let doc: String
  /// The generate blocks around the declaration, outermost first.
  let scope: [ScopeStep]
  let location: Location

  init(
    _ name: String, _ shape: Shape, _ kind: Kind, depth: Nat? = nil, isClocked: Bool = false,
    reset: Nat? = nil, doc: String, scope: [ScopeStep], location: Location
  ) {
    self.name = name
    self.shape = shape
    self.kind = kind
    self.depth = depth
    self.isClocked = isClocked
    self.reset = reset
    self.doc = doc
    self.scope = scope
    self.location = location
  }
}

/// A named generate block, with its loop variable if it is a loop.
struct ScopeStep: Sendable, Equatable {
  let label: String
  let index: String?
}
