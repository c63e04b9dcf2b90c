/// Seeded random models and images of any shape, for tests; nothing about them is trained.
///
/// Weights and images fill their formats, with zeros among them; thresholds and requantizers are
/// scaled to the layer so that activations are masked, small, large and clamped.
public enum SyntheticModel {
  /// A random model; the same arguments give the same model.
  ///
  /// - Parameters:
  ///   - layers: the hidden layers, which must follow each other.
  ///   - tasks: how many; they are named task0, task1 and so on.
  ///   - classes: outputs of every head.
  ///   - weightWidth: bits of the signed weights, 2...32.
  ///   - multiplierWidth: bits of the multipliers, 0...32; 0 makes every multiplier 1.
  ///   - reluTasks: the tasks of a MIME model without thresholds.
  ///   - headAverages: the heads take the sum of each channel of the last map.
  /// - Throws: `NetworkError` for a layer that cannot be, or that does not follow the one before.
  public static func make(
    seed: UInt64, layers: [Layer], tasks: Int = 2, classes: Int = 3, mode: Model.Mode = .mime,
    input: ActivationFormat = ActivationFormat(width: 8, isSigned: false),
    activation: ActivationFormat = ActivationFormat(width: 8, isSigned: false),
    weightWidth: Int = 8, multiplierWidth: Int = 16, rounding: Rounding = .halfEven,
    reluTasks: Set<Int> = [], headAverages: Bool = false
  ) throws(NetworkError) -> Model {
    let names = (0..<tasks).map { "task\($0)" }
    try Model.checkGeometry(layers: layers, heads: [], tasks: names)
    var maker = Maker(
      generator: SeededGenerator(seed: seed), activation: activation, weightWidth: weightWidth,
      multiplierWidth: multiplierWidth)
    func inputRange(_ layer: Int) -> ClosedRange<Int> {
      layer == 0 ? input.range : activation.usualClamp
    }
    let parents = layers.enumerated().map { maker.numbers(of: $1, input: inputRange($0)) }
    let head = Layer.head(after: layers.last, classes: classes, averages: headAverages)
    var parameters: [[LayerParameters]] = []
    for task in 0..<tasks {
      let hidden = layers.enumerated().map { index, layer in
        if mode == .conventional { return maker.numbers(of: layer, input: inputRange(index)) }
        if reluTasks.contains(task) { return parents[index] }
        return maker.addingThresholds(to: parents[index], of: layer, input: inputRange(index))
      }
      parameters.append(hidden + [maker.headNumbers(of: head)])
    }
    return try Model(
      layers: layers, heads: Array(repeating: head, count: tasks),
      tasks: names, mode: mode, input: input, activation: activation,
      clamp: activation.usualClamp, rounding: rounding, parameters: parameters,
      hasThresholds: (0..<tasks).map { mode == .mime && !reluTasks.contains($0) })
  }

  /// Random images of a model's input format, a third of the values zero.
  public static func images(for model: Model, count: Int, seed: UInt64) -> [[Int32]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<model.layers[0].inputCount).map { _ in
        Int.random(in: 0..<3, using: &generator) == 0
          ? 0 : Int32(Int.random(in: model.input.range, using: &generator))
      }
    }
  }
}

/// Draws the numbers of layers.
private struct Maker {
  var generator: SeededGenerator
  let activation: ActivationFormat
  let weightWidth: Int
  let multiplierWidth: Int

  mutating func numbers(of layer: Layer, input: ClosedRange<Int>) -> LayerParameters {
    let weights = weights(of: layer)
    var bias: [Int64] = []
    var multipliers: [UInt32] = []
    var shifts: [UInt8] = []
    for channel in 0..<layer.outputChannels {
      let reach = reach(of: channel, weights, layer, input)
      bias.append(Int64.random(in: -reach...reach, using: &generator))
      let largest = UInt64(1) << UInt64(multiplierWidth) - 1
      multipliers.append(
        UInt32(UInt64.random(in: max(1, largest / 2)...max(1, largest), using: &generator)))
      let reachBits = AccumulatorBound.width(of: Int128(reach))
      let shift =
        reachBits + multiplierWidth - activation.width + Int.random(in: -1...1, using: &generator)
      shifts.append(UInt8(min(max(shift, 0), 63)))
    }
    return LayerParameters(
      weights: weights, bias: bias, multipliers: multipliers, shifts: shifts,
      thresholds: Array(repeating: 0, count: layer.outputCount))
  }

  mutating func addingThresholds(
    to numbers: LayerParameters, of layer: Layer, input: ClosedRange<Int>
  ) -> LayerParameters {
    var thresholds: [Int64] = []
    for channel in 0..<layer.outputChannels {
      let reach = reach(of: channel, numbers.weights, layer, input)
      for _ in 0..<layer.positions {
        thresholds.append(
          Int64.random(in: (activation.isSigned ? -reach : 0)...reach, using: &generator))
      }
    }
    return numbers.replacingThresholds(by: thresholds)
  }

  mutating func headNumbers(of head: Layer) -> LayerParameters {
    let weights = weights(of: head)
    let bias = (0..<head.outputChannels).map { _ in Int64.random(in: -99...99, using: &generator) }
    return LayerParameters(weights: weights, bias: bias)
  }

  private mutating func weights(of layer: Layer) -> [Int32] {
    let bound = 1 << (weightWidth - 1)
    return (0..<layer.outputChannels * layer.weightsPerOutput).map { _ in
      Int.random(in: 0..<4, using: &generator) == 0
        ? 0 : Int32(Int.random(in: -bound..<bound, using: &generator))
    }
  }

  /// The order of the channel's sums: an eighth of the largest.
  private func reach(
    of channel: Int, _ weights: [Int32], _ layer: Layer, _ input: ClosedRange<Int>
  ) -> Int64 {
    let count = layer.weightsPerOutput
    let bound = AccumulatorBound(
      weights: weights[channel * count..<(channel + 1) * count], bias: 0, input: input,
      positionsPerWeight: layer.positionsPerWeight)
    return Int64(clamping: max(-bound.low, bound.high) / 8)
  }
}
