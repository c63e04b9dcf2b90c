/// Processes: what they drive, and what their targets become.
extension Expansion {
  /// Reads what the statements read, and calls `body` with every assignment, loops unrolled and all
  /// branches taken.
  private mutating func forEachAssignment(
    _ statements: [StatementTemplate],
    _ body: (inout Expansion, _ target: Template, Location) -> Void
  ) {
    for statement in statements {
      switch statement {
      case .assign(let target, let value, let location):
        read(value, location)
        readAddresses(of: target, location)
        body(&self, target, location)
      case .when(let condition, let then, let otherwise, let location):
        read(condition, location)
        forEachAssignment(then, body)
        forEachAssignment(otherwise, body)
      case .match(let subject, let branches, let otherwise, _, let location):
        read(subject, location)
        _ = labels(of: branches)
        for branch in branches { forEachAssignment(branch.statements, body) }
        forEachAssignment(otherwise ?? [], body)
      case .loop(let slot, let count, _, let list, _):
        for i in 0..<Swift.max(0, count.value(indices) ?? 0) {
          indices[slot] = i
          forEachAssignment(list, body)
        }
      }
    }
  }

  private mutating func readAddresses(of target: Template, _ location: Location) {
    switch target.kind {
    case .word(_, let address): read(address, location)
    case .slice(let base, _): readAddresses(of: base, location)
    default: break
    }
  }

  mutating func combinational(_ statements: [StatementTemplate], _ location: Location) {
    let process = nextProcess()
    let start = reads.count
    var targets: [(bits: ElaboratedModule.Bits, location: Location)] = []
    forEachAssignment(statements) { expansion, target, location in
      if let bits = expansion.bits(of: target, location) { targets.append((bits, location)) }
    }
    let reads = start..<reads.count
    for target in targets {
      addDriver(target.bits, reads: reads, process: process, target.location)
    }
    let always = assigned(by: statements)
    var latches: Set<Int> = []
    for target in targets
    where !always.contains(target.bits) && latches.insert(target.bits.net).inserted {
      let name = result.path(of: target.bits.net)
      elaborator.report(
        "`\(prefix)\(name)` has no value on some path through this block and would be a latch; "
          + "assign it first, or in every branch", target.location)
    }
    guard elaborator.wantsValues else { return }
    let state = lowered(statements, clocked: false)
    for (net, value) in state.values.sorted(by: { $0.key < $1.key }) {
      for range in state.assigned[net]!.ranges {
        let part = Node(.slice(value, low: range.lowerBound), width: range.count)
        let isWhole = range.count == value.width
        result.assignments.append(
          ElaboratedModule.Assignment(
            target: .init(net: net, low: range.lowerBound, width: range.count),
            value: isWhole ? value : part))
      }
    }
  }

  mutating func clocked(_ process: ProcessTemplate) {
    let number = nextProcess()
    for signal in [process.clock, process.reset?.signal, process.enable].compactMap({ $0 }) {
      read(signal, process.location)
    }
    if let reset = process.reset { checkKind(of: reset, process.location) }
    let clock = bits(of: process.clock, process.location)
    forEachAssignment(process.statements) { expansion, target, location in
      guard let some = expansion.bits(of: target, location) else { return }
      if let clock { expansion.checkClock(of: some.net, clock, location) }
      // A reset gives its value to the whole register.
      let net = expansion.nets[some.net]
      let isReset = process.reset != nil && net.declaration.reset != nil
      let all = ElaboratedModule.Bits(net: some.net, low: 0, width: net.width)
      expansion.addDriver(
        isReset ? all : some, reads: 0..<0, process: number, isClocked: true, location)
    }
    guard elaborator.wantsValues else { return }
    let state = lowered(process.statements, clocked: true)
    let reset = process.reset.map { reset in
      reset.kind == .asynchronousLow ? node(reset.signal).inverted : node(reset.signal)
    }
    let updates = state.values.sorted(by: { $0.key < $1.key }).map { net, value in
      let declaration = nets[net].declaration
      let resetValue = process.resetValues[ObjectIdentifier(declaration)]
      return ElaboratedModule.Process.Update(
        net: net, ranges: state.assigned[net]!.ranges,
        reset: process.reset == nil ? nil : resetValue.map { node($0) }, next: value)
    }
    result.processes.append(
      ElaboratedModule.Process(
        clock: node(process.clock), reset: reset,
        isAsynchronous: process.reset.map { $0.kind != .synchronous } ?? false,
        enable: process.enable.map { node($0) }, updates: updates, writes: state.writes))
  }

  /// A register, or a memory, is assigned at the edges of one clock.
  private mutating func checkClock(
    of net: Int, _ clock: ElaboratedModule.Bits, _ location: Location
  ) {
    guard let other = clocks[net] else {
      clocks[net] = (clock, location)
      return
    }
    guard other.clock != clock else { return }
    elaborator.report(
      "`\(prefix)\(result.path(of: net))` is assigned at the edge of `\(result.path(of: clock.net))` here "
        + "and of `\(result.path(of: other.clock.net))` at \(other.location); give each clock a register "
        + "of its own", location)
  }

  /// A reset acts at the edge or at once, the same in every process of a module.
  private mutating func checkKind(
    of reset: (signal: Template, kind: Reset.Kind), _ location: Location
  ) {
    guard let net = bits(of: reset.signal, location)?.net else { return }
    let isSynchronous = reset.kind == .synchronous
    if isSynchronous {
      resets.synchronous[net] = location
    } else {
      resets.asynchronous[net] = location
    }
    guard let other = (isSynchronous ? resets.asynchronous : resets.synchronous)[net] else {
      return
    }
    elaborator.report(
      "`\(prefix)\(result.path(of: net))` resets \(isSynchronous ? "at the clock edge" : "at once") here "
        + "and \(isSynchronous ? "at once" : "at the clock edge") at \(other); choose one", location
    )
  }

  // MARK: Bits that have a value on every path

  private mutating func assigned(by statements: [StatementTemplate]) -> NetBits {
    var result = NetBits()
    for statement in statements {
      switch statement {
      case .assign(let target, _, let location):
        if let bits = bits(of: target, location) { result.insert(bits) }
      case .when(_, let then, let otherwise, _):
        result.formUnion(assigned(by: then).intersection(assigned(by: otherwise)))
      case .match(let subject, let branches, let otherwise, let isExhaustive, _):
        var sets = branches.map { assigned(by: $0.statements) }
        let isComplete = isExhaustive || labelsAreAll(branches, subject)
        if !isComplete || otherwise != nil { sets.append(assigned(by: otherwise ?? [])) }
        guard var common = sets.first else { continue }
        for set in sets.dropFirst() { common = common.intersection(set) }
        result.formUnion(common)
      case .loop(let slot, let count, _, let body, _):
        for i in 0..<Swift.max(0, count.value(indices) ?? 0) {
          indices[slot] = i
          result.formUnion(assigned(by: body))
        }
      }
    }
    return result
  }

  /// Whether the labels are all numbers that the subject can have; reports one that is there twice.
  private func labelsAreAll(_ branches: [StatementTemplate.Branch], _ subject: Template) -> Bool {
    let width = subject.width.value(indices) ?? 0
    return width < 20 && labels(of: branches).count == 1 << width
  }

  private func labels(of branches: [StatementTemplate.Branch]) -> Set<Int> {
    var seen: Set<Int> = []
    for branch in branches {
      for label in branch.labels {
        guard case .constant(let number) = label.kind, let value = number.value(indices) else {
          continue
        }
        if !seen.insert(value).inserted {
          elaborator.report("this `Match` has a second branch for \(value)", branch.location)
        }
      }
    }
    return seen
  }

  // MARK: Values

  /// What targets are after some statements, and the words that are written.
  private struct State {
    var values: [Int: Node] = [:]
    var assigned: [Int: BitRanges] = [:]
    var writes: [ElaboratedModule.Process.Write] = []
  }

  private mutating func lowered(_ statements: [StatementTemplate], clocked: Bool) -> State {
    var state = State()
    lower(statements, when: .one, isClocked: clocked, &state)
    return state
  }

  /// The value of a target before any statement: in a clocked process what the register holds.
  private func initial(_ net: Int, isClocked: Bool) -> Node {
    let width = nets[net].width
    let isSigned = nets[net].declaration.shape.isSigned
    return Node(isClocked ? .net(net) : .constant(0), width: width, isSigned: isSigned)
  }

  private mutating func lower(
    _ statements: [StatementTemplate], when path: Node, isClocked: Bool, _ state: inout State
  ) {
    for statement in statements {
      switch statement {
      case .assign(let target, let value, let location):
        assign(target, node(value), when: path, isClocked, location, &state)
      case .when(let condition, let then, let otherwise, _):
        branch(node(condition), then, otherwise, when: path, isClocked, &state)
      case .match(let subject, let branches, let otherwise, let isExhaustive, _):
        let subject = node(subject)
        var rest = otherwise ?? []
        var branches = branches[...]
        if isExhaustive, let last = branches.popLast() { rest = last.statements }
        match(subject, branches, rest, when: path, isClocked, &state)
      case .loop(let slot, let count, _, let body, _):
        for i in 0..<Swift.max(0, count.value(indices) ?? 0) {
          indices[slot] = i
          lower(body, when: path, isClocked: isClocked, &state)
        }
      }
    }
  }

  private mutating func match(
    _ subject: Node, _ branches: ArraySlice<StatementTemplate.Branch>,
    _ rest: [StatementTemplate], when path: Node, _ isClocked: Bool, _ state: inout State
  ) {
    guard let first = branches.first else {
      lower(rest, when: path, isClocked: isClocked, &state)
      return
    }
    let equals = first.labels.map { label in
      Node(.binary(.equal, subject, node(label)), width: 1)
    }
    let condition = equals.dropFirst().reduce(equals.first ?? .one) {
      Node(.binary(.or, $0, $1), width: 1)
    }
    branch(condition, when: path, isClocked, &state) { expansion, path, state in
      expansion.lower(first.statements, when: path, isClocked: isClocked, &state)
    } else: { expansion, path, state in
      expansion.match(subject, branches.dropFirst(), rest, when: path, isClocked, &state)
    }
  }

  private mutating func branch(
    _ condition: Node, _ then: [StatementTemplate], _ otherwise: [StatementTemplate],
    when path: Node, _ isClocked: Bool, _ state: inout State
  ) {
    branch(condition, when: path, isClocked, &state) { expansion, path, state in
      expansion.lower(then, when: path, isClocked: isClocked, &state)
    } else: { expansion, path, state in
      expansion.lower(otherwise, when: path, isClocked: isClocked, &state)
    }
  }

  private mutating func branch(
    _ condition: Node, when path: Node, _ isClocked: Bool, _ state: inout State,
    then: (inout Expansion, Node, inout State) -> Void,
    else otherwise: (inout Expansion, Node, inout State) -> Void
  ) {
    var one = State(values: state.values)
    var other = State(values: state.values)
    then(&self, path === Node.one ? condition : path.and(condition), &one)
    otherwise(
      &self, path === Node.one ? condition.inverted : path.and(condition.inverted), &other)
    for net in Set(one.assigned.keys).union(other.assigned.keys).sorted() {
      let a = one.values[net] ?? initial(net, isClocked: isClocked)
      let b = other.values[net] ?? initial(net, isClocked: isClocked)
      state.values[net] = Node(.mux(condition, a, b), width: a.width, isSigned: a.isSigned)
      for ranges in [one.assigned[net], other.assigned[net]].compactMap({ $0 }) {
        state.assigned[net, default: BitRanges()].formUnion(ranges)
      }
    }
    state.writes += one.writes + other.writes
  }

  private func assign(
    _ target: Template, _ value: Node, when path: Node, _ isClocked: Bool, _ location: Location,
    _ state: inout State
  ) {
    guard let bits = bits(of: target, location) else { return }
    if let (address, low) = address(of: target) {
      state.writes.append(
        ElaboratedModule.Process.Write(
          memory: bits.net, condition: path, address: node(address), low: low, value: value))
      return
    }
    let whole = nets[bits.net].width
    state.assigned[bits.net, default: BitRanges()].insert(bits.low..<bits.low + bits.width)
    if bits.width == whole {
      state.values[bits.net] = value
    } else {
      let before = state.values[bits.net] ?? initial(bits.net, isClocked: isClocked)
      state.values[bits.net] = Node(
        .inserted(before, value, low: bits.low), width: whole, isSigned: before.isSigned)
    }
  }

  /// The address of a word of a memory that is assigned, and from which bit on.
  private func address(of target: Template) -> (Template, low: Int)? {
    switch target.kind {
    case .word(_, let address): return (address, 0)
    case .slice(let base, let from):
      guard let (address, low) = address(of: base) else { return nil }
      return (address, low + (from.value(indices) ?? 0))
    default: return nil
    }
  }
}
