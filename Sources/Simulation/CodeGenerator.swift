import HDL

/// Turns the drivers of a flat design into instructions, each value computed once.
final class CodeGenerator {
  /// Part of a signal that one driver gives its value.
  struct Fragment {
    let low: Int
    let width: Int
    let place: Int
  }

  private struct Key: Hashable {
    let operation: Operation
    let instruction: Instruction
  }
  private struct NodeKey: Hashable {
    let node: ObjectIdentifier
    let scope: Int
  }
  private struct ConstantKey: Hashable {
    let words: [UInt64]
  }
  private struct RangeKey: Hashable {
    let signal: Int
    let low: Int
    let width: Int
  }

  let design: FlatDesign
  /// Where each signal is that is not in fragments; -1 for those that are.
  private(set) var places: [Int]
  private(set) var fragments: [[Fragment]]
  /// The number of words in use.
  private(set) var words = 0
  private(set) var constants: [(place: Int, words: [UInt64])] = []
  private(set) var emitted: [(operation: Operation, instruction: Instruction, sources: [Int])] = []
  private(set) var wide: [WideInstruction] = []
  private(set) var widestOperand = 1
  private var known: [Key: Int] = [:]
  private var ofNode: [NodeKey: Int] = [:]
  private var ofConstant: [ConstantKey: Int] = [:]
  private var ofRange: [RangeKey: Int] = [:]

  init(_ design: FlatDesign) {
    self.design = design
    places = Array(repeating: -1, count: design.signals.count)
    fragments = Array(repeating: [], count: design.signals.count)
    var driven: [Int: [FlatDesign.Driver]] = [:]
    for driver in design.drivers { driven[design.root(driver.signal), default: []].append(driver) }
    for (number, signal) in design.signals.enumerated() where design.root(number) == number {
      guard let drivers = driven[number] else {
        places[number] = allocate(signal.width, copies: Swift.max(1, signal.depth))
        continue
      }
      fragments[number] = drivers.sorted { $0.low < $1.low }.map {
        Fragment(low: $0.low, width: $0.width, place: allocate($0.width))
      }
      if drivers.count == 1, drivers[0].width == signal.width {
        places[number] = fragments[number][0].place
      }
    }
    for driver in design.drivers {
      let fragment = fragments[design.root(driver.signal)].first { $0.low == driver.low }!
      let source = place(of: driver.value, in: driver.scope, into: fragment.place)
      if source != fragment.place { copy(source, to: fragment.place, width: fragment.width) }
    }
  }

  func allocate(_ width: Int, copies: Int = 1) -> Int {
    let place = words
    words += BitVector.words(for: width) * copies
    return place
  }

  private static func mask(_ width: Int) -> UInt64 {
    width >= 64 ? .max : 1 << UInt64(width) - 1
  }

  // MARK: Places

  /// Where a whole signal is.
  func place(ofSignal signal: Int) -> Int {
    let signal = design.root(signal)
    if places[signal] < 0 {
      places[signal] = join(signal, low: 0, width: design.signals[signal].width)
    }
    return places[signal]
  }

  /// Where bits of a signal are.
  private func place(ofSignal signal: Int, low: Int, width: Int) -> Int {
    let signal = design.root(signal)
    if low == 0, width == design.signals[signal].width { return place(ofSignal: signal) }
    if let part = fragments[signal].first(where: {
      $0.low <= low && low + width <= $0.low + $0.width
    }) {
      return slice(part.place, part.width, low: low - part.low, width: width)
    }
    if fragments[signal].isEmpty {
      return slice(place(ofSignal: signal), design.signals[signal].width, low: low, width: width)
    }
    let key = RangeKey(signal: signal, low: low, width: width)
    if let known = ofRange[key] { return known }
    let place = join(signal, low: low, width: width)
    ofRange[key] = place
    return place
  }

  /// Puts the fragments that overlap a range together.
  private func join(_ signal: Int, low: Int, width: Int) -> Int {
    let parts = fragments[signal].filter { $0.low < low + width && low < $0.low + $0.width }
    let pieces = parts.reversed().map { part in
      let from = Swift.max(low, part.low)
      let end = Swift.min(low + width, part.low + part.width)
      return (
        place: slice(part.place, part.width, low: from - part.low, width: end - from),
        width: end - from
      )
    }
    return concatenate(pieces, into: nil)
  }

  private func slice(_ place: Int, _ whole: Int, low: Int, width: Int, into: Int? = nil) -> Int {
    if low == 0, width == whole { return place }
    guard whole > 64 else {
      return emit(.slice, width, into, a: place, c: low, mask: Self.mask(width))
    }
    return emitWide(.slice, width, into, [(place, whole)], low)
  }

  private func concatenate(_ pieces: [(place: Int, width: Int)], into: Int?) -> Int {
    let total = pieces.reduce(0) { $0 + $1.width }
    guard var place = pieces.first?.place else { return constant([0], 1) }
    if total <= 64 {
      for (number, piece) in pieces.enumerated().dropFirst() {
        place = emit(
          .join, total, number == pieces.count - 1 ? into : nil, a: place, b: piece.place,
          c: piece.width)
      }
      return place
    }
    var low = 0
    place = constant([], total)
    for (number, piece) in pieces.reversed().enumerated() {
      place = emitWide(
        .insert, total, number == pieces.count - 1 ? into : nil,
        [(place, total), (piece.place, piece.width)], low)
      low += piece.width
    }
    return place
  }

  func constant(_ words: [UInt64], _ width: Int) -> Int {
    let bits = BitVector(width: width, words: words).words
    let key = ConstantKey(words: bits)
    if let known = ofConstant[key] { return known }
    let place = allocate(width)
    ofConstant[key] = place
    constants.append((place, bits))
    return place
  }

  private func copy(_ source: Int, to target: Int, width: Int) {
    if width <= 64 {
      // Not a value that is known already: every target wants its own.
      let instruction = Instruction(target: UInt32(target), a: UInt32(source))
      emitted.append((.copy, instruction, [source]))
    } else {
      _ = emitWide(.copy, width, target, [(source, width)], 0)
    }
  }

  // MARK: Instructions

  private func emit(
    _ operation: Operation, _ width: Int, _ into: Int?, a: Int, b: Int? = nil, third: Int? = nil,
    c: Int = 0, mask: UInt64 = 0
  ) -> Int {
    var instruction = Instruction(
      a: UInt32(a), b: UInt32(b ?? 0), c: UInt32(third ?? c), mask: mask)
    let key = Key(operation: operation, instruction: instruction)
    if let place = known[key] { return place }
    let target = into ?? allocate(width)
    known[key] = target
    instruction.target = UInt32(target)
    emitted.append((operation, instruction, [a, b, third].compactMap { $0 }))
    return target
  }

  private func emitWide(
    _ operation: WideInstruction.Operation, _ width: Int, _ into: Int?,
    _ operands: [(place: Int, width: Int)], _ number: Int
  ) -> Int {
    let target = into ?? allocate(width)
    widestOperand = Swift.max(widestOperand, width, operands.map(\.width).max() ?? 0)
    wide.append(
      WideInstruction(
        operation: operation, target: .init(place: target, width: width),
        operands: operands.map { .init(place: $0.place, width: $0.width) }, number: number))
    emitted.append(
      (
        .wide, Instruction(target: UInt32(target), a: UInt32(wide.count - 1)),
        operands.map(\.place)
      ))
    return target
  }

  // MARK: Nodes

  /// Where the value of a node is; `into`, if that is where it is computed.
  func place(of node: Node, in scope: Int, into: Int? = nil) -> Int {
    let key = NodeKey(node: ObjectIdentifier(node), scope: scope)
    if let known = ofNode[key] { return known }
    let place = compute(node, scope, into)
    ofNode[key] = place
    return place
  }

  private func compute(_ node: Node, _ scope: Int, _ into: Int?) -> Int {
    let width = node.width
    func place(_ node: Node) -> Int { self.place(of: node, in: scope) }
    switch node.kind {
    case .net(let net): return self.place(ofSignal: design.signal(of: net, in: scope))
    case .constant(let value): return constant([value], width)
    case .word(let memory, let address): return word(node, memory, address, scope, into)
    case .slice(let base, let low):
      if case .net(let net) = base.kind {
        return self.place(ofSignal: design.signal(of: net, in: scope), low: low, width: width)
      }
      return slice(place(base), base.width, low: low, width: width, into: into)
    case .element(let base, let index):
      if base.width <= 64, index.width <= 64 {
        return emit(
          .element, width, into, a: place(base), b: place(index), c: width, mask: Self.mask(width))
      }
      return emitWide(
        .element, width, into, [(place(base), base.width), (place(index), index.width)], 0)
    case .extended(let operand): return extended(node, operand, scope, into)
    case .concatenation(let parts):
      return concatenate(parts.map { (place($0), $0.width) }, into: into)
    case .repeated(let operand, let count):
      let part = (place: place(operand), width: operand.width)
      guard width <= 64, count > 1 else {
        return concatenate(Array(repeating: part, count: count), into: into)
      }
      let ones = (0..<count).reduce(UInt64(0)) { $0 | 1 << UInt64($1 * operand.width) }
      return emit(
        .multiply, width, into, a: part.place, b: constant([ones], width), mask: Self.mask(width))
    case .unary(let op, let operand): return unary(op, node, operand, scope, into)
    case .binary(let op, let a, let b): return binary(op, node, a, b, scope, into)
    case .mux(let condition, let a, let b):
      if width <= 64 {
        return emit(.mux, width, into, a: place(a), b: place(b), third: place(condition))
      }
      return emitWide(
        .mux, width, into, [(place(a), width), (place(b), width), (place(condition), 1)], 0)
    case .inserted(let base, let part, let low):
      if width <= 64 {
        return emit(
          .insert, width, into, a: place(base), b: place(part), c: low, mask: Self.mask(part.width))
      }
      return emitWide(.insert, width, into, [(place(base), width), (place(part), part.width)], low)
    }
  }

  private func word(_ node: Node, _ memory: Int, _ address: Node, _ scope: Int, _ into: Int?) -> Int
  {
    let signal = design.signal(of: memory, in: scope)
    let depth = design.signals[signal].depth
    let start = place(ofSignal: signal)
    let index = place(of: address, in: scope)
    if node.width <= 64, address.width <= 64 {
      return emit(.word, node.width, into, a: start, b: index, mask: UInt64(depth))
    }
    return emitWide(.word, node.width, into, [(start, node.width), (index, address.width)], depth)
  }

  private func extended(_ node: Node, _ operand: Node, _ scope: Int, _ into: Int?) -> Int {
    let source = place(of: operand, in: scope)
    if node.width <= 64 {
      guard operand.isSigned else { return source }
      return emit(
        .extend, node.width, into, a: source, c: 64 - operand.width, mask: Self.mask(node.width))
    }
    return emitWide(
      operand.isSigned ? .signExtend : .extend, node.width, into, [(source, operand.width)], 0)
  }

  private func unary(
    _ op: HDL.Operator, _ node: Node, _ operand: Node, _ scope: Int, _ into: Int?
  ) -> Int {
    let source = place(of: operand, in: scope)
    let operation: (narrow: Operation, wide: WideInstruction.Operation)
    switch op {
    case .not, .bitNot: operation = (.not, .not)
    case .bitOr: operation = (.anyBit, .anyBit)
    case .bitAnd: operation = (.allBits, .allBits)
    case .bitXor: operation = (.parity, .parity)
    default: preconditionFailure("`\(op.rawValue)` is no operator of one operand")
    }
    if operand.width <= 64 {
      return emit(
        operation.narrow, node.width, into, a: source, mask: Self.mask(operand.width))
    }
    return emitWide(operation.wide, node.width, into, [(source, operand.width)], 0)
  }

  private func binary(
    _ op: HDL.Operator, _ node: Node, _ a: Node, _ b: Node, _ scope: Int, _ into: Int?
  ) -> Int {
    if op == .multiply, node.width <= 64, let product = signedProduct(node, a, b, scope, into) {
      return product
    }
    if op == .greater { return binary(.less, node, b, a, scope, into) }
    if op == .greaterOrEqual { return binary(.lessOrEqual, node, b, a, scope, into) }
    let operation = BinaryOperation(op, isSigned: a.isSigned)
    let (x, y) = (place(of: a, in: scope), place(of: b, in: scope))
    if a.width <= 64, b.width <= 64 {
      return emit(
        operation.narrow, node.width, into, a: x, b: y,
        c: operation.readsSign ? 64 - a.width : 0, mask: operation.masks ? Self.mask(a.width) : 0)
    }
    return emitWide(operation.wide, node.width, into, [(x, a.width), (y, b.width)], 0)
  }

  /// The product of two sign-extended operands, without the extensions.
  private func signedProduct(
    _ node: Node, _ a: Node, _ b: Node, _ scope: Int, _ into: Int?
  ) -> Int? {
    guard case .extended(let x) = a.kind, case .extended(let y) = b.kind, x.isSigned, y.isSigned
    else { return nil }
    return emit(
      .multiplySigned, node.width, into, a: place(of: x, in: scope), b: place(of: y, in: scope),
      c: 64 - x.width | (64 - y.width) << 8, mask: Self.mask(node.width))
  }
}

/// The operations for an operator of two operands.
private struct BinaryOperation {
  let narrow: Operation
  let wide: WideInstruction.Operation
  /// Whether the result has to be cut to its width.
  var masks = false
  /// Whether the distance to the sign bit matters.
  var readsSign = false

  init(_ op: HDL.Operator, isSigned: Bool) {
    switch op {
    case .add: (narrow, wide, masks) = (.add, .add, true)
    case .subtract: (narrow, wide, masks) = (.subtract, .subtract, true)
    case .multiply: (narrow, wide, masks) = (.multiply, .multiply, true)
    case .bitAnd, .and: (narrow, wide) = (.and, .and)
    case .bitOr, .or: (narrow, wide) = (.or, .or)
    case .bitXor: (narrow, wide) = (.xor, .xor)
    case .equal: (narrow, wide) = (.equal, .equal)
    case .notEqual: (narrow, wide) = (.notEqual, .notEqual)
    case .less where isSigned: (narrow, wide, readsSign) = (.lessSigned, .lessSigned, true)
    case .less: (narrow, wide) = (.less, .less)
    case .lessOrEqual where isSigned:
      (narrow, wide, readsSign) = (.lessOrEqualSigned, .lessOrEqualSigned, true)
    case .lessOrEqual: (narrow, wide) = (.lessOrEqual, .lessOrEqual)
    case .shiftLeft: (narrow, wide, masks) = (.shiftLeft, .shiftLeft, true)
    case .shiftRight: (narrow, wide) = (.shiftRight, .shiftRight)
    case .arithmeticShiftRight:
      (narrow, wide) = (.shiftRightSigned, .shiftRightSigned)
      (masks, readsSign) = (true, true)
    default: preconditionFailure("`\(op.rawValue)` is no operator of two operands")
    }
  }
}
