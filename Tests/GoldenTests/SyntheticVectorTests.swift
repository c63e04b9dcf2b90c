import Golden
import Networks
import Testing

/// The fast path equals the exact path on seeded random networks.
@Suite struct SyntheticVectorTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let layers: [Layer]
    var mode = Model.Mode.mime
    var input = "u8"
    var activation = "u8"
    var weightWidth = 8
    var multiplierWidth = 16
    var reluTasks: Set<Int> = []
    var headAverages = false
  }

  /// Odd sizes before a pool drop a row and a column.
  static let convolutions: [Layer] = [
    .convolution("conv1", inputChannels: 2, outputChannels: 3, size: 7, isPooled: true),
    .convolution("conv2", inputChannels: 3, outputChannels: 4, size: 3, isPooled: true),
    .fullyConnected("fc1", inputs: 4, outputs: 5),
  ]
  static let pixel: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 1),
    .convolution("conv2", inputChannels: 2, outputChannels: 3, size: 1),
  ]
  static let perceptron: [Layer] = [
    .fullyConnected("fc1", inputs: 1, outputs: 4), .fullyConnected("fc2", inputs: 4, outputs: 3),
  ]

  /// The last layer's map is averaged by the head.
  static let averaged: [Layer] = [
    .convolution("conv1", inputChannels: 2, outputChannels: 3, size: 7, isPooled: true),
    .averaging("fc1", inputChannels: 3, size: 3, outputs: 6),
    .convolution("conv2", inputChannels: 6, outputChannels: 4, size: 1, kernel: 3, padding: 2),
  ]

  static let cases = [
    Case(testDescription: "unsigned 8/8", layers: convolutions, reluTasks: [1]),
    Case(testDescription: "signed 8/8", layers: convolutions, activation: "s8"),
    Case(
      testDescription: "signed 4/4", layers: convolutions, input: "u4", activation: "s4",
      weightWidth: 4, multiplierWidth: 7),
    Case(
      testDescription: "unsigned 16/16", layers: convolutions, input: "u16", activation: "u16",
      weightWidth: 16),
    Case(
      testDescription: "signed 16/16 with multipliers of 32 bits", layers: convolutions,
      input: "s16", activation: "s16", weightWidth: 16, multiplierWidth: 32),
    Case(
      testDescription: "products of 96 bits", layers: perceptron, input: "u16",
      activation: "s16", weightWidth: 32, multiplierWidth: 32),
    Case(testDescription: "shift only", layers: convolutions, multiplierWidth: 0),
    Case(testDescription: "one pixel", layers: pixel, activation: "s8"),
    Case(
      testDescription: "even pool",
      layers: [
        .convolution("conv1", inputChannels: 1, outputChannels: 2, size: 4, isPooled: true)
      ]),
    Case(testDescription: "reduction of 1", layers: perceptron),
    Case(
      testDescription: "conventional", layers: convolutions, mode: .conventional,
      activation: "u8"),
    Case(testDescription: "averaged", layers: averaged, reluTasks: [1], headAverages: true),
    Case(
      testDescription: "averaged, signed, conventional", layers: averaged, mode: .conventional,
      input: "s8", activation: "s8", headAverages: true),
    Case(
      testDescription: "averaged, products of 96 bits", layers: averaged, input: "u16",
      activation: "s16", weightWidth: 32, multiplierWidth: 32, headAverages: true),
  ]

  @Test(arguments: cases, Rounding.allCases)
  func fastEqualsExact(_ given: Case, _ rounding: Rounding) throws {
    var distinct = Set<Int32>()
    var masked = Set<Bool>()
    for seed in 0..<4 as Range<UInt64> {
      let model = try SyntheticModel.make(
        seed: seed, layers: given.layers, mode: given.mode,
        input: try #require(ActivationFormat(given.input)),
        activation: try #require(ActivationFormat(given.activation)),
        weightWidth: given.weightWidth, multiplierWidth: given.multiplierWidth,
        rounding: rounding, reluTasks: given.reluTasks,
        headAverages: given.headAverages)
      let golden = try GoldenModel(model)
      for image in SyntheticModel.images(for: model, count: 2, seed: seed) {
        for task in model.tasks.indices {
          let exact = golden.inferExactly(image, task: task)
          #expect(golden.infer(image, task: task) == exact)
          for layer in exact.layers {
            distinct.formUnion(layer.activations)
            masked.formUnion(layer.mask)
          }
        }
      }
    }
    // The networks are not dull: something is masked, something is kept, values vary.
    #expect(masked.count == 2)
    #expect(distinct.count > 5)
  }
}
