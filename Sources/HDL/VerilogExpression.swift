/// Spells elaboration-time numbers, conditions and expressions in Verilog-2005.
enum VerilogExpression {
  // MARK: Numbers

  static func text(_ n: Nat) -> String { number(folded(n)).text }

  /// Literals brought together, so that `W - 1 + 1` prints as `W`.
  private static func folded(_ n: Nat) -> Nat {
    switch n {
    case .add(let a, let b): return sum(folded(a), folded(b), 1)
    case .subtract(let a, let b): return sum(folded(a), folded(b), -1)
    case .multiply(let a, let b):
      let x = folded(a)
      let y = folded(b)
      if case .literal(let p) = x, case .literal(let q) = y { return .literal(p * q) }
      if case .literal(1) = x { return y }
      if case .literal(1) = y { return x }
      if case .literal(0) = x { return 0 }
      if case .literal(0) = y { return 0 }
      return .multiply(x, y)
    case .divide(let a, let b): return .divide(folded(a), folded(b))
    case .shiftLeft(let a, let b):
      if case .literal(let e) = folded(b), case .literal(let x) = folded(a), e < 62 {
        return .literal(x << e)
      }
      return .shiftLeft(folded(a), folded(b))
    case .ceilLog2(let a): return .ceilLog2(folded(a))
    case .maximum(let a, let b): return .maximum(folded(a), folded(b))
    default: return n
    }
  }

  /// `a + sign * b`, with a trailing literal of `a` merged into a literal `b`.
  private static func sum(_ a: Nat, _ b: Nat, _ sign: Int) -> Nat {
    if let difference = Polynomial(sign > 0 ? a + b : a - b).constant {
      return .literal(difference)
    }
    guard case .literal(let value) = b else {
      if case .literal(0) = a, sign > 0 { return b }
      return sign > 0 ? .add(a, b) : .subtract(a, b)
    }
    var rest = a
    var offset = sign * value
    switch a {
    case .add(let x, .literal(let y)):
      rest = x
      offset += y
    case .subtract(let x, .literal(let y)):
      rest = x
      offset -= y
    default: break
    }
    if offset == 0 { return rest }
    return offset > 0 ? .add(rest, .literal(offset)) : .subtract(rest, .literal(-offset))
  }

  private static func number(_ n: Nat) -> (text: String, rank: Int) {
    func wrap(_ n: Nat, above rank: Int) -> String {
      let inner = number(n)
      return inner.rank > rank ? "(\(inner.text))" : inner.text
    }
    switch n {
    case .literal(let value): return ("\(value)", 0)
    case .parameter(let name), .constant(let name, _), .index(let name): return (name, 0)
    case .multiply(let a, let b): return ("\(wrap(a, above: 1)) * \(wrap(b, above: 0))", 1)
    case .divide(let a, let b): return ("\(wrap(a, above: 1)) / \(wrap(b, above: 0))", 1)
    case .add(let a, let b): return ("\(wrap(a, above: 2)) + \(wrap(b, above: 1))", 2)
    case .subtract(let a, let b): return ("\(wrap(a, above: 2)) - \(wrap(b, above: 1))", 2)
    case .shiftLeft(let a, let b): return ("(\(wrap(a, above: 0)) << \(wrap(b, above: 0)))", 0)
    case .ceilLog2(let a): return ("$clog2(\(text(a)))", 0)
    case .maximum(let a, let b):
      let x = text(a)
      let y = text(b)
      return ("(\(x) > \(y) ? \(x) : \(y))", 0)
    }
  }

  static func text(_ condition: Condition) -> String {
    switch condition {
    case .compare(let a, let relation, let b): return "\(text(a)) \(relation.rawValue) \(text(b))"
    case .and(let a, let b): return "\(operand(a)) && \(operand(b))"
    case .or(let a, let b): return "\(text(a)) || \(text(b))"
    }
  }

  /// A condition beside `&&`.
  private static func operand(_ condition: Condition) -> String {
    if case .or = condition { return "(\(text(condition)))" }
    return text(condition)
  }

  // MARK: Expressions

  static func text(_ signal: Signal) -> String { spell(signal).text }

  /// The text, in parentheses if an operator before it would take only a part of it.
  static func parenthesized(_ signal: Signal) -> String { spell(signal).inParentheses }

  private struct Spelling {
    let text: String
    /// An operator expression, which needs parentheses inside another.
    var isCompound = false
    /// What Verilog takes the text for.
    var isSigned = false
    /// Whether Verilog computes it in as many bits as the place where it stands has.
    var isStretched = false
    var inParentheses: String { isCompound ? "(\(text))" : text }
    /// As an index: in braces where Verilog, or Icarus alone, would take more bits than it has or
    /// a sign.
    var asIndex: String { isStretched || isSigned ? "{\(text)}" : text }
  }

  private static func spell(_ signal: Signal) -> Spelling {
    switch signal.expression {
    case .reference(let declaration, let indices):
      return Spelling(
        text: path(declaration, indices) + declaration.name, isSigned: declaration.shape.isSigned)
    case .slice(let base, let from, let isBit):
      let name = text(base)
      if isScalar(base) { return spell(base) }
      if isBit { return Spelling(text: "\(name)[\(text(from))]") }
      if let offset = from.difference(from: 0), offset == 0 {
        return Spelling(text: "\(name)[\(text(signal.width - 1)):0]")
      }
      return Spelling(text: "\(name)[\(text(from)) +: \(text(signal.width))]")
    case .element(let base, _) where isScalar(base): return spell(base)
    case .element(let base, let index):
      let width = text(signal.width)
      let start =
        width == "1"
        ? spell(index).asIndex : "\(factor(spell(index))) * \(spelledFactor(signal.width))"
      return Spelling(
        text: width == "1" ? "\(text(base))[\(start)]" : "\(text(base))[\(start) +: \(width)]")
    case .word(let memory, let address):
      return Spelling(
        text: "\(memory.name)[\(spell(address).asIndex)]", isSigned: memory.shape.isSigned)
    case .repeated(let operand, let count):
      return Spelling(text: "{\(parenthesized(count)){\(text(operand))}}")
    case .constant(let number): return Spelling(text: sized(number, signal.width))
    case .compareNumber(let operand, let op, let number):
      return Spelling(text: comparison(operand, op, number), isCompound: true)
    case .widened(let operand): return Spelling(text: extended(operand, to: signal.width))
    case .concatenation(let parts):
      return Spelling(text: "{\(parts.map(text).joined(separator: ", "))}")
    case .unary(.bitNot, let operand) where negative(operand) != nil:
      return Spelling(
        text: negative(operand)!, isCompound: true, isSigned: true, isStretched: true)
    case .unary(let op, let operand):
      // Two operators in a row may read as one: `||` for the reduction of a reduction.
      let inner = spell(operand)
      let isOperator = inner.text.first.map { "~&|^!".contains($0) } ?? false
      return Spelling(
        text: op.rawValue + (isOperator ? "(\(inner.text))" : inner.inParentheses),
        isStretched: op == .bitNot)
    case .binary(let op, let a, let b): return binary(op, a, b)
    case .mux(let condition, let a, let b):
      let x = spell(a)
      let y = spell(b)
      return Spelling(
        text: "\(spell(condition).inParentheses) ? \(x.inParentheses) : \(y.inParentheses)",
        isCompound: true, isSigned: x.isSigned && y.isSigned, isStretched: true)
    case .cast(let operand):
      let inner = spell(operand)
      if inner.isSigned == signal.shape.isSigned { return inner }
      return Spelling(
        text: "\(signal.shape.isSigned ? "$signed" : "$unsigned")(\(inner.text))",
        isSigned: signal.shape.isSigned)
    }
  }

  /// The number whose inverse a signed constant is, where its width is a number too.
  private static func negative(_ inverted: Signal) -> String? {
    guard case .constant(.literal(let value)) = inverted.expression, inverted.shape.isSigned,
      case .literal(let width) = folded(inverted.width), width < 63, value + 1 < 1 << (width - 1)
    else { return nil }
    return "-\(width)'sd\(value + 1)"
  }

  private static func factor(_ spelling: Spelling) -> String {
    spelling.isStretched || spelling.isSigned ? spelling.asIndex : spelling.inParentheses
  }

  /// Whether the name is declared without a range, so that it has no bits to select from.
  private static func isScalar(_ name: Signal) -> Bool { name.width.difference(from: 1) == 0 }

  private static func spelledFactor(_ n: Nat) -> String {
    let inner = number(folded(n))
    return inner.rank > 0 ? "(\(inner.text))" : inner.text
  }

  /// `row[r - 1].col[c].` of another iteration's copy.
  private static func path(_ declaration: Declaration, _ indices: [Nat]?) -> String {
    guard let indices else { return "" }
    var rest = indices[...]
    return declaration.scope.map { step in
      step.index == nil ? "\(step.label)." : "\(step.label)[\(text(rest.popFirst() ?? 0))]."
    }.joined()
  }

  /// An operand where its signedness decides: `$signed` where Verilog would take it as unsigned.
  private static func exact(_ signal: Signal) -> String {
    let spelling = spell(signal)
    if spelling.isSigned == signal.shape.isSigned { return spelling.inParentheses }
    return "\(signal.shape.isSigned ? "$signed" : "$unsigned")(\(spelling.text))"
  }

  private static func binary(_ op: Operator, _ a: Signal, _ b: Signal) -> Spelling {
    switch op {
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return Spelling(text: "\(exact(a)) \(op.rawValue) \(exact(b))", isCompound: true)
    case .arithmeticShiftRight:
      let value = isWord(a) ? "$signed({\(text(a))})" : exact(a)
      return Spelling(text: "$signed(\(value) >>> \(amount(b)))", isSigned: true)
    case .shiftLeft, .shiftRight:
      return Spelling(
        text: "\(isWord(a) ? "{\(text(a))}" : spell(a).inParentheses) \(op.rawValue) \(amount(b))",
        isCompound: true, isStretched: true)
    default:
      let x = spell(a)
      let y = spell(b)
      let left = continues(op, a) ? x.text : x.inParentheses
      return Spelling(
        text: "\(left) \(op.rawValue) \(y.inParentheses)", isCompound: true,
        isSigned: !op.isComparison && x.isSigned && y.isSigned,
        isStretched: !op.isComparison && op != .and && op != .or)
    }
  }

  /// A word of a memory, on which the shifts of Icarus Verilog 11 fail without braces.
  private static func isWord(_ signal: Signal) -> Bool {
    if case .word = signal.expression { true } else { false }
  }

  /// The amount of a shift, in braces where it is a word, or a slice of a signed name: in processes of
  /// Icarus Verilog 11 one of all its bits counts as signed.
  private static func amount(_ signal: Signal) -> String {
    switch signal.expression {
    case .slice(let base, _, _) where base.shape.isSigned && !isScalar(base): break
    case .word: break
    default: return spell(signal).inParentheses
    }
    return "{\(text(signal))}"
  }

  /// Whether the left operand is the same associative operator, and needs no parentheses.
  private static func continues(_ op: Operator, _ a: Signal) -> Bool {
    guard case .binary(let inner, _, _) = a.expression, inner == op else { return false }
    return [.add, .bitAnd, .bitOr, .bitXor, .and, .or].contains(op)
  }

  private static func comparison(_ a: Signal, _ op: Operator, _ n: Nat) -> String {
    if case .literal(let width) = folded(a.width), case .literal(let value) = folded(n),
      value >= 0, width >= 63 || value < 1 << width
    {
      return "\(spell(a).inParentheses) \(op.rawValue) \(width)'d\(value)"
    }
    if case .literal(0) = folded(n) {
      return "\(spell(a).inParentheses) \(op.rawValue) \(sized(0, a.width))"
    }
    let extended = "{{(32 - \(spelledFactor(a.width))){1'b0}}, \(text(a))}"
    return "\(extended) \(op.rawValue) \(text(n))"
  }

  private static func sized(_ number: Nat, _ width: Nat) -> String {
    switch (folded(number), folded(width)) {
    case (.literal(let value), .literal(let width)) where value >= 0: return "\(width)'d\(value)"
    case (.literal(0), let width): return "{\(spelledFactor(width)){1'b0}}"
    case (.literal(1), let width): return "{{\(parenthesized(width - 1)){1'b0}}, 1'b1}"
    case (.literal(let value), let width) where value > 1:
      let digits = Int.bitWidth - value.leadingZeroBitCount
      return "{{\(parenthesized(width - .literal(digits))){1'b0}}, \(digits)'d\(value)}"
    case (let name, let width): return "\(text(name))[\(text(width - 1)):0]"
    }
  }

  private static func parenthesized(_ n: Nat) -> String {
    let inner = number(folded(n))
    return inner.rank > 0 ? "(\(inner.text))" : inner.text
  }

  private static func extended(_ operand: Signal, to width: Nat) -> String {
    let fill = operand.shape.isSigned ? operand.signBit.map(text) ?? "1'bx" : "1'b0"
    let count = remainder(width, operand.width)
    if case .literal(1) = count { return "{\(fill), \(text(operand))}" }
    return "{{\(parenthesized(count)){\(fill)}}, \(text(operand))}"
  }

  /// `whole - part`, without the part where it is a term of the whole.
  private static func remainder(_ whole: Nat, _ part: Nat) -> Nat {
    let rest = whole - part
    if let value = rest.difference(from: 0) { return .literal(value) }
    if case .add(let a, let b) = whole {
      if rest.difference(from: a) == 0 { return a }
      if rest.difference(from: b) == 0 { return b }
    }
    return rest
  }
}
