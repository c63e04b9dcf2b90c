import Golden
import Networks
import Testing

/// Inference in real numbers against the integer model, where every sum is an integer below 2^24 and
/// so exact in single precision.
@Suite struct FloatInferenceTests {
  static let maps: [Layer] = [
    .convolution("a", inputChannels: 2, outputChannels: 3, size: 7, isPooled: true),
    .convolution("b", inputChannels: 3, outputChannels: 2, size: 3, kernel: 2, padding: 1),
    .convolution("c", inputChannels: 2, outputChannels: 4, size: 4, kernel: 3, stride: 2),
  ]

  static let networks: [[Layer]] = [
    maps,
    maps + [.fullyConnected("d", inputs: 16, outputs: 5)],
    maps + [.averaging("d", inputChannels: 4, size: 2, outputs: 5)],
    [.fullyConnected("a", inputs: 9, outputs: 4), .fullyConnected("b", inputs: 4, outputs: 3)],
  ]

  struct Form: CustomTestStringConvertible {
    let testDescription: String
    var mode = Model.Mode.mime
    /// Activations are rounded to steps of 2^shift sums and clamped to 7 of them; nil for neither.
    var shift: UInt8?
  }

  static let forms = [
    Form(testDescription: "MIME"), Form(testDescription: "conventional", mode: .conventional),
    Form(testDescription: "steps", shift: 2), Form(testDescription: "fine steps", shift: 0),
  ]

  @Test(arguments: networks, forms)
  func equalsTheIntegerModel(layers: [Layer], form: Form) throws {
    let mode = form.mode
    let input = ActivationFormat(width: 3, isSigned: false)
    let wide = ActivationFormat(width: 32, isSigned: true)
    let drawn = try SyntheticModel.make(
      seed: 5, layers: layers, tasks: 3, mode: mode, input: input, activation: input,
      weightWidth: 2, reluTasks: mode == .mime ? [1] : [],
      headAverages: layers.last?.kind == .convolution)
    let parameters = drawn.tasks.indices.map { task in
      (0...layers.count).map { drawn.parameters(ofLayer: $0, task: task) }
    }
    let heads = drawn.tasks.indices.map { drawn.head(of: $0) }
    let hasThresholds = drawn.tasks.indices.map { drawn.hasThresholds(task: $0) }
    // Without rounding and clamping, as real numbers have none, or with both where they have steps.
    let activation = form.shift == nil ? wide : input
    let shift = form.shift ?? 0
    let integer = try GoldenModel(
      Model(
        layers: layers, heads: heads, tasks: drawn.tasks, mode: mode, input: input,
        activation: activation, clamp: activation.usualClamp, rounding: .halfEven,
        parameters: parameters.map { task in
          task.map { numbers in
            LayerParameters(
              weights: numbers.weights, bias: numbers.bias,
              multipliers: numbers.multipliers.map { _ in 1 },
              shifts: numbers.shifts.map { _ in shift }, thresholds: numbers.thresholds)
          }
        }, hasThresholds: hasThresholds))
    // What one step of each layer's input stands for; that of the head last.
    let scales = (0...layers.count).map { Float(1 << ($0 * Int(shift))) }
    let real = FloatGoldenModel(
      try FloatModel(
        layers: layers, heads: heads, tasks: drawn.tasks, mode: mode, input: input, inputScale: 1,
        parameters: parameters.map { task in
          zip(task, scales).map { numbers, scale in
            FloatParameters(
              weights: numbers.weights.map(Float.init),
              bias: numbers.bias.map { Float($0) * scale },
              thresholds: numbers.thresholds.map { Float($0) * scale })
          }
        }, hasThresholds: hasThresholds,
        steps: form.shift.map { _ in
          ActivationSteps(values: Array(scales.dropFirst()), levels: 7)
        }))
    var largest: Int64 = 0
    for image in SyntheticModel.images(for: drawn, count: 4, seed: 6) {
      for task in drawn.tasks.indices {
        let expected = integer.infer(image, task: task)
        let result = real.infer(image, task: task)
        for (layer, (a, b)) in zip(result.layers, expected.layers).enumerated() {
          let scale = scales[layer + 1]
          #expect(a.sums == b.accumulators.map { Float($0) * scales[layer] }, "layer \(layer)")
          #expect(a.activations == b.activations.map { Float($0) * scale }, "layer \(layer)")
          #expect(a.pooled == b.pooled.map { Float($0) * scale }, "layer \(layer)")
          largest = max(largest, b.accumulators.map(\.magnitude).max().map(Int64.init) ?? 0)
        }
        #expect(result.logits == expected.logits.map { Float($0) * scales.last! })
        #expect(result.prediction == expected.prediction)
        #expect(result == real.infer(real: image.map(Float.init), task: task))
      }
    }
    #expect(largest > 9 && largest < 1 << 24)
  }

  @Test func stepsByHand() {
    let steps = ActivationSteps(values: [1, 0.5], levels: 15)
    // 2.5 and 3.5 steps are ties; more than 15 are clamped.
    let given: [Float] = [0, 0.24, 0.26, 1.25, 1.75, 7.4, 7.9, 1e30]
    #expect(given.map { steps.rounded($0, layer: 1) } == [0, 0, 0.5, 1, 2, 7.5, 7.5, 7.5])
  }
}
