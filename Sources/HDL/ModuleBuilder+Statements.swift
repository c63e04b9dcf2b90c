/// How registers take their reset values.
public struct Reset: Sendable {
  enum Kind: Sendable { case synchronous, asynchronous, asynchronousLow }
  let signal: Signal
  let kind: Kind

  /// At the clock edge, where `signal` is 1.
  public static func synchronous(_ signal: Signal) -> Reset {
    Reset(signal: signal, kind: .synchronous)
  }
  /// As soon as `signal` is 1.
  public static func asynchronous(_ signal: Signal) -> Reset {
    Reset(signal: signal, kind: .asynchronous)
  }
  /// As soon as `signal` is 0.
  public static func asynchronousLow(_ signal: Signal) -> Reset {
    Reset(signal: signal, kind: .asynchronousLow)
  }
}

extension ModuleBuilder {
  /// What signals are at all times: assignments, and `When`, `Match` and `ForEach` around them,
  /// where a later assignment overrides an earlier one.
  ///
  /// Every signal has to have a value on every path. Assignments alone print as `assign`, the
  /// others as one `always @*`.
  public func drive(
    file: StaticString = #fileID, line: Int = #line,
    @StatementBuilder _ statements: () -> [Statement]
  ) {
    let body = statements()
    check(body, in: .drive)
    let assignments = body.compactMap { statement -> Item? in
      guard case .assign(let target, let value) = statement.node else { return nil }
      return .assign(target: target, value: value, statement.location)
    }
    guard assignments.count < body.count else {
      for assignment in assignments { add(assignment) }
      return
    }
    let location = body.first?.location ?? Location(file, line)
    let process = CombinationalProcess(statements: body, location: location)
    checkReads(of: process)
    add(.combinational(process))
  }

  /// A process reads neither what it assigns nor words of memories, on which Verilog's `@*` would
  /// not wait, and it reads something.
  private func checkReads(of process: CombinationalProcess) {
    let targets = process.statements.targets
    var readsSignals = false
    func visit(_ signal: Signal, _ location: Location) {
      switch signal.expression {
      case .reference(let declaration, at: let indices):
        if declaration.kind != .pattern { readsSignals = true }
        if indices == nil, targets.contains(where: { $0 === declaration }) {
          report(
            "`\(declaration.name)` is read in the block that assigns it; read it in a `drive` of its own",
            location)
        }
      case .word(let memory, address: _):
        report(
          "a word of `\(memory.name)` is read among `When`, `Match` or `ForEach`; declare a wire for it",
          location)
      default: break
      }
      for operand in signal.expression.operands { visit(operand, location) }
    }
    process.statements.forEachRead(visit)
    if !readsSignals {
      report("these statements read no signal; assign the values without them", process.location)
    }
  }

  /// Assignments at the rising edge of `clock`, where `enable` holds; registers with a reset value
  /// take it where `reset` holds.
  public func clocked(
    _ clock: Signal, reset: Signal? = nil, enable: Signal? = nil, file: StaticString = #fileID,
    line: Int = #line, @StatementBuilder _ statements: () -> [Statement]
  ) {
    addClocked(clock, reset.map(Reset.synchronous), enable, Location(file, line), statements())
  }

  /// Assignments at the rising edge of `clock`, where `enable` holds, with a reset of any kind.
  public func clocked(
    _ clock: Signal, reset: Reset, enable: Signal? = nil, file: StaticString = #fileID,
    line: Int = #line, @StatementBuilder _ statements: () -> [Statement]
  ) {
    addClocked(clock, reset, enable, Location(file, line), statements())
  }

  private func addClocked(
    _ clock: Signal, _ reset: Reset?, _ enable: Signal?, _ location: Location, _ body: [Statement]
  ) {
    for signal in [clock, reset?.signal, enable].compactMap({ $0 }) {
      checkBit(
        signal, "\(signal.text) has \(signal.widthText); clock, reset and enable take 1 bit",
        location)
    }
    if let reset, reset.kind != .synchronous, !reset.signal.isWhole {
      report(
        "the asynchronous reset \(reset.signal.text) has no name of its own; declare a wire for it",
        location)
    }
    check(body, in: .clocked)
    let registers = body.targets
    for register in registers {
      if reset == nil, register.reset != nil {
        report(
          "`\(register.name)` has a reset value and is assigned in a process without reset; pass "
            + "`reset:`", location)
      }
      if let reset, reset.kind != .synchronous, register.reset == nil {
        report(
          "`\(register.name)` has no reset value and is assigned in a process with an asynchronous "
            + "reset; give it one, or assign it in a process of its own", location)
      }
    }
    if reset?.kind == .synchronous, !registers.contains(where: { $0.reset != nil }) {
      report("no register of this process has a reset value; drop `reset:` or give one", location)
    }
    add(
      .clocked(
        ClockedProcess(
          clock: clock, reset: reset, enable: enable, statements: body, location: location)))
  }

  func checkBit(_ signal: Signal, _ message: @autoclosure () -> String, _ location: Location) {
    var bit = signal
    bit.require(signal.width == 1, message())
    check(bit, location)
  }

  private func check(_ statements: [Statement], in context: DrivingContext) {
    for statement in statements {
      let location = statement.location!
      switch statement.node {
      case .assign(let target, let value):
        check(assigning: value, to: target, in: context, location)
      case .when(let condition, let then, let otherwise):
        checkBit(
          condition, "the condition \(condition.text) has \(condition.widthText), and takes 1 bit",
          location)
        check(then, in: context)
        check(otherwise, in: context)
      case .match(let match): check(match, in: context, location)
      case .loop(let loop):
        take(loop.label, location)
        if statementLoops.contains(where: { $0.name == loop.index }) {
          report(
            "the loop index `\(loop.index)` is the index of a loop around it; choose another",
            location)
        } else {
          takeIndex(loop.index, isGenerate: false, location)
        }
        enter(StatementIndex(name: loop.index, count: loop.count))
        inNamedBlock { check(loop.body, in: context) }
        leaveIndex()
      }
    }
  }

  private func check(_ match: MatchStatement, in context: DrivingContext, _ location: Location) {
    check(match.subject, location)
    var seen: [Polynomial] = []
    for branch in match.branches {
      if branch.labels.isEmpty {
        report("a `Case` has no label; give it numbers, or use `Default`", branch.location)
      }
      for label in branch.labels {
        check(label, branch.location)
        guard case .constant(let number) = label.expression else { continue }
        let form = Polynomial(number)
        if seen.contains(form) {
          report(
            "this `Match` has a second branch for \(VerilogExpression.text(number))",
            branch.location)
        }
        seen.append(form)
      }
      check(branch.statements, in: context)
    }
    check(match.otherwise ?? [], in: context)
  }
}

extension [Statement] {
  /// Calls `body` with every value, condition and subject that the statements read.
  func forEachRead(_ body: (Signal, Location) -> Void) {
    for statement in self {
      let location = statement.location!
      switch statement.node {
      case .assign(let target, let value):
        body(value, location)
        for address in target.addresses { body(address, location) }
      case .when(let condition, let then, let otherwise):
        body(condition, location)
        then.forEachRead(body)
        otherwise.forEachRead(body)
      case .match(let match):
        body(match.subject, location)
        for branch in match.branches { branch.statements.forEachRead(body) }
        match.otherwise?.forEachRead(body)
      case .loop(let loop): loop.body.forEachRead(body)
      }
    }
  }
}

extension Signal {
  /// Whether it is a name, and not a part of one or an expression.
  fileprivate var isWhole: Bool {
    if case .reference = expression { true } else { false }
  }

  /// What a target reads to find its place: the address of a word.
  var addresses: [Signal] {
    switch expression {
    case .word(_, let address): return [address]
    case .slice(let base, _, _): return base.addresses
    default: return []
    }
  }
}
