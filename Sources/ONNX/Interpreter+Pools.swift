/// Pools and means.
extension Interpreter {
  mutating func maxPool(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes(
      "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides")
    try node.checkInputs(1...1)
    let value = try input(node, 0)
    let shape = try shapeOfImage(value, node)
    guard shape.count == 3, shape[1] == shape[2] else {
      throw node.error("pools values of shape \(shape) an image; there must be a square map")
    }
    let window = try window(node, kernel: nil, size: shape[1])
    if window.kernel == 1, window.stride == 1, window.padding == 0 { return value }
    let reachesOver = try node.int("ceil_mode", absent: 0) != 0 && shape[1] % 2 == 1
    guard window.kernel == 2, window.stride == 2, window.padding == 0, !reachesOver, shape[1] > 1
    else {
      throw node.error(
        "pools windows of \(window.kernel), stride \(window.stride) and padding \(window.padding) over a map of "
          + "\(shape[1])\(reachesOver ? " with ceil_mode" : ""); windows of 2 with stride 2, without padding, "
          + "dropping an odd last row, can be imported")
    }
    switch value {
    case .activation(let activation):
      guard let layer = activation.layer, !layer.isPooled, activation.isPlain,
        activation.coding != .sums,
        activation.map == ActivationMap(channels: shape[0], size: shape[1])
      else {
        throw node.error(
          "pools images, or what is pooled or changed behind its layer; a max-pool can follow a layer's "
            + "activation function")
      }
      var pooled = layer.pooled().activation(activation.coding)
      pooled.layer = layer.pooled()
      return .activation(pooled)
    case .sum(var sum):
      guard !sum.isPooled, sum.difference == nil, sum.layer.kind == .convolution,
        !sum.isInteger,
        shape == [sum.layer.outputChannels, sum.layer.outputSize, sum.layer.outputSize]
      else {
        throw node.error("pools what is pooled or changed behind its layer, or integer sums")
      }
      sum.identity = newIdentity()
      sum.isPooled = true
      sum.shape = [shape[0], shape[1] / 2, shape[2] / 2]
      return .sum(sum)
    default:
      throw node.error("takes \(value.description)")
    }
  }

  mutating func averagePool(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes(
      "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides")
    try node.checkInputs(1...1)
    let activation = try map(node)
    let size = activation.shape[1]
    let window = try window(node, kernel: nil, size: size)
    if window.kernel == 1, window.stride == 1, window.padding == 0 {
      return .activation(activation)
    }
    guard window.padding == 0, window.kernel <= size else {
      throw node.error(
        "takes means of windows of \(window.kernel) with padding \(window.padding) over a map of \(size); "
          + "windows must lie in the map")
    }
    let means = (size - window.kernel) / window.stride + 1
    guard try node.int("ceil_mode", absent: 0) == 0 || (size - window.kernel) % window.stride == 0
    else {
      throw node.error("takes means of windows that reach over the map, with ceil_mode")
    }
    var result = activation
    result.shape = [activation.shape[0], means, means]
    result.average =
      window.kernel == size
      ? .whole(isMean: true) : .windows(kernel: window.kernel, stride: window.stride)
    return .activation(result)
  }

  mutating func globalAverage(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(1...1)
    if case .sum(let sum) = try input(node, 0) {
      return .sum(try mean(of: sum, shape: [sum.layer.outputChannels, 1, 1], node))
    }
    var activation = try map(node)
    activation.shape = [activation.shape[0], 1, 1]
    activation.average = .whole(isMean: true)
    return .activation(activation)
  }

  /// The mean of the sums of a convolution with a kernel of 1 is that of its input, times its weights.
  private mutating func mean(of sum: Sum, shape: [Int], _ node: Node) throws(ONNXError) -> Sum {
    let layer = sum.layer
    guard case .reals(let weights, let bias) = sum.numbers, layer.kind == .convolution,
      layer.kernel == 1, layer.stride == 1, layer.padding == 0, sum.input.layer != nil,
      sum.difference == nil, !sum.isPooled, !sum.isInteger
    else {
      throw node.error(
        "takes the mean of the sums of \(sum.node.place), without an activation function; it can be imported "
          + "of a convolution in real numbers with a kernel of 1, stride 1 and no padding behind a layer"
      )
    }
    guard
      sum.shape == [layer.outputChannels, layer.outputSize, layer.outputSize]
        || node.op.hasPrefix("Reduce")
          && sum.shape == [layer.outputChannels, layer.outputSize * layer.outputSize]
    else {
      throw node.error(
        "takes means of values of shape \(sum.shape) an image, which are not those of each channel")
    }
    try spend(weights.count)
    var input = sum.input
    // What was still to be applied is in the weights.
    (input.affine, input.average) = (nil, .whole(isMean: true))
    input.shape = [layer.inputChannels] + shape.dropFirst()
    let own = Weights(
      .reals(weights), outputs: layer.outputChannels, channels: layer.inputChannels, size: 1,
      units: Array(repeating: 1, count: layer.outputChannels))
    return try averaging(
      sum.node, input, own, isMean: true,
      map: ActivationMap(channels: layer.inputChannels, size: layer.size),
      bias: Constant(bias, shape: [bias.count]))
  }

  /// A mean that is rounded is a layer of its own: the sum of each channel by itself, divided and rounded
  /// as any sums are.
  mutating func quantizedGlobalAverage(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("channels_last")
    try node.checkInputs(5...5)
    guard try node.int("channels_last", absent: 0) == 0 else {
      throw node.error("has channels_last; maps are [N, C, H, W]")
    }
    try checkZero(try constant(node, 2, "zero point"), "a zero point of the input", node)
    let step = try scale(try constant(node, 1, "scale"), "scale of its input", node)
    let output = try outputSteps(node, at: 3)
    try checkZero(output.zero, "a zero point of the output", node)
    let input = try map(node)
    try checkCodes(input, node)
    guard let map = input.map, !(input.layer?.thresholds?.areNegative ?? false) else {
      throw node.error("takes activations that may be negative; behind Relu it can be imported")
    }
    try spend(map.channels * map.channels)
    let places = 0..<map.channels * map.channels
    let weights = Weights(
      .integers(places.map { $0.isMultiple(of: map.channels + 1) ? 1 : 0 }), outputs: map.channels,
      channels: map.channels, size: 1, units: Array(repeating: Double(step), count: map.channels))
    var means = input
    (means.shape, means.average) = ([map.channels, 1, 1], .whole(isMean: false))
    var sum = try averaging(node, means, weights, isMean: false, map: map, bias: nil)
    // In single precision, as onnxruntime divides.
    sum.rounded = Sum.Rounded(
      step: output.step * Float(map.size * map.size), format: output.format, isReal: false)
    note("\(node.place) rounds means, and so is a layer of its own")
    return .activation(try activated(sum, by: nil, node))
  }

  /// The mean or sum over rows and columns.
  mutating func reduce(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axes", "keepdims", "noop_with_empty_axes")
    try node.checkInputs(1...2)
    let given = try integers(node, 1, "axes")
    let attribute = try node.ints("axes")
    let axes = given ?? attribute ?? []
    let value = try input(node, 0)
    let isOfSums = if case .sum = value { true } else { false }
    let activation = isOfSums ? nil : try map(node)
    let own = try shapeOfImage(value, node)
    // Positions may be one axis, behind Flatten.
    let rank = own.count + 1
    guard rank == 3 || rank == 4,
      axes.map({ $0 < 0 ? $0 &+ rank : $0 }).sorted() == Array(2..<rank)
    else {
      throw node.error(
        "reduces the axes \(axes) of values of shape \(own) an image; it can reduce rows and columns, all "
          + "positions of a channel")
    }
    let keeps = try node.int("keepdims", absent: 1) != 0
    let shape = keeps ? [own[0]] + own.dropFirst().map { _ in 1 } : [own[0]]
    if case .sum(let sum) = value {
      guard node.op == "ReduceMean" else {
        throw node.error("adds the sums of a layer; their mean can be imported")
      }
      return .sum(try mean(of: sum, shape: shape, node))
    }
    guard var activation else { throw node.error("takes \(value.description)") }
    activation.shape = shape
    activation.average = .whole(isMean: node.op == "ReduceMean")
    return .activation(activation)
  }

  /// The first input, a map of activations to take means of.
  private mutating func map(_ node: Node) throws(ONNXError) -> Activation {
    let activation = try activation(node)
    guard let map = activation.map,
      activation.shape == [map.channels, map.size, map.size]
        || node.op.hasPrefix("Reduce") && activation.shape == [map.channels, map.size * map.size],
      activation.average == nil, activation.padding == 0, activation.layer != nil
    else {
      throw node.error(
        "takes means of images, or of means, padded maps or rows of values; it can follow a layer with a map"
      )
    }
    switch activation.coding {
    case .real: break
    case .codes where ["ReduceSum", "QLinearGlobalAveragePool"].contains(node.op): break
    default: throw node.error("takes means of integers; their sums can be imported")
    }
    return activation
  }
}
