extension ModuleBuilder {
  /// The sum of `term(i)` for i in `0..<count`, modulo 2^width; prints as a `for` loop.
  public func sum(
    _ name: String, _ shape: Shape, index: String, count: Nat, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line, of term: (Nat) -> Signal
  ) -> Signal {
    reduce(name, shape, .add, index, count, doc, Location(file, line), term)
  }

  /// The bitwise or of `term(i)` for i in `0..<count`; prints as a `for` loop.
  public func or(
    _ name: String, _ shape: Shape, index: String, count: Nat, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line, of term: (Nat) -> Signal
  ) -> Signal {
    reduce(name, shape, .bitOr, index, count, doc, Location(file, line), term)
  }

  /// The bitwise exclusive or of `term(i)` for i in `0..<count`; prints as a `for` loop.
  public func xor(
    _ name: String, _ shape: Shape, index: String, count: Nat, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line, of term: (Nat) -> Signal
  ) -> Signal {
    reduce(name, shape, .bitXor, index, count, doc, Location(file, line), term)
  }

  private func reduce(
    _ name: String, _ shape: Shape, _ operation: Operator, _ index: String, _ count: Nat,
    _ doc: String, _ location: Location, _ term: (Nat) -> Signal
  ) -> Signal {
    let target = declare(name, shape, .wire, doc: doc, location)
    take("\(name)_terms", location)
    takeIndex(index, isGenerate: false, location)
    let value = term(.index(index))
    let result = signal(target)
    enter(StatementIndex(name: index, count: count))
    check(value, location)
    leaveIndex()
    if value.width.difference(from: shape.width) != 0 || value.shape.isSigned != shape.isSigned {
      report(
        "`\(name)` has \(result.widthText), \(result.signText), and its terms are "
          + "\(value.text) with \(value.widthText), \(value.signText); they must agree", location)
    }
    if !value.readsSignal {
      report(
        "the terms of `\(name)` read no signal, on which Verilog's `@*` waits; give the wire its value",
        location)
    }
    add(
      .reduce(
        Reduction(
          target: target, operation: operation, index: index, count: count, term: value,
          location: location)))
    return result
  }
}

extension Signal {
  /// Whether the value depends on a name that can change.
  fileprivate var readsSignal: Bool {
    if case .reference(let declaration, _) = expression { return declaration.kind != .pattern }
    return expression.operands.contains(where: \.readsSignal)
  }
}
