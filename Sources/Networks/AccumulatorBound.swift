/// The values an accumulator can take for any input, in any order of summation.
///
/// With a[k] in [low, high], a range that holds zero, a product lies in the interval between
/// w[k]*low and w[k]*high, which holds zero too; so every partial sum lies between the sum of all
/// lower and the sum of all upper ends, with and without the bias. Both ends are reached.
public struct AccumulatorBound: Sendable, Equatable {
  /// Sums of 128 bits cannot overflow: products have at most 64 bits, and a reduction is shorter
  /// than 2^63.
  public let low, high: Int128

  public init(low: Int128, high: Int128) {
    self.low = low
    self.high = high
  }

  /// Of one output channel.
  ///
  /// - Parameters:
  ///   - weights: of the output channel, each once.
  ///   - bias: added to the sum, at any time.
  ///   - input: the range of the layer's activations, which holds 0.
  ///   - positionsPerWeight: products that each weight is in.
  public init(
    weights: some Sequence<Int32>, bias: Int64, input: ClosedRange<Int>, positionsPerWeight: Int = 1
  ) {
    var low: Int128 = 0
    var high: Int128 = 0
    for weight in weights {
      let a = Int128(weight) * Int128(input.lowerBound)
      let b = Int128(weight) * Int128(input.upperBound)
      low += min(a, b)
      high += max(a, b)
    }
    let count = Int128(positionsPerWeight)
    self.init(low: low * count + Int128(min(bias, 0)), high: high * count + Int128(max(bias, 0)))
  }

  /// Bits of the narrowest two's complement integer that holds all the values.
  public var width: Int { max(Self.width(of: low), Self.width(of: high)) }

  /// Bits of the narrowest two's complement integer that holds `value`.
  static func width(of value: Int128) -> Int {
    128 - (value < 0 ? ~value : value).leadingZeroBitCount + 1
  }

  /// The interval that holds both.
  public func union(_ other: AccumulatorBound) -> AccumulatorBound {
    AccumulatorBound(low: min(low, other.low), high: max(high, other.high))
  }
}

extension Model {
  /// The range of a layer's input: of images, or of clamped activations.
  public func inputRange(ofLayer layer: Int) -> ClosedRange<Int> {
    layer == 0 ? input.range : clamp
  }

  /// The bound of each output channel of a layer, as one task uses it; `layer == layers.count` is
  /// the head.
  public func accumulatorBounds(ofLayer layer: Int, task: Int) -> [AccumulatorBound] {
    let geometry = geometry(ofLayer: layer, task: task)
    let count = geometry.weightsPerOutput
    let numbers = parameters(ofLayer: layer, task: task)
    let range = inputRange(ofLayer: layer)
    return numbers.bias.enumerated().map { channel, bias in
      AccumulatorBound(
        weights: numbers.weights[channel * count..<(channel + 1) * count], bias: bias,
        input: range, positionsPerWeight: geometry.positionsPerWeight)
    }
  }

  /// The bound over all channels of a layer and all tasks.
  public func accumulatorBound(ofLayer layer: Int) -> AccumulatorBound {
    let users = sharesWeights(inLayer: layer) ? 0..<1 : tasks.indices
    return users.flatMap { accumulatorBounds(ofLayer: layer, task: $0) }
      .reduce(AccumulatorBound(low: 0, high: 0)) { $0.union($1) }
  }

  /// Bits that hold every accumulator of the model for any input, and every threshold.
  public var accumulatorWidth: Int { accumulatorNeeds.map(\.width).max() ?? 0 }

  /// That every accumulator for any input, and every threshold, fits `width` bits.
  ///
  /// - Throws: `NetworkError` that names the first layer that needs more, and the bits it needs.
  public func checkAccumulator(width: Int) throws(NetworkError) {
    for need in accumulatorNeeds where need.width > width {
      throw NetworkError(
        "\(need.what) needs an accumulator of \(need.width) bits, but it has \(width); "
          + "the model needs \(accumulatorWidth)")
    }
  }

  /// The bits each layer needs for its accumulators and for its thresholds.
  private var accumulatorNeeds: [(what: String, width: Int)] {
    (0...layers.count).flatMap { layer in
      let name = layer == layers.count ? "the head" : "layer \(layers[layer].name)"
      let thresholds = tasks.indices.map { task in
        let values = parameters(ofLayer: layer, task: task).thresholds
        let width = values.lazy.map { AccumulatorBound.width(of: Int128($0)) }.max() ?? 0
        return ("a threshold of \(name) of task \(tasks[task])", width)
      }
      return [("the worst case of \(name)", accumulatorBound(ofLayer: layer).width)] + thresholds
    }
  }
}
