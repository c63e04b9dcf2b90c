import HDL

/// A memory of the module, with addresses that are always in range.
struct RandomMemory {
  let memory: Memory
  let size: Size
  let isSigned: Bool
  let depth: Nat
  /// Bits of an address that is in range for all values.
  let addressBits: Int
}

extension Grower {
  private func address(_ memory: RandomMemory, _ depth: Int) -> Signal {
    expression(.literal(memory.addressBits), false, depth).signal
      .extended(to: indexWidth(memory.depth))
  }

  /// A memory or a table, read at once or at the edge.
  func memory() {
    let bits = 1 + choices.below(3)
    let size = choices.pick(sizes + [.literal(16), .product(.literal(8), .parameter(2))])
    let isSigned = choices.below(2) == 1
    let depth: Nat =
      choices.below(2) == 0 ? .literal(1 << bits) : nat(.parameter(0)) + .literal(1 << bits)
    let memory = RandomMemory(
      memory: m.memory(
        fresh("mem"), shape(size, isSigned), depth: depth, contents: contents(size, 1 << bits)),
      size: size, isSigned: isSigned, depth: depth, addressBits: bits)
    if choices.below(4) > 0 { write(memory) }
    if choices.below(2) == 0 {
      let word = memory.memory[address(memory, 1)]
      declared(m.wire(fresh("w"), word), size, isSigned)
    } else {
      let q = m.register(fresh("q"), shape(size, isSigned))
      let word = memory.memory[address(memory, 1)]
      let enable = choices.below(2) == 1 ? bit(1).signal : nil
      m.clocked(clock.clk, enable: enable) { q <== word }
      declared(q, size, isSigned, isLive: true)
    }
    memories.append(memory)
  }

  private func contents(_ size: Size, _ depth: Int) -> MemoryContents {
    guard choices.below(2) == 1 else { return .zeros }
    let width = low(size)
    let words = (0..<1 + choices.below(depth)).map { _ in
      let word = UInt64(choices.below(1 << 62)) << 2 | UInt64(choices.below(4))
      return width >= 64 ? word : word & (1 << UInt64(width) - 1)
    }
    return .words(words)
  }

  /// A process that writes whole words, parts of words or lanes.
  private func write(_ memory: RandomMemory) {
    let address = address(memory, 1)
    let word = memory.memory[address]
    let condition = bit(2).signal
    let reset = choices.once(in: 4) ? m.register(fresh("r"), bits(3), reset: 5) : nil
    var body: [Statement]
    if case .product(.literal(8), let lanes) = memory.size,
      let strobe = named(expression(lanes, false, 1)),
      let data = named(expression(memory.size, false, 1))
    {
      body = [
        ForEach(fresh("lane"), index: fresh("k"), count: nat(lanes)) { i in
          When(strobe.signal[i]) {
            word.slice(from: 8 * i, width: 8) <== data.signal.slice(from: 8 * i, width: 8)
          }
        }
      ]
    } else if low(memory.size) >= 2, choices.below(2) == 1 {
      let cut = 1 + choices.below(low(memory.size) - 1)
      let low = expression(.literal(cut), false, 1).signal
      let top = bit(1).signal
      body = [
        word.slice(from: 0, width: .literal(cut)) <== low,
        When(liveBit()) { word[nat(memory.size) - 1] <== top },
      ]
    } else {
      body = [word <== expression(memory.size, memory.isSigned, 2).signal]
      if choices.once(in: 3) {
        // A second word in the same cycle, which may be the same one.
        let other = memory.memory[self.address(memory, 1)]
        let value = expression(memory.size, memory.isSigned, 1).signal
        body.append(When(bit(1).signal) { other <== value })
      }
    }
    let all = body
    guard let reset else {
      return m.clocked(clock.clk) { When(condition) { for s in all { s } } }
    }
    m.clocked(clock.clk, reset: clock.rst, enable: condition) {
      reset <== reset + 3
      for s in all { s }
    }
    declared(reset, .literal(3), false, isLive: true)
  }

  /// A word of a memory of the shape asked for; nil where there is none, or no name for it.
  func word(_ size: Size, _ isSigned: Bool) -> Term? {
    let fitting = memories.filter { $0.size == size && $0.isSigned == isSigned }
    guard !fitting.isEmpty, canDeclare || !wordsNeedNames else { return nil }
    let memory = choices.pick(fitting)
    let saved = memories
    memories = []
    let word = memory.memory[address(memory, 0)]
    memories = saved
    if wordsNeedNames { return declared(m.wire(fresh("w"), word), size, isSigned) }
    return Term(signal: word, size: size, isSigned: isSigned, isName: true, hasSign: true)
  }
}
