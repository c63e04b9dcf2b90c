import Golden
import Testing

@testable import Networks
@testable import ONNX

/// Graphs in the QOperator form of onnxruntime: QGemm, logits with a zero point, signed activations
/// with Relu behind their rounding, means that are rounded.
@Suite struct QOperatorTests {
  enum Form: CaseIterable {
    /// Activations of uint8, weights [outputs, inputs].
    case unsigned
    /// The weights of QGemm as [inputs, outputs].
    case untransposed
    /// Activations of int8 and a Relu between real numbers.
    case signed
    /// Relu between integers.
    case signedIntegers
  }

  static let weights = (0..<54).map { ($0 * 37 + 11) % 255 - 127 }
  static let dense = (0..<36).map { ($0 * 53 + 29) % 255 - 127 }
  static let head = (0..<8).map { ($0 * 91 + 5) % 255 - 127 }

  /// A convolution of 2 to 3 channels over a map of 4, a pool, 12 to 4 values, 2 classes. Scales of
  /// activations are 1/2, 1/4 and 2, those of weights powers of two.
  static func graph(_ form: Form = .unsigned) -> TestGraph {
    var graph = TestGraph()
    graph.model.graph.node = []
    graph.model.graph.initializer = []
    let isSigned = form == .signed || form == .signedIntegers
    let type = isSigned ? DataType.int8 : .uint8
    graph.model.graph.input = [TestGraph.value("x", .float32, [nil, 2, 4, 4])]
    graph.model.graph.output = [TestGraph.value("logits", .float32, [nil, 2])]
    graph.constant("sx", [], [0.5])
    graph.constant("s1", [], [0.25])
    graph.constant("s2", [], [2])
    graph.constant("s3", [], [0.75])
    graph.constant("z", [], [0], type)
    graph.constant("z3", [], [isSigned ? -7 : 88], type)
    graph.constant("i0", [], [0], .int8)
    graph.constant("w1", [3, 2, 3, 3], weights, .int8)
    graph.constant("sw1", [3], [0x1p-6, 0x1p-8, 0x1p-9])
    graph.constant("b1", [3], [500, -300, 0], .int32)
    let isTransposed = form != .untransposed
    graph.constant(
      "w2", isTransposed ? [4, 12] : [12, 4],
      isTransposed
        ? (0..<48).map { dense[$0 % 36] } : (0..<48).map { dense[($0 % 4 * 12 + $0 / 4) % 36] },
      .int8)
    graph.constant("sw2", [4], [0x1p-3, 0x1p-4, 0x1p-5, 0x1p-4])
    graph.constant("b2", [4], [1, -2, 3, 40], .int32)
    graph.constant("w3", [2, 4], head, .int8)
    graph.constant("sw3", [], [0x1p-7])
    graph.constant("b3", [2], [10, -10], .int32)
    graph.add("QuantizeLinear", ["x", "sx", "z"], "q0", name: "quantize")
    graph.add(
      "QLinearConv", ["q0", "sx", "z", "w1", "sw1", "i0", "s1", "z", "b1"], "c1", name: "conv",
      ["pads": [1, 1, 1, 1]])
    relu(&graph, form, "c1", "a1", scale: "s1")
    graph.add("MaxPool", ["a1"], "p1", ["kernel_shape": [2, 2], "strides": [2, 2]])
    graph.add("Flatten", ["p1"], "f1")
    gemm(
      &graph, ["f1", "s1", "z", "w2", "sw2", "i0", "b2", "s2", "z"], "c2", name: "fc",
      isTransposed: isTransposed)
    relu(&graph, form, "c2", "a2", scale: "s2")
    gemm(
      &graph, ["a2", "s2", "z", "w3", "sw3", "i0", "b3", "s3", "z3"], "q3", name: "head1",
      isTransposed: true)
    graph.add("DequantizeLinear", ["q3", "s3", "z3"], "logits", name: "dequantize")
    return graph
  }

  private static func gemm(
    _ graph: inout TestGraph, _ inputs: [String], _ output: String, name: String,
    isTransposed: Bool
  ) {
    graph.add("QGemm", inputs, output, name: name, ["transB": [isTransposed ? 1 : 0]])
    graph.change(name) { $0.domain = "com.microsoft" }
  }

  private static func relu(
    _ graph: inout TestGraph, _ form: Form, _ input: String, _ output: String, scale: String
  ) {
    switch form {
    case .unsigned, .untransposed: graph.add("Identity", [input], output)
    case .signedIntegers: graph.add("Relu", [input], output)
    case .signed:
      graph.add("DequantizeLinear", [input, scale, "z"], "\(input)_real", name: "\(input)_real")
      graph.add("Relu", ["\(input)_real"], "\(input)_relu", name: "\(input)_relu")
      graph.add("QuantizeLinear", ["\(input)_relu", scale, "z"], output)
    }
  }

  /// M/2^S of a layer's channels are the scale of the input and of weights over that of the output.
  @Test(arguments: Form.allCases) func holdTheirIntegers(form: Form) throws {
    guard case .integer(let model) = try Self.graph(form).imported() else {
      Issue.record("the network is not quantized")
      return
    }
    let isSigned = form == .signed || form == .signedIntegers
    let format = ActivationFormat(width: 8, isSigned: isSigned)
    #expect(model.input == format && model.activation == format && model.clamp == format.range)
    #expect(model.rounding == .halfEven && !model.hasThresholds(task: 0))
    #expect(
      model.layers == [
        .convolution(
          "conv", inputChannels: 2, outputChannels: 3, size: 4, kernel: 3, padding: 1,
          isPooled: true), .fullyConnected("fc", inputs: 12, outputs: 4),
      ])
    let parameters = (0...2).map { model.parameters(ofLayer: $0, task: 0) }
    #expect(parameters[0].weights.map { Int($0) } == Self.weights)
    #expect(parameters[1].weights.map { Int($0) } == (0..<48).map { Self.dense[$0 % 36] })
    #expect(parameters[2].weights.map { Int($0) } == Self.head)
    #expect(parameters.map(\.bias) == [[500, -300, 0], [1, -2, 3, 40], [10, -10]])
    let ratios = parameters[..<2].map {
      zip($0.multipliers, $0.shifts).map { Double($0) / Double(1 << UInt64($1)) }
    }
    #expect(ratios == [[0x1p-5, 0x1p-7, 0x1p-8], [0x1p-6, 0x1p-7, 0x1p-8, 0x1p-7]])
  }

  @Test func saysWhatIsLeftOut() throws {
    let graph = try Graph(ONNXFile(content: Self.graph().content, path: "M"))
    let network = try GraphNetwork(graph, options: ImportOptions(), task: 0)
    #expect(network.notes == ["node 'head1' (QGemm) rounds the logits, and the network does not"])
  }

  /// Without a scale of its output QGemm gives real numbers, as the logits can be.
  @Test func realLogits() throws {
    var graph = Self.graph()
    graph.model.graph.node.removeLast()
    graph.change("head1") {
      $0.input.removeLast(2)
      $0.output = ["logits"]
    }
    guard case .integer(let own) = try graph.imported(),
      case .integer(let given) = try Self.graph().imported()
    else { return }
    #expect(own.content() == given.content())
  }

  /// The mean over a map as onnxruntime divides: round(sum * (scale / (scale of the output * positions))).
  static func averaging(step: Float) -> TestGraph {
    var graph = graph()
    graph.constant("sp", [], [step])
    graph.model.graph.node.removeAll { ["fc", "head1", "dequantize"].contains($0.name) }
    graph.model.graph.node.removeLast(2)
    graph.add("QLinearGlobalAveragePool", ["p1", "s1", "z", "sp", "z"], "g1", name: "mean")
    graph.change("mean") { $0.domain = "com.microsoft" }
    graph.add("Flatten", ["g1"], "f1")
    graph.add("MatMulInteger", ["f1", "w4", "z", "i0"], "logits")
    graph.constant("w4", [3, 2], [1, -4, 2, 5, 3, 6], .int8)
    return graph
  }

  @Test(arguments: [0.25, 0.2317, 0.2917, 1, 0.0625] as [Float]) func roundedMeans(step: Float)
    throws
  {
    guard case .integer(let model) = try Self.averaging(step: step).imported() else {
      Issue.record("the network is not quantized")
      return
    }
    #expect(model.layers.last == .averaging("mean", inputChannels: 3, size: 2, outputs: 3))
    let golden = try GoldenModel(model)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let image = (0..<32).map { _ in Int32.random(in: 0...40, using: &generator) }
      let layers = golden.infer(image, task: 0).layers
      let pooled = layers[0].pooled
      for channel in 0..<3 {
        let sum = pooled[channel * 4..<channel * 4 + 4].reduce(0, +)
        let mean = (Float(sum) * (0.25 / (step * 4))).rounded(.toNearestOrEven)
        #expect(layers[1].activations[channel] == Int32(min(mean, 255)))
      }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let message: String
    /// Nil for a graph with a mean.
    let form: Form?
    let step: Float
    let change: @Sendable (inout TestGraph) -> Void
    var testDescription: String { message }

    init(
      _ message: String, form: Form? = .unsigned, step: Float = 1,
      _ change: @escaping @Sendable (inout TestGraph) -> Void = { _ in }
    ) {
      self.message = message
      self.form = form
      self.step = step
      self.change = change
    }

    var graph: TestGraph {
      var graph = form.map { QOperatorTests.graph($0) } ?? averaging(step: step)
      change(&graph)
      return graph
    }
  }

  static let refused = [
    Case(
      "node 'fc' (QLinearAdd) adds to what is rounded already, and a layer adds its bias before it rounds; "
        + "onnxruntime keeps the bias of a Gemm or Conv in the layer, and the QDQ form that of a MatMul"
    ) { $0.change("fc") { $0.opType = "QLinearAdd" } },
    Case(
      "node 'fc' (QLinearSigmoid) is onnxruntime's own and cannot be imported; of these QGemm, "
        + "QLinearGlobalAveragePool can"
    ) { $0.change("fc") { $0.opType = "QLinearSigmoid" } },
    Case(
      "node 'mean' (QLinearAveragePool) rounds means of real numbers, in which ties depend on the order of "
        + "summation; QLinearGlobalAveragePool, which adds integers, can be imported",
      form: nil
    ) { $0.change("mean") { $0.opType = "QLinearAveragePool" } },
    Case(
      "node 'mean' (QLinearGlobalAveragePool) divides sums in steps of 0.25 by 0.92, output 0 of node 'mean' "
        + "(QLinearGlobalAveragePool); no multiplier of 32 bits and shift of 0 to 63 comes to the same for all "
        + "sums, and the nearest was not asked for",
      form: nil, step: 0.23),
    Case(
      "node 'mean' (QLinearGlobalAveragePool) has channels_last; maps are [N, C, H, W]",
      form: nil
    ) {
      $0.change("mean") {
        $0.attribute = TestGraph.node("", [], "", ["channels_last": [1]]).attribute
      }
    },
    Case(
      "node 'fc' (QGemm) has a zero point of the output that is not 0; zero must mean zero, so that it can "
        + "be left out: quantize activations behind Relu as unsigned and weights symmetrically"
    ) { $0.change("fc") { $0.input[8] = "z3" } },
    Case("node 'fc' (QGemm) has an alpha of 0.5, or transposes; alpha must be 1 and transA 0") {
      $0.change("fc") {
        $0.attribute.append(.with { ($0.name, $0.type, $0.f) = ("alpha", 1, 0.5) })
      }
    },
    Case("node 'fc' (QGemm) has 5 inputs and must have 6 to 9") {
      $0.change("fc") { $0.input.removeLast(4) }
    },
    Case(
      "node 'fc' (QGemm) gives integers of type int32, by its zero point; uint8 and int8 can be imported"
    ) {
      $0.change("fc") { $0.input[8] = "zero32" }
      $0.constant("zero32", [], [0], .int32)
    },
    Case(
      "node 'head1' (QGemm) takes the sums of a layer, without an activation function behind them; a layer "
        + "takes images, or activations behind Relu or a threshold", form: .signed
    ) { $0.change("head1") { $0.input[0] = "c2" } },
    Case(
      "node 'c1_relu' (GreaterOrEqual) takes what node 'conv' (QLinearConv) has rounded; Relu can follow, and "
        + "thresholds, constants and factors belong before the rounding, which the QDQ form can say",
      form: .signed
    ) {
      $0.change("c1_relu") {
        $0.opType = "GreaterOrEqual"
        $0.input.append("s1")
      }
    },
    Case(
      "node 'c1_relu' (Mul) takes what node 'conv' (QLinearConv) has rounded; Relu can follow, and thresholds, "
        + "constants and factors belong before the rounding, which the QDQ form can say",
      form: .signed
    ) {
      $0.change("c1_relu") {
        $0.opType = "Mul"
        $0.input.append("s1")
      }
    },
    Case(
      "node 'c1_real' (DequantizeLinear) has another scale than node 'conv' (QLinearConv), or takes real "
        + "numbers; it belongs behind what is rounded", form: .signed
    ) { $0.change("c1_real") { $0.input[1] = "s2" } },
    Case(
      "node 'c1_relu' (Clip) limits to 6.1 what is rounded already, to multiples of 0.25; the limit is one "
        + "of them", form: .signed
    ) {
      $0.change("c1_relu") {
        $0.opType = "Clip"
        $0.input += ["low", "high"]
      }
      $0.constant("low", [], [0])
      $0.constant("high", [], [6.1])
    },
  ]

  @Test(arguments: refused) func message(_ given: Case) {
    let error = #expect(throws: ONNXError.self) { try given.graph.imported() }
    #expect(error?.description == "M: \(given.message)")
  }

  /// A limit behind the rounding is the clamp: all layers must have it.
  @Test(arguments: [(6, 24), (31.75, 127), (100, 127)] as [(Float, Int)])
  func limits(high: Float, clamp: Int) throws {
    var graph = Self.graph(.signed)
    graph.constant("low", [], [0])
    for (node, name, factor) in [("c1_relu", "high1", 1), ("c2_relu", "high2", 8)]
      as [(String, String, Float)]
    {
      graph.constant(name, [], [high * factor])
      graph.change(node) {
        $0.opType = "Clip"
        $0.input += ["low", name]
      }
    }
    guard case .integer(let model) = try graph.imported() else { return }
    #expect(model.clamp == -128...clamp)
  }
}
