/// A `Nat` with the parameters filled in, quick to evaluate for every iteration of the loops
/// around it.
struct Number {
  private enum Form {
    case constant(Int)
    /// `base` and a multiple of each loop index.
    case affine(base: Int, terms: [Term])
    case tree(Nat, Names)
    /// No value: an unknown name, a division by zero, an overflow.
    case none
  }

  private struct Term {
    let slot: Int
    let factor: Int
  }

  /// What names stand for: parameters for numbers, loop indices for places in a list of values.
  struct Names {
    var values: [String: Int]
    var slots: [String: Int] = [:]
  }

  private let form: Form

  init(_ n: Nat, _ names: Names) {
    if let value = n.value(names.values) {
      form = .constant(value)
    } else if let (base, factors) = Self.linear(n, names) {
      let terms = factors.sorted { $0.key < $1.key }.filter { $0.value != 0 }
        .map { Term(slot: $0.key, factor: $0.value) }
      form = terms.isEmpty ? .constant(base) : .affine(base: base, terms: terms)
    } else {
      form = n.loopIndex == nil ? .none : .tree(n, names)
    }
  }

  init(_ value: Int) { form = .constant(value) }

  /// The value where the loop indices are `indices`, by slot.
  func value(_ indices: [Int]) -> Int? {
    switch form {
    case .constant(let value): return value
    case .affine(let base, let terms):
      var sum = base
      for term in terms {
        let (product, overflow) = indices[term.slot].multipliedReportingOverflow(by: term.factor)
        let (next, overflow2) = sum.addingReportingOverflow(product)
        if overflow || overflow2 { return nil }
        sum = next
      }
      return sum
    case .tree(let n, let names):
      var values = names.values
      for (name, slot) in names.slots { values[name] = indices[slot] }
      return n.value(values)
    case .none: return nil
    }
  }

  /// `n` as a base and a factor for each slot, if it has that form.
  private static func linear(_ n: Nat, _ names: Names) -> (base: Int, factors: [Int: Int])? {
    if let value = n.value(names.values) { return (value, [:]) }
    func combined(_ a: Nat, _ b: Nat, _ sign: Int) -> (Int, [Int: Int])? {
      guard var (base, factors) = linear(a, names), let y = linear(b, names) else { return nil }
      // Far from overflow, or left to the tree.
      guard abs(base) < 1 << 60, abs(y.base) < 1 << 60,
        (factors.values.map { abs($0) } + y.factors.values.map { abs($0) }).allSatisfy({
          $0 < 1 << 60
        })
      else { return nil }
      base += sign * y.base
      for (slot, factor) in y.factors { factors[slot, default: 0] += sign * factor }
      return (base, factors)
    }
    func scaled(_ a: Nat, by factor: Int) -> (Int, [Int: Int])? {
      guard let (base, factors) = linear(a, names), abs(factor) < 1 << 31, abs(base) < 1 << 31,
        factors.values.allSatisfy({ abs($0) < 1 << 31 })
      else { return nil }
      return (base * factor, factors.mapValues { $0 * factor })
    }
    switch n {
    case .index(let name): return names.slots[name].map { (0, [$0: 1]) }
    case .constant(_, let definition): return linear(definition, names)
    case .add(let a, let b): return combined(a, b, 1)
    case .subtract(let a, let b): return combined(a, b, -1)
    case .multiply(let a, let b):
      if let factor = b.value(names.values) { return scaled(a, by: factor) }
      if let factor = a.value(names.values) { return scaled(b, by: factor) }
      return nil
    default: return nil
    }
  }
}

/// A `Condition` with the parameters filled in.
indirect enum NumberCondition {
  case compare(Number, Condition.Relation, Number)
  case and(NumberCondition, NumberCondition)
  case or(NumberCondition, NumberCondition)

  init(_ condition: Condition, _ names: Number.Names) {
    switch condition {
    case .compare(let a, let relation, let b):
      self = .compare(Number(a, names), relation, Number(b, names))
    case .and(let a, let b):
      self = .and(NumberCondition(a, names), NumberCondition(b, names))
    case .or(let a, let b):
      self = .or(NumberCondition(a, names), NumberCondition(b, names))
    }
  }

  /// Whether it holds; nil where a number has no value.
  func value(_ indices: [Int]) -> Bool? {
    switch self {
    case .compare(let a, let relation, let b):
      guard let x = a.value(indices), let y = b.value(indices) else { return nil }
      return relation.holds(x, y)
    case .and(let a, let b):
      guard let x = a.value(indices), let y = b.value(indices) else { return nil }
      return x && y
    case .or(let a, let b):
      guard let x = a.value(indices), let y = b.value(indices) else { return nil }
      return x || y
    }
  }
}
