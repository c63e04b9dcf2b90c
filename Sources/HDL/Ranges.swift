/// What parameters and loop indices can be, and what follows from it for all their values.
struct Ranges {
  private struct Range {
    let name: String
    let lowest: Nat
    let highest: Nat
  }

  /// In the order of declaration: the limits of one may depend on those before it.
  private var ranges: [Range] = []

  mutating func add(_ name: String, from lowest: Nat, through highest: Nat) {
    ranges.append(Range(name: name, lowest: lowest, highest: highest))
  }

  mutating func removeLast() { ranges.removeLast() }

  /// Whether the condition holds for all values in the ranges; false where that is not seen.
  func prove(_ condition: Condition) -> Bool {
    switch condition {
    case .and(let a, let b): return prove(a) && prove(b)
    case .or(let a, let b): return prove(a) || prove(b)
    case .compare(let a, .lessOrEqual, let b): return isAtLeast(0, b - a)
    case .compare(let a, .less, let b): return isAtLeast(1, b - a)
    case .compare(let a, .notEqual, let b): return isAtLeast(1, a - b) || isAtLeast(1, b - a)
    case .compare(let a, .equal, let b): return isAtLeast(0, a - b) && isAtLeast(0, b - a)
    }
  }

  private func isAtLeast(_ limit: Int, _ n: Nat) -> Bool {
    (lowerBound(Polynomial(n), ranges[...]) ?? .min) >= limit
  }

  /// A number that the polynomial is never below: a variable after the other, the last one first,
  /// is replaced by the end of its range at which the polynomial is smallest.
  private func lowerBound(_ polynomial: Polynomial, _ ranges: ArraySlice<Range>) -> Int? {
    if let constant = polynomial.constant { return constant }
    guard let range = ranges.last else { return lowerBound(ofAtoms: polynomial) }
    let rest = ranges.dropLast()
    guard let (factor, without) = polynomial.separating(range.name) else { return nil }
    if factor.terms.isEmpty { return lowerBound(polynomial, rest) }
    func with(_ end: Nat) -> Int? {
      lowerBound(without.adding(factor.multiplied(by: Polynomial(end)), times: 1), rest)
    }
    // The factor may itself depend on the variables that are left.
    if (lowerBound(factor, rest) ?? -1) >= 0 { return with(range.lowest) }
    let negative = Polynomial(constant: 0).adding(factor, times: -1)
    if (lowerBound(negative, rest) ?? -1) >= 0 { return with(range.highest) }
    return nil
  }

  /// A bound where only atoms such as `clog2(N)` are left.
  private func lowerBound(ofAtoms polynomial: Polynomial) -> Int? {
    var sum = 0
    for (product, coefficient) in polynomial.terms {
      var term = coefficient
      for atom in product {
        guard let meaning = polynomial.atoms[atom], let least = lowest(of: meaning), least >= 0,
          let end = coefficient > 0 ? least : highest(of: meaning)
        else { return nil }
        let (value, overflow) = term.multipliedReportingOverflow(by: end)
        if overflow { return nil }
        term = value
      }
      let (value, overflow) = sum.addingReportingOverflow(term)
      if overflow { return nil }
      sum = value
    }
    return sum
  }

  private func lowest(of n: Nat) -> Int? {
    switch n {
    case .ceilLog2: return 0
    case .shiftLeft(.literal(1), _): return 1
    case .maximum(let a, let b):
      let bounds = [a, b].compactMap { lowerBound(Polynomial($0), ranges[...]) }
      return bounds.max()
    case .divide(let a, let b): return isAtLeast(0, a) && isAtLeast(1, b) ? 0 : nil
    default: return nil
    }
  }

  /// A number that an atom is never above.
  private func highest(of n: Nat) -> Int? {
    func bound(_ n: Nat) -> Int? {
      lowerBound(Polynomial(0 - n), ranges[...]).flatMap { $0 > .min ? -$0 : nil }
    }
    switch n {
    case .ceilLog2(let a): return bound(a).flatMap { clog2(.literal(Swift.max(0, $0))).value([:]) }
    case .maximum(let a, let b):
      guard let x = bound(a), let y = bound(b) else { return nil }
      return Swift.max(x, y)
    case .divide(let a, let b): return isAtLeast(1, b) ? bound(a).map { Swift.max(0, $0) } : nil
    default: return nil
    }
  }
}
