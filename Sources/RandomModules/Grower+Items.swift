import HDL

/// Random items of a module or of a block in it.
extension Grower {
  /// Some items, and outputs for all that they leave unread.
  func grow() {
    for _ in 0..<2 + choices.below(3) { input(size(), choices.below(2) == 1) }
    for _ in 0..<1 + choices.below(depth == 2 ? 5 : 3) { item() }
    finish()
  }

  func item() {
    switch choices.below(17) {
    case 0, 1: wire()
    case 2: drivenWire()
    case 3: driveStatements()
    case 4, 5: clockedRegisters()
    case 6: splitRegister()
    case 7: outputRegisters()
    case 8, 9: memory()
    case 10: reduction()
    case 11: loop()
    case 12: grid()
    case 13: conditional()
    case 14, 15: instances()
    default: machineOrEvent()
    }
  }

  /// An item for the inside of a block.
  func innerItem() {
    switch choices.below(7) {
    case 0, 1: wire()
    case 2: drivenWire()
    case 3: driveStatements()
    case 4: clockedRegisters()
    case 5: memory()
    default: splitRegister()
    }
  }

  private func wire() {
    let (size, isSigned) = (size(), choices.below(2) == 1)
    let value = expression(size, isSigned, 1 + choices.below(3))
    declared(m.wire(fresh("w"), value.signal), size, isSigned)
  }

  /// A wire that is driven as a whole, or in two parts.
  private func drivenWire() {
    let (size, isSigned) = (size(), choices.below(2) == 1)
    guard low(size) >= 2, choices.below(2) == 1 else {
      let value = expression(size, isSigned, 2).signal
      let wire = m.wire(fresh("w"), shape(size, isSigned))
      m.drive { wire <== value }
      declared(wire, size, isSigned)
      return
    }
    let cut = 1 + choices.below(low(size) - 1)
    let low = expression(.literal(cut), false, 2).signal
    let high = vector(nat(size) - .literal(cut), from: size)
    let wire = m.wire(fresh("w"), shape(size, isSigned))
    m.drive {
      wire.slice(from: 0, width: .literal(cut)) <== low
      wire.slice(from: .literal(cut), width: nat(size) - .literal(cut)) <== high
    }
    declared(wire, size, isSigned)
  }

  /// The low `width` bits of an expression of `size`.
  func vector(_ width: Nat, from size: Size) -> Signal {
    guard let name = named(expression(size, false, 1)) else { return zero(bits(width)) }
    return name.signal.slice(from: 0, width: width)
  }

  /// `m.sum`, `m.or` or `m.xor` over the elements of a name.
  private func reduction() {
    let width = choices.pick(sizes.filter { high($0) <= 60 } + [.one])
    let isSigned = choices.below(2) == 1
    let count = loopCount()
    let base = named(expression(.product(count, width), false, 1))
    guard let base else { return }
    let (name, index) = (fresh("t"), fresh("j"))
    let kind = choices.below(3)
    let term = { [self] (i: Nat) -> Signal in
      // One element at least is read, for `@*` to wait on.
      let elements = elements(of: base, width, count, i)
      return withoutNames(adding: elements) {
        asShaped(elements[0], isSigned).signal
          ^^^ expression(width, isSigned, choices.below(3)).signal
      }
    }
    let signal: Signal
    switch kind {
    case 0: signal = m.sum(name, shape(width, isSigned), index: index, count: nat(count), of: term)
    case 1: signal = m.or(name, shape(width, isSigned), index: index, count: nat(count), of: term)
    default: signal = m.xor(name, shape(width, isSigned), index: index, count: nat(count), of: term)
    }
    declared(signal, width, isSigned)
  }

  func loopCount() -> Size { choices.pick([.literal(2), .parameter(2), .literal(1), .literal(3)]) }

  /// What the iteration `i` of a loop can use: its element of a vector, as a whole, in part and
  /// shifted by one around the end.
  func elements(of base: Term, _ width: Size, _ count: Size, _ i: Nat) -> [Term] {
    let isSigned = choices.below(2) == 1
    let mirrored = nat(count) - 1 - i
    return [
      made(base.signal.element(i, shape(width, isSigned)), width, isSigned, hasSign: true),
      made(base.signal.slice(from: mirrored * nat(width), width: nat(width)), width, false),
      made(base.signal[i * nat(width) + (nat(width) - 1)], .one, false),
    ]
  }

  /// Runs `body` with more terms, which stand for other values in every iteration, and declares
  /// nothing.
  func withoutNames<Result>(adding terms: [Term], _ body: () -> Result) -> Result {
    let before = (pool, canDeclare)
    pool += terms
    canDeclare = false
    defer { (pool, canDeclare) = before }
    return body()
  }
}
