import HDL

private enum Two: String, CaseIterable {
  case idle = "IDLE"
  case busy = "BUSY"
}
private enum Three: String, CaseIterable {
  case one = "ONE"
  case two = "TWO"
  case three = "THREE"
}
private enum Five: String, CaseIterable {
  case a = "ALPHA"
  case b = "BETA"
  case c = "GAMMA"
  case d = "DELTA"
  case e = "EPSILON"
}

/// Random instances, state machines and events.
extension Grower {
  /// One or two instances of a random module of its own.
  func instances() {
    guard depth > 0 else { return }
    let arguments = (0...choices.below(2)).map { _ in childArguments() }
    let values = environments.flatMap { environment in
      arguments.map { $0.map { $0.value(environment) } }
    }
    let child = freshChild()
    var ports: [RandomPort] = []
    let module = Module(child, "A random module below another one.") { m in
      let grower = Grower(
        m, choices, name: child, depth: depth - 1, defaults: [4, 7, 2], environments: values)
      grower.grow()
      ports = grower.ports
    }
    for sizes in arguments { instance(of: module, ports, sizes) }
  }

  private func childArguments() -> [Size] {
    [0, 1].map { _ in
      let small = sizes.filter { high($0) <= 100 }
      return choices.below(2) == 0 ? .parameter(choices.below(2)) : choices.pick(small)
    } + [choices.below(2) == 0 ? .parameter(2) : .literal(1 + choices.below(4))]
  }

  private func instance(of module: Module, _ ports: [RandomPort], _ arguments: [Size]) {
    var connections = Connections<Signal>([
      ("clk", clock.clk), ("rst", clock.rst), ("arst", clock.arst), ("arst_n", clock.arstN),
    ])
    var outputs: [(Signal, Size, Bool)] = []
    for port in ports {
      let size = port.size.substituting(arguments)
      if port.isInput {
        connections.pairs.append((port.name, expression(size, port.isSigned, 2).signal))
      } else {
        let wire = m.wire(fresh("w"), shape(size, port.isSigned))
        connections.pairs.append((port.name, wire))
        outputs.append((wire, size, port.isSigned))
      }
    }
    m.instance(
      fresh("u"), of: module,
      parameters: Connections(zip(Self.parameterNames, arguments.map(nat)).map { ($0, $1) }),
      ports: connections)
    for (wire, size, isSigned) in outputs { declared(wire, size, isSigned) }
  }

  func machineOrEvent() {
    guard !hasMachine, choices.below(2) == 1 else { return event() }
    switch choices.below(3) {
    case 0: machine(Two.self, .idle)
    case 1: machine(Three.self, .two)
    default: machine(Five.self, .a)
    }
  }

  private func event() {
    let count = m.event(
      fresh("e"), when: bit(2).signal, on: clock.clk, reset: clock.rst, width: 5,
      if: nat(.parameter(2)) > .literal(choices.below(4)))
    declared(count, .literal(5), false)
  }

  /// A state machine that goes on or back, and an output of its states.
  private func machine<State>(_ states: State.Type, _ first: State)
  where
    State: CaseIterable & RawRepresentable & Sendable & Equatable, State.RawValue == String,
    State.AllCases: Sendable
  {
    let machine = m.stateMachine(fresh("s"), states, reset: first)
    let all = Array(states.allCases)
    declared(machine.register, .literal(all.count == 2 ? 1 : all.count == 3 ? 2 : 3), false)
    hasMachine = true
    for state in all { pool.append(made(machine.is(state), .one, false)) }
    let conditions = all.map { _ in bit(2).signal }
    let resets: [Reset] = [
      .synchronous(clock.rst), .asynchronous(clock.arst), .asynchronousLow(clock.arstN),
    ]
    m.clocked(clock.clk, reset: choices.pick(resets)) {
      Match(machine) { state in
        let number = all.firstIndex(of: state)!
        When(conditions[number]) {
          machine <== all[(number + 1) % all.count]
        } else: {
          When(conditions[(number + 1) % all.count] && !conditions[number]) { machine <== first }
        }
      }
    }
    let size = size()
    wordsNeedNames = true
    let values = all.map { _ in expression(size, false, 1).signal }
    wordsNeedNames = false
    let target = m.wire(fresh("w"), bits(nat(size)))
    m.drive {
      Match(machine) { state in target <== values[all.firstIndex(of: state)!] }
    }
    declared(target, size, false)
    let inFirst = m.wire(fresh("w"), machine.is(first))
    declared(inFirst, .one, false)
  }
}
