import Foundation
import Golden
import Networks
import Testing

@testable import ONNX

/// The `onnx` package's own tests of single operators: their nodes unchanged, in a network that the node is
/// a part of, or between constants.
@Suite struct NodeTests {
  static let file = try? TensorFile(
    path: Fixtures.tests.appendingPathComponent("node_tests.safetensors").path)

  static let names: [String] = Set(
    (file?.names ?? []).map { String($0.prefix { $0 != "/" }) }
  ).sorted()

  /// What is refused, each with the reason.
  static let refused: [(because: String, names: [String])] = [
    (
      "takes means of images, or of means, padded maps or rows of values",
      [
        "averagepool_1d_default", "averagepool_3d_dilations_small",
        "reduce_mean_default_axes_keepdims_example", "reduce_mean_default_axes_keepdims_random",
        "reduce_mean_do_not_keepdims_example", "reduce_mean_do_not_keepdims_random",
        "reduce_mean_keepdims_example", "reduce_mean_keepdims_random",
        "reduce_mean_negative_axes_keepdims_example", "reduce_mean_negative_axes_keepdims_random",
        "reduce_sum_default_axes_keepdims_example", "reduce_sum_default_axes_keepdims_random",
        "reduce_sum_do_not_keepdims_example", "reduce_sum_do_not_keepdims_random",
        "reduce_sum_empty_axes_input_noop", "reduce_sum_empty_axes_input_noop_example",
        "reduce_sum_keepdims_example", "reduce_sum_keepdims_random",
        "reduce_sum_negative_axes_keepdims_example", "reduce_sum_negative_axes_keepdims_random",
      ]
    ),
    (
      "with ceil_mode",
      [
        "averagepool_2d_ceil"
      ]
    ),
    (
      "windows must lie in the map",
      [
        "averagepool_2d_ceil_last_window_starts_on_pad", "averagepool_2d_precomputed_pads",
        "averagepool_2d_precomputed_pads_count_include_pad",
        "averagepool_2d_precomputed_same_upper",
      ]
    ),
    (
      "only 1 can be imported",
      [
        "averagepool_2d_dilations", "maxpool_2d_dilations",
      ]
    ),
    (
      "in training mode",
      [
        "batchnorm_epsilon_training_mode", "batchnorm_example_training_mode",
      ]
    ),
    (
      "there must be a square map",
      [
        "conv_with_strides_and_asymmetric_padding", "conv_with_strides_no_padding",
        "conv_with_strides_padding", "maxpool_1d_default", "maxpool_3d_dilations",
        "maxpool_3d_dilations_use_ref_impl",
      ]
    ),
    (
      "that is not 0; zero must mean zero",
      [
        "convinteger_with_padding", "convinteger_without_padding", "dequantizelinear",
        "dequantizelinear_axis", "dequantizelinear_blocked", "dequantizelinear_int16",
        "dequantizelinear_uint16", "matmulinteger", "qlinearconv", "qlinearmatmul_2D_int8_float16",
        "qlinearmatmul_2D_int8_float32", "qlinearmatmul_2D_uint8_float16",
        "qlinearmatmul_2D_uint8_float32", "qlinearmatmul_3D_int8_float16",
        "qlinearmatmul_3D_int8_float32", "qlinearmatmul_3D_uint8_float16",
        "qlinearmatmul_3D_uint8_float32", "quantizelinear", "quantizelinear_int16",
        "quantizelinear_uint16",
      ]
    ),
    (
      "divides by a number below 1",
      [
        "div_int32_trunc"
      ]
    ),
    (
      "transA must be 0",
      [
        "gemm_all_attributes", "gemm_transposeA",
      ]
    ),
    (
      "has a bias of shape",
      [
        "gemm_default_matrix_bias"
      ]
    ),
    (
      "images have [N, C, H, W]",
      [
        "reduce_sum_empty_set",
        "reduce_sum_empty_set_non_reduced_axis_zero",
      ]
    ),
    (
      "they have [inputs, outputs]",
      [
        "matmul_1d_1d", "matmul_1d_3d", "matmul_3d", "matmul_4d", "matmul_4d_1d", "matmul_bcast",
      ]
    ),
    (
      "windows of 2 with stride 2, without padding",
      [
        "maxpool_2d_ceil", "maxpool_2d_ceil_output_size_reduce_by_one",
        "maxpool_2d_precomputed_pads", "maxpool_2d_precomputed_same_upper", "maxpool_2d_uint8",
        "maxpool_with_argmax_2d_precomputed_pads",
      ]
    ),
    (
      "no scale that is one number",
      [
        "quantizelinear_axis", "quantizelinear_blocked_asymmetric",
      ]
    ),
    (
      "has an fmod other than 0",
      [
        "mod_int64_fmod", "mod_mixed_sign_float16", "mod_mixed_sign_float32",
        "mod_mixed_sign_float64",
      ]
    ),
    (
      "takes two constants",
      [
        "mod_float16_mixed_sign_fmod_0", "mod_float32_mixed_sign_fmod_0",
        "mod_float64_mixed_sign_fmod_0", "mod_float_edge_cases_fmod_0_float16",
        "mod_float_edge_cases_fmod_0_float32", "mod_float_edge_cases_fmod_0_float64",
      ]
    ),
    (
      "over all of the axis 0 of constants",
      [
        "slice_neg_steps"
      ]
    ),
  ]

  struct NodeTest {
    let model: ModelProto
    let inputs: [TensorProto]
    let outputs: [TensorProto]

    init(_ name: String) throws {
      let file = try #require(NodeTests.file)
      func bytes(_ name: String) throws -> [UInt8]? {
        try file.shape(of: name).map { shape throws(NetworkError) in
          try file.values(of: name, shape: shape, types: [.uint8])
        }
      }
      func tensors(_ kind: String) throws -> [TensorProto] {
        try (0..<9).compactMap { index in
          try bytes("\(name)/\(kind)_\(index).pb").map { try TensorProto(serializedBytes: $0) }
        }
      }
      model = try ModelProto(serializedBytes: try #require(try bytes("\(name)/model.onnx")))
      inputs = try tensors("input")
      outputs = try tensors("output")
    }

    var node: NodeProto { model.graph.node[0] }

    /// The node's numbers in the operator set that has them all, what it does being the same.
    func graph() -> TestGraph {
      var graph = TestGraph()
      graph.model.graph.node = []
      graph.model.graph.initializer = []
      graph.model.graph.input = [TestGraph.value("an image", .float32, [nil, 1])]
      graph.model.opsetImport[0].version = 21
      return graph
    }
  }

  @Test func areThere() { #expect(Self.names.count >= 200) }

  @Test(arguments: names) func node(name: String) throws {
    let test = try NodeTest(name)
    let reason = Self.refused.first { $0.names.contains(String(name.dropFirst(5))) }?.because
    do {
      try run(test)
      #expect(reason == nil, "\(name) is not refused")
    } catch let error as ONNXError {
      #expect(error.description.contains(reason ?? "not refused"), "\(name): \(error)")
    }
  }

  private func run(_ test: NodeTest) throws {
    switch test.node.opType {
    case "Conv", "Gemm", "MatMul": try sums(test)
    case "ConvInteger", "MatMulInteger": try integerSums(test)
    case "BatchNormalization": try normalization(test)
    case "Relu", "MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean", "ReduceSum":
      try activations(test)
    case "QLinearConv", "QLinearMatMul", "QuantizeLinear":
      try codes(test)
    default: try constants(test)
    }
  }

  private func expect(_ actual: [Float], _ output: TensorProto, _ node: String) throws {
    let file = try ONNXFile(content: TestGraph().content, path: "M")
    let expected = try Constant(output, of: file).reals
    #expect(actual.count == expected.count, "\(node)")
    for (a, b) in zip(actual, expected) {
      #expect(abs(a - b) <= 1e-5 * max(1, abs(b)) || a.isNaN && b.isNaN, "\(node)")
    }
  }

  // MARK: Between constants

  private func constants(_ test: NodeTest) throws {
    var graph = test.graph()
    graph.model.graph.node = [test.node]
    graph.model.graph.initializer = test.inputs
    graph.model.graph.output[0].name = test.node.output[0]
    let checked = try Graph(ONNXFile(content: graph.content, path: "M"))
    var interpreter = try Interpreter(checked, options: ImportOptions())
    guard case .constant(let result) = try interpreter.run() else {
      Issue.record("\(test.node.opType) gives no constant")
      return
    }
    let output = test.outputs[0]
    #expect(
      result.shape.map { Int64($0) } == output.dims || result.count == 1, "\(test.node.opType)")
    let expected = try Constant(output, of: checked.file)
    if let integers = expected.integers {
      #expect(result.integers == integers, "\(test.node.opType)")
    } else {
      // A constant that is broadcast may be one number.
      let reals =
        result.count == expected.count
        ? result.reals : Array(repeating: result.reals[0], count: expected.count)
      try expect(reals, output, test.node.opType)
    }
  }

  // MARK: In a network

  /// A graph of images that are the first input.
  private func networkGraph(_ test: NodeTest, shape: [Int]? = nil) -> TestGraph {
    var graph = test.graph()
    let own = test.inputs[0].dims.map(Int.init)
    let type = DataType(rawValue: test.inputs[0].dataType) ?? .float32
    let values = shape ?? (own.count > 1 ? Array(own.dropFirst()) : [1])
    graph.model.graph.input = [TestGraph.value("images", type, [nil] + values)]
    graph.model.graph.initializer = Array(test.inputs.dropFirst())
    return graph
  }

  /// The node's first input by this name.
  private func renamed(_ test: NodeTest, _ input: String, output: String = "y") -> NodeProto {
    var node = test.node
    node.input[0] = input
    // Places of the largest are a second output, which nothing here takes.
    node.output = [output]
    return node
  }

  private func images(_ test: NodeTest) throws -> [[Float]] {
    let file = try ONNXFile(content: TestGraph().content, path: "M")
    let values = try Constant(test.inputs[0], of: file).reals
    let count = Int(test.inputs[0].dims.first ?? 1)
    return (0..<count).map {
      Array(values[$0 * values.count / count..<($0 + 1) * values.count / count])
    }
  }

  /// Adds Relu and a head behind the sums y.
  private func finish(_ graph: inout TestGraph, inputs: Int) {
    graph.add("Relu", ["y"], "a")
    graph.add("Flatten", ["a"], "f")
    graph.constant("head", [inputs, 1], Array(repeating: 1, count: inputs))
    graph.add("MatMul", ["f", "head"], "logits")
  }

  private func realModel(_ graph: TestGraph) throws -> FloatGoldenModel {
    guard case .real(let model) = try graph.imported() else {
      throw ONNXError("the graph is quantized")
    }
    return FloatGoldenModel(model)
  }

  /// The node as the first layer.
  private func sums(_ test: NodeTest) throws {
    var graph = networkGraph(test)
    graph.model.graph.node = [renamed(test, "images")]
    finish(&graph, inputs: test.outputs[0].dims.dropFirst().reduce(1) { $0 * Int($1) })
    let golden = try realModel(graph)
    try expect(
      try images(test).flatMap { golden.infer(real: $0, task: 0).layers[0].sums }, test.outputs[0],
      test.node.opType)
  }

  /// The node behind a layer that gives on what it gets, each position of the map an image of its own.
  private func normalization(_ test: NodeTest) throws {
    let channels = Int(test.inputs[0].dims[1])
    var graph = networkGraph(test, shape: [channels, 1, 1])
    graph.constant(
      "one", [channels, channels, 1, 1],
      (0..<channels * channels).map { $0 / channels == $0 % channels ? 1 : 0 })
    graph.add("Conv", ["images", "one"], "same")
    graph.model.graph.node.append(renamed(test, "same"))
    finish(&graph, inputs: channels)
    let golden = try realModel(graph)
    let sums = try images(test).flatMap { image in
      let positions = image.count / channels
      let columns = (0..<positions).map { position in
        golden.infer(
          real: (0..<channels).map { image[$0 * positions + position] }, task: 0
        ).layers[0].sums
      }
      return (0..<image.count).map { columns[$0 % positions][$0 / positions] }
    }
    try expect(sums, test.outputs[0], test.node.opType)
  }

  /// The node behind a layer that gives on what it gets.
  private func activations(_ test: NodeTest) throws {
    let shape = test.inputs[0].dims.dropFirst().map(Int.init)
    let isMap = shape.count == 3 && shape[1] == shape[2]
    let values = shape.reduce(1, *)
    // Operators element by element take rows of values.
    var graph = networkGraph(test, shape: isMap ? shape : [values])
    let size = isMap ? shape[0] : values
    let one = (0..<size * size).map { Float($0 / size == $0 % size ? 1 : 0) }
    graph.constant("one", isMap ? [size, size, 1, 1] : [size, size], one)
    // Integers as real numbers.
    graph.add("Cast", ["images"], "reals", ["to": [1]])
    graph.add(isMap ? "Conv" : "MatMul", ["reals", "one"], "same")
    if test.node.opType == "Relu" {
      graph.model.graph.node.append(renamed(test, "same", output: "z"))
    } else {
      graph.constant("lowest", [], [-1e30])
      graph.constant("zero", [], [0])
      graph.add("GreaterOrEqual", ["same", "lowest"], "mask")
      graph.add("Where", ["mask", "same", "zero"], "kept")
      graph.model.graph.node.append(renamed(test, "kept", output: "z"))
    }
    graph.add("Flatten", ["z"], "f")
    let outputs = test.outputs[0].dims.dropFirst().reduce(1) { $0 * Int($1) }
    graph.constant(
      "head", [outputs, outputs],
      (0..<outputs * outputs).map { $0 / outputs == $0 % outputs ? 1 : 0 })
    graph.add("MatMul", ["f", "head"], "logits")
    let golden = try realModel(graph)
    try expect(
      try images(test).flatMap { golden.infer(real: $0, task: 0).logits }, test.outputs[0],
      test.node.opType)
  }

  /// Sums of integers as the first layer.
  private func integerSums(_ test: NodeTest) throws {
    var graph = networkGraph(test)
    graph.model.graph.node = [renamed(test, "images")]
    let golden = try quantizedModel(&graph, test)
    let result = try images(test).flatMap { image in
      golden.inferExactly(image.map { Int32($0) }, task: 0).layers[0].accumulators
    }
    try expect(result.map { Float($0) }, test.outputs[0], test.node.opType)
  }

  /// Quantized activations as the first layer's.
  private func codes(_ test: NodeTest) throws {
    var graph = networkGraph(test)
    graph.model.graph.node = [renamed(test, "images")]
    _ = try quantizedModel(&graph, test)
  }

  /// Adds a quantizer of real numbers and a head behind the integers y.
  private func quantizedModel(_ graph: inout TestGraph, _ test: NodeTest) throws -> GoldenModel {
    let outputs = test.outputs[0].dims.dropFirst().reduce(1) { $0 * Int($1) }
    graph.constant("unit", [], [1])
    graph.constant("ones", [outputs, 1], Array(repeating: 1, count: outputs), .int8)
    graph.add("Cast", ["y"], "real", ["to": [1]])
    graph.add("Relu", ["real"], "positive")
    graph.add("QuantizeLinear", ["positive", "unit"], "q")
    graph.add("Flatten", ["q"], "flat")
    graph.add("MatMulInteger", ["flat", "ones"], "logits")
    guard case .integer(let model) = try graph.imported() else {
      throw ONNXError("the graph is real")
    }
    return try GoldenModel(model)
  }
}
