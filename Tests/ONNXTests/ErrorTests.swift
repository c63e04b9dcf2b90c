import Foundation
import Testing

@testable import ONNX

/// Each way in which a graph cannot be imported, with its message.
@Suite struct ErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let message: String
    let change: @Sendable (inout TestGraph) -> Void
    var testDescription: String { message }

    init(_ message: String, _ change: @escaping @Sendable (inout TestGraph) -> Void) {
      self.message = message
      self.change = change
    }

    /// With one attribute of a node changed, or added.
    init(_ node: String, _ attributes: [String: [Int]], _ message: String) {
      self.init(message) { graph in
        graph.change(node) { node in
          let added = TestGraph.node("", [], "", attributes).attribute
          node.attribute.removeAll { attributes[$0.name] != nil }
          node.attribute += added
        }
      }
    }
  }

  static let files = [
    Case("the model is of operator set 12; 13 to 21 can be imported") {
      $0.model.opsetImport[0].version = 12
    },
    Case("the model is of operator set 22; 13 to 21 can be imported") {
      $0.model.opsetImport[0].version = 22
    },
    Case("the model names 0 versions of ONNX's operators and must name one") {
      $0.model.opsetImport = []
    },
    Case("there is no graph; an ONNX model is expected") { $0.model.clearGraph() },
    Case("the graph has no output") { $0.model.graph.output = [] },
    Case("no node gives the output 'nothing'") {
      $0.model.graph.output[0].name = "nothing"
    },
    Case("the graph has 2 outputs, logits, a2; name that of the logits") {
      $0.model.graph.output.append(TestGraph.value("a2", .float32, [nil, 3]))
    },
    Case("initializer 'w1' is there twice; names must differ") {
      $0.model.graph.initializer.append($0.model.graph.initializer[0])
    },
    Case("an initializer has no name") { $0.model.graph.initializer[0].name = "" },
    Case(
      "input 'x' has the shape [?, 1, ?, 4]; images have [N, C, H, W], [N, H, W] or [N, values], with "
        + "fixed sizes behind N"
    ) {
      $0.model.graph.input = [TestGraph.value("x", .float32, [nil, 1, nil, 4])]
    },
    Case("input 'x' is of type float16; images are float32, or integers of 8 to 32 bits") {
      $0.model.graph.input = [TestGraph.value("x", .float16, [nil, 1, 4, 4])]
    },
    Case("input 'x' has more than 16777216 values an image") {
      $0.model.graph.input = [TestGraph.value("x", .float32, [nil, 1, 65536, 65536])]
    },
    Case(
      "the graph's inputs are x, y; there must be one of images, and at most one that is the number of a "
        + "task"
    ) {
      $0.model.graph.input.append(TestGraph.value("y", .float32, [nil, 1, 4, 4]))
    },
    Case(
      "node 'pool1' (MaxPool) takes 'f1', which no node before it gives; nodes must be in the order of "
        + "computation, without a cycle"
    ) {
      $0.change("pool1") { $0.input = ["f1"] }
    },
    Case("node 'where1' (Where) gives 'y1', which is there already; names must differ") {
      $0.change("where1") { $0.output = ["y1"] }
    },
    Case(
      "the output is activations; the logits must be the sums of a layer without an activation function "
        + "behind them"
    ) { $0.model.graph.output[0].name = "a2" },
    Case("node 'head1' (Gemm) has a second output 'more' that is used; only the first can be") {
      $0.change("head1") { $0.output.append("more") }
      $0.model.graph.output.append(TestGraph.value("more", .float32, [nil, 2]))
    },
    Case("tensor 'w1' has 17 numbers, but the shape [2, 1, 3, 3] takes 18") {
      $0.tensor("w1") { $0.floatData.removeLast() }
    },
    Case("tensor 'w1' has 5 bytes, but the shape [2, 1, 3, 3] of float32 takes 72") {
      $0.tensor("w1") { $0.rawData = Data(repeating: 0, count: 5) }
    },
    Case(
      "tensor 'w1' is of type number 8, which is not read; integers of 8 to 64 bits and reals of 16 to 64 "
        + "are"
    ) { $0.tensor("w1") { $0.dataType = 8 } },
    Case("tensor 'w1' has the shape [2, 1, 3, -3]; sizes are 0 or more, and fit a file") {
      $0.tensor("w1") { $0.dims[3] = -3 }
    },
    Case(
      "tensor 'w1' has the shape [2, 1, 3, 9223372036854775807]; sizes are 0 or more, and fit a file"
    ) {
      $0.tensor("w1") { $0.dims[3] = .max }
    },
    Case("tensor 'w1' has its data in another file, but no 'location' that names it") {
      $0.tensor("w1") { $0.dataLocation = 1 }
    },
    Case(
      "tensor 'w1' has its data in '../data'; it must be in the folder of the model, without '..'"
    ) {
      $0.tensor("w1") {
        $0.dataLocation = 1
        $0.externalData = [.with { ($0.key, $0.value) = ("location", "../data") }]
      }
    },
    Case(
      "tensor 'w1' has its data in '/etc/passwd'; it must be in the folder of the model, without '..'"
    ) {
      $0.tensor("w1") {
        $0.dataLocation = 1
        $0.externalData = [.with { ($0.key, $0.value) = ("location", "/etc/passwd") }]
      }
    },
  ]

  static let nodes = [
    Case(
      "node 'relu1' (Tanh) cannot be imported; the operators that can are "
        + Interpreter.operators.joined(separator: ", ")
    ) { $0.change("relu1") { $0.opType = "Tanh" } },
    Case(
      "node 'relu1' (Relu) is of the domain 'ai.onnx.ml'; operators of ONNX's own domain can be imported, and "
        + "some of com.microsoft"
    ) { $0.change("relu1") { $0.domain = "ai.onnx.ml" } },
    Case(
      "node 7 (Tanh) cannot be imported; the operators that can are "
        + Interpreter.operators.joined(separator: ", ")
    ) {
      $0.change("head1") {
        $0.opType = "Tanh"
        $0.name = ""
      }
    },
    Case(
      "conv1", ["group": [2]],
      "node 'conv1' (Conv) has 2 groups; convolutions of one group can be imported"),
    Case(
      "conv1", ["dilations": [2, 2]],
      "node 'conv1' (Conv) has dilations [2, 2]; only 1 can be imported"),
    Case(
      "conv1", ["strides": [1, 2]],
      "node 'conv1' (Conv) has strides [1, 2]; rows and columns must have the same, of 1 or more"),
    Case(
      "conv1", ["pads": [0, 1, 1, 1]],
      "node 'conv1' (Conv) has pads [0, 1, 1, 1]; they must be 0 or more and the same on all four sides, those "
        + "of a convolution the same for rows and columns together"
    ),
    Case(
      "conv1", ["pads": [3, 3, 3, 3]],
      "node 'conv1' (Conv) has a kernel of 3, stride 1 and padding 3; kernels are 1 to 31, strides 1 to 8, "
        + "padding is less than the kernel"),
    Case(
      "conv1", ["kernel_shape": [3, 5]],
      "node 'conv1' (Conv) has a kernel_shape [3, 5] and weights of 3x3; kernels are square"),
    Case(
      "conv1", ["width": [3]],
      "node 'conv1' (Conv) has the attribute 'width', which is not known; there may be auto_pad, dilations, "
        + "group, kernel_shape, pads, strides"),
    Case(
      "conv1", ["strides": [1]],
      "node 'conv1' (Conv) has an attribute 'strides' that is not of type ints"),
    Case("node 'conv1' (Conv) takes the network's input as its weights, which must be a constant") {
      $0.change("conv1") { $0.input[1] = "x" }
    },
    Case(
      "node 'conv1' (Conv) has weights of shape [2, 2, 3, 3] for values of shape [1, 4, 4] an image; there "
        + "must be a square map of 2 channels"
    ) {
      $0.constant("w1", [2, 2, 3, 3], Array(repeating: 1, count: 36))
    },
    Case("node 'conv1' (Conv) has 1 inputs and must have 2 to 3") {
      $0.change("conv1") { $0.input.removeLast(2) }
    },
    Case(
      "conv1", ["pads": [0, 0, 30, 30]],
      "node 'conv1' (Conv) has pads that differ so much that its kernel would have more than 31 rows"
    ),
    Case(
      "pool1", ["pads": [0, 0, 1, 1]],
      "node 'pool1' (MaxPool) has pads [0, 0, 1, 1]; they must be 0 or more and the same on all four sides, those "
        + "of a convolution the same for rows and columns together"),
    Case("node 'relu1' (Max) can be imported of the sums of a layer and 0, as Relu") {
      $0.change("relu1") {
        $0.opType = "Max"
        $0.input = ["y2", "one"]
      }
      $0.constant("one", [], [1])
    },
    Case(
      "node 'class' (ArgMax) takes the last of the largest logits; the class is the first of them"
    ) {
      $0.change("head1") { $0.output = ["scores"] }
      $0.add(
        "ArgMax", ["scores"], "logits", name: "class", ["axis": [1], "select_last_index": [1]])
    },
    Case("node 'class' (ArgMax) is of the axis 0, which is not that of the logits") {
      $0.change("head1") { $0.output = ["scores"] }
      $0.add("ArgMax", ["scores"], "logits", name: "class")
    },
    Case("node 'class' (Softmax) is of the axis 0, which is not that of the logits") {
      $0.change("head1") { $0.output = ["scores"] }
      $0.add("Softmax", ["scores"], "logits", name: "class", ["axis": [0]])
    },
    Case(
      "node 'pool1' (GlobalAveragePool) takes the mean of the sums of node 'conv1' (Conv), without an activation "
        + "function; it can be imported of a convolution in real numbers with a kernel of 1, stride 1 and no "
        + "padding behind a layer"
    ) {
      $0.change("pool1") {
        $0.opType = "GlobalAveragePool"
        $0.input = ["y1"]
        $0.attribute = []
      }
    },
    Case(
      "node 'mean' (ReduceMean) takes means of values of shape [4, 2] an image, which are not those of each "
        + "channel"
    ) {
      $0.replace(
        "flatten1",
        by: [
          TestGraph.node("Conv", ["p1", "w4"], "y4"),
          TestGraph.node("Reshape", ["y4", "shape"], "rows"),
          TestGraph.node("ReduceMean", ["rows", "axes"], "f1", name: "mean", ["keepdims": [0]]),
        ])
      $0.constant("w4", [2, 2, 1, 1], [1, 0, 0, 1])
      $0.constant("shape", [3], [0, 4, 2], .int64)
      $0.constant("axes", [1], [2], .int64)
    },
    Case(
      "pool1", ["kernel_shape": [3, 3]],
      "node 'pool1' (MaxPool) pools windows of 3, stride 2 and padding 0 over a map of 4; windows of 2 with "
        + "stride 2, without padding, dropping an odd last row, can be imported"),
    Case(
      "fc1", ["transA": [1]],
      "node 'fc1' (Gemm) transposes the activations; transA must be 0"),
    Case(
      "node 'fc1' (Gemm) multiplies values of shape [8] an image with weights of 7 inputs; Flatten makes "
        + "[values] of them"
    ) { $0.constant("w2", [7, 3], Array(repeating: 1, count: 21)) },
    Case(
      "node 'fc1' (Gemm) takes a constant; a layer takes images, or activations behind Relu or a "
        + "threshold"
    ) { $0.change("fc1") { $0.input[0] = "w3" } },
    Case(
      "node 'head1' (Gemm) takes the sums of a layer, without an activation function behind them; a layer "
        + "takes images, or activations behind Relu or a threshold"
    ) {
      $0.change("head1") { $0.input[0] = "y2" }
    },
    Case(
      "node 'compare1' (GreaterOrEqual) has thresholds of shape [3, 4, 4] for sums of shape [2, 4, 4] an "
        + "image"
    ) { $0.constant("t1", [3, 4, 4], Array(repeating: 1, count: 48)) },
    Case("node 'compare1' (GreaterOrEqual) has thresholds that are not finite numbers") {
      $0.constant("t1", [], [.infinity])
    },
    Case(
      "node 'where1' (Where) must choose the sums where they reach their threshold, and zero elsewhere"
    ) {
      $0.change("where1") { $0.input = ["m1", "zero", "y1"] }
    },
    Case(
      "node 'where1' (Where) must choose the sums where they reach their threshold, and zero elsewhere"
    ) {
      $0.constant("zero", [], [1])
    },
    Case("node 'where1' (Where) masks other sums than were compared with the thresholds") {
      $0.replace(
        "where1",
        by: [
          TestGraph.node("Add", ["y1", "one"], "y1more"),
          TestGraph.node("Where", ["m1", "y1more", "zero"], "a1", name: "where1"),
        ])
      $0.constant("one", [], [1])
    },
    Case(
      "node 'relu1' (Add) takes the sums of a layer, without an activation function behind them and "
        + "activations; one of two must be a constant, or a mask of the other: networks are chains of layers"
    ) {
      $0.change("relu1") {
        $0.opType = "Add"
        $0.input = ["y2", "f1"]
      }
    },
    Case(
      "node 'relu1' (Mul) has a constant that is not the same at all positions of a channel; a layer has "
        + "one bias for a channel"
    ) {
      $0.replace("compare1", by: [TestGraph.node("Mul", ["y1", "t1"], "a1", name: "relu1")])
      $0.model.graph.node.removeAll { $0.name == "where1" }
    },
    Case(
      "node 'relu1' (Clip) has the minimum -1.0; behind sums it is 0, behind thresholds 0 or less"
    ) {
      $0.change("relu1") {
        $0.opType = "Clip"
        $0.input = ["y2", "low", "six"]
      }
      $0.constant("low", [], [-1])
      $0.constant("six", [], [6])
    },
    Case(
      "node 'head1' (Gemm) takes activations that are limited to 0.0 to 6.0; without a QuantizeLinear behind "
        + "them only Relu and thresholds can be imported"
    ) {
      $0.change("relu1") {
        $0.opType = "Clip"
        $0.input = ["y2", "zero", "six"]
      }
      $0.constant("six", [], [6])
    },
    Case(
      "node 'flatten1' (Transpose) transposes activations; they are [N, C, H, W] from image to logits in what "
        + "can be imported"
    ) {
      $0.change("flatten1") { $0.opType = "Transpose" }
    },
    Case("node 'flatten1' (Reshape) cannot give the shape [-1, 7] to what has [N, 2, 2, 2]") {
      $0.change("flatten1") {
        $0.opType = "Reshape"
        $0.input.append("shape")
      }
      $0.constant("shape", [2], [-1, 7], .int64)
    },
    Case(
      "node 'relu1' (QuantizeLinear) has a zero point that is not 0; zero must mean zero, so that it can be "
        + "left out: quantize activations behind Relu as unsigned and weights symmetrically"
    ) {
      $0.change("relu1") {
        $0.opType = "QuantizeLinear"
        $0.input = ["y2", "one", "zp"]
      }
      $0.constant("one", [], [1])
      $0.constant("zp", [], [128], .uint8)
    },
    Case(
      "node 'relu1' (QuantizeLinear) quantizes a layer, node 'fc1' (Gemm), that has no quantized weights, or "
        + "input: DequantizeLinear makes them"
    ) {
      $0.change("relu1") {
        $0.opType = "QuantizeLinear"
        $0.input = ["y2", "one"]
      }
      $0.constant("one", [], [1])
    },
    Case("node 'conv1' (ConvInteger) takes real numbers; it multiplies integers of 8 bits") {
      $0.change("conv1") {
        $0.opType = "ConvInteger"
        $0.input.removeLast()
      }
    },
    Case(
      "node 'conv1' (Conv) pads with zeros what has an offset added to it; that cannot be folded into its "
        + "weights: a network takes images without an offset, zero being zero"
    ) {
      $0.model.graph.node.insert(TestGraph.node("Sub", ["x", "one"], "x0"), at: 0)
      $0.change("conv1") { $0.input[0] = "x0" }
      $0.constant("one", [], [1])
    },
  ]

  @Test(arguments: files + nodes) func message(_ given: Case) {
    var graph = TestGraph()
    given.change(&graph)
    let error = #expect(throws: ONNXError.self) { try graph.imported() }
    #expect(error?.description == "M: \(given.message)")
  }

  /// The graph of all these cases is itself one that can be imported.
  @Test func theGraphIsWhole() throws {
    guard case .real(let model) = try TestGraph().imported() else {
      Issue.record("the graph is quantized")
      return
    }
    #expect(model.layers.map(\.name) == ["conv1", "fc1"])
    #expect(model.tasks == ["task0"] && model.hasThresholds(task: 0) && model.mode == .mime)
  }

  @Test(arguments: [
    (Data(), "M: there is no graph; an ONNX model is expected"),
    (Data("no".utf8), "M: this is no ONNX file, or it is truncated: it is not a protobuf message"),
    (
      Data(repeating: 0xff, count: 99),
      "M: this is no ONNX file, or it is truncated: it is not a protobuf message"
    ),
  ]) func noModel(content: Data, message: String) {
    let error = #expect(throws: ONNXError.self) { try TestGraph.imported(content) }
    #expect(error?.description == message)
  }

  /// Constants that a small graph makes large.
  @Test func workOutOfProportion() {
    var graph = TestGraph()
    graph.constant("column", [4096, 1], Array(repeating: 1, count: 4096))
    graph.constant("row", [1, 4096], Array(repeating: 1, count: 4096))
    for index in 0..<9 { graph.add("Add", ["column", "row"], "large\(index)") }
    let error = #expect(throws: ONNXError.self) { try graph.imported() }
    #expect(error?.description.contains("out of proportion to its size") == true)
  }
}
