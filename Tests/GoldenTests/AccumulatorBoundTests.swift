import Testing

@testable import Networks

/// Bounds against values computed by hand or by numpy, and against every possible input.
@Suite struct AccumulatorBoundTests {
  struct Case: CustomTestStringConvertible {
    let weights: [Int32]
    let bias: Int64
    let input: ClosedRange<Int>
    var positions = 1
    let low, high: Int128
    let width: Int
    var testDescription: String { "\(weights), bias \(bias), input \(input)" }
  }

  @Test(arguments: [
    // 127 = 2^7 - 1 and -128 = -2^7 are the last of 8 bits.
    Case(weights: [1], bias: 0, input: 0...127, low: 0, high: 127, width: 8),
    Case(weights: [1], bias: 1, input: 0...127, low: 0, high: 128, width: 9),
    Case(weights: [-1], bias: 0, input: 0...128, low: -128, high: 0, width: 8),
    Case(weights: [-1], bias: -1, input: 0...128, low: -129, high: 0, width: 9),
    // Positive and negative weights are bounded apart, and a bias counts at its own end only.
    Case(weights: [3, -2, 0], bias: -5, input: 0...10, low: -25, high: 30, width: 6),
    Case(weights: [3, -2, 0], bias: 5, input: 0...10, low: -20, high: 35, width: 7),
    // A signed input reaches both ends with either sign.
    Case(weights: [3, -2], bias: 1, input: -8...7, low: -24 - 14, high: 21 + 16 + 1, width: 7),
    Case(weights: [], bias: 0, input: 0...255, low: 0, high: 0, width: 1),
    // 2 * (2^31 - 1)(-2^31) and 2 * 2^62, beyond 63 bits.
    Case(
      weights: [.min, .min], bias: 0, input: -(1 << 31)...(1 << 31) - 1,
      low: -9_223_372_032_559_808_512, high: 9_223_372_036_854_775_808, width: 65),
    // Four products with each weight, and one bias.
    Case(weights: [3, -2], bias: 1, input: 0...10, positions: 4, low: -80, high: 121, width: 8),
    Case(weights: [3, -2], bias: -1, input: -1...2, positions: 4, low: -29, high: 32, width: 7),
  ])
  func byHand(_ given: Case) {
    let bound = AccumulatorBound(
      weights: given.weights, bias: given.bias, input: given.input,
      positionsPerWeight: given.positions)
    #expect(bound == AccumulatorBound(low: given.low, high: given.high))
    #expect(bound.width == given.width)
  }

  /// Every input, every subset of the terms: the bound holds and both ends are reached.
  @Test func everyPartialSumOfEveryInput() {
    for (weights, bias) in [([3, -2, 1], 2), ([-1, -3, 2], -4), ([2, 1, 3], 0)] as [([Int32], Int)]
    {
      for range in [0...3, -2...1, -2...2] {
        var sums: [Int] = []
        for a in range {
          for b in range {
            for c in range {
              let terms =
                [a * Int(weights[0]), b * Int(weights[1]), c * Int(weights[2]), bias]
              for subset in 0..<16 {
                sums.append(terms.indices.reduce(0) { $0 + (subset >> $1 & 1) * terms[$1] })
              }
            }
          }
        }
        let bound = AccumulatorBound(weights: weights, bias: Int64(bias), input: range)
        #expect(bound.low == Int128(sums.min()!) && bound.high == Int128(sums.max()!))
      }
    }
  }

  /// Ends of each layer and the head, computed with numpy from the committed files.
  static let committed: [(String, [(Int128, Int128)], Int)] = [
    (
      "small/model.safetensors",
      [
        (-157845, 116790), (-1_143_420, 893265), (-912390, 932535), (-1_762_815, 1_386_690),
        (-1_722_270, 1_752_105), (-3_230_085, 2_639_187), (-3_082_950, 2_784_855),
        (-1_317_636, 846692),
      ], 23
    ),
    (
      "small/finetuned.safetensors",
      [
        (-154785, 117555), (-1_148_520, 948345), (-940185, 1_127_100), (-1_781_430, 1_419_840),
        (-1_738_590, 1_844_160), (-3_184_440, 2_878_728), (-3_241_560, 3_119_712),
        (-1_007_250, 788544),
      ], 23
    ),
  ]

  @Test(arguments: committed)
  func committedModels(_ name: String, _ ends: [(Int128, Int128)], _ width: Int) throws {
    let model = try Model.load(Fixtures.path(name))
    let bounds = (0...model.layers.count).map(model.accumulatorBound)
    #expect(bounds == ends.map { AccumulatorBound(low: $0.0, high: $0.1) })
    #expect(model.accumulatorWidth == width)
    try model.checkAccumulator(width: width)
    let error = #expect(throws: NetworkError.self) { try model.checkAccumulator(width: 20) }
    #expect(
      error?.description
        == "the worst case of layer conv2 needs an accumulator of 22 bits, but it has 20; "
        + "the model needs \(width)")
  }

  private func model(threshold: Int64, clamp: ClosedRange<Int>) throws -> Model {
    let s8 = ActivationFormat(width: 8, isSigned: true)
    return try Model(
      layers: [.fullyConnected("fc1", inputs: 1, outputs: 1)],
      heads: [.fullyConnected("head", inputs: 1, outputs: 1)], tasks: ["a"], mode: .mime,
      input: ActivationFormat(width: 4, isSigned: false), activation: s8, clamp: clamp,
      rounding: .halfEven,
      parameters: [
        [
          LayerParameters(
            weights: [1], bias: [0], multipliers: [1], shifts: [0], thresholds: [threshold]),
          LayerParameters(weights: [1], bias: [0]),
        ]
      ], hasThresholds: [true])
  }

  /// The first layer takes images, later layers what the clamp lets through.
  @Test func inputRanges() throws {
    let model = try model(threshold: 0, clamp: -3...100)
    #expect(model.accumulatorBound(ofLayer: 0) == AccumulatorBound(low: 0, high: 15))
    #expect(model.accumulatorBound(ofLayer: 1) == AccumulatorBound(low: -3, high: 100))
    #expect(model.accumulatorWidth == 8)
  }

  @Test func thresholdsMustFit() throws {
    let model = try model(threshold: -129, clamp: -127...127)
    #expect(model.accumulatorWidth == 9)
    try model.checkAccumulator(width: 9)
    let error = #expect(throws: NetworkError.self) { try model.checkAccumulator(width: 8) }
    #expect(
      error?.description
        == "a threshold of layer fc1 of task a needs an accumulator of 9 bits, but it has 8; "
        + "the model needs 9")
  }
}
