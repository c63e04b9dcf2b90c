/// A register that holds one of the states of a Swift enumeration.
///
/// The raw values are the names in Verilog. A Swift `switch` over the states in `Match` has to be
/// complete, and a state that does not exist does not compile.
public struct StateMachine<State: CaseIterable & RawRepresentable & Sendable>: Sendable
where State.RawValue == String, State.AllCases: Sendable {
  /// The register itself, for ports and waves.
  public let register: Signal
  let patterns: [(state: String, signal: Signal)]

  /// 1 where the machine is in `state`.
  public func `is`(_ state: State) -> Signal { register == self[state] }

  /// The bits of `state`.
  public subscript(state: State) -> Signal {
    patterns.first { $0.state == state.rawValue }!.signal
  }
}

/// Goes to `state`.
public func <== <State>(machine: StateMachine<State>, state: State) -> Statement {
  machine.register <== machine[state]
}

/// `case` over the states of a machine: the statements of every state, complete by construction.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Match<State>(
  _ machine: StateMachine<State>, file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ statements: (State) -> [Statement]
) -> Statement {
  let location = Location(file, line)
  let branches = State.allCases.map { state in
    MatchStatement.Branch(
      labels: [machine[state]], statements: statements(state), location: location)
  }
  return Statement(
    node: .match(
      MatchStatement(
        subject: machine.register, branches: branches, otherwise: nil, isExhaustive: true)),
    location: location)
}

extension ModuleBuilder {
  /// A state machine: a register with a named state for each case of `State`, which it enters in
  /// `reset` when the process that assigns it resets.
  public func stateMachine<State>(
    _ name: String, _ states: State.Type, reset: State, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line
  ) -> StateMachine<State> {
    let location = Location(file, line)
    let names = State.allCases.map(\.rawValue)
    let width = Swift.max(1, Int.bitWidth - (names.count - 1).leadingZeroBitCount)
    // Machines with the same states share their names.
    let patterns =
      statePatterns[ObjectIdentifier(State.self)]
      ?? names.enumerated().map { number, state in
        (
          state: state,
          signal: namedPattern(
            state, width: width, value: UInt64(number), isHexadecimal: false, "", location)
        )
      }
    statePatterns[ObjectIdentifier(State.self)] = patterns
    let initial = patterns.first { $0.state == reset.rawValue }!.signal
    let register = register(
      name, bits(.literal(width)), resetTo: initial, doc, location)
    machines.append(
      Machine(
        register: register.root!, states: patterns.map(\.signal.root!), initial: initial.root!,
        location: location))
    return StateMachine(register: register, patterns: patterns)
  }

  /// What the builder remembers of a state machine, to see that every state is entered.
  struct Machine {
    let register: Declaration
    let states: [Declaration]
    let initial: Declaration
    let location: Location
  }

  /// Reports the states that no statement enters.
  func checkMachines(_ items: [Item]) {
    guard !machines.isEmpty else { return }
    var entered: Set<ObjectIdentifier> = []
    func visit(_ signal: Signal) {
      switch signal.expression {
      case .reference(let declaration, at: _): entered.insert(ObjectIdentifier(declaration))
      case .binary(let op, _, _) where op.isComparison: break
      default: signal.expression.operands.forEach(visit)
      }
    }
    items.forEachAssignment { _, value, _ in visit(value) }
    for machine in machines {
      for state in machine.states
      where state !== machine.initial && !entered.contains(ObjectIdentifier(state)) {
        report(
          "nothing enters the state `\(state.name)` of `\(machine.register.name)`; drop it or go "
            + "there", machine.location)
      }
    }
  }
}
