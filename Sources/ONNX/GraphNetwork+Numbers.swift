import Networks

extension GraphNetwork {
  /// The numbers of all layers, the head last, of a network in real numbers.
  func floatParameters() -> [FloatParameters] {
    layers.map { layer in
      let (weights, bias) = layer.sum.reals
      let thresholds: [Float]
      if case .reals(let values)? = layer.thresholds {
        thresholds = values
      } else {
        thresholds = Array(repeating: 0, count: layer.sum.layer.outputCount)
      }
      return FloatParameters(weights: weights, bias: bias, thresholds: thresholds)
    } + [FloatParameters(weights: head.reals.weights, bias: head.reals.bias)]
  }

  /// The real value of one step of a stored image.
  func inputScale(_ option: Double?) -> Double {
    let input = (layers.first?.sum ?? head).input
    var scale: Double?
    if case .real(let step?) = input.coding { scale = Double(step) }
    if let affine = input.affine { scale = (scale ?? 1) * (affine.uniformFactor ?? 1) }
    // The graph has it in single precision.
    if let stated = statedInputScale, let own = scale, Double(Float(stated)) == own {
      scale = stated
    }
    return scale.map { $0 * (option ?? 1) } ?? option ?? 1.0 / 255
  }

  /// The format of images.
  var inputFormat: ActivationFormat {
    (layers.first?.sum ?? head).input.imageFormat ?? ActivationFormat(width: 8, isSigned: false)
  }

  /// What requantizes, where the whole network does it alike: a model has one format, clamp and
  /// rounding.
  func requantizer() throws(ONNXError) -> Requantizer {
    var first: Requantizer?
    for layer in layers {
      guard let own = layer.requantizer else {
        throw layer.sum.node.error(
          "has quantized weights, but its activations are not quantized; QuantizeLinear or integer "
            + "operators do"
        ).at(path)
      }
      let alike = first ?? own
      guard own.format == alike.format, own.clamp == alike.clamp, own.rounding == alike.rounding
      else {
        throw layer.sum.node.error(
          "has activations \(own.form), and layers before it \(alike.form); all layers must have the same"
        ).at(path)
      }
      first = alike
    }
    guard let first else { throw ONNXError("the network has no hidden layer").at(path) }
    return first
  }

  /// The numbers of all layers, the head last, of a quantized network.
  func parameters(_ requantizer: Requantizer) throws(ONNXError) -> [LayerParameters] {
    var result: [LayerParameters] = []
    for layer in layers {
      guard case .integers(let weights, let bias, let units) = layer.sum.numbers else { continue }
      result.append(
        LayerParameters(
          weights: weights, bias: bias, multipliers: layer.requantizer?.multipliers ?? [],
          shifts: layer.requantizer?.shifts ?? [],
          thresholds: layer.integerThresholds(units, isSigned: requantizer.format.isSigned)))
    }
    if case .integers(let weights, let bias, let units) = head.numbers {
      guard units.allSatisfy({ $0 == units[0] }) else {
        throw head.node.error(
          "gives logits with a scale for each class; sums can be compared where all have the same scale"
        ).at(path)
      }
      result.append(LayerParameters(weights: weights, bias: bias))
    }
    return result
  }
}

extension Requantizer {
  /// What an error says of it.
  fileprivate var form: String {
    "\(format), clamped to [\(clamp.lowerBound), \(clamp.upperBound)] and rounded \(rounding.rawValue)"
  }
}

extension Sum {
  fileprivate var reals: (weights: [Float], bias: [Float]) {
    if case .reals(let weights, let bias) = numbers { (weights, bias) } else { ([], []) }
  }
}

extension HiddenLayer {
  /// The least sums, in steps of each channel, that pass.
  ///
  /// - Parameter isSigned: of the activations; unsigned ones end at 0, as with a threshold of 0.
  fileprivate func integerThresholds(_ units: [Double], isSigned: Bool) -> [Int64] {
    let positions = sum.layer.positions
    let values: [Int64]
    switch thresholds {
    case nil: return Array(repeating: 0, count: sum.layer.outputCount)
    case .integers(let given): values = given
    case .reals(let given):
      values = given.enumerated().map { Self.steps($1, of: units[$0 / positions]) }
    }
    return isSigned ? values : values.map { max(0, $0) }
  }

  /// The least integer whose multiple of `unit` is not below `threshold`.
  private static func steps(_ threshold: Float, of unit: Double) -> Int64 {
    let limit = 0x1p53
    let guess = (Double(threshold) / unit).rounded(.up)
    guard abs(guess) < limit else { return guess < 0 ? -(1 << 53) : 1 << 53 }
    // The product is rounded once, with the difference: its sign is exact.
    func reaches(_ steps: Double) -> Bool {
      (-Double(threshold)).addingProduct(steps, unit) >= 0
    }
    var steps = guess
    while reaches(steps - 1) { steps -= 1 }
    while !reaches(steps) { steps += 1 }
    return Int64(steps)
  }
}
