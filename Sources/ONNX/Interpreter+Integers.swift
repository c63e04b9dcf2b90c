import Networks

/// Convolutions and matrix products of integers.
extension Interpreter {
  mutating func convolutionOfIntegers(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
    try node.checkInputs(2...4)
    try checkZero(try constant(node, 2, "zero point"), "a zero point of the input", node)
    try checkZero(try constant(node, 3, "zero point"), "a zero point of the weights", node)
    let (activation, weights) = try integers(node)
    return .sum(try narrow(try convolution(node, activation, weights, bias: nil), node))
  }

  mutating func matrixProductOfIntegers(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(2...4)
    try checkZero(try constant(node, 2, "zero point"), "a zero point of the input", node)
    try checkZero(try constant(node, 3, "zero point"), "a zero point of the weights", node)
    let (activation, weights) = try integers(node)
    return .sum(
      try narrow(
        try product(node, activation, try transposedMatrix(weights, node), bias: nil), node))
  }

  /// Integer activations, and constant integer weights.
  private mutating func integers(_ node: Node) throws(ONNXError) -> (Activation, Constant) {
    let activation = try activation(node)
    guard case .codes = activation.coding else {
      throw node.error("takes real numbers; it multiplies integers of 8 bits")
    }
    guard let weights = try constant(node, 1, "weights"), [.int8, .uint8].contains(weights.type)
    else {
      throw node.error("has weights that are not int8 or uint8")
    }
    return (activation, weights)
  }

  /// Sums in 32 bits, which must hold every one that can be.
  private func narrow(_ sum: Sum, _ node: Node) throws(ONNXError) -> Sum {
    guard case .integers(let weights, let bias, _) = sum.numbers else {
      throw node.error("has weights that are not integers")
    }
    let count = weights.count / max(1, bias.count)
    for channel in bias.indices {
      let bound = AccumulatorBound(
        weights: weights[channel * count..<(channel + 1) * count], bias: 0, input: sum.inputRange,
        positionsPerWeight: sum.layer.positionsPerWeight)
      guard bound.width <= 32 else {
        throw node.error("can overflow the 32 bits of its sums, which need \(bound.width)")
      }
    }
    var sum = sum
    sum.isInteger = true
    return sum
  }
}
