import Networks

/// Convolutions of any form.
extension Interpreter {
  /// Rows and columns of a kernel, from one output to the next, and of zeros around the map.
  struct Window {
    var kernel: Int
    var stride: Int
    var padding: Int
    /// Rows and columns of zeros in the kernel, before the weights.
    var before = (rows: 0, columns: 0)
  }

  mutating func convolution(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes(
      "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
    try node.checkInputs(2...3)
    guard let weights = try constant(node, 1, "weights") else { throw node.error("has no weights") }
    let bias = try constant(node, 2, "bias")
    guard weights.type.isReal else { throw node.error("has weights that are not real numbers") }
    let activation = try activation(node)
    guard case .real = activation.coding else {
      throw node.error("takes integers; ConvInteger and QLinearConv do")
    }
    return .sum(try convolution(node, activation, weights, bias: bias))
  }

  /// The first input, which must be activations or images.
  mutating func activation(_ node: Node) throws(ONNXError) -> Activation {
    let value = try input(node, 0)
    guard case .activation(let activation) = value else {
      throw node.error(
        "takes \(value.description); a layer takes images, or activations behind Relu or a threshold"
      )
    }
    if let limits = activation.layer?.limits, activation.layer?.requantizer == nil {
      throw node.error(
        "takes activations that are limited to \(limits.lowerBound) to \(limits.upperBound); without a "
          + "QuantizeLinear behind them only Relu and thresholds can be imported")
    }
    return activation
  }

  mutating func convolution(
    _ node: Node, _ activation: Activation, _ constant: Constant, bias: Constant?
  ) throws(ONNXError) -> Sum {
    let shape = constant.shape
    guard shape.count == 4, shape[2] == shape[3], !shape.contains(0) else {
      throw node.error(
        "has weights of shape \(shape); those of convolutions are [outputs, channels, k, k], with "
          + "square kernels")
    }
    guard try node.int("group", absent: 1) == 1 else {
      throw node.error(
        "has \(try node.int("group", absent: 1)) groups; convolutions of one group can be imported")
    }
    let input = activation.shape
    guard input.count == 3, input[1] == input[2], input[0] == shape[1] else {
      throw node.error(
        "has weights of shape \(shape) for values of shape \(input) an image; there must be a square map of "
          + "\(shape[1]) channels")
    }
    let window = try window(node, kernel: shape[2], size: input[1])
    var weights = try weights(
      node, constant, activation, outputs: shape[0], channels: shape[1], size: shape[2], axis: 0)
    if window.kernel != shape[2] {
      guard window.kernel <= 31 else {
        throw node.error(
          "has pads that differ so much that its kernel would have more than 31 rows")
      }
      try spend(shape[0] * shape[1] * window.kernel * window.kernel)
      weights.surround(to: window.kernel, before: window.before)
    }
    return try sum(node, activation, weights, window, bias: bias)
  }

  /// The window of a node from its attributes.
  ///
  /// - Parameter kernel: of its weights; nil if only `kernel_shape` says it.
  func window(_ node: Node, kernel: Int?, size: Int) throws(ONNXError) -> Window {
    let shape = try node.ints("kernel_shape") ?? kernel.map { [$0, $0] } ?? []
    guard shape.count == 2, shape[0] == shape[1], kernel ?? shape[0] == shape[0], shape[0] > 0
    else {
      throw node.error(
        "has a kernel_shape \(shape)\(kernel.map { " and weights of \($0)x\($0)" } ?? ""); kernels are square"
      )
    }
    let strides = try node.ints("strides") ?? [1, 1]
    guard strides.count == 2, strides[0] == strides[1], strides[0] > 0 else {
      throw node.error("has strides \(strides); rows and columns must have the same, of 1 or more")
    }
    let dilations = try node.ints("dilations") ?? [1, 1]
    guard dilations == [1, 1] else {
      throw node.error("has dilations \(dilations); only 1 can be imported")
    }
    let pads = try pads(node, kernel: shape[0], stride: strides[0], size: size)
    guard pads.count == 4, pads.allSatisfy((0..<1 << 16).contains),
      Set(pads).count == 1 || kernel != nil && pads[0] + pads[2] == pads[1] + pads[3]
    else {
      throw node.error(
        "has pads \(pads); they must be 0 or more and the same on all four sides, those of a convolution the "
          + "same for rows and columns together")
    }
    // As much on every side as on the widest, where the kernel has zeros.
    let padding = pads.max() ?? 0
    return Window(
      kernel: shape[0] + 2 * padding - pads[0] - pads[2], stride: strides[0], padding: padding,
      before: (padding - pads[0], padding - pads[1]))
  }

  private func pads(
    _ node: Node, kernel: Int, stride: Int, size: Int
  ) throws(ONNXError) -> [Int] {
    switch try node.string("auto_pad", absent: "NOTSET") {
    case "NOTSET": return try node.ints("pads") ?? [0, 0, 0, 0]
    case "VALID": return [0, 0, 0, 0]
    case let name where name == "SAME_UPPER" || name == "SAME_LOWER":
      let output = (size - 1) / stride + 1
      let total = max(0, (output - 1) &* stride &+ kernel &- size)
      let (less, more) = (total / 2, total - total / 2)
      return name == "SAME_UPPER" ? [less, less, more, more] : [more, more, less, less]
    case let name:
      throw node.error("has the auto_pad '\(name)', which is not known")
    }
  }

  /// Zeros around a map, for the convolution that follows.
  mutating func pad(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("mode")
    try node.checkInputs(2...4)
    let mode = try node.string("mode", absent: "constant")
    guard mode == "constant", try constant(node, 2, "value")?.isZero ?? true else {
      throw node.error("must pad with zeros")
    }
    guard case .activation(var activation) = try input(node, 0), activation.shape.count == 3,
      activation.average == nil
    else {
      throw node.error("can be imported of a map of activations, before a convolution")
    }
    let pads = try integers(node, 1, "pads") ?? []
    let axes = try integers(node, 3, "axes") ?? [0, 1, 2, 3]
    var sides = Array(repeating: 0, count: 8)
    for (index, axis) in axes.enumerated() {
      let place = axis < 0 ? axis &+ 4 : axis
      guard pads.count == 2 * axes.count, (0..<4).contains(place) else {
        throw node.error("has pads \(pads) for the axes \(axes) of a map")
      }
      (sides[place], sides[place + 4]) = (pads[index], pads[index + axes.count])
    }
    let padding = sides[2]
    guard sides == [0, 0, padding, padding, 0, 0, padding, padding], (0...31).contains(padding)
    else {
      throw node.error(
        "has pads \(pads); they must be the same on the four sides of the map, 0 to 31")
    }
    guard activation.affine?.offsets.allSatisfy({ $0 == 0 }) ?? true else {
      throw node.error(
        "pads images with zeros behind an offset, which cannot be folded into weights")
    }
    activation.padding += padding
    activation.shape = [
      activation.shape[0], activation.shape[1] + 2 * padding, activation.shape[2] + 2 * padding,
    ]
    return .activation(activation)
  }

  /// Real weights, or the integers they are multiples of where the input comes from integers too.
  mutating func weights(
    _ node: Node, _ constant: Constant, _ activation: Activation, outputs: Int, channels: Int,
    size: Int, axis: Int
  ) throws(ONNXError) -> Weights {
    try spend(constant.count)
    let integers: [Int64]
    var units = Array(repeating: 1.0, count: outputs)
    if let values = constant.integers {
      integers = values
    } else if case .real(let step?) = activation.coding, let steps = constant.steps {
      guard steps.scales.count == 1 || steps.axis == axis && steps.scales.count == outputs else {
        throw node.error(
          "has weights with \(steps.scales.count) scales along axis \(steps.axis); there is one, or one for "
            + "each of the \(outputs) outputs")
      }
      integers = steps.integers
      units = (0..<outputs).map {
        Double(step) * Double(steps.scales[steps.scales.count == 1 ? 0 : $0])
      }
    } else {
      return Weights(
        .reals(constant.reals), outputs: outputs, channels: channels, size: size, units: units)
    }
    let narrow = integers.compactMap { Int32(exactly: $0) }
    guard narrow.count == integers.count else {
      throw node.error("has weights of more than 32 bits")
    }
    return Weights(
      .integers(narrow), outputs: outputs, channels: channels, size: size, units: units)
  }
}
