import Networks
import Testing

@testable import Golden

/// Both paths against networks small enough to compute by hand.
@Suite struct HandComputedTests {
  static let u8 = ActivationFormat(width: 8, isSigned: false)

  /// A 3x3 map, one channel, weights 1...9, and a head that passes the pooled value on.
  private func model(
    bias: Int64, multiplier: UInt32, shift: UInt8, thresholds: [Int64],
    activation: ActivationFormat = u8, heads: [Int32] = [1, 1]
  ) throws -> GoldenModel {
    let layer = Layer.convolution(
      "conv1", inputChannels: 1, outputChannels: 1, size: 3, isPooled: true)
    let head = Layer.fullyConnected("head", inputs: 1, outputs: heads.count)
    return try GoldenModel(
      Model(
        layers: [layer], heads: [head], tasks: ["a"], mode: .mime, input: Self.u8,
        activation: activation, clamp: activation.usualClamp, rounding: .halfEven,
        parameters: [
          [
            LayerParameters(
              weights: Array(1...9), bias: [bias], multipliers: [multiplier], shifts: [shift],
              thresholds: thresholds),
            LayerParameters(
              weights: heads, bias: Array(repeating: 0, count: heads.count)),
          ]
        ], hasThresholds: [true]))
  }

  private func both(_ golden: GoldenModel, _ image: [Int32]) -> [Inference] {
    [golden.infer(image, task: 0), golden.inferExactly(image, task: 0)]
  }

  /// A single 1 in the middle gives the kernel, turned by 180 degrees.
  @Test func orientationMaskRequantizeAndPool() throws {
    let golden = try model(
      bias: -1, multiplier: 3, shift: 1, thresholds: [8, 9, 6, 5, 4, 4, 2, 2, -0])
    for inference in both(golden, [0, 0, 0, 0, 1, 0, 0, 0, 0]) {
      let layer = inference.layers[0]
      #expect(layer.accumulators == [8, 7, 6, 5, 4, 3, 2, 1, 0])
      // Ties pass.
      #expect(layer.mask == [true, false, true, true, true, false, true, false, true])
      // 12, -, 9, 7.5 to 8, 6, -, 3, -, 0.
      #expect(layer.activations == [12, 0, 9, 8, 6, 0, 3, 0, 0])
      #expect(layer.pooled == [12])
      #expect(inference.logits == [12, 12])
      #expect(inference.prediction == 0)
    }
  }

  /// The image's corner meets the kernel's middle and its lower right.
  @Test func paddingIsZero() throws {
    let golden = try model(
      bias: 0, multiplier: 1, shift: 0, thresholds: Array(repeating: 0, count: 9))
    for inference in both(golden, [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      // Computed with numpy on the padded image.
      #expect(
        inference.layers[0].accumulators == [94, 154, 106, 186, 285, 186, 106, 154, 94])
      #expect(inference.layers[0].activations == [94, 154, 106, 186, 255, 186, 106, 154, 94])
      #expect(inference.layers[0].pooled == [255])
    }
  }

  /// A negative value that reaches a negative threshold survives, and is clamped symmetrically.
  @Test func negativeValuesSurviveNegativeThresholds() throws {
    let golden = try model(
      bias: -9, multiplier: 1, shift: 0, thresholds: [-9, -1, -3, -4, -5, -5, -7, -8, -8],
      activation: ActivationFormat(width: 4, isSigned: true))
    for inference in both(golden, [0, 0, 0, 0, 1, 0, 0, 0, 0]) {
      let layer = inference.layers[0]
      #expect(layer.accumulators == [0, -1, -2, -3, -4, -5, -6, -7, -8])
      #expect(layer.activations == [0, -1, -2, -3, -4, -5, -6, -7, -7])
    }
  }

  struct Argmax: CustomTestStringConvertible {
    let logits: [Int64]
    let prediction: Int
    var testDescription: String { "\(logits)" }
  }

  @Test(arguments: [
    Argmax(logits: [5], prediction: 0),
    Argmax(logits: [1, 3, 3], prediction: 1),
    Argmax(logits: [-2, -2, -2], prediction: 0),
    Argmax(logits: [-3, -1, -2], prediction: 1),
    Argmax(logits: [0, 1, 2], prediction: 2),
  ])
  func argmaxTakesTheLowestIndex(_ given: Argmax) {
    #expect(Inference(layers: [], logits: given.logits).prediction == given.prediction)
  }

  struct Wide: CustomTestStringConvertible {
    let weight: Int32
    let width: Int
    var testDescription: String { "\(width) bits" }
  }

  /// The fast path sums in 32 bits where the bound allows it, and not a bit beyond.
  @Test(arguments: [
    Wide(weight: 1 << 23, width: 32), Wide(weight: -1 << 23, width: 32),
    Wide(weight: 1 << 24, width: 33), Wide(weight: -1 << 24, width: 33),
  ])
  func sumsAtTheEdgeOf32Bits(_ given: Wide) throws {
    let golden = try GoldenModel(
      Model(
        layers: [.fullyConnected("fc1", inputs: 1, outputs: 1)],
        heads: [.fullyConnected("head", inputs: 1, outputs: 1)], tasks: ["a"], mode: .mime,
        input: Self.u8, activation: Self.u8, clamp: 0...255, rounding: .floor,
        parameters: [
          [
            LayerParameters(
              weights: [given.weight], bias: [0], multipliers: [1], shifts: [0], thresholds: [0]),
            LayerParameters(weights: [1], bias: [0]),
          ]
        ], hasThresholds: [false]))
    #expect(golden.model.accumulatorWidth == given.width)
    for inference in both(golden, [255]) {
      #expect(inference.layers[0].accumulators == [255 * Int64(given.weight)])
    }
  }

  @Test func accumulatorsBeyond64BitsAreRefused() throws {
    let model = try SyntheticModel.make(
      seed: 1, layers: [.fullyConnected("fc1", inputs: 64, outputs: 1)],
      input: ActivationFormat(width: 31, isSigned: false), weightWidth: 32)
    let error = #expect(throws: NetworkError.self) { try GoldenModel(model) }
    let needed = model.accumulatorWidth
    #expect(needed > 64)
    #expect(
      error?.description
        == "the worst case of layer fc1 needs an accumulator of \(needed) bits, but it has 64; "
        + "the model needs \(needed)")
  }
}
