/// Constants and batch normalization behind the sums of a layer, folded into its numbers.
extension Interpreter {
  /// Sums with a constant added, taken away, or as a factor: folded into bias and weights.
  mutating func changed(
    _ sum: Sum, by constant: Constant, _ node: Node
  ) throws(ONNXError) -> Sum {
    try checkNotRounded(sum, node)
    guard constant.type.isReal != sum.isInteger else {
      throw node.error("computes with integers and real numbers")
    }
    guard sum.difference == nil else {
      throw node.error("changes a difference from thresholds")
    }
    let numbers = try perNeuron(constant, of: sum, "a constant", node)
    let channels = perChannel(numbers, of: sum)
    var result = sum
    result.identity = newIdentity()
    if node.op == "Sub", !sum.isPooled {
      result.difference = Sum.Difference(
        identity: sum.identity, numbers: sum.numbers, subtracted: numbers, isOpen: channels == nil)
      if channels == nil { return result }
    }
    guard let channels else {
      throw node.error(
        "has a constant that is not the same at all positions of a channel; a layer has one bias for a "
          + "channel")
    }
    try spend(sum.layer.outputChannels * sum.layer.weightsPerOutput)
    switch (node.op, sum.numbers, channels) {
    case (_, .reals(let weights, let bias), .reals(let values)):
      result.numbers = try changed(weights, bias, by: values, isPooled: sum.isPooled, node)
    case ("Add", .integers(let weights, let bias, let units), .integers(let values)):
      result.numbers = .integers(
        weights: weights, bias: zip(bias, values).map { $0 &+ $1 }, units: units)
    case ("Sub", .integers(let weights, let bias, let units), .integers(let values)):
      result.numbers = .integers(
        weights: weights, bias: zip(bias, values).map { $0 &- $1 }, units: units)
    case (_, .integers(let weights, let bias, let units), .reals(let values)):
      result.numbers = try changed(weights, bias, units, by: values, node)
    default:
      throw node.error("changes integer sums before their thresholds")
    }
    return result
  }

  private func changed(
    _ weights: [Float], _ bias: [Float], by values: [Float], isPooled: Bool, _ node: Node
  ) throws(ONNXError) -> Sum.Numbers {
    switch node.op {
    case "Add": return .reals(weights: weights, bias: zip(bias, values).map { $0 + $1 })
    case "Sub": return .reals(weights: weights, bias: zip(bias, values).map { $0 - $1 })
    default:
      let factors = values.map { node.op == "Mul" ? Double($0) : 1 / Double($0) }
      guard factors.allSatisfy(\.isFinite) else { throw node.error("divides by 0") }
      guard !isPooled || factors.allSatisfy({ $0 > 0 }) else {
        throw node.error("scales what is max-pooled by a factor that is not above 0")
      }
      return Self.scaled(weights, bias, by: factors)
    }
  }

  static func scaled(_ weights: [Float], _ bias: [Float], by factors: [Double]) -> Sum.Numbers {
    let count = weights.count / max(1, bias.count)
    return .reals(
      weights: weights.enumerated().map { Float(Double($1) * factors[$0 / count]) },
      bias: zip(bias, factors).map { Float(Double($0) * $1) })
  }

  /// Integers that stand for real numbers: a factor changes what a step stands for.
  private func changed(
    _ weights: [Int32], _ bias: [Int64], _ units: [Double], by values: [Float], _ node: Node
  ) throws(ONNXError) -> Sum.Numbers {
    switch node.op {
    case "Add", "Sub":
      let steps = try Self.steps(of: values, units: units) { index, value in
        node.error(
          "has the constant \(value) for output \(index), which is no whole number of steps of \(units[index]), "
            + "the scale of the sums")
      }
      return .integers(
        weights: weights,
        bias: zip(bias, steps).map { node.op == "Add" ? $0 &+ $1 : $0 &- $1 }, units: units)
    default:
      let factors = values.map { node.op == "Mul" ? Double($0) : 1 / Double($0) }
      guard factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw node.error("scales integer sums by a factor that is not above 0")
      }
      return .integers(weights: weights, bias: bias, units: zip(units, factors).map { $0 * $1 })
    }
  }

  /// The number of each channel; nil where positions differ.
  private func perChannel(
    _ numbers: HiddenLayer.Thresholds, of sum: Sum
  ) -> HiddenLayer.Thresholds? {
    let (channels, positions) = (sum.layer.outputChannels, sum.positions)
    func firsts<Number: Equatable>(_ values: [Number]) -> [Number]? {
      let firsts = (0..<channels).map { values[$0 * positions] }
      return values.indices.allSatisfy { values[$0] == firsts[$0 / positions] } ? firsts : nil
    }
    return switch numbers {
    case .reals(let values): firsts(values).map { .reals($0) }
    case .integers(let values): firsts(values).map { .integers($0) }
    }
  }

  mutating func batchNormalization(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("epsilon", "momentum", "training_mode")
    try node.checkInputs(5...5)
    guard try node.int("training_mode", absent: 0) == 0 else {
      throw node.error("is in training mode; export the network for inference")
    }
    let value = try input(node, 0)
    var columns: [[Double]] = []
    for index in 1...4 {
      guard let constant = try constant(node, index, "parameters"), constant.shape.count == 1,
        constant.type.isReal
      else {
        throw node.error("has parameters that are not one real number for each channel")
      }
      columns.append(constant.reals.map { Double($0) })
    }
    let epsilon = Double(try node.float("epsilon", absent: 1e-5))
    guard columns.allSatisfy({ $0.count == columns[0].count }) else {
      throw node.error("has parameters for different numbers of channels")
    }
    let factors = columns[0].indices.map {
      columns[0][$0] / (columns[3][$0] + epsilon).squareRoot()
    }
    guard factors.allSatisfy(\.isFinite) else {
      throw node.error("has a variance that is not above 0")
    }
    let offsets = factors.indices.map { columns[1][$0] - columns[2][$0] * factors[$0] }
    switch value {
    case .sum(var sum):
      try checkNotRounded(sum, node)
      guard case .reals(let weights, let bias) = sum.numbers, !sum.isInteger,
        sum.difference == nil, bias.count == factors.count,
        !sum.isPooled || factors.allSatisfy({ $0 > 0 })
      else {
        throw node.error(
          "has \(factors.count) channels, or takes quantized sums; it can follow real ones")
      }
      try spend(weights.count)
      let scaled = Self.scaled(weights, bias, by: factors)
      guard case .reals(let weights, let bias) = scaled else { break }
      sum.identity = newIdentity()
      sum.numbers = .reals(
        weights: weights, bias: zip(bias, offsets).map { Float(Double($0) + $1) })
      return .sum(sum)
    case .activation(var activation):
      guard case .real = activation.coding, activation.average == nil, activation.padding == 0,
        activation.map?.channels == factors.count
      else {
        throw node.error("has \(factors.count) channels, or takes a mean or integers")
      }
      var affine =
        activation.affine
        ?? ChannelAffine(factors: factors.map { _ in 1 }, offsets: factors.map { _ in 0 })
      for channel in factors.indices {
        affine.factors[channel] *= factors[channel]
        affine.offsets[channel] = affine.offsets[channel] * factors[channel] + offsets[channel]
      }
      activation.affine = affine
      return .activation(activation)
    default: break
    }
    throw node.error("takes \(value.description); it can follow a layer's sums or activations")
  }
}
