import Foundation
import Networks

/// Writes one task of a network of real numbers as an ONNX graph, with thresholds as a comparison, a cast
/// and a product.
public struct FloatExport {
  private let model: FloatModel
  private let task: Int
  private let traces: Bool
  private var graph = GraphWriter(name: "mimegen")

  private static let operatorSet = 18

  /// - Parameter traces: whether each layer's sums and activations are outputs too.
  public init(_ model: FloatModel, task: Int, traces: Bool) {
    self.model = model
    self.task = task
    self.traces = traces
  }

  /// The content of the file. The input is `images` [N, C, H, W] or [N, values] as stored, which the graph
  /// multiplies by the input scale; outputs are `logits` [N, classes], and with traces `L.sum` and `L.act`
  /// of each layer, before pooling.
  ///
  /// - Throws: `ONNXError` for an input scale that single precision does not have.
  public func content() throws(ONNXError) -> Data {
    var writer = self
    return try writer.write()
  }

  private mutating func write() throws(ONNXError) -> Data {
    let scale = Float(model.inputScale)
    guard scale.isNormal else {
      throw ONNXError(
        "the network's input scale is \(model.inputScale), which single precision does not have")
    }
    graph.input("images", model.input.storage, shape: model.layers[0].inputShape)
    graph.output("logits", .float32, shape: [model.head(of: task).outputChannels])
    let factor = graph.reals([scale], shape: [], name: "input_scale")
    var value = graph.add("Mul", [cast("images"), factor])
    var isMap = model.layers[0].kind == .convolution
    for (index, layer) in model.layers.enumerated() {
      value = write(layer, index, value, isMap: isMap)
      isMap = layer.kind == .convolution
    }
    let head = model.head(of: task)
    _ = sums(of: head, model.layers.count, value, isMap: isMap, output: "logits")
    return try graph.content(
      operatorSet: Self.operatorSet,
      metadata: [Graph.inputScaleKey: "\(model.inputScale)"])
  }

  private mutating func cast(_ value: String) -> String {
    graph.add("Cast", [value], ["to": .int(Int(DataType.float32.rawValue))])
  }

  /// Sums, thresholds, pool; the name of what the next layer takes.
  private mutating func write(
    _ layer: Layer, _ index: Int, _ value: String, isMap: Bool
  ) -> String {
    let name = layer.name
    let sum = sums(of: layer, index, value, isMap: isMap, output: "\(name).sum")
    let act: String
    if model.hasThresholds(task: task) {
      let threshold = graph.reals(
        model.parameters(ofLayer: index, task: task).thresholds, shape: layer.outputShape,
        name: "\(name).threshold")
      let mask = cast(graph.add("GreaterOrEqual", [sum, threshold]))
      act = graph.add("Mul", [sum, mask], output: "\(name).act")
    } else {
      act = graph.add("Relu", [sum], output: "\(name).act")
    }
    if traces {
      for value in [sum, act] { graph.output(value, .float32, shape: layer.outputShape) }
    }
    return layer.isPooled ? graph.add("MaxPool", [act], Layer.halving) : act
  }

  private mutating func sums(
    of layer: Layer, _ index: Int, _ value: String, isMap: Bool, output: String
  ) -> String {
    let numbers = model.parameters(ofLayer: index, task: task)
    let name = layer.name
    let weights = graph.reals(numbers.weights, shape: layer.weightShape, name: "\(name).weight")
    let bias = graph.reals(numbers.bias, shape: [layer.outputChannels], name: "\(name).bias")
    if layer.kind == .convolution {
      let map = graph.map(value, of: layer, isMap: isMap)
      return graph.add("Conv", [map, weights, bias], layer.window, name: name, output: output)
    }
    var flat = value
    if layer.averages {
      flat = graph.add("ReduceSum", [value, graph.list([2, 3])], ["keepdims": .int(0)])
    } else if isMap {
      flat = graph.add("Flatten", [value])
    }
    return graph.add(
      "Gemm", [flat, weights, bias], ["transB": .int(1)], name: name, output: output)
  }
}
