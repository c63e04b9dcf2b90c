/// An elaboration-time condition: what `given` asks, and what a check demands.
public indirect enum Condition: Sendable {
  /// How two numbers compare; the raw value is the operator in Verilog.
  public enum Relation: String, Sendable {
    /// The numbers are equal.
    case equal = "=="
    /// The numbers differ.
    case notEqual = "!="
    /// The first number is less.
    case less = "<"
    /// The first number is less or equal.
    case lessOrEqual = "<="
  }
  /// The two numbers are in that relation.
  case compare(Nat, Relation, Nat)
  /// Both conditions hold.
  case and(Condition, Condition)
  /// One of the conditions holds, or both.
  case or(Condition, Condition)

  /// Whether it holds under `environment`; nil where a name is unknown.
  func value(_ environment: [String: Int]) -> Bool? {
    switch self {
    case .compare(let a, let relation, let b):
      guard let x = a.value(environment), let y = b.value(environment) else { return nil }
      return relation.holds(x, y)
    case .and(let a, let b):
      guard let x = a.value(environment), let y = b.value(environment) else { return nil }
      return x && y
    case .or(let a, let b):
      guard let x = a.value(environment), let y = b.value(environment) else { return nil }
      return x || y
    }
  }

  /// Whether it holds for all values of the parameters (true), for none (false), or is undecided.
  var decided: Bool? {
    switch self {
    case .compare(let a, let relation, let b):
      guard let difference = a.difference(from: b) else { return nil }
      return relation.holds(difference, 0)
    case .and(let a, let b):
      if a.decided == false || b.decided == false { return false }
      return a.decided == true && b.decided == true ? true : nil
    case .or(let a, let b):
      if a.decided == true || b.decided == true { return true }
      return a.decided == false && b.decided == false ? false : nil
    }
  }

  func substituting(_ parameters: [String: Nat]) -> Condition {
    switch self {
    case .compare(let a, let relation, let b):
      return .compare(a.substituting(parameters), relation, b.substituting(parameters))
    case .and(let a, let b):
      return .and(a.substituting(parameters), b.substituting(parameters))
    case .or(let a, let b):
      return .or(a.substituting(parameters), b.substituting(parameters))
    }
  }
}

extension Condition.Relation {
  func holds(_ a: Int, _ b: Int) -> Bool {
    switch self {
    case .equal: return a == b
    case .notEqual: return a != b
    case .less: return a < b
    case .lessOrEqual: return a <= b
    }
  }
}

extension Nat {
  /// A condition for `given`: the numbers are equal.
  public static func == (a: Nat, b: Nat) -> Condition { .compare(a, .equal, b) }
  /// A condition for `given`: the numbers differ.
  public static func != (a: Nat, b: Nat) -> Condition { .compare(a, .notEqual, b) }
  /// A condition for `given`: the first number is less.
  public static func < (a: Nat, b: Nat) -> Condition { .compare(a, .less, b) }
  /// A condition for `given`: the first number is less or equal.
  public static func <= (a: Nat, b: Nat) -> Condition { .compare(a, .lessOrEqual, b) }
  /// A condition for `given`: the first number is greater.
  public static func > (a: Nat, b: Nat) -> Condition { .compare(b, .less, a) }
  /// A condition for `given`: the first number is greater or equal.
  public static func >= (a: Nat, b: Nat) -> Condition { .compare(b, .lessOrEqual, a) }
}

extension Condition {
  /// A condition for `given`: both conditions hold.
  public static func && (a: Condition, b: Condition) -> Condition { .and(a, b) }
  /// A condition for `given`: one of the conditions holds, or both.
  public static func || (a: Condition, b: Condition) -> Condition { .or(a, b) }
  /// A condition for `given`: the condition does not hold.
  public static prefix func ! (a: Condition) -> Condition {
    switch a {
    case .compare(let x, .equal, let y): return x != y
    case .compare(let x, .notEqual, let y): return x == y
    case .compare(let x, .less, let y): return y <= x
    case .compare(let x, .lessOrEqual, let y): return y < x
    case .and(let x, let y): return !x || !y
    case .or(let x, let y): return !x && !y
    }
  }
}
