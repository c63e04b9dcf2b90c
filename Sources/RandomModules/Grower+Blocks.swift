import HDL

/// Random generate blocks: loops, grids and conditions.
extension Grower {
  /// Copies of a block, each of which drives its element of a vector.
  func loop() {
    let count = loopCount()
    let width = choices.pick(sizes.filter { high($0) <= 40 } + [.literal(4)])
    guard let base = named(expression(.product(count, width), false, 1)) else { return }
    let inner = choices.pick(sizes.filter { high($0) <= 40 } + [.literal(4)])
    let size = Size.product(count, inner)
    let all = m.wire(fresh("v"), bits(nat(size)))
    m.forEach(fresh("copy"), index: fresh("i"), count: nat(count)) { i in
      inBlock {
        let isSigned = choices.below(2) == 1
        declared(
          m.wire(fresh("w"), base.signal.element(i, shape(width, isSigned))), width, isSigned)
        for _ in 0..<1 + choices.below(3) { innerItem() }
        if choices.once(in: 4) { instances() }
        drive(all.slice(from: i * nat(inner), width: nat(inner)), inner)
      }
    }
    declared(all, size, false)
  }

  /// Drives a vector with an expression that all that is left unread is part of.
  private func drive(_ target: Signal, _ size: Size) {
    let none = zero(bits(nat(size)))
    let first = expression(size, false, 2).signal
    let value = unread.reduce(first) { value, term in
      value ^^^ mux(term.signal.parity, ~none, none)
    }
    m.drive { target <== value }
  }

  /// A grid of registers that take from their neighbours.
  func grid() {
    let width = choices.pick(sizes.filter { high($0) <= 20 } + [.literal(3)])
    let isSigned = choices.below(2) == 1
    let (rows, columns) = (loopCount(), loopCount())
    guard let west = named(expression(.product(rows, width), false, 1)),
      let north = named(expression(.product(columns, width), false, 1))
    else { return }
    let size = Size.product(.product(rows, columns), width)
    let all = m.wire(fresh("v"), bits(nat(size)))
    let kind = choices.below(3)
    let cellShape = shape(width, isSigned)
    m.forEach(
      row: fresh("row"), fresh("y"), nat(rows), column: fresh("col"), fresh("x"), nat(columns)
    ) { cell in
      let total = m.register(fresh("r"), cellShape)
      let fromWest = m.wire(fresh("w"), cellShape)
      let fromNorth = m.wire(fresh("w"), cellShape)
      m.given(cell.isWestEdge, fresh("g"), else: fresh("g")) {
        m.drive { fromWest <== west.signal.element(cell.row, cellShape) }
      } else: {
        m.drive { fromWest <== cell.west(total) }
      }
      m.given(cell.isNorthEdge, fresh("g"), else: fresh("g")) {
        m.drive { fromNorth <== north.signal.element(cell.column, cellShape) }
      } else: {
        m.drive { fromNorth <== cell.north(total) }
      }
      let sum =
        kind == 0 ? fromWest + fromNorth : kind == 1 ? fromWest - fromNorth : fromWest ^^^ fromNorth
      m.clocked(clock.clk) { total <== sum }
      let place = (cell.row * nat(columns) + cell.column) * nat(width)
      m.drive { all.slice(from: place, width: nat(width)) <== total.asUnsigned }
    }
    declared(all, size, false)
  }

  /// Blocks of which the parameters choose one.
  func conditional() {
    let size = size()
    let target = m.wire(fresh("w"), bits(nat(size)))
    let a = nat(.parameter(choices.below(3)))
    let b: Nat =
      choices.below(2) == 0 ? .literal(choices.below(20)) : nat(.parameter(choices.below(3)))
    let condition: Condition
    switch choices.below(5) {
    case 0: condition = a == b
    case 1: condition = a < b
    case 2: condition = a >= b
    case 3: condition = a != b && a > 2
    default: condition = a / 2 <= clog2(b + 1)
    }
    func branch() {
      inBlock {
        for _ in 0..<choices.below(3) { innerItem() }
        if choices.once(in: 4) { instances() }
        drive(target, size)
      }
    }
    m.given(condition, fresh("g"), else: fresh("g"), branch, else: branch)
    declared(target, size, false)
  }
}
