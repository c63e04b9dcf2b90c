import Networks
import Testing

@testable import ONNX

/// What is computed counts, and not by which nodes: each graph is the same network as the first one.
@Suite struct FormTests {
  struct Form: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout TestGraph) -> Void
    var testDescription: String { name }

    init(_ name: String, _ change: @escaping @Sendable (inout TestGraph) -> Void) {
      self.name = name
      self.change = change
    }

    /// With other nodes for the comparison and what follows, from y1 to a1.
    init(_ name: String, mask nodes: [NodeProto]) {
      self.init(name) { graph in
        graph.model.graph.node.removeAll { $0.name == "where1" }
        graph.replace("compare1", by: nodes)
      }
    }

    /// With other nodes for the fully connected layer, from f1 to y2.
    init(
      _ name: String, dense nodes: [NodeProto],
      _ change: @escaping @Sendable (inout TestGraph) -> Void = { _ in }
    ) {
      self.init(name) { graph in
        graph.replace("fc1", by: nodes)
        change(&graph)
      }
    }
  }

  private static func node(
    _ op: String, _ inputs: [String], _ output: String, _ attributes: [String: [Int]] = [:]
  )
    -> NodeProto
  {
    TestGraph.node(op, inputs, output, attributes)
  }

  static let masks = [
    Form(
      "LessOrEqual",
      mask: [node("LessOrEqual", ["t1", "y1"], "m"), node("Where", ["m", "y1", "zero"], "a1")]),
    Form(
      "Not of Less",
      mask: [
        node("Less", ["y1", "t1"], "l"), node("Not", ["l"], "m"),
        node("Where", ["m", "y1", "zero"], "a1"),
      ]),
    Form(
      "Less and zero first",
      mask: [node("Less", ["y1", "t1"], "l"), node("Where", ["l", "zero", "y1"], "a1")]),
    Form(
      "Greater of thresholds",
      mask: [
        node("Greater", ["t1", "y1"], "l"), node("Where", ["l", "zero", "y1"], "a1"),
      ]),
    Form(
      "Cast and Mul",
      mask: [
        node("GreaterOrEqual", ["y1", "t1"], "m"), node("Cast", ["m"], "n", ["to": [1]]),
        node("Mul", ["y1", "n"], "a1"),
      ]),
    Form(
      "Mul of the mask",
      mask: [
        node("GreaterOrEqual", ["y1", "t1"], "m"), node("Cast", ["m"], "n", ["to": [1]]),
        node("Mul", ["n", "y1"], "a1"),
      ]),
    Form(
      "CastLike",
      mask: [
        node("GreaterOrEqual", ["y1", "t1"], "m"), node("CastLike", ["m", "y1"], "n"),
        node("Mul", ["n", "y1"], "a1"),
      ]),
    Form(
      "a difference from zero",
      mask: [
        node("Sub", ["y1", "t1"], "d"), node("GreaterOrEqual", ["d", "zero"], "m"),
        node("Where", ["m", "y1", "zero"], "a1"),
      ]),
    Form(
      "zeros of a shape",
      mask: [
        node("GreaterOrEqual", ["y1", "t1"], "m"), node("Shape", ["y1"], "s"),
        node("ConstantOfShape", ["s"], "zeros"),
        node("Where", ["m", "y1", "zeros"], "a1"),
      ]),
    Form(
      "expanded zeros",
      mask: [
        node("GreaterOrEqual", ["y1", "t1"], "m"), node("Shape", ["y1"], "s"),
        node("Expand", ["zero", "s"], "zeros"),
        node("Where", ["m", "y1", "zeros"], "a1"),
      ]),
  ]

  static let others = [
    Form(
      "Transpose of weights and MatMul",
      dense: [
        node("Transpose", ["w2t"], "w"), node("MatMul", ["f1", "w"], "p"),
        node("Add", ["p", "b2"], "y2"),
      ]
    ) { $0.constant("w2t", [3, 8], (0..<24).map { Float($0 % 8 * 3 + $0 / 8) / 8 - 1 }) },
    Form("transB", dense: [node("Gemm", ["f1", "w2t", "b2"], "y2", ["transB": [1]])]) {
      $0.constant("w2t", [3, 8], (0..<24).map { Float($0 % 8 * 3 + $0 / 8) / 8 - 1 })
    },
    Form(
      "bias first, taken away",
      dense: [
        node("MatMul", ["f1", "w2"], "p"), node("Sub", ["p", "negative"], "y2"),
      ]
    ) { $0.constant("negative", [3], [-1, 0, 1]) },
    Form(
      "factors",
      dense: [
        node("Gemm", ["f1", "half", "b2half"], "p"), node("Mul", ["two", "p"], "y2"),
      ]
    ) {
      $0.constant("half", [8, 3], (0..<24).map { (Float($0) / 8 - 1) / 2 })
      $0.constant("b2half", [3], [0.5, 0, -0.5])
      $0.constant("two", [], [2])
    },
    Form("Reshape for Flatten") {
      $0.change("flatten1") {
        $0.opType = "Reshape"
        $0.input.append("shape")
      }
      $0.constant("shape", [2], [0, -1], .int64)
    },
    Form("a shape that is computed") { graph in
      graph.replace(
        "flatten1",
        by: [
          node("Shape", ["p1"], "s"), node("Gather", ["s", "first"], "n"),
          node("Unsqueeze", ["n", "axis"], "n1"),
          node("Concat", ["n1", "rest"], "shape", ["axis": [0]]),
          node("Reshape", ["p1", "shape"], "f1"),
        ])
      graph.constant("first", [], [0], .int64)
      graph.constant("axis", [1], [0], .int64)
      graph.constant("rest", [1], [-1], .int64)
    },
    Form("Pad before the convolution") {
      $0.model.graph.node.insert(node("Pad", ["x", "pads"], "padded"), at: 0)
      $0.change("conv1") {
        $0.input[0] = "padded"
        $0.attribute = []
      }
      $0.constant("pads", [8], [0, 0, 1, 1, 0, 0, 1, 1], .int64)
    },
    Form("Dropout, Identity and Cast") {
      $0.change("fc1") { $0.input[0] = "d" }
      $0.model.graph.node.insert(
        contentsOf: [
          node("Dropout", ["f1"], "i"), node("Identity", ["i"], "c"),
          node("Cast", ["c"], "d", ["to": [1]]),
        ], at: 5)
    },
    Form("Clip for Relu") {
      $0.change("relu1") {
        $0.opType = "Clip"
        $0.input = ["y2", "zero"]
      }
    },
    Form("Max with 0 for Relu") {
      $0.change("relu1") {
        $0.opType = "Max"
        $0.input = ["zero", "y2"]
      }
    },
    Form("Softmax, Sigmoid and ArgMax behind the logits") {
      $0.change("head1") { $0.output = ["scores"] }
      $0.add("Sigmoid", ["scores"], "s")
      $0.add("Softmax", ["s"], "p")
      $0.add("ArgMax", ["p"], "logits", ["axis": [1], "keepdims": [0]])
    },
    Form("Relu before the pool, too") {
      $0.change("pool1") { $0.input = ["r"] }
      $0.model.graph.node.insert(node("Relu", ["a1"], "r"), at: 3)
    },
    Form("initializers among the inputs, in another order") {
      $0.model.graph.initializer.reverse()
      $0.model.graph.input.append(TestGraph.value("w1", .float32, [2, 1, 3, 3]))
    },
    Form("a fixed number of images") {
      $0.model.graph.input = [TestGraph.value("x", .float32, [1, 1, 4, 4])]
    },
    Form("raw data") {
      $0.tensor("w2") {
        var data = [UInt8]()
        for value in $0.floatData {
          withUnsafeBytes(of: value.bitPattern.littleEndian) { data += $0 }
        }
        ($0.rawData, $0.floatData) = (.init(data), [])
      }
    },
  ]

  @Test(arguments: masks + others) func isTheSameNetwork(_ form: Form) throws {
    var graph = TestGraph()
    form.change(&graph)
    guard case .real(let own) = try graph.imported(),
      case .real(let given) = try TestGraph().imported()
    else {
      Issue.record("the graph is quantized")
      return
    }
    #expect(
      own.layers.map { $0.with(name: "", isPooled: $0.isPooled) }
        == given.layers.map { $0.with(name: "", isPooled: $0.isPooled) })
    for layer in 0...given.layers.count {
      let (a, b) = (
        own.parameters(ofLayer: layer, task: 0), given.parameters(ofLayer: layer, task: 0)
      )
      #expect(
        a.weights == b.weights && a.bias == b.bias && a.thresholds == b.thresholds, "layer \(layer)"
      )
    }
    #expect(own.inputScale == given.inputScale)
  }

  /// y > t is y >= the next number above t.
  @Test func strictComparison() throws {
    var graph = TestGraph()
    graph.change("compare1") { $0.opType = "Greater" }
    guard case .real(let model) = try graph.imported() else { return }
    let thresholds = model.parameters(ofLayer: 0, task: 0).thresholds
    #expect(thresholds == (0..<32).map { $0 == 0 ? 0 : (Float($0) / 32).nextUp })
  }

  /// gamma 2, beta 1, mean 3 and variance 4 - epsilon: y is (y - 3) + 1, and a constant of each channel.
  @Test func batchNormalization() throws {
    var graph = TestGraph()
    graph.change("conv1") { $0.output = ["y0"] }
    var node = Self.node("BatchNormalization", ["y0", "g", "b", "m", "v"], "y1")
    var epsilon = AttributeProto()
    (epsilon.name, epsilon.type, epsilon.f) = ("epsilon", 1, 0.5)
    node.attribute = [epsilon]
    graph.model.graph.node.insert(node, at: 1)
    graph.constant("g", [2], [2, 4])
    graph.constant("b", [2], [1, 0])
    graph.constant("m", [2], [3, 1])
    graph.constant("v", [2], [3.5, 3.5])
    guard case .real(let own) = try graph.imported(),
      case .real(let given) = try TestGraph().imported()
    else { return }
    let (a, b) = (own.parameters(ofLayer: 0, task: 0), given.parameters(ofLayer: 0, task: 0))
    #expect(a.weights == b.weights.enumerated().map { $0 < 9 ? $1 : 2 * $1 })
    #expect(a.bias == [b.bias[0] - 2, 2 * b.bias[1] - 2])
  }

  @Test(
    arguments: [
      (nil, nil, 1.0 / 255), (nil, 0.5, 0.5), (0.25, nil, 0.25), (0.25, 2, 0.5),
    ] as [(Float?, Double?, Double)]) func inputScale(
      factor: Float?, option: Double?, scale: Double
    ) throws
  {
    var graph = TestGraph()
    if let factor {
      graph.model.graph.node.insert(Self.node("Mul", ["x", "factor"], "scaled"), at: 0)
      graph.change("conv1") { $0.input[0] = "scaled" }
      graph.constant("factor", [], [factor])
    }
    guard case .real(let model) = try graph.imported(ImportOptions(inputScale: option)) else {
      return
    }
    #expect(model.inputScale == scale)
  }

  @Test func softmaxIsLeftOut() throws {
    var graph = TestGraph()
    graph.add("Softmax", ["logits"], "classes", name: "softmax1")
    graph.model.graph.output[0].name = "classes"
    try withFolder { folder in
      try graph.content.write(to: .init(fileURLWithPath: "\(folder)/m.onnx"))
      let imported = try ONNXImport([.init(path: "\(folder)/m.onnx")])
      #expect(
        imported.notes == [
          "node 'softmax1' (Softmax) is left out: the network's results are the logits before it"
        ])
    }
  }
}
