import Networks

/// Layers whose inputs and outputs are integers, with scales and zero points beside them: QLinearConv and
/// QLinearMatMul, and onnxruntime's QGemm.
extension Interpreter {
  mutating func quantizedConvolution(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
    try node.checkInputs(8...9)
    let scales = try scales(node, weightAxis: 0)
    let activation = try activation(node)
    let sum = try convolution(
      node, with(activation, coding: .real(step: scales.input)), scales.weights,
      bias: try constant(node, 8, "bias"))
    return try rounded(sum, try outputSteps(node, at: 6), activation, node)
  }

  mutating func quantizedMatrixProduct(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(8...8)
    let scales = try scales(node, weightAxis: 1)
    let activation = try activation(node)
    let sum = try product(
      node, with(activation, coding: .real(step: scales.input)),
      try transposedMatrix(scales.weights, node), bias: nil)
    return try rounded(sum, try outputSteps(node, at: 6), activation, node)
  }

  /// Without a scale of its output it gives real numbers.
  mutating func quantizedGemm(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("alpha", "transA", "transB")
    try node.checkInputs(6...9)
    let alpha = try node.float("alpha", absent: 1)
    guard alpha == 1, try node.int("transA", absent: 0) == 0 else {
      throw node.error("has an alpha of \(alpha), or transposes; alpha must be 1 and transA 0")
    }
    let isTransposed = try node.int("transB", absent: 0) != 0
    let scales = try scales(node, weightAxis: isTransposed ? 0 : 1)
    let activation = try activation(node)
    let sum = try product(
      node, with(activation, coding: .real(step: scales.input)),
      isTransposed ? scales.weights : try transposedMatrix(scales.weights, node),
      bias: try constant(node, 6, "bias"))
    guard try optionalInput(node, 7) != nil else {
      try checkCodes(activation, node)
      return .sum(sum)
    }
    return try rounded(sum, try outputSteps(node, at: 7), activation, node)
  }

  /// What stands between the integers that come in and real numbers.
  private struct Scales {
    let input: Float
    /// The weights as real numbers, in steps of integers.
    let weights: Constant
  }

  /// The inputs 1 to 5 of all three.
  private mutating func scales(_ node: Node, weightAxis: Int) throws(ONNXError) -> Scales {
    try checkZero(try constant(node, 2, "zero point"), "a zero point of the input", node)
    try checkZero(try constant(node, 5, "zero point"), "a zero point of the weights", node)
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
          axis: scales.count == 1 ? 0 : weightAxis)))
  }

  /// What stands between real numbers and the integers that go out.
  struct OutputSteps {
    let step: Float
    let zero: Constant?
    let format: ActivationFormat
  }

  /// The scale of the output, and the zero point behind it, which says the type.
  mutating func outputSteps(_ node: Node, at index: Int) throws(ONNXError) -> OutputSteps {
    let zero = try constant(node, index + 1, "zero point")
    guard let format = zero?.type.format, format.width == 8 else {
      throw node.error(
        "gives integers of type \(zero?.type.name ?? "nothing"), by its zero point; uint8 and int8 can be "
          + "imported")
    }
    return OutputSteps(
      step: try scale(try constant(node, index, "scale"), "scale of its output", node), zero: zero,
      format: format)
  }

  func checkCodes(_ input: Activation, _ node: Node) throws(ONNXError) {
    guard case .codes = input.coding else {
      throw node.error("takes real numbers; it multiplies integers of 8 bits")
    }
  }

  /// Unsigned integers end at 0, as with Relu; of signed ones Relu must follow; and logits, with whatever
  /// zero point, are not rounded.
  private mutating func rounded(
    _ sum: Sum, _ output: OutputSteps, _ input: Activation, _ node: Node
  ) throws(ONNXError) -> Value {
    try checkCodes(input, node)
    if graph.leadsToOutput(node) {
      note("\(node.place) rounds the logits, and the network does not")
      return .sum(sum)
    }
    try checkZero(output.zero, "a zero point of the output", node)
    var sum = sum
    sum.rounded = Sum.Rounded(step: output.step, format: output.format, isReal: false)
    if output.format.isSigned { return .sum(sum) }
    return .activation(try activated(sum, by: nil, node))
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
