import HDL

/// Random statements, in `drive` and in `clocked`.
extension Grower {
  /// What statements assign.
  struct Target {
    let signal: Signal
    let size: Size
    let isSigned: Bool
  }

  private func target(_ signal: Signal, _ size: Size, _ isSigned: Bool) -> Target {
    Target(signal: signal, size: size, isSigned: isSigned)
  }

  /// Wires by `When`, `Match` and `ForEach`, each with a value on every path.
  func driveStatements() {
    let targets = (0...choices.below(2)).map { _ in
      let (size, isSigned) = (size(), choices.below(2) == 1)
      return target(m.wire(fresh("w"), shape(size, isSigned)), size, isSigned)
    }
    let words = wordsNeedNames
    wordsNeedNames = true
    var body = targets.map(assignment)
    let live = liveBit()
    let then = statements(targets, 2)
    let otherwise = choices.below(2) == 1 ? statements(targets, 1) : []
    body.append(
      When(live) {
        for s in then { s }
      } else: {
        for s in otherwise { s }
      })
    if choices.below(2) == 1 { body += statements(targets, 2) }
    if choices.once(in: 3) { body = complete(targets) }
    wordsNeedNames = words
    m.drive { for s in body { s } }
    for target in targets { declared(target.signal, target.size, target.isSigned) }
  }

  /// Branches that all assign everything.
  private func complete(_ targets: [Target]) -> [Statement] {
    let subject = liveBit()
    if choices.below(2) == 0 {
      let (then, otherwise) = (targets.map(assignment), targets.map(assignment))
      return [
        When(subject) {
          for s in then { s }
        } else: {
          for s in otherwise { s }
        }
      ]
    }
    let (zero, one) = (targets.map(assignment), targets.map(assignment))
    return [
      Match(subject) {
        Case(0) { for s in zero { s } }
        Case(1) { for s in one { s } }
      }
    ]
  }

  private func assignment(_ target: Target) -> Statement {
    target.signal <== expression(target.size, target.isSigned, 1 + choices.below(2)).signal
  }

  /// A few statements that assign some of the targets.
  func statements(_ targets: [Target], _ depth: Int) -> [Statement] {
    (0...choices.below(2)).map { _ in statement(targets, depth) }
  }

  private func statement(_ targets: [Target], _ depth: Int) -> Statement {
    let target = choices.pick(targets)
    guard depth > 0 else { return assignment(target) }
    switch choices.below(7) {
    case 0: return assignment(target)
    case 1: return partialAssignment(target)
    case 2, 3:
      let condition = bit(2).signal
      let then = statements(targets, depth - 1)
      let otherwise = choices.below(2) == 1 ? statements(targets, depth - 1) : []
      return When(condition) {
        for s in then { s }
      } else: {
        for s in otherwise { s }
      }
    case 4, 5: return match(targets, depth)
    default: return forEach(target)
    }
  }

  private func partialAssignment(_ target: Target) -> Statement {
    let width = 1 + choices.below(low(target.size))
    if width == 1 {
      let index = nat(target.size) - .literal(1 + choices.below(low(target.size)))
      return target.signal[index] <== bit(1).signal
    }
    let from = choices.below(low(target.size) - width + 1)
    let value = expression(.literal(width), false, 1).signal
    return target.signal.slice(from: .literal(from), width: .literal(width)) <== value
  }

  private func match(_ targets: [Target], _ depth: Int) -> Statement {
    let (size, isSigned) = (size(), choices.below(2) == 1)
    let subject = expression(size, isSigned, 1).signal
    let limit = 1 << min(16, low(size) - (isSigned ? 1 : 0))
    var numbers: [Int] = []
    for _ in 0..<2 + choices.below(4) {
      let number = choices.below(2) == 0 ? choices.below(min(4, limit)) : choices.below(limit)
      if !numbers.contains(number) { numbers.append(number) }
    }
    var cases: [MatchCase] = []
    while let first = numbers.popLast() {
      let body = choices.once(in: 6) ? [] : statements(targets, depth - 1)
      if choices.once(in: 3), let second = numbers.popLast() {
        cases.append(Case(.literal(first), .literal(second)) { for s in body { s } })
      } else {
        cases.append(Case(.literal(first)) { for s in body { s } })
      }
    }
    if choices.below(2) == 1 {
      let body = statements(targets, depth - 1)
      cases.append(Default { for s in body { s } })
    }
    return Match(subject) { for c in cases { c } }
  }

  /// A loop over the bits, or over the elements, of a target.
  private func forEach(_ target: Target) -> Statement {
    let (label, index) = (fresh("each"), fresh("k"))
    let names = pool.filter { $0.isName && $0.size == target.size }
    if case .product(let width, let count) = target.size, count == .parameter(2), !names.isEmpty {
      let base = choices.pick(names)
      return ForEach(label, index: index, count: nat(count)) { i in
        let value = withoutNames(adding: elements(of: base, width, count, i)) {
          expression(width, false, 1).signal
        }
        target.signal.slice(from: i * nat(width), width: nat(width)) <== value
      }
    }
    // Every bit is a driver of its own, which the checks look at one by one.
    guard high(target.size) <= 33 else { return assignment(target) }
    let base = names.isEmpty ? nil : choices.pick(names)
    return ForEach(label, index: index, count: nat(target.size)) { i in
      let atoms = base.map { [made($0.signal[i], .one, false)] } ?? []
      let value = withoutNames(adding: atoms) { bit(1).signal }
      let other = withoutNames(adding: atoms) { bit(1).signal }
      if choices.below(2) == 1 {
        When(value) { target.signal[nat(target.size) - 1 - i] <== other }
      } else {
        target.signal[i] <== value
      }
    }
  }

  // MARK: Registers

  /// A reset of some kind, or none.
  private func reset() -> Reset? {
    switch choices.below(5) {
    case 0: return .synchronous(clock.rst)
    case 1: return nil
    case 2: return .asynchronous(clock.arst)
    case 3: return .asynchronousLow(clock.arstN)
    default: return .synchronous(liveBit())
    }
  }

  func clockedRegisters() {
    registers { size, isSigned, reset in
      m.register(fresh("r"), shape(size, isSigned), reset: reset)
    }
  }

  func outputRegisters() {
    registers { size, isSigned, reset in outputRegister(size, isSigned, reset: reset) }
  }

  /// Registers of one process, which may read themselves and each other.
  private func registers(_ declare: (Size, Bool, Nat?) -> Signal) {
    let reset = reset()
    let isSynchronous = if case nil = reset { true } else { false }
    let targets = (0...choices.below(3)).map { number in
      let (size, isSigned) = (size(), choices.below(2) == 1)
      let value = reset == nil ? nil : self.number(size, isSigned)
      let register = declare(size, isSigned, value)
      declared(register, size, isSigned, isLive: true)
      return target(register, size, isSigned)
    }
    let enable = choices.once(in: 3) ? bit(2).signal : nil
    var body = targets.map(assignment)
    if choices.below(2) == 1 { body += statements(targets, 2) }
    if choices.below(2) == 1 {
      // Under a condition, as a register that holds.
      let (condition, all) = (bit(1).signal, body)
      body = [When(condition) { for s in all { s } }]
    }
    if let reset, !isSynchronous {
      m.clocked(clock.clk, reset: reset, enable: enable) { for s in body { s } }
    } else {
      m.clocked(clock.clk, enable: enable) { for s in body { s } }
    }
  }

  /// A register whose parts belong to two processes.
  func splitRegister() {
    let (size, isSigned) = (size(), choices.below(2) == 1)
    guard low(size) >= 2 else { return clockedRegisters() }
    let register = m.register(fresh("r"), shape(size, isSigned))
    declared(register, size, isSigned, isLive: true)
    let cut = 1 + choices.below(low(size) - 1)
    let low = expression(.literal(cut), false, 2).signal
    let rest = nat(size) - .literal(cut)
    let high = vector(rest, from: size)
    let enable = choices.below(2) == 1 ? bit(1).signal : nil
    m.clocked(clock.clk, enable: enable) {
      register.slice(from: 0, width: .literal(cut)) <== low
    }
    m.clocked(clock.clk) { register.slice(from: .literal(cut), width: rest) <== high }
  }
}
