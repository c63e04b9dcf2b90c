extension ModuleBuilder {
  /// Continuous assignments.
  public func drive(@StatementBuilder _ statements: () -> [Statement]) {
    for statement in statements() {
      switch statement {
      case .assign(let target, let value, let location):
        let location = location!
        check(assigning: value, to: target, in: .drive, location)
        add(.assign(target: target, value: value, location))
      case .when(_, _, _, let location):
        report("`When` stands in `drive`; use `mux`, or a register in `clocked`", location)
      }
    }
  }

  /// Assignments at the rising edge of `clock`, where `enable` holds; registers with a reset value
  /// take it where `reset` holds.
  public func clocked(
    _ clock: Signal, reset: Signal? = nil, enable: Signal? = nil, file: StaticString = #fileID,
    line: Int = #line, @StatementBuilder _ statements: () -> [Statement]
  ) {
    let location = Location(file, line)
    for signal in [clock, reset, enable].compactMap({ $0 }) {
      var bit = signal
      bit.require(
        signal.width == 1,
        "\(signal.text) has \(signal.widthText); clock, reset and enable take 1 bit")
      check(bit, location)
    }
    let body = statements()
    checkClocked(body)
    let registers = ClockedProcess.targets(body)
    if reset == nil {
      for register in registers where register.reset != nil {
        report(
          "`\(register.name)` has a reset value and is assigned in a process without reset; pass "
            + "`reset:`", location)
      }
    } else if !registers.contains(where: { $0.reset != nil }) {
      report("no register of this process has a reset value; drop `reset:` or give one", location)
    }
    add(
      .clocked(
        ClockedProcess(
          clock: clock, reset: reset, enable: enable, statements: body, location: location)))
  }

  private func checkClocked(_ statements: [Statement]) {
    for statement in statements {
      switch statement {
      case .assign(let target, let value, let location):
        check(assigning: value, to: target, in: .clocked, location!)
      case .when(let condition, let then, let otherwise, let location):
        var bit = condition
        bit.require(
          condition.width == 1,
          "the condition \(condition.text) has \(condition.widthText), and takes 1 bit")
        check(bit, location)
        checkClocked(then)
        checkClocked(otherwise)
      }
    }
  }

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

  private func reduce(
    _ name: String, _ shape: Shape, _ operation: Operator, _ index: String, _ count: Nat,
    _ doc: String, _ location: Location, _ term: (Nat) -> Signal
  ) -> Signal {
    let target = declare(name, shape, .wire, doc: doc, location)
    take("\(name)_terms", location)
    takeIndex(index, isGenerate: false, location)
    let value = term(.index(index))
    let result = signal(target)
    // What the terms demand of the index is checked for every value of it.
    checkReach(value, location)
    for problem in value.problems { report(problem, location) }
    if value.width.difference(from: shape.width) != 0 || value.shape.isSigned != shape.isSigned {
      report(
        "`\(name)` has \(result.widthText), \(result.signText), and its terms are "
          + "\(value.text) with \(value.widthText), \(value.signText); they must agree", location)
    }
    add(
      .reduce(
        Reduction(
          target: target, operation: operation, index: index, count: count, term: value,
          location: location)))
    return result
  }
}

extension ClockedProcess {
  /// The registers that `statements` assign, each once, in order.
  static func targets(_ statements: [Statement]) -> [Declaration] {
    var result: [Declaration] = []
    func visit(_ statements: [Statement]) {
      for statement in statements {
        switch statement {
        case .assign(let target, _, _):
          if let root = target.root, !result.contains(where: { $0 === root }) {
            result.append(root)
          }
        case .when(_, let then, let otherwise, _):
          visit(then)
          visit(otherwise)
        }
      }
    }
    visit(statements)
    return result
  }
}
