/// The normal form of a `Nat`: a sum of products of atoms with integer coefficients.
///
/// Two numbers with the same normal form are equal for all values of the parameters. What is not
/// a polynomial (a division that leaves a rest, `clog2`, `max`, a shift by a name) is an atom,
/// spelled by the normal forms of its operands.
struct Polynomial: Equatable {
  /// Coefficient of each product; a product is its sorted atoms. No zero coefficients.
  private(set) var terms: [[String]: Int] = [:]
  /// What the atoms stand for that are not names.
  private(set) var atoms: [String: Nat] = [:]

  static func == (a: Polynomial, b: Polynomial) -> Bool { a.terms == b.terms }

  init(_ n: Nat) {
    switch n {
    case .literal(let value): self.init(constant: value)
    case .parameter(let name), .index(let name): self.init(atom: name)
    case .constant(_, let definition): self.init(definition)
    case .add(let a, let b): self = Polynomial(a).adding(Polynomial(b), times: 1)
    case .subtract(let a, let b): self = Polynomial(a).adding(Polynomial(b), times: -1)
    case .multiply(let a, let b): self = Polynomial(a).multiplied(by: Polynomial(b))
    case .divide(let a, let b): self = Self.quotient(Polynomial(a), Polynomial(b), n)
    case .shiftLeft(let a, let b):
      let exponent = Polynomial(b)
      if let e = exponent.constant, (0..<62).contains(e) {
        self = Polynomial(a).multiplied(by: Polynomial(constant: 1 << e))
      } else {
        self = Polynomial(a).multiplied(
          by: Polynomial("2^(\(exponent.spelling))", .shiftLeft(1, b)))
      }
    case .ceilLog2(.shiftLeft(.literal(1), let exponent)): self.init(exponent)
    case .ceilLog2(let a):
      let operand = Polynomial(a)
      if let value = operand.constant {
        self.init(constant: Nat.ceilLog2(.literal(value)).value([:]) ?? 0)
      } else {
        self.init("clog2(\(operand.spelling))", n)
      }
    case .maximum(let a, let b):
      let x = Polynomial(a)
      let y = Polynomial(b)
      if let difference = x.adding(y, times: -1).constant {
        self = difference >= 0 ? x : y
      } else {
        self.init("max(\([x.spelling, y.spelling].sorted().joined(separator: ",")))", n)
      }
    }
  }

  init(constant: Int) { if constant != 0 { terms[[]] = constant } }
  private init(atom: String) { terms[[atom]] = 1 }
  private init(_ atom: String, _ meaning: Nat) {
    terms[[atom]] = 1
    atoms[atom] = meaning
  }

  /// The value if no name occurs.
  var constant: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 ? terms[[]] : nil
  }

  private var spelling: String {
    terms.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { "\($0.value)*\($0.key.joined(separator: "*"))" }.joined(separator: "+")
  }

  func adding(_ other: Polynomial, times factor: Int) -> Polynomial {
    var result = self
    result.atoms.merge(other.atoms) { first, _ in first }
    for (product, coefficient) in other.terms {
      let sum = (result.terms[product] ?? 0) + factor * coefficient
      result.terms[product] = sum == 0 ? nil : sum
    }
    return result
  }

  func multiplied(by other: Polynomial) -> Polynomial {
    var result = Polynomial(constant: 0)
    result.atoms = atoms.merging(other.atoms) { first, _ in first }
    for (p, a) in terms {
      for (q, b) in other.terms {
        let product = (p + q).sorted()
        let sum = (result.terms[product] ?? 0) + a * b
        result.terms[product] = sum == 0 ? nil : sum
      }
    }
    return result
  }

  private static func quotient(
    _ a: Polynomial, _ b: Polynomial, _ meaning: Nat
  ) -> Polynomial {
    if let divisor = b.constant, divisor != 0,
      a.terms.values.allSatisfy({ $0 % divisor == 0 })
    {
      var result = a
      result.terms = a.terms.mapValues { $0 / divisor }
      return result
    }
    if a == b, b.constant == nil { return Polynomial(constant: 1) }
    return Polynomial("(\(a.spelling))/(\(b.spelling))", meaning)
  }
}

extension Polynomial {
  /// Written as `factor * atom + rest`; nil where the atom stands in a higher power. Where a name
  /// stands inside another atom it stays there: that atom then counts as a number of its own.
  func separating(_ atom: String) -> (factor: Polynomial, rest: Polynomial)? {
    var factor = Polynomial(constant: 0)
    var rest = Polynomial(constant: 0)
    (factor.atoms, rest.atoms) = (atoms, atoms)
    for (product, coefficient) in terms {
      switch product.count(where: { $0 == atom }) {
      case 0: rest.terms[product] = coefficient
      case 1: factor.terms[product.filter { $0 != atom }] = coefficient
      default: return nil
      }
    }
    return (factor, rest)
  }
}

extension Nat {
  /// `self - other` if it is the same for all values of the parameters.
  func difference(from other: Nat) -> Int? { Polynomial(self - other).constant }
}
