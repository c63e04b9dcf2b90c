import Networks

/// Weights and biases of one layer as integers.
struct QuantizedSums {
  let weights: [Int32]
  let bias: [Int64]
  /// The real value of one step of each channel's accumulator.
  let scales: [Dyadic]

  /// - Parameters:
  ///   - input: the real value of one step of the layer's input.
  ///   - isPerChannel: whether each output channel has a scale of its own.
  /// - Throws: `QuantizationError` where a bias fits no accumulator.
  init(
    _ layer: Layer, _ numbers: FloatParameters, input: Dyadic, isPerChannel: Bool,
    _ options: QuantizationOptions
  ) throws(QuantizationError) {
    let count = layer.weightsPerOutput
    let levels = Int32(1) << (options.weightWidth - 1) - 1
    var steps = (0..<layer.outputChannels).map { channel in
      options.step(
        of: numbers.weights[channel * count..<(channel + 1) * count], bias: numbers.bias[channel],
        input: input.double)
    }
    let largest = steps.max() ?? 0
    // A channel without weights and bias takes any scale.
    steps = steps.map { isPerChannel && $0 > 0 ? $0 : largest > 0 ? largest : 1 }
    scales = steps.map { Dyadic($0) * input }

    var weights: [Int32] = []
    weights.reserveCapacity(numbers.weights.count)
    var bias: [Int64] = []
    for channel in 0..<layer.outputChannels {
      let rounding = ExactRounding(Dyadic(steps[channel]))
      for weight in numbers.weights[channel * count..<(channel + 1) * count] {
        // A rounded scale may put the largest weight a little beyond the last level.
        let value = rounding.nearest(weight) ?? 0
        weights.append(Int32(min(max(value, Int128(-levels)), Int128(levels))))
      }
      guard
        let value = ExactRounding(scales[channel]).nearest(numbers.bias[channel])
          .flatMap(Int64.init(exactly:))
      else {
        throw QuantizationError(
          "the bias of channel \(channel) of layer \(layer.name) is \(numbers.bias[channel]), which fits no "
            + "accumulator at the scale of its weights")
      }
      bias.append(value)
    }
    self.weights = weights
    self.bias = bias
  }

  /// What a hidden layer's sums of a channel can be, for activations in `input`.
  func bound(ofChannel channel: Int, input: ClosedRange<Int>) -> AccumulatorBound {
    let count = weights.count / bias.count
    return AccumulatorBound(
      weights: weights[channel * count..<(channel + 1) * count], bias: bias[channel], input: input)
  }
}

extension QuantizationOptions {
  /// The real value of one step of a channel's weights; 0 where it has neither weights nor bias.
  ///
  /// The largest weight is the last level. Where the bias alone would need more than half of the
  /// accumulator's range, the step is as large as makes it fit.
  func step(of weights: ArraySlice<Float>, bias: Float, input: Double) -> Double {
    let levels = Double(Int32(1) << (weightWidth - 1) - 1)
    let room = Double(sign: .plus, exponent: usedAccumulatorWidth - 2, significand: 1)
    let needed = Double(bias.magnitude) / input / room
    let largest = Double(weights.reduce(0) { max($0, $1.magnitude) })
    let step = max(largest / levels, needed)
    guard step > 0, scales == .powersOfTwo else { return step }
    let power = Self.powerOfTwo(atLeast: step)
    guard power / 2 >= needed else { return power }
    // Half of it clamps the largest weights and rounds the others finer.
    let values = weights.map { (value: Double($0.magnitude), count: 1.0) }
    return Self.best([power, power / 2]) { Self.squaredError(values, step: $0, levels: levels) }
  }

  /// The least power of two that is not below `value`, which is above 0.
  static func powerOfTwo(atLeast value: Double) -> Double {
    let power = Double(sign: .plus, exponent: Int(value.exponent), significand: 1)
    return power < value ? power * 2 : power
  }
}
