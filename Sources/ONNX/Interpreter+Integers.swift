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

  // MARK: QLinearConv and QLinearMatMul

  mutating func quantizedConvolution(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
    try node.checkInputs(8...9)
    let scales = try scales(node, weightAxis: 0)
    let activation = try activation(node)
    let sum = try convolution(
      node, with(activation, coding: .real(step: scales.input)), scales.weights,
      bias: try constant(node, 8, "bias"))
    return .activation(try requantized(sum, scales, activation, node))
  }

  mutating func quantizedMatrixProduct(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(8...8)
    let scales = try scales(node, weightAxis: 1)
    let activation = try activation(node)
    let sum = try product(
      node, with(activation, coding: .real(step: scales.input)),
      try transposedMatrix(scales.weights, node), bias: nil)
    return .activation(try requantized(sum, scales, activation, node))
  }

  /// What stands between integers and real numbers.
  private struct Scales {
    let input: Float
    /// The weights as real numbers, in steps of integers.
    let weights: Constant
    let output: Float
    let format: ActivationFormat
  }

  /// The inputs 1 to 7 of QLinearConv and QLinearMatMul.
  private mutating func scales(_ node: Node, weightAxis: Int) throws(ONNXError) -> Scales {
    try checkZero(try constant(node, 2, "zero point"), "a zero point of the input", node)
    try checkZero(try constant(node, 5, "zero point"), "a zero point of the weights", node)
    let zero = try constant(node, 7, "zero point")
    try checkZero(zero, "a zero point of the output", node)
    guard let format = zero?.type.format, !format.isSigned else {
      throw node.error(
        "gives \(zero?.type.name ?? "no") integers without an activation function; unsigned ones end at 0, as "
          + "with Relu")
    }
    guard let weights = try constant(node, 3, "weights"), let integers = weights.integers else {
      throw node.error("has weights that are not integers")
    }
    guard let scales = try constant(node, 4, "scale"), scales.type.isReal, scales.shape.count <= 1,
      scales.count == 1 || scales.count == weights.shape[safe: weightAxis],
      scales.reals.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw node.error("has no scale of its weights: one number above 0, or one for each output")
    }
    try spend(integers.count)
    return Scales(
      input: try scale(try constant(node, 1, "scale"), "scale of its input", node),
      weights: Constant(
        integers.map { Float($0) }, shape: weights.shape,
        steps: Constant.Steps(
          type: weights.type, integers: integers, scales: scales.reals,
          axis: scales.count == 1 ? 0 : weightAxis)),
      output: try scale(try constant(node, 6, "scale"), "scale of its output", node), format: format
    )
  }

  private mutating func requantized(
    _ sum: Sum, _ scales: Scales, _ input: Activation, _ node: Node
  ) throws(ONNXError) -> Activation {
    guard case .codes = input.coding else {
      throw node.error("takes real numbers; it multiplies integers of 8 bits")
    }
    var activation = try activated(sum, by: nil, node)
    activation.layer = try activation.layer.map { layer throws(ONNXError) in
      try quantized(layer, step: scales.output, scales.format, node)
    }
    return with(activation, coding: .codes(scales.format))
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
