/// Relu, and Clip in its place.
extension Interpreter {
  mutating func relu(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(1...1)
    switch try input(node, 0) {
    case .sum(let sum):
      return .activation(try activated(sum, by: nil, node))
    case .activation(let activation):
      // What passed Relu, or thresholds from 0 on, is not below 0.
      guard let layer = activation.layer, activation.affine == nil,
        !(layer.thresholds?.areNegative ?? false)
      else {
        throw node.error(
          "takes activations that may be negative; Relu belongs behind a layer's sums")
      }
      return .activation(activation)
    case let other:
      throw node.error("takes \(other.description); Relu belongs behind a layer's sums")
    }
  }

  /// Relu as the larger of sums and 0.
  mutating func maximum(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(2...2)
    switch (try input(node, 0), try input(node, 1)) {
    case (.sum(let sum), .constant(let zero)), (.constant(let zero), .sum(let sum)):
      guard zero.count == 1, zero.isZero, zero.type.isReal != sum.isInteger else { break }
      return .activation(try activated(sum, by: nil, node))
    default: break
    }
    throw node.error("can be imported of the sums of a layer and 0, as Relu")
  }

  /// Relu where it has no upper limit; else limits that a quantizer must follow.
  mutating func clip(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(1...3)
    let value = try input(node, 0)
    let low = try constant(node, 1, "minimum")
    let high = try constant(node, 2, "maximum")
    guard low?.count ?? 1 == 1, high?.count ?? 1 == 1 else {
      throw node.error("has limits that are not one number each")
    }
    switch value {
    case .expression(let expression):
      guard let low = low?.integer, let high = high?.integer, low <= high else {
        throw node.error("has no integer minimum and maximum")
      }
      return .expression(try expression.applying(.clip(low, high), node))
    case .sum(let sum) where !sum.isInteger && sum.rounded?.isReal != false:
      return try limited(try activated(sum, by: nil, node), low?.real, high?.real, node)
    case .activation(let activation):
      guard case .real = activation.coding, activation.isPlain else { break }
      return try limited(activation, low?.real, high?.real, node)
    default: break
    }
    throw node.error("takes \(value.description); it can limit the sums and activations of a layer")
  }

  /// - Parameter activation: of sums behind Relu, where they have had no activation function.
  private mutating func limited(
    _ activation: Activation, _ low: Float?, _ high: Float?, _ node: Node
  ) throws(ONNXError) -> Value {
    guard let layer = activation.layer, layer.limits == nil else {
      throw node.error("limits images, or what is limited already")
    }
    let isRelu = layer.thresholds == nil
    guard isRelu ? low == 0 : low ?? -.infinity <= 0 else {
      throw node.error(
        "has the minimum \(low.map { "\($0)" } ?? "that is left out"); behind sums it is 0, behind thresholds 0 or less"
      )
    }
    let high = high ?? .infinity
    let low = low ?? -.infinity
    guard low <= 0, high > 0 else { throw node.error("has the maximum \(high); it is above 0") }
    if high >= .greatestFiniteMagnitude, isRelu || low <= -.greatestFiniteMagnitude {
      return .activation(activation)
    }
    var activation = activation
    activation.layer = try limited(layer, to: low...high, activation.coding, node)
    return .activation(activation)
  }

  /// - Parameter coding: of the layer's activations; limits of what is rounded already are its clamp.
  private func limited(
    _ layer: HiddenLayer, to limits: ClosedRange<Float>, _ coding: Activation.Coding, _ node: Node
  ) throws(ONNXError) -> HiddenLayer {
    guard let own = layer.requantizer, case .real(let step?) = coding else {
      return layer.limited(to: limits)
    }
    let clamp = try Self.clamp(limits, step: step, own.format, node)
    guard
      clamp.upperBound == own.clamp.upperBound
        || Float(clamp.upperBound) * step == limits.upperBound
    else {
      throw node.error(
        "limits to \(limits.upperBound) what is rounded already, to multiples of \(step); the limit is one of them"
      )
    }
    // Behind Relu the lower end is not reached.
    let low = layer.thresholds == nil ? own.clamp.lowerBound : clamp.lowerBound
    return layer.requantized(
      Requantizer(
        multipliers: own.multipliers, shifts: own.shifts, format: own.format,
        clamp: low...clamp.upperBound, rounding: own.rounding))
  }
}
