import Foundation
import Networks

/// A network in integer operators.
///
/// Where activations are u8 and weights have 8 bits, layers are ConvInteger and MatMulInteger, which the
/// importer reads back. Others gather the values under each kernel and multiply them in 64 bits.
struct IntegerExport {
  let export: ONNXExport
  private var graph = GraphWriter(name: "mimegen")

  init(export: ONNXExport) { self.export = export }

  private var model: Model { export.model }

  private static let operatorSet = 18

  func content() throws(ONNXError) -> Data {
    var writer = self
    return try writer.write()
  }

  private mutating func write() throws(ONNXError) -> Data {
    graph.input("images", model.input.storage, shape: export.imageShape)
    graph.output("logits", .int64, shape: [model.head(of: export.task).outputChannels])
    var value = "images"
    var isMap = model.layers[0].kind == .convolution
    for (index, layer) in model.layers.enumerated() {
      value = try write(layer, index, value, isMap: isMap)
      isMap = layer.kind == .convolution
    }
    let head = model.head(of: export.task)
    _ = sums(of: head, model.layers.count, value, isMap: isMap, output: "logits")
    return try graph.content(operatorSet: Self.operatorSet)
  }

  /// Sums, thresholds, requantization, pool; the name of what the next layer takes.
  private mutating func write(
    _ layer: Layer, _ index: Int, _ value: String, isMap: Bool
  ) throws(ONNXError) -> String {
    try checkProducts(of: layer, index)
    let name = layer.name
    let acc = sums(of: layer, index, value, isMap: isMap, output: "\(name).acc")
    let thresholds = model.parameters(ofLayer: index, task: export.task).thresholds
    let threshold =
      model.hasThresholds(task: export.task)
      ? graph.integers(
        thresholds, .int64, shape: export.shape(of: layer), name: "\(name).threshold")
      : graph.integer(0, .int64)
    let mask = graph.add("GreaterOrEqual", [acc, threshold], output: "\(name).mask")
    let masked = graph.add("Where", [mask, acc, graph.integer(0, .int64)])
    var writer = TermWriter(
      sums: masked, channelShape: export.channelShape(of: layer), prefix: name)
    let act = writer.write(
      export.requantizer(ofLayer: index).term, in: &graph, output: "\(name).act")
    if export.traces {
      let shape = export.shape(of: layer)
      graph.output(acc, .int64, shape: shape)
      graph.output(mask, .boolean, shape: shape)
      graph.output(act, model.activation.storage, shape: shape)
    }
    guard layer.isPooled else { return act }
    guard model.activation.width > 8 else {
      return graph.add("MaxPool", [act], ONNXExport.halving)
    }
    // Pools are of 8 bits or real numbers, in which integers of 32 bits are exact.
    let real = graph.add("Cast", [act], ["to": .int(Int(DataType.float64.rawValue))])
    let pooled = graph.add("MaxPool", [real], ONNXExport.halving)
    return graph.add(
      "Cast", [pooled], ["to": .int(Int(model.activation.storage.rawValue))])
  }

  /// That z * M fits 64 bits.
  private func checkProducts(of layer: Layer, _ index: Int) throws(ONNXError) {
    let numbers = model.parameters(ofLayer: index, task: export.task)
    let bounds = model.accumulatorBounds(ofLayer: index, task: export.task)
    for (bound, multiplier) in zip(bounds, numbers.multipliers) {
      let largest = max(bound.high, -bound.low) * Int128(multiplier)
      guard largest < Int128(1) << 63 else {
        throw ONNXError(
          "layer \(layer.name) multiplies sums by \(multiplier) to more than the 64 bits that ONNX has"
        )
      }
    }
  }

  /// The sums with bias, in 64 bits.
  private mutating func sums(
    of layer: Layer, _ index: Int, _ value: String, isMap: Bool, output: String
  ) -> String {
    let numbers = model.parameters(ofLayer: index, task: export.task)
    let bias = graph.integers(
      numbers.bias, .int64, shape: export.channelShape(of: layer), name: "\(layer.name).bias")
    let products: String
    if layer.averages {
      let wide = cast(value, .int64)
      let total = graph.add("ReduceSum", [wide, graph.list([2, 3])], ["keepdims": .int(0)])
      products = product(of: layer, numbers, total)
    } else if layer.kind == .fullyConnected {
      let flat = isMap ? graph.add("Flatten", [value]) : value
      products =
        isNarrow(index)
        ? cast(
          graph.add(
            "MatMulInteger", [flat, matrix(of: layer, numbers, .int8)], name: layer.name), .int64)
        : product(of: layer, numbers, cast(flat, .int64))
    } else if isNarrow(index) {
      let value = graph.map(value, of: layer, isMap: isMap)
      let weights = graph.integers(
        numbers.weights, .int8,
        shape: [layer.outputChannels, layer.inputChannels, layer.kernel, layer.kernel],
        name: "\(layer.name).weight")
      products = cast(
        graph.add("ConvInteger", [value, weights], ONNXExport.window(layer), name: layer.name),
        .int64)
    } else {
      products = gathered(layer, numbers, graph.map(value, of: layer, isMap: isMap))
    }
    return graph.add("Add", [products, bias], output: output)
  }

  /// Whether the operators of 8 bits take a layer's input and weights, and their sums 32 bits.
  private func isNarrow(_ index: Int) -> Bool {
    let input = index == 0 ? model.input : model.activation
    let numbers = model.parameters(ofLayer: index, task: export.task)
    return input == ActivationFormat(width: 8, isSigned: false)
      && numbers.weights.allSatisfy { Int8(exactly: $0) != nil }
      && model.accumulatorBounds(ofLayer: index, task: export.task).allSatisfy { $0.width <= 32 }
  }

  private mutating func cast(_ value: String, _ type: DataType) -> String {
    graph.add("Cast", [value], ["to": .int(Int(type.rawValue))])
  }

  /// [inputs, outputs].
  private mutating func matrix(
    of layer: Layer, _ numbers: LayerParameters, _ type: DataType
  ) -> String {
    let count = layer.weightsPerOutput
    return graph.integers(
      (0..<count).flatMap { k in
        stride(from: k, to: numbers.weights.count, by: count).map { numbers.weights[$0] }
      }, type, shape: [count, layer.outputChannels], name: "\(layer.name).weight")
  }

  /// In 64 bits.
  private mutating func product(
    of layer: Layer, _ numbers: LayerParameters, _ value: String
  ) -> String {
    graph.add("MatMul", [value, matrix(of: layer, numbers, .int64)], name: layer.name)
  }

  /// A convolution as a matrix product of the values under the kernel at each position.
  private mutating func gathered(
    _ layer: Layer, _ numbers: LayerParameters, _ value: String
  ) -> String {
    let (pad, size) = (layer.padding, layer.size + 2 * layer.padding)
    let padded = graph.add(
      "Pad", [cast(value, .int64), graph.list([0, 0, pad, pad, 0, 0, pad, pad])])
    let flat = graph.add("Flatten", [padded])
    var places: [Int] = []
    for row in 0..<layer.outputSize {
      for column in 0..<layer.outputSize {
        for channel in 0..<layer.inputChannels {
          for ky in 0..<layer.kernel {
            let start = (channel * size + row * layer.stride + ky) * size + column * layer.stride
            places += start..<start + layer.kernel
          }
        }
      }
    }
    let indices = graph.integers(
      places, .int64, shape: [layer.positions, layer.reduction], name: "\(layer.name).places")
    let columns = graph.add("Gather", [flat, indices], ["axis": .int(1)])
    let products = product(of: layer, numbers, columns)
    let channelsFirst = graph.add("Transpose", [products], ["perm": .ints([0, 2, 1])])
    return graph.add(
      "Reshape",
      [channelsFirst, graph.list([0, layer.outputChannels, layer.outputSize, layer.outputSize])])
  }
}
