/// Arithmetic between constants.
extension Interpreter {
  /// An operator between two constants.
  mutating func fold(_ node: Node, _ a: Constant, _ b: Constant) throws(ONNXError) -> Value {
    guard let shape = Constant.broadcast(a.shape, b.shape),
      a.type == b.type || a.type.isReal && b.type.isReal,
      let count = Constant.count(of: shape)
    else {
      throw node.error(
        "takes constants of \(a.type.name) \(a.shape) and \(b.type.name) \(b.shape), which do not go "
          + "together")
    }
    try spend(count)
    let (left, right) = (
      a.places(broadcastTo: shape) ?? [], b.places(broadcastTo: shape) ?? []
    )
    if let x = a.integers, let y = b.integers {
      return try foldIntegers(node, a.type, shape, left.map { x[$0] }, right.map { y[$0] })
    }
    let (x, y) = (a.reals, b.reals)
    let pairs = zip(left, right).map { (x[$0], y[$1]) }
    switch node.op {
    case "Add": return .constant(Constant(pairs.map { $0 + $1 }, shape: shape))
    case "Sub": return .constant(Constant(pairs.map { $0 - $1 }, shape: shape))
    case "Mul": return .constant(Constant(pairs.map { $0 * $1 }, shape: shape))
    case "Div": return .constant(Constant(pairs.map { $0 / $1 }, shape: shape))
    case "Greater": return truths(pairs.map { $0 > $1 }, shape)
    case "GreaterOrEqual": return truths(pairs.map { $0 >= $1 }, shape)
    case "Less": return truths(pairs.map { $0 < $1 }, shape)
    case "LessOrEqual": return truths(pairs.map { $0 <= $1 }, shape)
    default: throw node.error("takes two constants, which is not supported")
    }
  }

  private func foldIntegers(
    _ node: Node, _ type: DataType, _ shape: [Int], _ x: [Int64], _ y: [Int64]
  ) throws(ONNXError) -> Value {
    let pairs = Array(zip(x, y))
    func integers(_ values: [Int64]) -> Value {
      .constant(Constant(values.map(type.wrapped), type: type, shape: shape))
    }
    switch node.op {
    case "Add": return integers(pairs.map { $0 &+ $1 })
    case "Sub": return integers(pairs.map { $0 &- $1 })
    case "Mul": return integers(pairs.map { $0 &* $1 })
    case "Div":
      guard y.allSatisfy({ $0 > 0 }) else { throw node.error("divides by a number below 1") }
      return integers(pairs.map { $0 / $1 })
    case "Mod":
      guard y.allSatisfy({ $0 != 0 }) else { throw node.error("divides by 0") }
      // The sign is that of the divisor.
      return integers(
        pairs.map { x, y in
          let rest = y == -1 ? 0 : x % y
          return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
        })
    case "Greater": return truths(pairs.map { $0 > $1 }, shape)
    case "GreaterOrEqual": return truths(pairs.map { $0 >= $1 }, shape)
    case "Less": return truths(pairs.map { $0 < $1 }, shape)
    case "LessOrEqual": return truths(pairs.map { $0 <= $1 }, shape)
    default: throw node.error("takes two constants, which is not supported")
    }
  }

  private func truths(_ values: [Bool], _ shape: [Int]) -> Value {
    .constant(Constant(values.map { $0 ? 1 : 0 }, type: .boolean, shape: shape))
  }

  mutating func unary(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(1...1)
    switch try input(node, 0) {
    case .constant(let constant):
      try spend(constant.count)
      switch (node.op, constant.elements) {
      case ("Neg", .reals(let values)):
        return .constant(Constant(values.map { -$0 }, shape: constant.shape))
      case ("Sqrt", .reals(let values)):
        return .constant(Constant(values.map { $0.squareRoot() }, shape: constant.shape))
      case ("Reciprocal", .reals(let values)):
        return .constant(Constant(values.map { 1 / $0 }, shape: constant.shape))
      case ("Abs", .reals(let values)):
        return .constant(Constant(values.map { abs($0) }, shape: constant.shape))
      default:
        throw node.error("takes integers; it can be imported of constants of real numbers")
      }
    case .expression(let expression) where node.op == "Abs":
      return .expression(try expression.applying(.abs, node))
    case let other:
      throw node.error("takes \(other.description); it can be imported of constants")
    }
  }
}
