precedencegroup BitwisePrecedence {
  higherThan: ComparisonPrecedence
  lowerThan: AdditionPrecedence
  associativity: left
}
infix operator &&& : BitwisePrecedence
infix operator ||| : BitwisePrecedence
infix operator ^^^ : BitwisePrecedence

extension Signal {
  private static func same(_ op: Operator, _ a: Signal, _ b: Signal) -> Signal {
    let shape = op.isComparison ? Shape.bit : a.shape
    var result = Signal(.binary(op, a, b), shape, from: [a, b])
    result.requireSameShape(a, b, "`\(op.rawValue)`")
    return result
  }

  /// Sum modulo 2^width.
  public static func + (a: Signal, b: Signal) -> Signal { same(.add, a, b) }
  /// Difference modulo 2^width.
  public static func - (a: Signal, b: Signal) -> Signal { same(.subtract, a, b) }
  /// And, bit by bit; both operands have one shape.
  public static func &&& (a: Signal, b: Signal) -> Signal { same(.bitAnd, a, b) }
  /// Or, bit by bit; both operands have one shape.
  public static func ||| (a: Signal, b: Signal) -> Signal { same(.bitOr, a, b) }
  /// Exclusive or, bit by bit; both operands have one shape.
  public static func ^^^ (a: Signal, b: Signal) -> Signal { same(.bitXor, a, b) }
  /// One bit: the operands, of one shape, are equal.
  public static func == (a: Signal, b: Signal) -> Signal { same(.equal, a, b) }
  /// One bit: the operands, of one shape, differ.
  public static func != (a: Signal, b: Signal) -> Signal { same(.notEqual, a, b) }
  /// One bit; signed where the operands, of one shape, are signed.
  public static func < (a: Signal, b: Signal) -> Signal { same(.less, a, b) }
  /// One bit; signed where the operands, of one shape, are signed.
  public static func <= (a: Signal, b: Signal) -> Signal { same(.lessOrEqual, a, b) }
  /// One bit; signed where the operands, of one shape, are signed.
  public static func > (a: Signal, b: Signal) -> Signal { same(.greater, a, b) }
  /// One bit; signed where the operands, of one shape, are signed.
  public static func >= (a: Signal, b: Signal) -> Signal { same(.greaterOrEqual, a, b) }

  /// The full product: its width is the sum of the operands' widths.
  public static func * (a: Signal, b: Signal) -> Signal {
    let shape = Shape(width: a.width + b.width, isSigned: a.shape.isSigned)
    let x = a.extended(to: shape.width)
    let y = b.extended(to: shape.width)
    var result = Signal(.binary(.multiply, x, y), shape, from: [x, y])
    if a.shape.isSigned != b.shape.isSigned {
      result.problems.append(
        "the operands of `*` are \(a.text), which is \(a.signText), and \(b.text), which is "
          + "\(b.signText); make both signed or both unsigned")
    }
    return result
  }

  /// With a number in the signal's shape.
  public static func + (a: Signal, n: Nat) -> Signal { a + Signal(number: n, a.shape) }
  /// Difference modulo 2^width; the number has the signal's shape.
  public static func - (a: Signal, n: Nat) -> Signal { a - Signal(number: n, a.shape) }
  /// The full product, of twice the width; the number has the signal's shape.
  public static func * (a: Signal, n: Nat) -> Signal { a * Signal(number: n, a.shape) }

  /// Every bit inverted; the shape stays.
  public static prefix func ~ (a: Signal) -> Signal {
    Signal(.unary(.bitNot, a), a.shape, from: [a])
  }

  // One-bit logic.

  private func logic(_ what: String) -> Signal {
    var result = self
    result.require(
      width == 1, "\(text) has \(widthText) and stands in \(what), which takes 1 bit; compare it")
    return result
  }
  /// 1 if the operand, of one bit, is 0.
  public static prefix func ! (a: Signal) -> Signal {
    Signal(.unary(.not, a), .bit, from: [a.logic("`!`")])
  }
  /// 1 if both operands, of one bit each, are 1.
  public static func && (a: Signal, b: Signal) -> Signal {
    Signal(.binary(.and, a, b), .bit, from: [a.logic("`&&`"), b.logic("`&&`")])
  }
  /// 1 if at least one of the operands, of one bit each, is 1.
  public static func || (a: Signal, b: Signal) -> Signal {
    Signal(.binary(.or, a, b), .bit, from: [a.logic("`||`"), b.logic("`||`")])
  }

  /// 1 if any bit is 1.
  public var anyBit: Signal { Signal(.unary(.bitOr, self), .bit, from: [self]) }
  /// 1 if every bit is 1.
  public var allBits: Signal { Signal(.unary(.bitAnd, self), .bit, from: [self]) }

  /// 1 if an odd number of bits are 1.
  public var parity: Signal { Signal(.unary(.bitXor, self), .bit, from: [self]) }

  // Comparison with elaboration-time numbers.

  private static func number(_ op: Operator, _ a: Signal, _ n: Nat) -> Signal {
    let isWide = (a.width.difference(from: 32) ?? 0) > 0
    if a.shape.isSigned || isWide { return same(op, a, Signal(number: n, a.shape)) }
    var result = Signal(.compareNumber(a, op, n), .bit, from: [a])
    result.require(
      0 <= n,
      "\(a.text) is compared with the number `\(VerilogExpression.text(n))`, which is less than 0")
    if case .literal(0) = n, !a.shape.isSigned, op == .less || op == .greaterOrEqual {
      let holds = op == .less ? "never" : "always"
      result.problems.append("\(result.text) \(holds) holds, since \(a.text) is unsigned; drop it")
    }
    result.require(
      a.width <= 32, "\(a.text) has \(a.widthText) and is compared with a number of 32 bits")
    return result
  }
  /// One bit; the signal is unsigned, of at most 32 bits, and the number at least 0.
  public static func == (a: Signal, n: Nat) -> Signal { number(.equal, a, n) }
  /// One bit; the signal is unsigned, of at most 32 bits, and the number at least 0.
  public static func != (a: Signal, n: Nat) -> Signal { number(.notEqual, a, n) }
  /// One bit; the signal is unsigned, of at most 32 bits, and the number at least 0.
  public static func < (a: Signal, n: Nat) -> Signal { number(.less, a, n) }
  /// One bit; the signal is unsigned, of at most 32 bits, and the number at least 0.
  public static func <= (a: Signal, n: Nat) -> Signal { number(.lessOrEqual, a, n) }
  /// One bit; the signal is unsigned, of at most 32 bits, and the number at least 0.
  public static func > (a: Signal, n: Nat) -> Signal { number(.greater, a, n) }
  /// One bit; the signal is unsigned, of at most 32 bits, and the number at least 0.
  public static func >= (a: Signal, n: Nat) -> Signal { number(.greaterOrEqual, a, n) }

  // Shifts. The amount is unsigned, of any width.

  /// Zeros come in at bit 0, and what leaves at the top is lost; the shape stays.
  public func shiftedLeft(by amount: Signal) -> Signal { shifted(.shiftLeft, by: amount) }
  /// Arithmetic if the signal is signed (rounds toward minus infinity), else logical.
  public func shiftedRight(by amount: Signal) -> Signal {
    shifted(shape.isSigned ? .arithmeticShiftRight : .shiftRight, by: amount)
  }

  private func shifted(_ op: Operator, by amount: Signal) -> Signal {
    var result = Signal(.binary(op, self, amount), shape, from: [self, amount])
    if amount.shape.isSigned {
      result.problems.append("the amount \(amount.text) of a shift is signed; use `asUnsigned`")
    }
    return result
  }
}

/// `condition ? a : b`.
public func mux(_ condition: Signal, _ a: Signal, _ b: Signal) -> Signal {
  var result = Signal(.mux(condition, a, b), a.shape, from: [condition, a, b])
  result.require(
    condition.width == 1,
    "the condition \(condition.text) of a mux has \(condition.widthText), and takes 1 bit")
  result.requireSameShape(a, b, "a mux")
  return result
}

/// `condition ? a : b`, the number in the signal's shape.
public func mux(_ condition: Signal, _ a: Signal, _ b: Nat) -> Signal {
  mux(condition, a, Signal(number: b, a.shape))
}

/// `condition ? a : b`, the number in the signal's shape.
public func mux(_ condition: Signal, _ a: Nat, _ b: Signal) -> Signal {
  mux(condition, Signal(number: a, b.shape), b)
}

/// The signals side by side, the first one in the highest bits; unsigned.
public func concatenate(_ signals: Signal...) -> Signal { concatenate(signals) }

/// The signals of a list side by side, the first one in the highest bits; unsigned.
public func concatenate(_ signals: [Signal]) -> Signal {
  guard let first = signals.first else {
    var nothing = zero(.bit)
    nothing.problems.append("`concatenate` is given no signal, and takes at least 1")
    return nothing
  }
  let width = signals.dropFirst().reduce(first.width) { $0 + $1.width }
  return Signal(.concatenation(signals), bits(width), from: signals)
}

/// An elaboration-time number as a signal of `width` bits, unsigned.
///
/// The number is a literal, a parameter or a named constant, so that it prints as one word.
public func constant(_ number: Nat, width: Nat) -> Signal {
  Signal(number: number, bits(width))
}

extension Signal {
  /// An elaboration-time number that has to fit `shape`.
  init(number: Nat, _ shape: Shape) {
    if case .literal(let value) = number, value < 0, value != Int.min, shape.isSigned {
      // What inverted is the number: -5 is ~4.
      let inverted = Signal(.constant(.literal(-1 - value)), shape)
      self.init(.unary(.bitNot, inverted), shape)
      let room = widthText
      require(
        clog2(.literal(-value)) <= shape.width - 1,
        "the number \(value) does not fit \(room), signed")
      return
    }
    self.init(.constant(number), shape)
    let text = VerilogExpression.text(number)
    let room = widthText
    let sign = signText
    switch number {
    case .literal: break
    case .parameter, .constant, .index:
      require(
        shape.width <= 32,
        "the number `\(text)` has 32 bits and is given \(room); extend it from 32")
    default:
      problems.append("the number `\(text)` has no name; declare it with `m.constant`")
    }
    let magnitude = shape.isSigned ? shape.width - 1 : shape.width
    require(
      0 <= number && clog2(number + 1) <= magnitude,
      "the number \(text) does not fit \(room), \(sign)")
  }
}

/// All zeros, of `shape`.
public func zero(_ shape: Shape) -> Signal { Signal(.constant(0), shape) }
