import Golden
import Networks
import Testing

/// Fully connected layers that take the sum of each channel of a map.
@Suite struct AveragingTests {
  static let u8 = ActivationFormat(width: 8, isSigned: false)

  /// A 1x1 convolution that passes two channels of a 2x2 image on, then averaging layers of
  /// `weights`.
  private func model(
    hidden: [Int32], format: ActivationFormat = u8
  ) throws -> Model {
    let pass = LayerParameters(
      weights: [1, 0, 0, 1], bias: [0, 0], multipliers: [1, 1], shifts: [0, 0],
      thresholds: Array(repeating: 0, count: 8))
    return try Model(
      layers: [.convolution("pass", inputChannels: 2, outputChannels: 2, size: 2, kernel: 1)],
      heads: [.averaging("head", inputChannels: 2, size: 2, outputs: hidden.count / 2)],
      tasks: ["a"], mode: .mime, input: format, activation: format, clamp: format.usualClamp,
      rounding: .halfEven,
      parameters: [
        [
          pass,
          LayerParameters(weights: hidden, bias: Array(repeating: 7, count: hidden.count / 2)),
        ]
      ], hasThresholds: [false])
  }

  /// Sums of 10 and 100, by both paths: 30 - 100 + 7, 200 + 7 and -50 + 100 + 7.
  @Test func byHand() throws {
    let golden = try GoldenModel(model(hidden: [3, -1, 0, 2, -5, 1]))
    let image: [Int32] = [1, 2, 3, 4, 10, 20, 30, 40]
    for inference in [golden.infer(image, task: 0), golden.inferExactly(image, task: 0)] {
      #expect(inference.logits == [-63, 207, 57])
    }
  }

  /// The bound holds for the sums over all positions, and is reached.
  @Test func boundCountsEveryPosition() throws {
    let model = try model(hidden: [3, -1])
    let bound = model.accumulatorBound(ofLayer: 1)
    #expect(bound == AccumulatorBound(low: -255 * 4, high: 3 * 255 * 4 + 7))
    let golden = try GoldenModel(model)
    let (none, all) = (Array(repeating: Int32(0), count: 4), Array(repeating: Int32(255), count: 4))
    #expect(golden.infer(none + all, task: 0).logits == [Int64(bound.low) + 7])
    #expect(golden.infer(all + none, task: 0).logits == [Int64(bound.high)])
  }

  /// A sum of activations may need more bits than the accumulator, where its weight is zero.
  @Test func sumsOfZeroWeightMayWrap() throws {
    let wide = ActivationFormat(width: 31, isSigned: false)
    let model = try model(hidden: [0, 0], format: wide)
    #expect(model.accumulatorBounds(ofLayer: 1, task: 0)[0].width == 4)
    let golden = try GoldenModel(model)
    let image = Array(repeating: Int32.max, count: 8)
    for inference in [golden.infer(image, task: 0), golden.inferExactly(image, task: 0)] {
      #expect(inference.logits == [7])
    }
  }

  /// The same as flattening with every weight repeated for each position of its channel.
  @Test(arguments: [1, 2, 5]) func equalsRepeatedWeights(size: Int) throws {
    let averaging = try SyntheticModel.make(
      seed: UInt64(size),
      layers: [
        .convolution("a", inputChannels: 2, outputChannels: 3, size: size),
        .averaging("b", inputChannels: 3, size: size, outputs: 4),
      ])
    let positions = size * size
    let flattening = try Model(
      layers: [averaging.layers[0], .fullyConnected("b", inputs: 3 * positions, outputs: 4)],
      heads: averaging.tasks.indices.map(averaging.head), tasks: averaging.tasks, mode: .mime,
      input: averaging.input, activation: averaging.activation, clamp: averaging.clamp,
      rounding: averaging.rounding,
      parameters: averaging.tasks.indices.map { task in
        (0...2).map { layer in
          let numbers = averaging.parameters(ofLayer: layer, task: task)
          return LayerParameters(
            weights: layer == 1
              ? numbers.weights.flatMap { Array(repeating: $0, count: positions) }
              : numbers.weights,
            bias: numbers.bias, multipliers: numbers.multipliers, shifts: numbers.shifts,
            thresholds: numbers.thresholds)
        }
      }, hasThresholds: [true, true])
    #expect(averaging.layers[1].reduction == flattening.layers[1].reduction)
    #expect(averaging.accumulatorWidth == flattening.accumulatorWidth)
    let (one, other) = (try GoldenModel(averaging), try GoldenModel(flattening))
    for image in SyntheticModel.images(for: averaging, count: 3, seed: 9) {
      #expect(one.infer(image, task: 1) == other.infer(image, task: 1))
      #expect(one.inferExactly(image, task: 1) == other.inferExactly(image, task: 1))
    }
  }
}
