/// DequantizeLinear, of constants, activations and sums.
extension Interpreter {
  mutating func dequantize(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axis", "block_size")
    try node.checkInputs(2...3)
    if case .sum(let sum) = try input(node, 0), !sum.isInteger, sum.rounded == nil {
      // Behind the rounding of an output.
      return .sum(sum)
    }
    try checkZero(try constant(node, 2, "zero point"), "a zero point", node)
    guard try node.int("block_size", absent: 0) == 0 else {
      throw node.error("has a block_size; scales are one, or one for each place of an axis")
    }
    guard let scales = try constant(node, 1, "scale"), scales.type.isReal,
      scales.reals.allSatisfy({ $0 > 0 && $0.isFinite }), scales.shape.count <= 1, scales.count > 0
    else {
      throw node.error("has no scale of numbers above 0")
    }
    switch try input(node, 0) {
    case .constant(let constant):
      return .constant(try dequantized(constant, scales.reals, node))
    case .activation(let activation):
      guard case .codes = activation.coding else {
        throw node.error("takes activations that are no integers of 8 or 16 bits")
      }
      let step = try scale(scales, "scale", node)
      return .activation(with(activation, coding: .real(step: step)))
    case .sum(var sum) where sum.rounded != nil:
      let step = try scale(scales, "scale", node)
      guard sum.rounded?.isReal == false, sum.rounded?.step == step else {
        throw node.error(
          "has another scale than \(sum.node.place), or takes real numbers; it belongs behind what is rounded"
        )
      }
      sum.rounded?.isReal = true
      return .sum(sum)
    case .sum(var sum):
      guard sum.isInteger, case .integers(let weights, let bias, let units) = sum.numbers,
        scales.count == 1 || scales.count == units.count
      else {
        throw node.error(
          "takes sums that are real numbers, or has a scale for other than each channel")
      }
      let factors = scales.reals
      sum.numbers = .integers(
        weights: weights, bias: bias,
        units: units.indices.map { units[$0] * Double(factors[scales.count == 1 ? 0 : $0]) })
      sum.isInteger = false
      sum.identity = newIdentity()
      return .sum(sum)
    case let other:
      throw node.error("takes \(other.description)")
    }
  }

  private mutating func dequantized(
    _ constant: Constant, _ scales: [Float], _ node: Node
  ) throws(ONNXError) -> Constant {
    guard let integers = constant.integers else { throw node.error("takes real numbers") }
    let rank = constant.shape.count
    var axis = try node.int("axis", absent: 1)
    if axis < 0 { axis &+= rank }
    if scales.count == 1 { axis = 0 }
    guard
      scales.count == 1
        || constant.shape.indices.contains(axis) && constant.shape[axis] == scales.count
    else {
      throw node.error(
        "has \(scales.count) scales along axis \(axis) of a tensor of shape \(constant.shape)")
    }
    try spend(2 * integers.count)
    let inner = scales.count == 1 ? 1 : constant.shape[(axis + 1)...].reduce(1, *)
    return Constant(
      integers.enumerated().map { index, value in
        Float(value) * scales[scales.count == 1 ? 0 : index / inner % scales.count]
      }, shape: constant.shape,
      steps: Constant.Steps(type: constant.type, integers: integers, scales: scales, axis: axis))
  }
}
