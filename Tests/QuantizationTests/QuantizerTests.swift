import Golden
import Networks
import Testing

@testable import Quantization

@Suite struct QuantizerTests {
  static func quantized(
    _ network: FloatModel, _ change: (inout QuantizationOptions) -> Void = { _ in }
  ) throws -> QuantizedNetwork {
    var options = QuantizationOptions()
    change(&options)
    return try Quantizer(network, Calibration(network, Trained.images(network)), options)
      .quantize()
  }

  /// The largest difference of a logit from its real value, over all images and tasks.
  static func error(_ quantized: QuantizedNetwork, _ network: FloatModel) throws -> Double {
    let golden = try BatchInference(quantized.model)
    let real = FloatGoldenModel(network)
    var worst = 0.0
    for (task, given) in Trained.images(network).tasks.enumerated() {
      let scale = quantized.scales[task].last!.accumulators[0]
      for (image, logits) in zip(given.images, golden.logits(given.images, task: task)) {
        for (a, b) in zip(logits, real.infer(image, task: task).logits) {
          worst = max(worst, abs(Double(a) * scale - Double(b)))
        }
      }
    }
    return worst
  }

  struct Case: CustomTestStringConvertible {
    let testDescription: String
    var mode = Model.Mode.mime
    var lowestThreshold: Float = 0
    var range = QuantizationOptions.Range.maximum
    var scales = QuantizationOptions.Scales.multipliers(width: 16)
    var isPerChannel = true
  }

  static let cases = [
    Case(testDescription: "usual"),
    Case(testDescription: "conventional", mode: .conventional),
    Case(testDescription: "signed", lowestThreshold: -1),
    Case(testDescription: "percentile", range: .percentile(100)),
    Case(testDescription: "least squares", range: .leastSquares),
    Case(testDescription: "powers of two", scales: .powersOfTwo),
    Case(
      testDescription: "powers of two, a scale a layer", scales: .powersOfTwo, isPerChannel: false),
    Case(testDescription: "multipliers of 8 bits", scales: .multipliers(width: 8)),
    Case(testDescription: "a scale a layer", isPerChannel: false),
  ]

  /// Logits are of the order of 1; the error falls with the widths. A threshold that a rounded sum just
  /// misses changes an activation as a whole, so that the bound is no matter of steps alone.
  @Test(arguments: cases) func logitsAreNear(_ given: Case) throws {
    let network = try Trained.network(mode: given.mode, lowestThreshold: given.lowestThreshold)
    func error(_ width: Int) throws -> Double {
      let quantized = try Self.quantized(network) {
        $0.weightWidth = width
        $0.activationWidth = width
        $0.range = given.range
        $0.scales = given.scales
        $0.isPerChannel = given.isPerChannel
      }
      #expect(quantized.model.activation.isSigned == (given.lowestThreshold < 0))
      #expect(quantized.model.weightWidth <= width)
      return try Self.error(quantized, network)
    }
    let (coarse, usual, fine) = (try error(4), try error(8), try error(14))
    #expect(usual < 0.2 && fine < 0.05, "\(coarse) \(usual) \(fine)")
    #expect(coarse > usual && usual > fine, "\(coarse) \(usual) \(fine)")
  }

  /// A network that was learned in steps is the same one in integers where its sums are exact.
  @Test func whatWasLearnedInSteps() throws {
    let steps = ActivationSteps(values: [0x1p-7, 0x1p-5, 0x1p-4], levels: 255)
    let network = try Trained.network(inputScale: 0x1p-8, steps: steps) { layer, own in
      let unit: Float = layer == 0 ? 0x1p-14 : 0x1p-6 * steps.values[layer - 1]
      var weights = own.weights.map { ($0 * 64).rounded() / 64 }
      // Each channel's step is 2^-6.
      for channel in own.bias.indices {
        weights[channel * weights.count / own.bias.count] = channel % 2 == 0 ? 127 / 64 : -127 / 64
      }
      return FloatParameters(
        weights: weights, bias: own.bias.map { ($0 / unit).rounded() * unit })
    }
    let quantized = try Self.quantized(network)
    #expect(quantized.scales[0].dropLast().map(\.activations) == [0x1p-7, 0x1p-5, 0x1p-4])
    let (golden, real) = (try GoldenModel(quantized.model), FloatGoldenModel(network))
    var (nonzero, clamped) = (0, 0)
    for (task, given) in Trained.images(network).tasks.enumerated() {
      for image in given.images {
        let layers = zip(
          golden.infer(image, task: task).layers, real.infer(image, task: task).layers)
        for (step, (integer, real)) in zip(steps.values, layers) {
          #expect(integer.activations.map { Float($0) * step } == real.activations)
          nonzero += integer.activations.count { $0 > 0 }
          clamped += integer.activations.count { $0 == 255 }
        }
      }
    }
    #expect(nonzero > 1000 && clamped > 0, "\(nonzero) \(clamped)")
    // Another width has the same ranges; a range that is named goes before.
    let narrow = try Self.quantized(network) { $0.activationWidth = 4 }
    #expect(
      narrow.scales[0].dropLast().map(\.activations)
        == steps.values.map { Double($0) * 255 / 15 })
    let other = try Self.quantized(network) { $0.range = .percentile(50) }
    #expect(other.scales[0][0].activations != 0x1p-7)
  }

  @Test func powersOfTwoNeedNoMultiplier() throws {
    let network = try Trained.network()
    let quantized = try Self.quantized(network) { $0.scales = .powersOfTwo }
    #expect(quantized.model.multiplierWidth == 0)
    for layer in quantized.scales[0] {
      for scale in layer.accumulators + (layer.activations.map { [$0] } ?? []) {
        let ratio = scale / network.inputScale
        #expect(ratio.significand == 1, "\(ratio)")
      }
    }
  }

  @Test func multipliersUseTheirBits() throws {
    for width in [1, 7, 16, 32] {
      let model = try Self.quantized(try Trained.network()) {
        $0.scales = .multipliers(width: width)
      }.model
      for layer in model.layers.indices {
        for multiplier in model.parameters(ofLayer: layer, task: 0).multipliers {
          #expect(UInt64(multiplier) >> (width - 1) == 1)
        }
      }
    }
  }

  /// In a network of integers a sum passes exactly where the real number that it stands for does.
  @Test(arguments: [0, -1] as [Float]) func thresholdsMeanTheSame(lowest: Float) throws {
    let network = try Trained.network(lowestThreshold: lowest)
    let quantized = try Self.quantized(network)
    for (index, layer) in network.layers.enumerated() {
      let thresholds = network.parameters(ofLayer: index, task: 0).thresholds
      let integers = quantized.model.parameters(ofLayer: index, task: 0).thresholds
      for neuron in thresholds.indices {
        let scale = quantized.scales[0][index].accumulators[neuron / layer.positions]
        let (t, q) = (Double(thresholds[neuron]), Double(integers[neuron]))
        // Doubles of the products are near enough for thresholds that are not within 2^-50 of a step.
        #expect(q * scale >= t * (1 - 1e-12) - 1e-300 || t < 0 && q * scale >= t * (1 + 1e-12))
        #expect((q - 1) * scale < t + t.magnitude * 1e-12)
      }
    }
    #expect(quantized.model.parameters(ofLayer: 0, task: 1).thresholds.allSatisfy { $0 == 0 })
    #expect(!quantized.model.hasThresholds(task: 1))
  }

  /// Fewer bits prune more; the rest of the network is the same.
  @Test func compressionIsMonotone() throws {
    let network = try Trained.network()
    let exact = try Self.quantized(network).model
    var last = exact
    for width in [16, 8, 4, 2] {
      let model = try Self.quantized(network) { $0.thresholdWidth = width }.model
      for layer in model.layers.indices {
        let own = model.parameters(ofLayer: layer, task: 0)
        let before = last.parameters(ofLayer: layer, task: 0)
        #expect(zip(own.thresholds, before.thresholds).allSatisfy { $0 >= $1 })
        #expect(own.weights == before.weights && own.multipliers == before.multipliers)
        let shift = own.thresholds.map { $0 == 0 ? 64 : $0.trailingZeroBitCount }.min()!
        #expect(own.thresholds.allSatisfy { $0 >> shift < 1 << (width - 1) })
      }
      last = model
    }
    #expect(
      last.parameters(ofLayer: 1, task: 0).thresholds
        != exact.parameters(ofLayer: 1, task: 0).thresholds)
  }

  @Test func theSameEveryTime() throws {
    let network = try Trained.network()
    for range in [QuantizationOptions.Range.leastSquares, .percentile(99)] {
      let contents = try (0..<3).map { _ in
        try Self.quantized(network) { $0.range = range }.content()
      }
      #expect(contents[0] == contents[1] && contents[1] == contents[2])
    }
  }

  /// What training leaves now and then: channels and layers that do nothing, a bias far above the
  /// weights, thresholds that nothing reaches.
  @Test(arguments: [0, 1, 2]) func unusualNumbers(layer: Int) throws {
    let network = try Trained.network { index, own in
      guard index == layer else { return own }
      let each = own.weights.count / own.bias.count
      var (weights, bias) = (own.weights, own.bias)
      for weight in 0..<each { weights[weight] = 0 }
      bias[0] = 0
      for weight in each..<2 * each { weights[weight] = 1e-30 }
      bias[1] = 0.5
      for weight in 2 * each..<3 * each { weights[weight] = 0 }
      bias[2] = -1
      return FloatParameters(weights: weights, bias: bias)
    }
    #expect(try Self.error(Self.quantized(network), network) < 0.3)
    let dead = try Trained.network { index, own in
      index == layer
        ? FloatParameters(
          weights: own.weights.map { _ in 0 }, bias: own.bias.map { _ in 0 }) : own
    }
    #expect(try Self.error(Self.quantized(dead), dead) < 0.3)
    let unreached = try Trained.network(lowestThreshold: 1e30, reluTasks: [])
    #expect(try Self.error(Self.quantized(unreached), unreached) < 0.01)
  }

  struct Refusal: CustomTestStringConvertible {
    let message: String
    let change: @Sendable (inout QuantizationOptions) -> Void
    var testDescription: String { message }
  }

  @Test(arguments: [
    Refusal(message: "the width of weights is 1 bits and must be 2 to 24") { $0.weightWidth = 1 },
    Refusal(message: "the width of activations is 25 bits and must be 2 to 24") {
      $0.activationWidth = 25
    },
    Refusal(message: "the width of accumulators is 7 bits and must be 8 to 64") {
      $0.accumulatorWidth = 7
    },
    Refusal(message: "the width of thresholds is 1 bits and must be 2 to 64") {
      $0.thresholdWidth = 1
    },
    Refusal(message: "the width of multipliers is 33 bits and must be 1 to 32") {
      $0.scales = .multipliers(width: 33)
    },
    Refusal(message: "the percentile is 0.0 and must be above 0 and at most 100") {
      $0.range = .percentile(0)
    },
    Refusal(message: "the percentile is nan and must be above 0 and at most 100") {
      $0.range = .percentile(.nan)
    },
  ]) func refusedOptions(_ given: Refusal) throws {
    let error = #expect(throws: QuantizationError.self) {
      try Self.quantized(Trained.network(), given.change)
    }
    #expect(error?.description == given.message)
  }

  @Test func narrowAccumulator() throws {
    let error = #expect(throws: NetworkError.self) {
      try Self.quantized(Trained.network()) { $0.accumulatorWidth = 16 }
    }
    #expect(
      error?.description
        == "the worst case of layer conv1 needs an accumulator of 19 bits, but it has 16; the model needs "
        + "21")
  }

  /// Sums of at most 255 * 128 + `bias`, and a threshold that 16 bits do not hold.
  static func unreachable(bias: Float) throws -> FloatModel {
    let layer = Layer.fullyConnected("fc", inputs: 2, outputs: 1)
    let head = Layer.fullyConnected("head", inputs: 1, outputs: 2)
    return try FloatModel(
      layers: [layer], heads: [head], tasks: ["a"], mode: .mime,
      input: ActivationFormat(width: 8, isSigned: false), inputScale: 1,
      parameters: [
        [
          FloatParameters(weights: [127, 1], bias: [bias], thresholds: [1e6]),
          FloatParameters(weights: [1, -1], bias: [0, 0]),
        ]
      ], hasThresholds: [true])
  }

  static func narrow(_ options: inout QuantizationOptions) {
    options.accumulatorWidth = 16
  }

  /// No sum may pass the accumulator's end in place of a threshold beyond it.
  @Test func thresholdsBeyondTheAccumulator() throws {
    let model = try Self.quantized(Self.unreachable(bias: 126), Self.narrow).model
    #expect(model.accumulatorBounds(ofLayer: 0, task: 0)[0].high == 0x7FFE)
    #expect(model.parameters(ofLayer: 0, task: 0).thresholds == [0x7FFF])
    for (bias, width, end) in [(127, nil, 0x7FFF), (126, 8, 0x7F00)] as [(Float, Int?, Int)] {
      let error = #expect(throws: QuantizationError.self) {
        try Self.quantized(Self.unreachable(bias: bias)) {
          Self.narrow(&$0)
          $0.thresholdWidth = width
        }
      }
      #expect(
        error?.description
          == "a threshold of layer fc, channel 0, of task a is beyond 16 bits, and a sum can reach the largest "
          + "in its place, \(end); a wider accumulator would hold it")
    }
  }

  @Test func noImages() throws {
    let network = try Trained.network()
    let error = #expect(throws: QuantizationError.self) {
      _ = try Calibration(network, Vectors(tasks: network.tasks.map { _ in TaskVectors() }))
    }
    #expect(
      error?.description == "there are no images to calibrate with; give some of each task")
  }

  @Test func overflow() throws {
    let network = try Trained.network { index, own in
      FloatParameters(weights: own.weights.map { $0 * 1e25 }, bias: own.bias)
    }
    let error = #expect(throws: QuantizationError.self) {
      _ = try Calibration(network, Trained.images(network))
    }
    #expect(
      error?.description
        == "sums of layer conv2 leave single precision; the network's numbers are too large")
  }
}
