import Networks

/// A network of integers with the scales of its numbers.
public struct QuantizedNetwork: Sendable {
  public let model: Model
  /// [task][layer]; the head last. Tasks that share weights have equal ones.
  public let scales: [[LayerScales]]
  /// The real value of one step of an image.
  public let inputScale: Double
}

/// The real values of one step of a layer's numbers.
public struct LayerScales: Sendable, Equatable {
  /// Of each channel's accumulators, biases and thresholds, to the nearest floating-point number.
  public let accumulators: [Double]
  /// Of the activations; nil for a head.
  public let activations: Double?
}

/// Makes a network of integers of a trained one.
public struct Quantizer: Sendable {
  private let network: FloatModel
  private let calibration: Calibration
  private let options: QuantizationOptions
  private let activation: ActivationFormat

  /// - Throws: `QuantizationError` for options that are out of range.
  public init(
    _ network: FloatModel, _ calibration: Calibration, _ options: QuantizationOptions = .init()
  ) throws(QuantizationError) {
    try options.check()
    self.network = network
    self.calibration = calibration
    self.options = options
    activation = ActivationFormat(
      width: options.activationWidth, isSigned: network.hasNegativeThresholds)
  }

  /// - Throws: `QuantizationError` or `NetworkError` that says which layer needs numbers that no machine
  ///   has, or an accumulator wider than asked for.
  public func quantize() throws -> QuantizedNetwork {
    let shared = network.mode == .mime ? try hidden(task: 0, sharing: network.tasks.indices) : nil
    var parameters: [[LayerParameters]] = []
    var scales: [[LayerScales]] = []
    for task in network.tasks.indices {
      let layers = try shared ?? hidden(task: task, sharing: task..<task + 1)
      var own: [LayerParameters] = []
      for (index, layer) in layers.enumerated() {
        own.append(
          LayerParameters(
            weights: layer.sums.weights, bias: layer.sums.bias, multipliers: layer.multipliers,
            shifts: layer.shifts, thresholds: try thresholds(index, task, layer.sums)))
      }
      let head = try QuantizedSums(
        network.head(of: task), network.parameters(ofLayer: network.layers.count, task: task),
        // Logits of different scales could not be compared.
        input: layers.last!.activation, isPerChannel: false, options)
      parameters.append(own + [LayerParameters(weights: head.weights, bias: head.bias)])
      scales.append(
        layers.map {
          LayerScales(
            accumulators: $0.sums.scales.map(\.double), activations: $0.activation.double)
        } + [LayerScales(accumulators: head.scales.map(\.double), activations: nil)])
    }
    let model = try Model(
      layers: network.layers, heads: network.tasks.indices.map { network.head(of: $0) },
      tasks: network.tasks, mode: network.mode, input: network.input, activation: activation,
      clamp: activation.usualClamp, rounding: options.rounding, parameters: parameters,
      hasThresholds: network.tasks.indices.map { network.hasThresholds(task: $0) })
    try model.checkAccumulator(width: options.usedAccumulatorWidth)
    return QuantizedNetwork(model: model, scales: scales, inputScale: network.inputScale)
  }

  private struct Hidden {
    let sums: QuantizedSums
    let multipliers: [UInt32]
    let shifts: [UInt8]
    /// The real value of one step of the activations.
    let activation: Dyadic
  }

  /// The hidden layers of a task, with the ranges that the activations of `tasks` need.
  private func hidden(task: Int, sharing tasks: Range<Int>) throws -> [Hidden] {
    var layers: [Hidden] = []
    for (index, layer) in network.layers.enumerated() {
      let sums = try QuantizedSums(
        layer, network.parameters(ofLayer: index, task: task),
        input: layers.last?.activation ?? Dyadic(network.inputScale),
        isPerChannel: options.isPerChannel, options)
      let activation = activationScale(index, tasks, sums)
      var multipliers: [UInt32] = []
      var shifts: [UInt8] = []
      for (channel, scale) in sums.scales.enumerated() {
        guard
          let requantization = Requantization(
            of: scale, over: activation, width: options.multiplierWidth)
        else {
          throw QuantizationError(
            "layer \(layer.name), channel \(channel): the accumulator's scale \(scale.double) over the "
              + "activations' \(activation.double) is no multiplier of \(options.multiplierWidth) bits and "
              + "a shift of 0 to 63")
        }
        multipliers.append(requantization.multiplier)
        shifts.append(requantization.shift)
      }
      layers.append(
        Hidden(sums: sums, multipliers: multipliers, shifts: shifts, activation: activation))
    }
    return layers
  }

  private func activationScale(_ layer: Int, _ tasks: Range<Int>, _ sums: QuantizedSums) -> Dyadic {
    let levels = activation.usualClamp.upperBound
    let range =
      trainedRange(layer)
      ?? options.range(of: tasks.map { calibration.histograms[$0][layer] }, levels: levels)
    let largest = sums.scales.map(\.double).max()!
    // A layer that is never active takes any scale: that of its accumulators.
    let step = range > 0 ? range / Double(levels) : largest
    guard options.scales == .powersOfTwo else { return Dyadic(step) }
    let input = network.inputScale
    // A shift does not make accumulators larger.
    let power = QuantizationOptions.powerOfTwo(atLeast: max(step, largest) / input)
    return Dyadic(power) * Dyadic(input)
  }

  /// What the activations of `layer` were clamped to while the network was learned, where that is to be
  /// taken: exact, and so is its quotient by as many levels.
  private func trainedRange(_ layer: Int) -> Double? {
    guard options.range == .trained, let steps = network.steps else { return nil }
    return Double(steps.values[layer]) * Double(steps.levels)
  }

  /// t over its scale, rounded up: an integer passes exactly where the real sum that it stands for does.
  ///
  /// A threshold beyond the accumulator's range is its end: every sum passes the lower one, and none may
  /// reach the upper one, or what a compressed threshold is in its place.
  private func thresholds(_ layer: Int, _ task: Int, _ sums: QuantizedSums) throws -> [Int64] {
    guard network.hasThresholds(task: task) else {
      return Array(repeating: 0, count: network.layers[layer].outputCount)
    }
    let positions = network.layers[layer].positions
    let roundings = sums.scales.map(ExactRounding.init)
    let end = Int128(1) << (options.usedAccumulatorWidth - 1)
    let exact = network.parameters(ofLayer: layer, task: task).thresholds.enumerated()
      .map { index, threshold in
        roundings[index / positions].up(threshold) ?? (threshold < 0 ? -end : end)
      }
    var thresholds = exact.map { Int64(min(max($0, -end), end - 1)) }
    if let width = options.thresholdWidth {
      thresholds = ThresholdCompression.compressed(
        thresholds, width: width, accumulatorWidth: options.usedAccumulatorWidth)
    }
    for index in exact.indices where Int128(thresholds[index]) < exact[index] {
      let channel = index / positions
      let largest = sums.bound(
        ofChannel: channel, input: layer == 0 ? network.input.range : activation.usualClamp
      ).high
      // A sum beyond the accumulator is another error.
      guard !(Int128(thresholds[index])..<end).contains(largest) else {
        throw QuantizationError(
          "a threshold of layer \(network.layers[layer].name), channel \(channel), of task "
            + "\(network.tasks[task]) is beyond \(options.usedAccumulatorWidth) bits, and a sum can reach the "
            + "largest in its place, \(thresholds[index]); a wider accumulator would hold it")
      }
    }
    return thresholds
  }
}

extension QuantizationOptions {
  /// 0 where a shift is enough.
  var multiplierWidth: Int {
    switch scales {
    case .multipliers(let width): width
    case .powersOfTwo: 0
    }
  }
}
