import HDL

/// A width or a count in terms of the parameters of a module, by their numbers.
indirect enum Size: Hashable, Sendable {
  case literal(Int)
  case parameter(Int)
  case sum(Size, Size)
  case product(Size, Size)

  static let one = Size.literal(1)

  func value(_ parameters: [Int]) -> Int {
    switch self {
    case .literal(let value): return value
    case .parameter(let number): return parameters[number]
    case .sum(let a, let b): return a.value(parameters) + b.value(parameters)
    case .product(let a, let b): return a.value(parameters) * b.value(parameters)
    }
  }

  func nat(_ parameters: [Nat]) -> Nat {
    switch self {
    case .literal(let value): return .literal(value)
    case .parameter(let number): return parameters[number]
    case .sum(let a, let b): return a.nat(parameters) + b.nat(parameters)
    case .product(let a, let b): return a.nat(parameters) * b.nat(parameters)
    }
  }

  /// The same size in terms of what an instance gives to the parameters.
  func substituting(_ parameters: [Size]) -> Size {
    switch self {
    case .literal: return self
    case .parameter(let number): return parameters[number]
    case .sum(let a, let b): return .sum(a.substituting(parameters), b.substituting(parameters))
    case .product(let a, let b):
      return .product(a.substituting(parameters), b.substituting(parameters))
    }
  }
}

/// An expression that the grower can use, with what it has to know of it.
struct Term {
  let signal: Signal
  let size: Size
  let isSigned: Bool
  /// Whether slices can be taken of it.
  var isName = false
  /// Whether its sign bit can be written.
  var hasSign = false
  /// Whether it changes in simulation: an input or a register.
  var isLive = false
}

/// A port of a random module, for those who instantiate it.
struct RandomPort {
  let name: String
  let size: Size
  let isSigned: Bool
  let isInput: Bool
}
