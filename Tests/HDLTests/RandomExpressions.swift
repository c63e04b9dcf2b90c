import Simulation

@testable import HDL

/// A width as the module writes it and as a number at the test's parameters.
struct TestWidth: Sendable {
  let nat: Nat
  let bits: Int
}

/// An expression, and what it is worth: an integer in the range of its shape.
struct TestTerm {
  let signal: Signal
  let width: TestWidth
  let isSigned: Bool
  let value: ([String: Int]) -> Int

  /// `number` modulo 2^width, in the range of the shape.
  static func wrapped(_ number: Int, _ bits: Int, _ isSigned: Bool) -> Int {
    let low = number & (1 << bits - 1)
    return isSigned && low >> (bits - 1) == 1 ? low - 1 << bits : low
  }
}

/// Writes random expressions into a module, each with its value by Swift's own integers.
final class RandomExpressions {
  private let m: ModuleBuilder
  private var generator: SeededGenerator
  private let a: TestWidth
  private let b: TestWidth
  private let one = TestWidth(nat: 1, bits: 1)
  private var both: TestWidth { TestWidth(nat: a.nat + b.nat, bits: a.bits + b.bits) }
  private var wires = 0
  private(set) var inputs: [TestTerm] = []
  private(set) var inputNames: [String] = []

  init(_ m: ModuleBuilder, widthA: Int, widthB: Int, seed: UInt64) {
    self.m = m
    generator = SeededGenerator(seed: seed)
    a = TestWidth(
      nat: m.parameter("A", default: .literal(widthA), in: 1...20, "a width"), bits: widthA)
    b = TestWidth(
      nat: m.parameter("B", default: .literal(widthB), in: 1...20, "a width"), bits: widthB)
    for width in [one, a, b, TestWidth(nat: 8, bits: 8)] {
      for isSigned in [false, true] {
        for copy in 0..<2 {
          let name = "in\(inputs.count)_\(copy)"
          let shape = Shape(width: width.nat, isSigned: isSigned)
          inputs.append(
            TestTerm(
              signal: m.input(name, shape), width: width, isSigned: isSigned,
              value: { $0[name]! }))
          inputNames.append(name)
        }
      }
    }
  }

  /// An expression of some depth, of a random shape.
  func term(depth: Int) -> TestTerm {
    let width = [one, a, b, both, TestWidth(nat: 8, bits: 8)].randomElement(using: &generator)!
    return term(width, Bool.random(using: &generator), depth)
  }

  /// Values for the inputs, extremes among them.
  func stimulus() -> [String: Int] {
    Dictionary(
      uniqueKeysWithValues: zip(inputNames, inputs).map { name, input in
        let bits = input.width.bits
        let number = [0, -1, 1 << (bits - 1), Int.random(in: 0..<1 << bits, using: &generator)]
          .randomElement(using: &generator)!
        return (name, TestTerm.wrapped(number, bits, input.isSigned))
      })
  }

  private func term(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    if depth == 0 { return leaf(width, isSigned) }
    let isSum = width.nat.difference(from: both.nat) == 0
    switch Int.random(in: 0..<(isSum ? 14 : 9), using: &generator) {
    case 0...3: return operation(width, isSigned, depth)
    case 4: return mux(width, isSigned, depth)
    case 5: return shift(width, isSigned, depth)
    case 6: return inversion(width, isSigned, depth)
    case 7: return cast(width, isSigned, depth)
    case 8: return width.bits == 1 && !isSigned ? bit(depth) : part(width, isSigned, depth)
    case 9...10: return product(isSigned, depth)
    case 11...12: return widened(isSigned, depth)
    default: return isSigned ? product(isSigned, depth) : concatenation(depth)
    }
  }

  private func make(
    _ signal: Signal, _ width: TestWidth, _ isSigned: Bool,
    _ value: @escaping ([String: Int]) -> Int
  ) -> TestTerm {
    TestTerm(signal: signal, width: width, isSigned: isSigned) {
      TestTerm.wrapped(value($0), width.bits, isSigned)
    }
  }

  private func named(_ term: TestTerm) -> TestTerm {
    wires += 1
    return TestTerm(
      signal: m.wire("wire\(wires)", term.signal), width: term.width, isSigned: term.isSigned,
      value: term.value)
  }

  private func leaf(_ width: TestWidth, _ isSigned: Bool) -> TestTerm {
    let fitting = inputs.filter {
      $0.isSigned == isSigned && $0.width.nat.difference(from: width.nat) == 0
    }
    if let input = fitting.randomElement(using: &generator) { return input }
    if isSigned {
      return make(zero(signed(width.nat)), width, true) { _ in 0 }
    }
    let number = Int.random(in: 0...1, using: &generator)
    return make(constant(.literal(number), width: width.nat), width, false) { _ in number }
  }

  private func operation(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    let (x, y) = (term(width, isSigned, depth - 1), term(width, isSigned, depth - 1))
    let signal: Signal
    let function: (Int, Int) -> Int
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: (signal, function) = (x.signal + y.signal, { $0 &+ $1 })
    case 1: (signal, function) = (x.signal - y.signal, { $0 &- $1 })
    case 2: (signal, function) = (x.signal &&& y.signal, { $0 & $1 })
    case 3: (signal, function) = (x.signal ||| y.signal, { $0 | $1 })
    default: (signal, function) = (x.signal ^^^ y.signal, { $0 ^ $1 })
    }
    return make(signal, width, isSigned) { function(x.value($0), y.value($0)) }
  }

  private func mux(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    let (x, y) = (term(width, isSigned, depth - 1), term(width, isSigned, depth - 1))
    let condition = bit(depth - 1)
    return make(HDL.mux(condition.signal, x.signal, y.signal), width, isSigned) {
      condition.value($0) == 1 ? x.value($0) : y.value($0)
    }
  }

  private func shift(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    let x = term(width, isSigned, depth - 1)
    let amount = term([a, b].randomElement(using: &generator)!, false, depth - 1)
    if Bool.random(using: &generator) {
      return make(x.signal.shiftedLeft(by: amount.signal), width, isSigned) {
        let by = amount.value($0)
        return by >= width.bits ? 0 : x.value($0) << by
      }
    }
    return make(x.signal.shiftedRight(by: amount.signal), width, isSigned) {
      x.value($0) >> Swift.min(amount.value($0), 62)
    }
  }

  private func inversion(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    let x = term(width, isSigned, depth - 1)
    return make(~x.signal, width, isSigned) { ~x.value($0) }
  }

  private func cast(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    let x = term(width, !isSigned, depth - 1)
    return make(isSigned ? x.signal.asSigned : x.signal.asUnsigned, width, isSigned) { x.value($0) }
  }

  /// The full product of an A-bit and a B-bit number.
  private func product(_ isSigned: Bool, _ depth: Int) -> TestTerm {
    let (x, y) = (named(term(a, isSigned, depth - 1)), named(term(b, isSigned, depth - 1)))
    return make(x.signal * y.signal, both, isSigned) { x.value($0) * y.value($0) }
  }

  private func widened(_ isSigned: Bool, _ depth: Int) -> TestTerm {
    let x = named(term([a, b].randomElement(using: &generator)!, isSigned, depth - 1))
    return make(x.signal.extended(to: both.nat), both, isSigned) { x.value($0) }
  }

  private func concatenation(_ depth: Int) -> TestTerm {
    let x = term(a, Bool.random(using: &generator), depth - 1)
    let y = term(b, Bool.random(using: &generator), depth - 1)
    let bits = b.bits
    return make(concatenate(x.signal, y.signal), both, false) {
      x.value($0) << bits | TestTerm.wrapped(y.value($0), bits, false)
    }
  }

  /// The low or the high bits of a wider name, or an element of it by a signal.
  private func part(_ width: TestWidth, _ isSigned: Bool, _ depth: Int) -> TestTerm {
    let total = TestWidth(nat: 2 * width.nat, bits: 2 * width.bits)
    let (x, y) = (term(width, false, depth - 1), term(width, true, depth - 1))
    let pair = named(
      make(concatenate(x.signal, y.signal), total, false) {
        x.value($0) << width.bits | TestTerm.wrapped(y.value($0), width.bits, false)
      })
    let index = bit(depth - 1)
    switch Int.random(in: 0..<3, using: &generator) {
    case 0:
      return make(
        pair.signal.element(1, Shape(width: width.nat, isSigned: isSigned)), width, isSigned
      ) {
        pair.value($0) >> width.bits
      }
    case 1:
      let low = pair.signal.truncated(to: width.nat)
      return make(isSigned ? low.asSigned : low, width, isSigned) { pair.value($0) }
    default:
      let chosen = pair.signal.element(at: index.signal, width: width.nat)
      return make(isSigned ? chosen.asSigned : chosen, width, isSigned) {
        pair.value($0) >> (index.value($0) * width.bits)
      }
    }
  }

  /// One bit: a comparison, a reduction, logic, a bit of a name.
  private func bit(_ depth: Int) -> TestTerm {
    if depth <= 0 { return leaf(one, false) }
    let width = [a, b, both].randomElement(using: &generator)!
    let isSigned = Bool.random(using: &generator)
    let (x, y) = (term(width, isSigned, depth - 1), term(width, isSigned, depth - 1))
    func compare(_ signal: Signal, _ function: @escaping (Int, Int) -> Bool) -> TestTerm {
      make(signal, one, false) { function(x.value($0), y.value($0)) ? 1 : 0 }
    }
    switch Int.random(in: 0..<13, using: &generator) {
    case 0: return compare(x.signal == y.signal, ==)
    case 1: return compare(x.signal != y.signal, !=)
    case 2: return compare(x.signal < y.signal, <)
    case 3: return compare(x.signal <= y.signal, <=)
    case 4: return compare(x.signal > y.signal, >)
    case 5: return compare(x.signal >= y.signal, >=)
    case 6: return make(x.signal.anyBit, one, false) { x.value($0) == 0 ? 0 : 1 }
    case 7:
      return make(x.signal.allBits, one, false) {
        TestTerm.wrapped(x.value($0), width.bits, true) == -1 ? 1 : 0
      }
    case 8:
      let (p, q) = (bit(depth - 1), bit(depth - 1))
      return make(p.signal && !q.signal, one, false) { p.value($0) & (1 - q.value($0)) }
    case 9:
      let (p, q) = (bit(depth - 1), bit(depth - 1))
      return make(p.signal || q.signal, one, false) { p.value($0) | q.value($0) }
    case 10:
      let name = named(x)
      return make(name.signal[width.nat - 1], one, false) { x.value($0) >> (width.bits - 1) }
    case 11:
      let number = Int.random(in: 1...9, using: &generator)
      let x = term(width, false, depth - 1)
      return make(x.signal < .literal(number), one, false) { x.value($0) < number ? 1 : 0 }
    default:
      let x = term(width, false, depth - 1)
      return make(x.signal == width.nat, one, false) { x.value($0) == width.bits ? 1 : 0 }
    }
  }
}
