import Golden
import Networks
import Testing

/// Batches give the logits of the exact path, with each set of instructions of this machine.
@Suite struct BatchInferenceTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let layers: [Layer]
    var mode = Model.Mode.mime
    var input = "u8"
    var activation = "u8"
    var weightWidth = 8
    var multiplierWidth = 16
    var headAverages = false
    /// Whether products of vectors can compute it.
    var isPacked = true
  }

  /// Odd sizes, kernels and channels; strides; padding beyond half a kernel; maps that are pooled.
  static let maps: [Layer] = [
    .convolution(
      "a", inputChannels: 3, outputChannels: 5, size: 13, kernel: 5, padding: 4, isPooled: true),
    .convolution(
      "b", inputChannels: 5, outputChannels: 17, size: 8, kernel: 2, stride: 2, padding: 1),
    .convolution("c", inputChannels: 17, outputChannels: 70, size: 5, kernel: 1),
    .convolution("d", inputChannels: 70, outputChannels: 33, size: 5, isPooled: true),
  ]
  static let dense: [Layer] = [
    .fullyConnected("a", inputs: 7, outputs: 131), .fullyConnected("b", inputs: 131, outputs: 1),
    .fullyConnected("c", inputs: 1, outputs: 16),
  ]

  static let cases = [
    Case(testDescription: "u8", layers: maps),
    Case(testDescription: "s8 with unsigned images", layers: maps, activation: "s8"),
    Case(testDescription: "s8 throughout", layers: maps, input: "s8", activation: "s8"),
    Case(testDescription: "conventional", layers: maps, mode: .conventional),
    Case(
      testDescription: "u16 images, s12 activations", layers: maps, input: "u16", activation: "s12",
      weightWidth: 4),
    Case(testDescription: "u16 activations", layers: [maps[0]], activation: "u16", weightWidth: 5),
    Case(testDescription: "9-bit weights", layers: maps, weightWidth: 9),
    Case(
      testDescription: "16-bit weights", layers: dense, input: "u4", activation: "u4",
      weightWidth: 16),
    Case(
      testDescription: "an average",
      layers: maps + [.averaging("e", inputChannels: 33, size: 2, outputs: 9)]),
    Case(
      testDescription: "a head that averages", layers: maps, activation: "s8", headAverages: true),
    Case(testDescription: "fully connected", layers: dense, activation: "s8"),
    Case(testDescription: "shift only", layers: maps, multiplierWidth: 0),
    Case(
      testDescription: "wide sums", layers: maps, input: "u16", activation: "s16", weightWidth: 16,
      isPacked: false),
    Case(
      testDescription: "17-bit images", layers: maps, input: "u17", weightWidth: 4, isPacked: false),
    Case(
      testDescription: "multipliers of 32 bits", layers: dense, multiplierWidth: 32, isPacked: false
    ),
  ]

  @Test(arguments: cases, Rounding.allCases)
  func equalsTheExactPath(_ given: Case, _ rounding: Rounding) throws {
    let model = try SyntheticModel.make(
      seed: 3, layers: given.layers, tasks: 2, classes: 4, mode: given.mode,
      input: #require(ActivationFormat(given.input)),
      activation: #require(ActivationFormat(given.activation)), weightWidth: given.weightWidth,
      multiplierWidth: given.multiplierWidth, rounding: rounding,
      reluTasks: given.mode == .mime ? [1] : [], headAverages: given.headAverages)
    let golden = try GoldenModel(model)
    let extremes = [model.input.range.lowerBound, model.input.range.upperBound].map { value in
      Array(repeating: Int32(value), count: model.layers[0].inputCount)
    }
    // More than a batch, and not a multiple of it.
    let images = extremes + SyntheticModel.images(for: model, count: 9, seed: 4)
    for task in model.tasks.indices {
      let expected =
        images.prefix(3).map { golden.inferExactly($0, task: task).logits }
        + images.dropFirst(3).map { golden.infer($0, task: task).logits }
      for set in InstructionSet.allCases where set.isAvailable {
        let batches = try BatchInference(model, set)
        #expect(batches.isPacked == given.isPacked)
        #expect(batches.logits(images, task: task) == expected, "\(set)")
      }
    }
  }

  /// Activations, weights, thresholds and sums at the ends of what the inner loops hold.
  @Test(arguments: ["u8", "s8", "u16", "s16"])
  func extremes(format: String) throws {
    let activation = try #require(ActivationFormat(format))
    let isWide = activation.width == 16
    let inputs = isWide ? 1 : 64
    let low: Int32 = isWide ? -32768 : -128
    let layer = Layer.fullyConnected("a", inputs: inputs, outputs: 3)
    let head = Layer.fullyConnected("head", inputs: 3, outputs: 2)
    let weights: [Int32] = [low, ~low, 1].flatMap { Array(repeating: $0, count: inputs) }
    let top = Int64(activation.range.upperBound) * Int64(~low) * Int64(inputs)
    // The largest sum of 32 bits in channel 1 of the widest images.
    let bias = [0, min(Int64(Int32.max) - top, 1000), -3]
    let model = try Model(
      layers: [layer], heads: [head], tasks: ["t"], mode: .mime, input: activation,
      activation: activation, clamp: activation.range, rounding: .halfEven,
      parameters: [
        [
          LayerParameters(
            weights: weights, bias: bias, multipliers: [1, 3, 1], shifts: [8, 9, 0],
            thresholds: [activation.isSigned ? Int64(Int32.min) : 0, top, 0]),
          LayerParameters(weights: [1, 2, 3, 4, 5, 6], bias: [0, 1]),
        ]
      ], hasThresholds: [true])
    let golden = try GoldenModel(model)
    let images = [activation.range.lowerBound, activation.range.upperBound, 0, 1].map { value in
      Array(repeating: Int32(value), count: inputs)
    }
    let expected = images.map { golden.inferExactly($0, task: 0).logits }
    for set in InstructionSet.allCases where set.isAvailable {
      let batches = try BatchInference(model, set)
      #expect(batches.logits(images, task: 0) == expected, "\(set)")
    }
  }

  @Test func nothingOfNoImages() throws {
    let model = try SyntheticModel.make(seed: 1, layers: Self.dense)
    #expect(try BatchInference(model).logits([], task: 0) == [])
  }
}
