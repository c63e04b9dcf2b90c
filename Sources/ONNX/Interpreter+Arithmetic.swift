/// Add, Sub, Mul and Div, wherever one side is known.
extension Interpreter {
  mutating func arithmetic(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(2...2)
    let commutes = node.op == "Add" || node.op == "Mul"
    let (a, b) = (try input(node, 0), try input(node, 1))
    switch (a, b) {
    case (.constant(let a), .constant(let b)):
      return try fold(node, a, b)
    case (.mask(let mask), .sum(let sum)) where node.op == "Mul",
      (.sum(let sum), .mask(let mask)) where node.op == "Mul":
      guard mask.isNumber, mask.keeps else {
        throw node.error("multiplies by a mask that is no cast of y >= t to numbers")
      }
      return .activation(try masked(sum, by: mask, node))
    case (.expression(let expression), let other):
      return .expression(
        try expression.combined(try operand(other, of: expression, node), by: operation(node), node)
      )
    case (let other, .expression(let expression)):
      let left = try operand(other, of: expression, node)
      return .expression(try expression.combined(from: left, by: operation(node), node))
    case (.activation(let activation), let other) where activation.coding == .sums:
      let expression = Expression(activation)
      return .expression(
        try expression.combined(try operand(other, of: expression, node), by: operation(node), node)
      )
    case (.activation(let activation), .constant(let constant)):
      return .activation(try scaled(activation, by: constant, node))
    case (.constant(let constant), .activation(let activation)) where commutes:
      return .activation(try scaled(activation, by: constant, node))
    case (.sum(let sum), .constant(let constant)):
      return .sum(try changed(sum, by: constant, node))
    case (.constant(let constant), .sum(let sum)) where commutes:
      return .sum(try changed(sum, by: constant, node))
    default:
      throw node.error(
        "takes \(a.description) and \(b.description); one of two must be a constant, or a mask of the other: "
          + "networks are chains of layers")
    }
  }

  private func operation(_ node: Node) -> Expression.Operation {
    switch node.op {
    case "Add": .add
    case "Sub": .subtract
    case "Mul": .multiply
    default: .divide
    }
  }

  /// Operators of integers on their way through a requantization.
  mutating func integerArithmetic(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("direction", "fmod")
    try node.checkInputs(2...2)
    if node.op == "Mod",
      case (.constant(let a), .constant(let b)) = (
        try input(node, 0), try input(node, 1)
      )
    {
      guard try node.int("fmod", absent: 0) == 0 else {
        throw node.error("has an fmod other than 0")
      }
      return try fold(node, a, b)
    }
    guard case .expression(let expression) = try input(node, 0) else {
      throw node.error(
        "takes \(try input(node, 0).description); it can be imported in the requantization of sums")
    }
    let operation: Expression.Operation
    switch node.op {
    case "Mod":
      guard try node.int("fmod", absent: 0) == 0 else {
        throw node.error("has an fmod other than 0")
      }
      operation = .remainder
    case "And": operation = .and
    default:
      operation =
        try node.string("direction", absent: "") == "RIGHT" ? .shiftRight : .shiftLeft
    }
    return .expression(
      try expression.combined(
        try operand(try input(node, 1), of: expression, node), by: operation, node))
  }

  /// The other side of an operator of an expression.
  func operand(
    _ value: Value, of expression: Expression, _ node: Node
  ) throws(ONNXError) -> Expression {
    switch value {
    case .expression(let other): return other
    case .activation(let activation) where activation.coding == .sums:
      return Expression(activation)
    case .constant(let constant):
      let sum = expression.layer.sum
      let channels = sum.layer.outputChannels
      guard let integers = constant.integers,
        let places = constant.places(broadcastTo: [1] + sum.shape)
      else {
        throw node.error(
          "takes a constant of shape \(constant.shape) that is not one integer for a channel")
      }
      let positions = sum.positions
      let values = (0..<channels).map { integers[places[$0 * positions]] }
      guard places.indices.allSatisfy({ integers[places[$0]] == values[$0 / positions] }) else {
        throw node.error("takes a constant that is not the same at all positions of a channel")
      }
      return Expression(channels: values, of: expression.layer)
    default:
      throw node.error("takes \(value.description) in the requantization of sums")
    }
  }

  /// Activations with a factor or an offset, to be folded into the layer that follows.
  private mutating func scaled(
    _ activation: Activation, by constant: Constant, _ node: Node
  ) throws(ONNXError) -> Activation {
    guard case .real = activation.coding, constant.type.isReal else {
      throw node.error("computes with integers that are no sums")
    }
    guard activation.average == nil, activation.padding == 0 else {
      throw node.error("changes a mean or a padded map; factors and offsets belong before it")
    }
    guard let places = constant.places(broadcastTo: [1] + activation.shape) else {
      throw node.error(
        "has a constant of shape \(constant.shape) for values of shape \(activation.shape) an image"
      )
    }
    try spend(places.count)
    let map = activation.map ?? ActivationMap(channels: 1, size: 1)
    let (channels, values) = (map.channels, constant.reals)
    let positions = max(1, places.count / channels)
    let numbers = (0..<channels).map { values[places[min($0 * positions, places.count - 1)]] }
    guard places.count == channels * positions,
      places.indices.allSatisfy({ values[places[$0]] == numbers[$0 / positions] }),
      numbers.allSatisfy(\.isFinite)
    else {
      throw node.error(
        "has a constant that is not the same, and finite, at all positions of a channel")
    }
    var affine =
      activation.affine
      ?? ChannelAffine(
        factors: Array(repeating: 1, count: channels), offsets: Array(repeating: 0, count: channels)
      )
    for (channel, number) in numbers.enumerated() {
      let number = Double(number)
      switch node.op {
      case "Add": affine.offsets[channel] += number
      case "Sub": affine.offsets[channel] -= number
      case "Mul":
        affine.factors[channel] *= number
        affine.offsets[channel] *= number
      default:
        guard number != 0 else { throw node.error("divides by 0") }
        affine.factors[channel] /= number
        affine.offsets[channel] /= number
      }
    }
    var result = activation
    result.affine = affine
    return result
  }
}
