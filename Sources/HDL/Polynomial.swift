/// The normal form of a `Nat`: a sum of products of atoms with integer coefficients.
///
/// Two numbers with the same normal form are equal for all values of the parameters. What is not
/// a polynomial (a division that leaves a rest, `clog2`, `max`, a shift by a name) is an atom,
/// spelled by the normal forms of its operands.
struct Polynomial: Equatable {
  /// Coefficient of each product; a product is its sorted atoms. No zero coefficients.
  private(set) var terms: [[String]: Int] = [:]

  init(_ n: Nat) {
    switch n {
    case .literal(let value): self.init(constant: value)
    case .parameter(let name), .index(let name): self.init(atom: name)
    case .constant(_, let definition): self.init(definition)
    case .add(let a, let b): self = Polynomial(a).adding(Polynomial(b), times: 1)
    case .subtract(let a, let b): self = Polynomial(a).adding(Polynomial(b), times: -1)
    case .multiply(let a, let b): self = Polynomial(a).multiplied(by: Polynomial(b))
    case .divide(let a, let b): self = Self.quotient(Polynomial(a), Polynomial(b))
    case .shiftLeft(let a, let b):
      let exponent = Polynomial(b)
      if let e = exponent.constant, (0..<62).contains(e) {
        self = Polynomial(a).multiplied(by: Polynomial(constant: 1 << e))
      } else {
        self = Polynomial(a).multiplied(by: Polynomial(atom: "2^(\(exponent.spelling))"))
      }
    case .ceilLog2(let a):
      let operand = Polynomial(a)
      if let value = operand.constant {
        self.init(constant: Nat.ceilLog2(.literal(value)).value([:]) ?? 0)
      } else {
        self.init(atom: "clog2(\(operand.spelling))")
      }
    case .maximum(let a, let b):
      let x = Polynomial(a)
      let y = Polynomial(b)
      if let difference = x.adding(y, times: -1).constant {
        self = difference >= 0 ? x : y
      } else {
        self.init(atom: "max(\([x.spelling, y.spelling].sorted().joined(separator: ",")))")
      }
    }
  }

  private init(constant: Int) { if constant != 0 { terms[[]] = constant } }
  private init(atom: String) { terms[[atom]] = 1 }

  /// The value if no name occurs.
  var constant: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 ? terms[[]] : nil
  }

  private var spelling: String {
    terms.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { "\($0.value)*\($0.key.joined(separator: "*"))" }.joined(separator: "+")
  }

  private func adding(_ other: Polynomial, times factor: Int) -> Polynomial {
    var result = self
    for (product, coefficient) in other.terms {
      let sum = (result.terms[product] ?? 0) + factor * coefficient
      result.terms[product] = sum == 0 ? nil : sum
    }
    return result
  }

  private func multiplied(by other: Polynomial) -> Polynomial {
    var result = Polynomial(constant: 0)
    for (p, a) in terms {
      for (q, b) in other.terms {
        let product = (p + q).sorted()
        let sum = (result.terms[product] ?? 0) + a * b
        result.terms[product] = sum == 0 ? nil : sum
      }
    }
    return result
  }

  private static func quotient(_ a: Polynomial, _ b: Polynomial) -> Polynomial {
    if let divisor = b.constant, divisor != 0,
      a.terms.values.allSatisfy({ $0 % divisor == 0 })
    {
      var result = a
      result.terms = a.terms.mapValues { $0 / divisor }
      return result
    }
    if a == b, b.constant == nil { return Polynomial(constant: 1) }
    return Polynomial(atom: "(\(a.spelling))/(\(b.spelling))")
  }
}

extension Nat {
  /// `self - other` if it is the same for all values of the parameters.
  func difference(from other: Nat) -> Int? { Polynomial(self - other).constant }
}
