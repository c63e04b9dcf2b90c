/// Where a statement that drives a signal stands.
enum DrivingContext { case drive, clocked, instance }

extension ModuleBuilder {
  /// Reports what is wrong with a signal at the statement that uses it, and keeps what only a
  /// configuration can decide.
  func check(_ signal: Signal, _ location: Location) {
    checkReach(signal, location)
    for problem in signal.problems { report(problem, location) }
    for var obligation in signal.obligations where !ranges.prove(obligation.condition) {
      obligation.loops = statementLoops
      add(.require(obligation, location))
    }
  }

  func check(
    assigning value: Signal, to target: Signal, in context: DrivingContext, _ location: Location
  ) {
    checkReach(value, location)
    var both = Signal(target.expression, target.shape, from: [target, value])
    both.require(
      target.width == value.width,
      "\(target.text) has \(target.widthText) and is assigned \(value.text) with "
        + "\(value.widthText); extend or truncate the value")
    // What is wrong with the value or the target itself is said, and what follows from it is not.
    if target.shape.isSigned != value.shape.isSigned, value.problems.isEmpty {
      both.problems.append(
        "\(target.text) is \(target.signText) and is assigned \(value.text), which is "
          + "\(value.signText); use `asSigned` or `asUnsigned` where that is meant")
    }
    if target.problems.isEmpty, let (reason, remedy) = obstacle(driving: target, in: context) {
      both.problems.append("\(target.text) \(reason); \(remedy)")
    }
    check(both, location)
  }

  /// What follows is inside a loop of statements.
  func enter(_ index: StatementIndex) {
    statementLoops.append(index)
    ranges.add(index.name, from: 0, through: index.count - 1)
  }

  func leaveIndex() {
    statementLoops.removeLast()
    ranges.removeLast()
  }

  /// A name inside a generate block is out of reach for the statements outside it.
  func checkReach(_ signal: Signal, _ location: Location) {
    switch signal.expression {
    case .reference(let declaration, _) where isForeign(declaration),
      .word(let declaration, _) where isForeign(declaration):
      report(
        "`\(declaration.name)` is a signal of another module; connect it through a port", location)
    case .constant(.index(let index))
    where !statementLoops.contains(where: { $0.name == index }):
      report(
        "the index `\(index)` of a generate loop has no bits; name it with `m.constant` in the loop",
        location)
    case .reference(let declaration, at: nil), .word(let declaration, _):
      if let block = declaration.scope.last, !scope.starts(with: declaration.scope) {
        report(
          "`\(declaration.name)` is declared inside the block `\(block.label)`, out of reach here; "
            + remedy(declaration), location)
      }
    default: break
    }
    for operand in signal.expression.operands { checkReach(operand, location) }
  }

  private func isForeign(_ declaration: Declaration) -> Bool {
    declaration.owner.map { $0 !== identity } ?? false
  }

  private func remedy(_ declaration: Declaration) -> String {
    if declaration.kind == .memory { return "read it there" }
    return declaration.scope.contains { $0.index != nil }
      ? "name the copy with `at`" : "where the same condition holds, name it with `at()`"
  }

  /// Why a statement cannot drive `target`, and what to do instead; nil where it can.
  func obstacle(
    driving target: Signal, in context: DrivingContext
  ) -> (reason: String, remedy: String)? {
    if case .element = target.expression {
      return ("is chosen by a signal", "use `ForEach`, and `When` the index is that number")
    }
    guard let declaration = target.root else {
      return ("cannot be driven", "drive a name, or a bit or slice of one")
    }
    switch declaration.kind {
    case .input: return ("is an input", "the module cannot drive it")
    case .pattern: return ("is a constant", "the module cannot drive it")
    case .memory where context != .clocked:
      return ("is a word of a memory", "assign it inside `clocked`")
    case _ where target.isOtherCopy:
      return ("is the copy of another iteration", "drive it in its own block")
    case _ where context == .clocked && !declaration.isClocked:
      return ("is not a register", "declare it with `register`, or use `drive`")
    case _ where context != .clocked && declaration.isClocked:
      return ("is a register", "assign it inside `clocked`")
    default: return nil
    }
  }
}

extension Signal {
  /// The declared name that an assignment to this signal drives, if it is one.
  var root: Declaration? {
    switch expression {
    case .reference(let declaration, _), .word(let declaration, _): return declaration
    case .slice(let base, _, _): return base.root
    default: return nil
    }
  }

  /// Whether it is, or is a slice of, a name that `at` took from another iteration.
  fileprivate var isOtherCopy: Bool {
    switch expression {
    case .reference(_, let indices): return indices != nil
    case .slice(let base, _, _): return base.isOtherCopy
    default: return false
    }
  }
}
