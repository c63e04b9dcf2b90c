import HDL

/// What the rising edge of a clock does to registers and memories.
struct Edge {
  /// Words from one place to another.
  struct Copy {
    let target: Int32
    let source: Int32
  }

  /// Bits of a word that keep the others.
  struct PartialCopy {
    let target: Int
    let source: Int
    let ranges: [Range<Int>]
  }

  struct Write {
    let condition: Int
    let address: Int
    let addressWords: Int
    let value: Int
    let memory: Int
    let depth: Int
    let wordWidth: Int
    let low: Int
    let width: Int
  }

  /// Registers with one reset and one enable.
  struct Group {
    let clock: Int
    let reset: Int?
    let enable: Int?
    let isAsynchronous: Bool
    var resets: [Copy] = []
    /// Sources that no edge changes.
    var copies: [Copy] = []
    /// Sources that are registers themselves: first to a place between.
    var gathers: [Copy] = []
    var scatters: [Copy] = []
    var partials: [PartialCopy] = []
    var writes: [Write] = []
  }

  private(set) var groups: [Group] = []

  /// The signals that processes give their values.
  private static func registers(_ design: FlatDesign) -> Set<Int> {
    var result: Set<Int> = []
    for (number, scope) in design.scopes.enumerated() {
      for process in scope.module.processes {
        for update in process.updates { result.insert(design.signal(of: update.net, in: number)) }
      }
    }
    return result
  }

  init(_ design: FlatDesign, _ code: CodeGenerator) {
    struct Key: Hashable {
      let clock: Int
      let reset: Int?
      let enable: Int?
      let isAsynchronous: Bool
    }
    let registerPlaces = Set(Self.registers(design).map { code.place(ofSignal: $0) })
    var numbers: [Key: Int] = [:]
    for (scope, instance) in design.scopes.enumerated() {
      for process in instance.module.processes {
        let key = Key(
          clock: code.place(of: process.clock, in: scope),
          reset: process.reset.map { code.place(of: $0, in: scope) },
          enable: process.enable.map { code.place(of: $0, in: scope) },
          isAsynchronous: process.isAsynchronous)
        if numbers[key] == nil {
          numbers[key] = groups.count
          groups.append(
            Group(
              clock: key.clock, reset: key.reset, enable: key.enable,
              isAsynchronous: key.isAsynchronous))
        }
        let group = numbers[key]!
        for update in process.updates { add(update, scope, design, code, registerPlaces, group) }
        for write in process.writes { add(write, scope, design, code, group) }
      }
    }
  }

  private mutating func add(
    _ update: ElaboratedModule.Process.Update, _ scope: Int, _ design: FlatDesign,
    _ code: CodeGenerator, _ registerPlaces: Set<Int>, _ group: Int
  ) {
    let signal = design.signal(of: update.net, in: scope)
    let width = design.signals[signal].width
    let words = BitVector.words(for: width)
    let target = code.place(ofSignal: signal)
    let next = code.place(of: update.next, in: scope)
    func copy(_ from: Int, _ to: Int, _ word: Int) -> Copy {
      Copy(target: Int32(to + word), source: Int32(from + word))
    }
    if let reset = update.reset {
      let source = code.place(of: reset, in: scope)
      groups[group].resets += (0..<words).map { copy(source, target, $0) }
    }
    guard update.ranges == [0..<width] else {
      groups[group].partials.append(
        PartialCopy(target: target, source: next, ranges: update.ranges))
      return
    }
    if next == target { return }
    if registerPlaces.contains(next) {
      let between = code.allocate(width)
      groups[group].gathers += (0..<words).map { copy(next, between, $0) }
      groups[group].scatters += (0..<words).map { copy(between, target, $0) }
    } else {
      groups[group].copies += (0..<words).map { copy(next, target, $0) }
    }
  }

  private mutating func add(
    _ write: ElaboratedModule.Process.Write, _ scope: Int, _ design: FlatDesign,
    _ code: CodeGenerator, _ group: Int
  ) {
    let memory = design.signal(of: write.memory, in: scope)
    groups[group].writes.append(
      Write(
        condition: code.place(of: write.condition, in: scope),
        address: code.place(of: write.address, in: scope),
        addressWords: BitVector.words(for: write.address.width),
        value: code.place(of: write.value, in: scope), memory: code.place(ofSignal: memory),
        depth: design.signals[memory].depth, wordWidth: design.signals[memory].width,
        low: write.low, width: write.value.width))
  }
}

/// A rising edge: all values are read before any is replaced.
extension UnsafeMutablePointer<UInt64> {
  func run(_ groups: [Edge.Group], clock: Int) {
    let active = groups.filter { $0.clock == clock }
    let guards = active.map { group -> (resets: Bool, takes: Bool) in
      (isSet(group.reset, otherwise: false), isSet(group.enable, otherwise: true))
    }
    for (group, state) in zip(active, guards) where !state.resets && state.takes {
      for write in group.writes { self.write(write) }
      for copy in group.gathers { self[Int(copy.target)] = self[Int(copy.source)] }
    }
    // Partial copies read registers of their own; their sources are computed values or hold.
    for (group, state) in zip(active, guards) {
      if state.resets {
        for copy in group.resets { self[Int(copy.target)] = self[Int(copy.source)] }
      } else if state.takes {
        for copy in group.copies { self[Int(copy.target)] = self[Int(copy.source)] }
        for copy in group.scatters { self[Int(copy.target)] = self[Int(copy.source)] }
        for copy in group.partials {
          for range in copy.ranges { copyBits(copy.source, copy.target, range) }
        }
      }
    }
  }

  private func isSet(_ place: Int?, otherwise: Bool) -> Bool {
    guard let place else { return otherwise }
    return self[place] != 0
  }

  private func copyBits(_ source: Int, _ target: Int, _ range: Range<Int>) {
    var bit = range.lowerBound
    while bit < range.upperBound {
      let count = Swift.min(64 - bit % 64, range.upperBound - bit)
      let ones: UInt64 = count == 64 ? .max : 1 << UInt64(count) - 1
      let mask = ones << UInt64(bit % 64)
      let word = bit / 64
      self[target + word] = self[target + word] & ~mask | self[source + word] & mask
      bit += count
    }
  }

  private func write(_ write: Edge.Write) {
    guard self[write.condition] != 0, self[write.address] < UInt64(write.depth),
      (1..<Swift.max(1, write.addressWords)).allSatisfy({ self[write.address + $0] == 0 })
    else { return }
    let word = write.memory + Int(self[write.address]) * BitVector.words(for: write.wordWidth)
    for bit in 0..<write.width where write.width < write.wordWidth {
      let mask: UInt64 = 1 << UInt64((write.low + bit) % 64)
      let place = word + (write.low + bit) / 64
      let isOne = self[write.value + bit / 64] >> UInt64(bit % 64) & 1 == 1
      self[place] = isOne ? self[place] | mask : self[place] & ~mask
    }
    guard write.width == write.wordWidth else { return }
    for i in 0..<BitVector.words(for: write.width) { self[word + i] = self[write.value + i] }
  }
}
