import Networks
import Testing

@testable import ONNX

/// QLinearConv and QLinearMatMul become the integers that they hold.
@Suite struct QLinearTests {
  private static let layers: [Layer] = [
    .convolution("a", inputChannels: 2, outputChannels: 3, size: 6, kernel: 3, isPooled: true),
    .fullyConnected("b", inputs: 27, outputs: 4),
  ]

  /// Scales of 1 for activations and of M / 2^S, which single precision holds, for weights.
  private func graph(_ model: Model, scale: (Int, Float) -> Float = { $1 }) -> TestGraph {
    var graph = TestGraph()
    graph.model.graph.node = []
    graph.model.graph.initializer = []
    graph.model.graph.input = [TestGraph.value("x", .uint8, [nil, 2, 6, 6])]
    graph.model.graph.output = [TestGraph.value("logits", .int32, [nil, 3])]
    graph.constant("one", [], [1])
    graph.constant("u0", [], [0], .uint8)
    graph.constant("i0", [], [0], .int8)
    func numbers(_ layer: Int, transposed: Bool) -> LayerParameters {
      let numbers = model.parameters(ofLayer: layer, task: 0)
      let geometry = model.geometry(ofLayer: layer, task: 0)
      let (rows, columns) = (geometry.outputChannels, geometry.weightsPerOutput)
      let weights =
        transposed
        ? (0..<columns).flatMap { k in (0..<rows).map { numbers.weights[$0 * columns + k] } }
        : numbers.weights
      graph.constant(
        "w\(layer)", transposed ? [columns, rows] : [rows, 2, 3, 3], weights.map { Int($0) }, .int8)
      graph.constant("b\(layer)", [rows], numbers.bias.map { Int($0) }, .int32)
      guard layer < model.layers.count else { return numbers }
      graph.constant(
        "s\(layer)", [rows],
        zip(numbers.multipliers, numbers.shifts).enumerated().map { channel, own in
          scale(channel, Float(own.0) / Float(sign: .plus, exponent: Int(own.1), significand: 1))
        })
      return numbers
    }
    _ = numbers(0, transposed: false)
    _ = numbers(1, transposed: true)
    _ = numbers(2, transposed: true)
    graph.add(
      "QLinearConv", ["x", "one", "u0", "w0", "s0", "i0", "one", "u0", "b0"], "a0", name: "conv",
      ["pads": [1, 1, 1, 1]])
    graph.add("MaxPool", ["a0"], "p0", ["kernel_shape": [2, 2], "strides": [2, 2]])
    graph.add("Flatten", ["p0"], "f0")
    graph.add(
      "QLinearMatMul", ["f0", "one", "u0", "w1", "s1", "i0", "one", "u0"], "a1", name: "fc")
    graph.add("MatMulInteger", ["a1", "w2", "u0", "i0"], "y2")
    graph.add("Add", ["y2", "b2"], "logits")
    return graph
  }

  /// QLinearMatMul has no bias.
  private func model() throws -> Model {
    let model = try SyntheticModel.make(
      seed: 5, layers: Self.layers, tasks: 1, mode: .conventional, weightWidth: 8)
    let parameters = (0...2).map { layer in
      let own = model.parameters(ofLayer: layer, task: 0)
      return LayerParameters(
        weights: own.weights, bias: own.bias.map { layer == 1 ? 0 : $0 },
        multipliers: own.multipliers, shifts: own.shifts, thresholds: own.thresholds)
    }
    return try Model(
      layers: model.layers, heads: [model.head(of: 0)], tasks: model.tasks, mode: model.mode,
      input: model.input, activation: model.activation, clamp: model.clamp,
      rounding: model.rounding, parameters: [parameters], hasThresholds: [false])
  }

  @Test func holdTheirIntegers() throws {
    let model = try model()
    guard case .integer(let imported) = try graph(model).imported() else {
      Issue.record("the network is not quantized")
      return
    }
    #expect(imported.clamp == model.clamp && imported.rounding == .halfEven)
    for layer in 0...2 {
      let own = imported.parameters(ofLayer: layer, task: 0)
      let given = model.parameters(ofLayer: layer, task: 0)
      #expect(own.weights == given.weights && own.bias == given.bias, "layer \(layer)")
      for (a, b) in zip(zip(own.multipliers, own.shifts), zip(given.multipliers, given.shifts)) {
        #expect(UInt64(a.0) << UInt64(b.1 - a.1) == UInt64(b.0), "layer \(layer)")
      }
    }
  }

  /// Another scale of one channel is another multiplier of that channel alone.
  @Test func keepEachChannelsScale() throws {
    let model = try model()
    let changed = try graph(model) { $0 == 1 ? $1 * 2 : $1 }.imported()
    let given = try graph(model).imported()
    guard case .integer(let a) = changed, case .integer(let b) = given else {
      Issue.record("the networks are not quantized")
      return
    }
    func ratios(_ model: Model) -> [Double] {
      let own = model.parameters(ofLayer: 0, task: 0)
      return zip(own.multipliers, own.shifts).map {
        Double($0) / Double(sign: .plus, exponent: Int($1), significand: 1)
      }
    }
    #expect(zip(ratios(a), ratios(b)).map { $0 / $1 } == [1, 2, 1])
  }
}
