/// An elaboration-time natural number: what Verilog computes before simulation starts.
///
/// A `Nat` keeps the tree as the designer wrote it, for printing, and decides equality by a
/// polynomial normal form (`Polynomial`). It has no comparison that gives a `Bool`, so a Swift
/// `if` on a parameter does not compile: use `given`, which both interpreters understand.
public indirect enum Nat: Sendable, ExpressibleByIntegerLiteral {
  /// A number known when the Swift runs.
  case literal(Int)
  /// A module parameter, by name.
  case parameter(String)
  /// A named derived constant (`localparam`) and its definition.
  case constant(String, Nat)
  /// The variable of a generate loop or of a sum.
  case index(String)
  /// The sum.
  case add(Nat, Nat)
  /// The first less the second; may be negative.
  case subtract(Nat, Nat)
  /// The product.
  case multiply(Nat, Nat)
  /// The quotient, as `/` gives it.
  case divide(Nat, Nat)
  /// The first times 2 to the power of the second.
  case shiftLeft(Nat, Nat)
  /// The number of bits that hold what is less than it, as `clog2` gives it.
  case ceilLog2(Nat)
  /// The larger one.
  case maximum(Nat, Nat)

  /// A number written in the Swift source.
  public init(integerLiteral value: Int) { self = .literal(value) }

  /// The sum.
  public static func + (a: Nat, b: Nat) -> Nat { .add(a, b) }
  /// The difference; may be negative.
  public static func - (a: Nat, b: Nat) -> Nat { .subtract(a, b) }
  /// The product.
  public static func * (a: Nat, b: Nat) -> Nat { .multiply(a, b) }
  /// Integer division, rounding down.
  public static func / (a: Nat, b: Nat) -> Nat { .divide(a, b) }

  /// `2^exponent`.
  public static func power(ofTwo exponent: Nat) -> Nat { .shiftLeft(1, exponent) }

  /// The quotient rounded up.
  public func dividedUp(by divisor: Nat) -> Nat { (self + divisor - 1) / divisor }

  /// The value under `environment`, or nil where a name is unknown, a division is by zero or
  /// the arithmetic overflows.
  public func value(_ environment: [String: Int]) -> Int? {
    func both(_ a: Nat, _ b: Nat, _ operation: (Int, Int) -> (Int, Bool)) -> Int? {
      guard let x = a.value(environment), let y = b.value(environment) else { return nil }
      let (result, overflow) = operation(x, y)
      return overflow ? nil : result
    }
    switch self {
    case .literal(let value): return value
    case .parameter(let name), .index(let name): return environment[name]
    case .constant(_, let definition): return definition.value(environment)
    case .add(let a, let b): return both(a, b) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b): return both(a, b) { $0.subtractingReportingOverflow($1) }
    case .multiply(let a, let b): return both(a, b) { $0.multipliedReportingOverflow(by: $1) }
    case .divide(let a, let b): return both(a, b) { $1 == 0 ? (0, true) : ($0 / $1, false) }
    case .shiftLeft(let a, let b):
      return both(a, b) { (0..<62).contains($1) ? ($0 << $1, false) : (0, true) }
    case .ceilLog2(let a):
      guard let x = a.value(environment), x >= 0 else { return nil }
      return x <= 1 ? 0 : Int.bitWidth - (x - 1).leadingZeroBitCount
    case .maximum(let a, let b): return both(a, b) { (Swift.max($0, $1), false) }
    }
  }

  /// Whether the number, or one on the way to it, is beyond the 32 bits that Verilog computes in.
  func exceeds32Bits(_ environment: [String: Int]) -> Bool {
    if loopIndex != nil { return false }
    guard let value = value(environment), Int32(exactly: value) != nil else { return true }
    switch self {
    case .literal, .parameter, .index: return false
    case .constant(_, let a), .ceilLog2(let a): return a.exceeds32Bits(environment)
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .divide(let a, let b), .shiftLeft(let a, let b), .maximum(let a, let b):
      return a.exceeds32Bits(environment) || b.exceeds32Bits(environment)
    }
  }

  /// A loop index that the number depends on, if there is one.
  var loopIndex: String? {
    switch self {
    case .literal, .parameter: return nil
    case .index(let name): return name
    case .constant(_, let a), .ceilLog2(let a): return a.loopIndex
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .divide(let a, let b), .shiftLeft(let a, let b), .maximum(let a, let b):
      return a.loopIndex ?? b.loopIndex
    }
  }

  /// The same number with parameters replaced, as an instance sees its module's widths.
  func substituting(_ parameters: [String: Nat]) -> Nat {
    func sub(_ n: Nat) -> Nat { n.substituting(parameters) }
    switch self {
    case .literal, .index: return self
    case .parameter(let name): return parameters[name] ?? self
    case .constant(_, let definition): return sub(definition)
    case .add(let a, let b): return .add(sub(a), sub(b))
    case .subtract(let a, let b): return .subtract(sub(a), sub(b))
    case .multiply(let a, let b): return .multiply(sub(a), sub(b))
    case .divide(let a, let b): return .divide(sub(a), sub(b))
    case .shiftLeft(let a, let b): return .shiftLeft(sub(a), sub(b))
    case .ceilLog2(let a): return .ceilLog2(sub(a))
    case .maximum(let a, let b): return .maximum(sub(a), sub(b))
    }
  }
}

extension Shape {
  /// The same shape in terms of parameters alone: what a port list can say.
  var withoutConstants: Shape { substituting([:]) }
}

/// The number of bits that hold `0..<n`, rounded up: Verilog's `$clog2`.
public func clog2(_ n: Nat) -> Nat { .ceilLog2(n) }

/// The larger of two numbers.
public func max(_ a: Nat, _ b: Nat) -> Nat { .maximum(a, b) }

/// The width of an index into `count` things: at least 1, so that no vector is `[-1:0]`.
public func indexWidth(_ count: Nat) -> Nat { max(1, clog2(count)) }
