import HDL

/// Random expressions of a given shape.
extension Grower {
  func made(_ signal: Signal, _ size: Size, _ isSigned: Bool, hasSign: Bool = false) -> Term {
    Term(signal: signal, size: size, isSigned: isSigned, hasSign: hasSign)
  }

  /// An expression of `size`, of some depth.
  func expression(_ size: Size, _ isSigned: Bool, _ depth: Int) -> Term {
    if depth <= 0 { return leaf(size, isSigned) }
    if size == .one, !isSigned, choices.below(4) > 0 { return bit(depth) }
    func x() -> Signal { expression(size, isSigned, depth - 1).signal }
    func result(_ signal: Signal) -> Term { made(signal, size, isSigned) }
    switch choices.below(16) {
    case 0: return leaf(size, isSigned)
    case 1: return result(x() + x())
    case 2: return result(x() - x())
    case 3: return result(logic(x(), x()))
    case 4: return result(~x())
    case 5: return result(mux(bit(depth - 1).signal, x(), x()))
    case 6: return result(shift(x(), depth))
    case 7: return cast(expression(size, !isSigned, depth - 1))
    case 8: return result(withNumber(x(), size, isSigned, depth))
    case 9: return product(size, isSigned, depth)
    case 10: return widened(size, isSigned, depth)
    case 11: return narrowed(size, isSigned, depth)
    case 12: return asShaped(concatenation(size, depth), isSigned)
    case 13: return asShaped(element(size, depth), isSigned)
    case 14: return saturated(size, isSigned, depth)
    default: return rounded(size, isSigned, depth)
    }
  }

  private func logic(_ a: Signal, _ b: Signal) -> Signal {
    switch choices.below(3) {
    case 0: return a &&& b
    case 1: return a ||| b
    default: return a ^^^ b
    }
  }

  private func shift(_ a: Signal, _ depth: Int) -> Signal {
    // Verilator 5.006 takes no constant of more than 32 bits as an amount, and is wrong where a
    // signal of more than 64 is one.
    let wide = pool.filter { $0.isLive && high($0.size) <= 32 }
    let amount =
      choices.once(in: 6) && !wide.isEmpty
      ? choices.pick(wide).signal.asUnsigned
      : expression(.literal(1 + choices.below(7)), false, depth - 1).signal
    return choices.below(3) == 0 ? a.shiftedLeft(by: amount) : a.shiftedRight(by: amount)
  }

  func cast(_ term: Term) -> Term {
    let signal = term.isSigned ? term.signal.asUnsigned : term.signal.asSigned
    return made(signal, term.size, !term.isSigned, hasSign: term.hasSign)
  }

  func asShaped(_ term: Term, _ isSigned: Bool) -> Term {
    term.isSigned == isSigned ? term : cast(term)
  }

  private func withNumber(_ a: Signal, _ size: Size, _ isSigned: Bool, _ depth: Int) -> Signal {
    var n = number(size, isSigned)
    if isSigned, case .literal(let value) = n, choices.below(3) == 2 { n = .literal(-1 - value) }
    switch choices.below(3) {
    case 0: return a + n
    case 1: return a - n
    default: return mux(bit(depth - 1).signal, a, n)
    }
  }

  /// A number that fits a shape: a literal, a parameter or a named constant.
  func number(_ size: Size, _ isSigned: Bool) -> Nat {
    let bits = low(size) - (isSigned ? 1 : 0)
    let limit = bits >= 30 ? 1 << 30 : 1 << max(0, bits)
    if choices.once(in: 4), high(size) <= 32, bits >= 0 {
      let named = choices.pick(sizes)
      let isParameter = if case .parameter = named { true } else { false }
      let fits = environments.allSatisfy { environment in
        let room = size.value(environment) - (isSigned ? 1 : 0)
        return room >= 30 || named.value(environment) < 1 << room
      }
      if fits { return isParameter ? nat(named) : constant("K", nat(named)) }
    }
    return .literal(choices.below(4) == 3 ? limit - 1 : choices.below(min(limit, 1 << 20)))
  }

  private func product(_ size: Size, _ isSigned: Bool, _ depth: Int) -> Term {
    guard let (a, b) = halves(size) else { return leaf(size, isSigned) }
    func factor(_ size: Size) -> Signal? {
      let term = expression(size, isSigned, depth - 1)
      return isSigned && !term.hasSign ? named(term)?.signal : term.signal
    }
    guard let x = factor(a), let y = factor(b) else { return leaf(size, isSigned) }
    return made(x * y, size, isSigned)
  }

  /// Two sizes that make up one.
  private func halves(_ size: Size) -> (Size, Size)? {
    switch size {
    case .literal(let n) where n >= 2:
      let part = 1 + choices.below(n - 1)
      return (.literal(part), .literal(n - part))
    case .sum(let a, let b): return (a, b)
    case .product(.literal(2), let a), .product(let a, .literal(2)): return (a, a)
    default: return nil
    }
  }

  private func widened(_ size: Size, _ isSigned: Bool, _ depth: Int) -> Term {
    let narrow = choices.pick(sizes.filter { fits($0, in: size) } + [.one])
    let term = expression(narrow, isSigned, depth - 1)
    guard isSigned, !term.hasSign else {
      return made(term.signal.extended(to: nat(size)), size, isSigned)
    }
    guard let name = named(term) else { return leaf(size, isSigned) }
    return made(name.signal.extended(to: nat(size)), size, isSigned)
  }

  private func narrowed(_ size: Size, _ isSigned: Bool, _ depth: Int) -> Term {
    let wide = choices.pick([size] + sizes.filter { fits(size, in: $0) })
    guard let name = named(expression(wide, choices.below(2) == 1, depth - 1)) else {
      return leaf(size, isSigned)
    }
    return part(of: name, size, isSigned)
  }

  /// Bits of a name, from the bottom, the top or between.
  func part(of name: Term, _ size: Size, _ isSigned: Bool) -> Term {
    let room = environments.map { name.size.value($0) - size.value($0) }.min()!
    let signal: Signal
    switch choices.below(4) {
    case 0:
      return asShaped(
        made(name.signal.truncated(to: nat(size)), size, name.isSigned, hasSign: true), isSigned)
    case 1: signal = name.signal.slice(from: nat(name.size) - nat(size), width: nat(size))
    case 2: signal = name.signal.slice(from: .literal(room), width: nat(size))
    default:
      signal = name.signal.slice(from: .literal(choices.below(room + 1)), width: nat(size))
    }
    return asShaped(made(signal, size, false, hasSign: true), isSigned)
  }

  private func concatenation(_ size: Size, _ depth: Int) -> Term {
    if case .product(let count, let width) = size {
      let one = expression(width, choices.below(2) == 1, depth - 1).signal
      return made(one.repeated(nat(count)), size, false)
    }
    guard let (a, b) = halves(size) else {
      return made(bit(depth - 1).signal.repeated(nat(size)), size, false)
    }
    let x = expression(a, choices.below(2) == 1, depth - 1).signal
    let y = expression(b, choices.below(2) == 1, depth - 1).signal
    return made(concatenate(x, y), size, false)
  }

  /// An element, in range, by an index that is a signal.
  private func element(_ size: Size, _ depth: Int) -> Term {
    let bits = 1 + choices.below(3)
    let wide = Size.product(.literal(1 << bits), size)
    let names = pool.filter { $0.isName && fits(wide, in: $0.size) }
    guard !names.isEmpty else { return leaf(size, false) }
    let base = choices.pick(names).signal
    let index = expression(.literal(bits), false, depth - 1).signal
    // A bit's index has all the bits that it can need.
    guard high(size) == 1 else {
      return made(base.element(at: index, width: nat(size)), size, false)
    }
    return made(base[index.extended(to: indexWidth(base.width))], size, false)
  }

  private func saturated(_ size: Size, _ isSigned: Bool, _ depth: Int) -> Term {
    let wider = sizes.filter { fits(.sum(size, .one), in: $0) }
    guard low(size) >= 2, !wider.isEmpty,
      let name = named(expression(choices.pick(wider), isSigned, depth - 1))
    else { return leaf(size, isSigned) }
    return made(name.signal.saturated(to: nat(size)), size, isSigned)
  }

  private func rounded(_ size: Size, _ isSigned: Bool, _ depth: Int) -> Term {
    guard canDeclare, low(size) >= 1, choices.once(in: 2),
      let value = named(expression(size, isSigned, depth - 1))
    else { return leaf(size, isSigned) }
    let amount = leaf(.literal(1 + choices.below(3)), false).signal
    let mode = choices.pick(RoundingMode.allCases)
    let signal = m.rounded(fresh("r"), value.signal, shiftedRightBy: amount, mode)
    return declared(signal, size, isSigned)
  }
}
