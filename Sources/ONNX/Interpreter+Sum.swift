import Networks

/// From weights and what comes before them to a layer's sums.
extension Interpreter {
  /// A convolution's sums.
  mutating func sum(
    _ node: Node, _ activation: Activation, _ weights: Weights, _ window: Window, bias: Constant?
  ) throws(ONNXError) -> Sum {
    var (weights, window) = (weights, window)
    guard let map = activation.map else {
      throw node.error("takes values that are no map of channels, rows and columns")
    }
    window.padding += activation.padding
    try check(window, size: activation.shape[1] - 2 * activation.padding, node)
    if let average = activation.average {
      switch average {
      case .whole(let isMean):
        guard window.kernel == 1, window.stride == 1, window.padding == 0 else {
          throw node.error(
            "convolves the mean of a map with a kernel of \(window.kernel); it can be 1")
        }
        return try averaging(node, activation, weights, isMean: isMean, map: map, bias: bias)
      case .windows(let kernel, let stride):
        window = try folded(window, kernel, stride, activation, map, node)
        try spend(weights.outputs * weights.channels * window.kernel * window.kernel)
        weights.spread(kernel: kernel, stride: stride)
        weights.divide(by: kernel * kernel)
      }
    } else if activation.shape == [activation.count, 1, 1], map.size > 1, window.kernel == 1,
      window.stride == 1, window.padding == 0
    {
      // Each value of the map is a channel: fully connected.
      var flat = activation
      flat.shape = [activation.count]
      var sum = try self.sum(node, flat, dense: weights, bias: bias)
      sum.shape = [weights.outputs, 1, 1]
      return sum
    } else if map.channels != activation.shape[0]
      || map.size + 2 * activation.padding != activation.shape[1]
    {
      throw node.error(
        "takes a map of shape \(activation.shape) that was one of \(map.channels) channels of size \(map.size) "
          + "before")
    }
    try absorbAffine(of: activation, into: &weights, padding: window.padding, node)
    let layer = Layer.convolution(
      name(of: node), inputChannels: map.channels, outputChannels: weights.outputs, size: map.size,
      kernel: window.kernel, stride: window.stride, padding: window.padding)
    let shape = [layer.outputChannels, layer.outputSize, layer.outputSize]
    return try sum(node, activation, layer, weights, shape: shape, bias: bias)
  }

  private func check(_ window: Window, size: Int, _ node: Node) throws(ONNXError) {
    guard (1...31).contains(window.kernel), (1...8).contains(window.stride),
      (0..<window.kernel).contains(window.padding)
    else {
      throw node.error(
        "has a kernel of \(window.kernel), stride \(window.stride) and padding \(window.padding); kernels are 1 "
          + "to 31, strides 1 to 8, padding is less than the kernel")
    }
    guard size + 2 * window.padding >= window.kernel else {
      throw node.error(
        "has a kernel of \(window.kernel) for a padded map of only \(size + 2 * window.padding)")
    }
  }

  /// The window over the map of one over means of windows; exact where no padding of the means
  /// reaches into the map.
  private func folded(
    _ window: Window, _ kernel: Int, _ stride: Int, _ activation: Activation, _ map: ActivationMap,
    _ node: Node
  ) throws(ONNXError) -> Window {
    let means = activation.shape[1]
    let whole = Window(
      kernel: (window.kernel - 1) * stride + kernel, stride: window.stride * stride,
      padding: window.padding * stride)
    try check(whole, size: map.size, node)
    let outputs = (means + 2 * window.padding - window.kernel) / window.stride + 1
    guard window.padding == 0 || kernel <= stride && means * stride >= map.size,
      (map.size + 2 * whole.padding - whole.kernel) / whole.stride + 1 == outputs
    else {
      throw node.error(
        "pads means of windows of \(kernel), stride \(stride), over a map of \(map.size); that is no "
          + "convolution of the map")
    }
    return whole
  }

  /// A fully connected layer's sums.
  mutating func sum(
    _ node: Node, _ activation: Activation, dense weights: Weights, bias: Constant?
  ) throws(ONNXError) -> Sum {
    var weights = weights
    guard activation.shape == [weights.channels] else {
      throw node.error(
        "multiplies values of shape \(activation.shape) an image with weights of \(weights.channels) inputs; "
          + "Flatten makes [values] of them")
    }
    guard activation.padding == 0 else {
      throw node.error("takes a padded map; padding belongs before a convolution")
    }
    let map = activation.map ?? ActivationMap(channels: activation.count, size: 1)
    switch activation.average {
    case .whole(let isMean):
      return try averaging(node, activation, weights, isMean: isMean, map: map, bias: bias)
    case .windows(let kernel, let stride):
      // As a kernel over all windows.
      let means = (map.size - kernel) / stride + 1
      try spend(weights.outputs * map.count)
      weights = Weights(
        weights.numbers, outputs: weights.outputs, channels: map.channels, size: means,
        units: weights.units)
      weights.spread(to: map.size, kernel: kernel, stride: stride)
      weights.divide(by: kernel * kernel)
    case nil:
      if map.count == activation.count {
        weights = Weights(
          weights.numbers, outputs: weights.outputs, channels: map.channels, size: map.size,
          units: weights.units)
      }
    }
    try absorbAffine(of: activation, into: &weights, padding: 0, node)
    let layer = Layer.fullyConnected(
      name(of: node), inputs: weights.count / weights.outputs, outputs: weights.outputs)
    return try sum(node, activation, layer, weights, shape: [weights.outputs], bias: bias)
  }

  /// Fully connected to the mean, or sum, of each channel.
  mutating func averaging(
    _ node: Node, _ activation: Activation, _ weights: Weights, isMean: Bool, map: ActivationMap,
    bias: Constant?
  ) throws(ONNXError) -> Sum {
    var weights = weights
    let positions = map.size * map.size
    if isMean { weights.divide(by: positions) }
    guard weights.channels == map.channels else {
      throw node.error(
        "has weights for \(weights.channels) channels, but the map before it has \(map.channels)")
    }
    if let affine = activation.affine, !weights.absorb(affine, positions: positions) {
      throw Self.unscalable(node)
    }
    let layer = Layer.averaging(
      name(of: node), inputChannels: map.channels, size: map.size, outputs: weights.outputs)
    let shape = [weights.outputs] + activation.shape.dropFirst()
    return try sum(node, activation, layer, weights, shape: Array(shape), bias: bias)
  }

  private static func unscalable(_ node: Node) -> ONNXError {
    node.error("has integer weights, and takes activations with factors or offsets of each channel")
  }

  private func absorbAffine(
    of activation: Activation, into weights: inout Weights, padding: Int, _ node: Node
  ) throws(ONNXError) {
    guard var affine = activation.affine else { return }
    // What all images are multiplied by is the scale of stored images.
    if activation.layer == nil, let factor = affine.uniformFactor {
      guard case .reals = weights.numbers else {
        affine.factors = affine.factors.map { _ in factor }
        guard weights.absorb(affine) else { throw Self.unscalable(node) }
        return
      }
      return
    }
    guard padding == 0 || affine.offsets.allSatisfy({ $0 == 0 }) else {
      throw node.error(
        "pads with zeros what has an offset added to it; that cannot be folded into its weights: a "
          + "network takes images without an offset, zero being zero")
    }
    guard weights.absorb(affine) else { throw Self.unscalable(node) }
  }

  private mutating func sum(
    _ node: Node, _ activation: Activation, _ layer: Layer, _ weights: Weights, shape: [Int],
    bias: Constant?
  ) throws(ONNXError) -> Sum {
    try spend(neurons: layer.outputCount, of: node)
    let numbers: Sum.Numbers
    switch weights.numbers {
    case .reals(let values):
      let own = try reals(of: bias, count: weights.outputs, node)
      numbers = .reals(
        weights: values,
        bias: zip(own, weights.offsets).map { $1 == 0 ? $0 : Float(Double($0) + $1) })
    case .integers(let values):
      numbers = .integers(
        weights: values, bias: try steps(of: bias, units: weights.units, node), units: weights.units
      )
    }
    return Sum(
      identity: newIdentity(), node: node, input: activation, layer: layer, numbers: numbers,
      shape: shape, isInteger: false)
  }

  private func reals(of bias: Constant?, count: Int, _ node: Node) throws(ONNXError) -> [Float] {
    guard let bias else { return Array(repeating: 0, count: count) }
    guard bias.type.isReal, let places = bias.places(broadcastTo: [1, count]) else {
      throw node.error("has a bias of shape \(bias.shape) for \(count) outputs")
    }
    let values = bias.reals
    return places.map { values[$0] }
  }

  /// A bias in steps of the sums.
  private func steps(
    of bias: Constant?, units: [Double], _ node: Node
  ) throws(ONNXError) -> [Int64] {
    guard let bias else { return Array(repeating: 0, count: units.count) }
    guard let places = bias.places(broadcastTo: [1, units.count]) else {
      throw node.error("has a bias of shape \(bias.shape) for \(units.count) outputs")
    }
    if let integers = bias.integers { return places.map { integers[$0] } }
    if let steps = bias.steps, steps.integers.count == units.count,
      steps.scales.count == 1 || steps.scales.count == units.count,
      units.indices.allSatisfy({ channel in
        let scale = Double(steps.scales[steps.scales.count == 1 ? 0 : channel])
        return abs(scale - units[channel]) <= 1e-6 * units[channel]
      })
    {
      return steps.integers
    }
    let values = bias.reals
    return try Self.steps(of: places.map { values[$0] }, units: units) { index, value in
      node.error(
        "has the bias \(value) of output \(index), which is no whole number of steps of \(units[index]), the "
          + "scale of input and weights")
    }
  }

  /// Real numbers as steps of each channel.
  static func steps(
    of values: [Float], units: [Double], misfit: (Int, Float) -> ONNXError
  ) throws(ONNXError) -> [Int64] {
    var result: [Int64] = []
    for (index, value) in values.enumerated() {
      let count = (Double(value) / units[index]).rounded()
      guard let steps = Int64(exactly: count), Float(count * units[index]) == value else {
        throw misfit(index, value)
      }
      result.append(steps)
    }
    return result
  }

  /// A node's own name where it can name a layer, else one by kind and number.
  mutating func name(of node: Node) -> String {
    let isName =
      !node.name.isEmpty && node.name != "head"
      && node.name.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")
      }
    return isName ? node.name : ""
  }
}
