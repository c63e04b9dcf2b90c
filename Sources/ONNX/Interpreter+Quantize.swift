import Networks

/// QuantizeLinear, and what requantizes in integers.
extension Interpreter {
  /// A scale for all values, above 0.
  func scale(_ constant: Constant?, _ what: String, _ node: Node) throws(ONNXError) -> Float {
    guard let constant, constant.type.isReal, let scale = constant.real, scale > 0, scale.isFinite
    else {
      throw node.error("has no \(what) that is one number above 0")
    }
    return scale
  }

  /// That a zero point is 0, as everywhere in the machine; its type.
  func checkZero(_ constant: Constant?, _ what: String, _ node: Node) throws(ONNXError) {
    guard constant?.isZero ?? true else {
      throw node.error(
        "has \(what) that is not 0; zero must mean zero, so that it can be left out: quantize activations "
          + "behind Relu as unsigned and weights symmetrically")
    }
  }

  mutating func quantize(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axis", "saturate", "block_size", "output_dtype")
    try node.checkInputs(2...3)
    if case .sum(let sum) = try input(node, 0), !sum.isInteger, graph.leadsToOutput(node) {
      note("\(node.place) is left out: the network's logits are not rounded")
      return .sum(sum)
    }
    let step = try scale(try constant(node, 1, "scale"), "scale", node)
    let zero = try constant(node, 2, "zero point")
    try checkZero(zero, "a zero point", node)
    let named = Int32(exactly: try node.int("output_dtype", absent: 0)) ?? -1
    let type = zero?.type ?? (named == 0 ? .uint8 : DataType(rawValue: named))
    guard let type, let format = type.format, type != .int32 else {
      throw node.error(
        "quantizes to the type \(type?.name ?? DataType.name(of: named)); it can be uint8, int8, uint16 or int16"
      )
    }
    switch try input(node, 0) {
    case .activation(let activation):
      guard case .real(let own) = activation.coding else {
        throw node.error("quantizes integers")
      }
      guard activation.average == nil, activation.padding == 0 else {
        throw node.error(
          "rounds a mean, or a padded map; the machine sums whole numbers and has nowhere to round between"
        )
      }
      guard let layer = activation.layer else {
        if activation.affine != nil {
          note(
            "\(node.place) makes the network's images: what comes before it is not part of the network"
          )
        }
        var images = activation
        images.affine = nil
        images.coding = .codes(format)
        images.imageFormat = format
        return .activation(images)
      }
      guard activation.affine == nil else {
        throw node.error("quantizes activations that are scaled; factors belong into the weights")
      }
      if let requantizer = layer.requantizer {
        guard own == step, requantizer.format == format else {
          throw node.error("quantizes again, with another scale or type, what is quantized")
        }
        return .activation(with(activation, coding: .codes(format)))
      }
      var result = activation
      result.layer = try quantized(layer, step: step, format, node)
      return .activation(with(result, coding: .codes(format)))
    case .sum(let sum):
      try checkNotRounded(sum, node)
      guard !sum.isInteger else { throw node.error("quantizes integers") }
      var rounded = sum
      rounded.rounded = Sum.Rounded(step: step, format: format, isReal: false)
      // Unsigned numbers end at 0, as with Relu, which must follow signed ones.
      return format.isSigned
        ? .sum(rounded) : .activation(try activated(rounded, by: nil, node))
    case let other:
      throw node.error("quantizes \(other.description)")
    }
  }

  func with(_ activation: Activation, coding: Activation.Coding) -> Activation {
    var result = activation
    result.coding = coding
    return result
  }

  /// A layer with the requantizer that comes to the same as dividing its real numbers by `step`.
  mutating func quantized(
    _ layer: HiddenLayer, step: Float, _ format: ActivationFormat, _ node: Node
  ) throws(ONNXError) -> HiddenLayer {
    guard case .integers(let weights, let bias, let units) = layer.sum.numbers else {
      throw node.error(
        "quantizes a layer, \(layer.sum.node.place), that has no quantized weights, or input: DequantizeLinear "
          + "makes them")
    }
    var clamp = format.range
    if let limits = layer.limits {
      clamp = try Self.clamp(limits, step: step, format, node)
    }
    let range = layer.sum.inputRange
    let search = RequantizerSearch(
      format: format, clamp: clamp, hasNegative: layer.thresholds?.areNegative ?? false)
    var multipliers: [UInt32] = []
    var shifts: [UInt8] = []
    var (nearest, differing) = (0, 0)
    let count = weights.count / max(1, bias.count)
    for channel in bias.indices {
      let bound = AccumulatorBound(
        weights: weights[channel * count..<(channel + 1) * count], bias: bias[channel],
        input: range,
        positionsPerWeight: layer.sum.layer.positionsPerWeight)
      if let found = search.find(unit: units[channel], step: step, bound: bound) {
        multipliers.append(found.multiplier)
        shifts.append(found.shift)
        continue
      }
      guard options.approximates,
        let found = search.nearest(unit: units[channel], step: step, bound: bound)
      else {
        throw node.error(
          "divides sums in steps of \(units[channel]) by \(step), output \(channel) of \(layer.sum.node.place); "
            + "no multiplier of 32 bits and shift of 0 to 63 comes to the same for all sums, and the nearest was "
            + "not asked for")
      }
      multipliers.append(found.multiplier)
      shifts.append(found.shift)
      differing += found.differing
      nearest += 1
    }
    if nearest > 0 {
      note(
        "\(node.place) has the nearest multiplier for \(nearest) of \(bias.count) outputs: \(differing) of all sums "
          + "that can be are rounded to the other side of a tie")
    }
    return layer.requantized(
      Requantizer(
        multipliers: multipliers, shifts: shifts, format: format, clamp: clamp, rounding: .halfEven)
    )
  }

  /// Limits of real numbers as those of integers.
  static func clamp(
    _ limits: ClosedRange<Float>, step: Float, _ format: ActivationFormat, _ node: Node
  ) throws(ONNXError) -> ClosedRange<Int> {
    func steps(_ limit: Float, open: Int) throws(ONNXError) -> Int {
      guard abs(limit) < .greatestFiniteMagnitude else { return open }
      let rounded = (limit / step).rounded(.toNearestOrEven)
      guard let steps = Int(exactly: rounded) else { return open }
      return min(max(steps, format.range.lowerBound), format.range.upperBound)
    }
    let low = try steps(limits.lowerBound, open: format.range.lowerBound)
    let high = try steps(limits.upperBound, open: format.range.upperBound)
    return min(low, 0)...max(high, 0)
  }

  /// What a cast to a narrow type ends: a requantization in integers.
  mutating func requantized(
    _ expression: Expression, as type: DataType, _ node: Node
  ) throws(ONNXError) -> Value {
    let cast = try expression.applying(.cast(type), node)
    // On the way there are casts between integers of 64 bits.
    if [.int64, .uint64].contains(type) { return .expression(cast) }
    guard let requantizer = Requantizer(cast.term) else {
      throw node.error(
        "ends integer arithmetic on the sums of \(expression.layer.sum.node.place) that is no requantization "
          + "that is known; docs/onnx.md has those")
    }
    return .activation(
      expression.layer.requantized(requantizer).activation(.codes(requantizer.format)))
  }

  /// Behind the logits it changes neither their order nor the class, which is the first of the largest.
  mutating func leftOut(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axis", "keepdims", "select_last_index")
    try node.checkInputs(1...1)
    guard try node.int("select_last_index", absent: 0) == 0 else {
      throw node.error("takes the last of the largest logits; the class is the first of them")
    }
    guard case .sum(let sum) = try input(node, 0), graph.leadsToOutput(node) else {
      throw node.error("can be imported behind the logits only, where it is left out")
    }
    // Sigmoid is of each logit by itself.
    let axis = try node.int("axis", absent: node.op == "ArgMax" ? 0 : -1)
    let place = (axis < 0 ? axis &+ sum.shape.count &+ 1 : axis) &- 1
    guard
      node.op == "Sigmoid"
        || sum.shape.indices.contains(place) && sum.shape[place] == sum.layer.outputChannels
    else { throw node.error("is of the axis \(axis), which is not that of the logits") }
    note("\(node.place) is left out: the network's results are the logits before it")
    return .sum(sum)
  }
}

extension Sum {
  /// The range of the integers that come in.
  var inputRange: ClosedRange<Int> {
    input.layer?.requantizer?.clamp ?? input.imageFormat?.range ?? 0...255
  }
}
