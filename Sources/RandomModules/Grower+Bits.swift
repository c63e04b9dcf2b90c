import HDL

/// Random leaves and one-bit expressions.
extension Grower {
  /// A name of the pool in the shape asked for, or a constant.
  func leaf(_ size: Size, _ isSigned: Bool) -> Term {
    if choices.once(in: 12) { return constant(size, isSigned) }
    if !memories.isEmpty, choices.once(in: 8), let word = word(size, isSigned) { return word }
    let same = pool.filter { $0.size == size }
    if !same.isEmpty { return asShaped(choices.pick(same), isSigned) }
    for _ in 0..<3 {
      let term = choices.pick(pool)
      if fits(term.size, in: size) {
        return asShaped(
          made(term.signal.extended(to: nat(size)), size, term.isSigned), isSigned)
      }
      if term.isName, fits(size, in: term.size) { return part(of: term, size, isSigned) }
    }
    return constant(size, isSigned)
  }

  private func constant(_ size: Size, _ isSigned: Bool) -> Term {
    if case .literal(let width) = size, width <= 64, canDeclare, choices.once(in: 3) {
      let value = UInt64(choices.below(1 << 62)) << 2 | 3
      let bits = value & (width == 64 ? .max : 1 << UInt64(width) - 1)
      let pattern = pattern("B", width: width, value: bits)
      return asShaped(made(pattern, size, false), isSigned)
    }
    switch choices.below(4) {
    case 0: return made(zero(shape(size, isSigned)), size, isSigned)
    case 1: return made(~zero(shape(size, isSigned)), size, isSigned)
    default:
      let number = HDL.constant(number(size, false), width: nat(size))
      return asShaped(made(number, size, false), isSigned)
    }
  }

  /// A bit of an input or a register.
  func liveBit() -> Signal {
    let name = choices.pick(pool.filter(\.isLive))
    return name.signal[0]
  }

  /// One bit: a comparison, a reduction, logic, a bit of a name.
  func bit(_ depth: Int) -> Term {
    if depth <= 0 { return leaf(.one, false) }
    func result(_ signal: Signal) -> Term { made(signal, .one, false) }
    func some(_ isSigned: Bool? = nil) -> Signal {
      expression(size(), isSigned ?? (choices.below(2) == 1), depth - 1).signal
    }
    switch choices.below(10) {
    case 0: return leaf(.one, false)
    case 1, 2: return result(comparison(depth))
    case 3: return result(some().anyBit)
    case 4: return result(some().allBits)
    case 5: return result(some().parity)
    case 6: return result(bit(depth - 1).signal && bit(depth - 1).signal)
    case 7: return result(bit(depth - 1).signal || !bit(depth - 1).signal)
    case 8: return result(numberComparison(depth))
    default: return result(selectedBit(depth))
    }
  }

  private func comparison(_ depth: Int) -> Signal {
    let (size, isSigned) = (size(), choices.below(2) == 1)
    let a = expression(size, isSigned, depth - 1).signal
    let b = expression(size, isSigned, depth - 1).signal
    switch choices.below(6) {
    case 0: return a == b
    case 1: return a != b
    case 2: return a < b
    case 3: return a <= b
    case 4: return a > b
    default: return a >= b
    }
  }

  /// With a number, which may be larger than the signal can be.
  private func numberComparison(_ depth: Int) -> Signal {
    let small = sizes.filter { high($0) <= 32 }
    guard !small.isEmpty else { return leaf(.one, false).signal }
    let size = choices.pick(small)
    let a = expression(size, false, depth - 1).signal
    let n: Nat
    switch choices.below(4) {
    case 0: n = number(size, false)
    case 1: n = .literal(choices.below(1 << 20))
    case 2: n = nat(choices.pick(sizes))
    default: n = nat(.parameter(choices.below(3)))
    }
    let isZero = if case .literal(0) = n { true } else { false }
    switch choices.below(6) {
    case 0: return a == n
    case 1: return a != n
    case 2: return isZero ? a > n : a < n
    case 3: return a <= n
    case 4: return a > n
    default: return isZero ? a <= n : a >= n
    }
  }

  private func selectedBit(_ depth: Int) -> Signal {
    let name = choices.pick(pool.filter(\.isName))
    switch choices.below(3) {
    case 0: return name.signal[nat(name.size) - 1]
    case 1: return name.signal[.literal(choices.below(low(name.size)))]
    default:
      guard low(name.size) >= 2 else { return name.signal[0] }
      let bits = min(7, Int.bitWidth - 1 - low(name.size).leadingZeroBitCount)
      let index = expression(.literal(1 + choices.below(bits)), false, depth - 1).signal
      return name.signal[index.extended(to: indexWidth(nat(name.size)))]
    }
  }
}
