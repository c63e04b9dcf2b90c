/// Fully connected layers.
extension Interpreter {
  mutating func gemm(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("alpha", "beta", "transA", "transB")
    try node.checkInputs(2...3)
    guard try node.int("transA", absent: 0) == 0 else {
      throw node.error("transposes the activations; transA must be 0")
    }
    guard var weights = try constant(node, 1, "weights") else { throw node.error("has no weights") }
    if try node.int("transB", absent: 0) == 0 {
      weights = try transposedMatrix(weights, node)
    }
    let alpha = try node.float("alpha", absent: 1)
    let beta = try node.float("beta", absent: 1)
    if alpha != 1 {
      try spend(weights.count)
      weights = Constant(weights.reals.map { $0 * alpha }, shape: weights.shape)
    }
    var bias = try constant(node, 2, "bias")
    if beta != 1, let own = bias { bias = Constant(own.reals.map { $0 * beta }, shape: own.shape) }
    return .sum(try product(node, try activation(node), weights, bias: bias))
  }

  mutating func matrixProduct(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(2...2)
    let weights = try constant(node, 1, "weights")
    if case .constant = try input(node, 0) {
      throw node.error(
        "multiplies constants with \(try input(node, 1).description); weights are on the right")
    }
    let activation = try activation(node)
    guard let weights else { throw node.error("has no weights") }
    var sum = try product(node, activation, try transposedMatrix(weights, node), bias: nil)
    // Of integers in 64 bits.
    if weights.integers != nil {
      guard case .codes = activation.coding, weights.type == .int64 else {
        throw node.error(
          "multiplies integers of \(weights.type.name); int64 can be, of activations cast to it")
      }
      sum.isInteger = true
    }
    return .sum(sum)
  }

  func transposedMatrix(_ weights: Constant, _ node: Node) throws(ONNXError) -> Constant {
    guard weights.shape.count == 2 else {
      throw node.error("has weights of shape \(weights.shape); they have [inputs, outputs]")
    }
    return weights.transposed([1, 0])
  }

  /// - Parameter weights: [outputs, inputs].
  mutating func product(
    _ node: Node, _ activation: Activation, _ weights: Constant, bias: Constant?
  ) throws(ONNXError) -> Sum {
    guard weights.shape.count == 2, !weights.shape.contains(0) else {
      throw node.error("has weights of shape \(weights.shape); they have two axes")
    }
    switch (activation.coding, weights.type.isReal) {
    case (.real, true), (.codes, false): break
    case (.sums, _): throw node.error("takes sums that are not requantized")
    default: throw node.error("multiplies integers with real numbers")
    }
    return try sum(
      node, activation,
      dense: try self.weights(
        node, weights, activation, outputs: weights.shape[0], channels: weights.shape[1], size: 1,
        axis: 0), bias: bias)
  }
}
