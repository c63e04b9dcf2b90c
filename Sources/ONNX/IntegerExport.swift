import Foundation
import Networks

/// A network in integer operators.
///
/// A graph of all tasks selects, by the number of a task, of what they do not share: thresholds and the
/// head, whose classes behind a task's own are cut off.
///
/// Where activations are u8 and weights have 8 bits, layers are ConvInteger and MatMulInteger, which the
/// importer reads back. Others gather the values under each kernel and multiply them in 64 bits.
struct IntegerExport {
  let export: ONNXExport
  private var graph = GraphWriter(name: "mimegen")
  /// The name of the number of classes of the task, where tasks differ in it.
  private var ends: String?

  init(export: ONNXExport) { self.export = export }

  private var model: Model { export.model }

  private static let operatorSet = 18

  func content() throws(ONNXError) -> Data {
    var writer = self
    return try writer.write()
  }

  private mutating func write() throws(ONNXError) -> Data {
    graph.input("images", model.input.storage, shape: model.layers[0].inputShape)
    if export.selects { graph.taskInput() }
    graph.output(
      "logits", .int64, shape: [classes.contains { $0 != classes[0] } ? nil : classes[0]])
    var value = "images"
    var isMap = model.layers[0].kind == .convolution
    for (index, layer) in model.layers.enumerated() {
      value = try write(layer, index, value, isMap: isMap)
      isMap = layer.kind == .convolution
    }
    let head = model.head(of: largestHead)
    _ = sums(of: head, model.layers.count, value, isMap: isMap, output: "logits")
    return try graph.content(
      operatorSet: Self.operatorSet, metadata: export.selects ? metadata : [:])
  }

  /// Of each task of the graph.
  private var classes: [Int] { export.tasks.map { model.head(of: $0).outputChannels } }

  /// The task with the most classes.
  private var largestHead: Int {
    export.tasks.max { model.head(of: $0).outputChannels < model.head(of: $1).outputChannels } ?? 0
  }

  /// The tasks' names, and which have no thresholds of their own.
  private var metadata: KeyValuePairs<String, String> {
    let relu = model.tasks.indices.filter { !model.hasThresholds(task: $0) }
    return [
      Graph.tasksKey: model.tasks.joined(separator: ","),
      Graph.reluTasksKey: relu.map { model.tasks[$0] }.joined(separator: ","),
    ]
  }

  /// Sums, thresholds, requantization, pool; the name of what the next layer takes.
  private mutating func write(
    _ layer: Layer, _ index: Int, _ value: String, isMap: Bool
  ) throws(ONNXError) -> String {
    try checkProducts(of: layer, index)
    let name = layer.name
    let acc = sums(of: layer, index, value, isMap: isMap, output: "\(name).acc")
    let threshold =
      export.tasks.contains { model.hasThresholds(task: $0) }
      ? graph.integers(
        ofTasks: export.numbers(ofLayer: index).map(\.thresholds), .int64, shape: layer.outputShape,
        name: "\(name).threshold") : graph.integer(0, .int64)
    let mask = graph.add("GreaterOrEqual", [acc, threshold], output: "\(name).mask")
    let masked = graph.add("Where", [mask, acc, graph.integer(0, .int64)])
    var writer = TermWriter(
      sums: masked, channelShape: layer.channelShape, taskCount: export.tasks.count, prefix: name)
    let act = writer.write(
      export.requantizer(ofLayer: index).term, in: &graph, output: "\(name).act")
    if export.traces {
      let shape = layer.outputShape
      graph.output(acc, .int64, shape: shape)
      graph.output(mask, .boolean, shape: shape)
      graph.output(act, model.activation.storage, shape: shape)
    }
    guard layer.isPooled else { return act }
    guard model.activation.width > 8 else {
      return graph.add("MaxPool", [act], Layer.halving)
    }
    // Pools are of 8 bits or real numbers, in which integers of 32 bits are exact.
    let real = graph.add("Cast", [act], ["to": .int(Int(DataType.float64.rawValue))])
    let pooled = graph.add("MaxPool", [real], Layer.halving)
    return graph.add(
      "Cast", [pooled], ["to": .int(Int(model.activation.storage.rawValue))])
  }

  /// That z * M fits 64 bits.
  private func checkProducts(of layer: Layer, _ index: Int) throws(ONNXError) {
    for task in export.tasks {
      let numbers = model.parameters(ofLayer: index, task: task)
      let bounds = model.accumulatorBounds(ofLayer: index, task: task)
      for (bound, multiplier) in zip(bounds, numbers.multipliers) {
        let largest = max(bound.high, -bound.low) * Int128(multiplier)
        guard largest < Int128(1) << 63 else {
          throw ONNXError(
            "layer \(layer.name) multiplies sums by \(multiplier) to more than the 64 bits that ONNX has"
          )
        }
      }
    }
  }

  /// The sums with bias, in 64 bits.
  private mutating func sums(
    of layer: Layer, _ index: Int, _ value: String, isMap: Bool, output: String
  ) -> String {
    let isHead = index == model.layers.count
    let numbers = export.numbers(ofLayer: index)
    let biases = graph.integers(
      ofTasks: numbers.map { filled($0.bias, to: layer.outputChannels) }, .int64,
      shape: layer.channelShape, name: "\(layer.name).bias", isSelected: export.selects && isHead)
    let bias = isHead ? ownClasses(of: biases, axis: 0) : biases
    let products: String
    if layer.averages {
      let wide = cast(value, .int64)
      let total = graph.add("ReduceSum", [wide, graph.list([2, 3])], ["keepdims": .int(0)])
      products = product(of: layer, index, total)
    } else if layer.kind == .fullyConnected {
      let flat = isMap ? graph.add("Flatten", [value]) : value
      products =
        isNarrow(index)
        ? cast(
          graph.add(
            "MatMulInteger", [flat, matrix(of: layer, index, .int8)], name: layer.name), .int64)
        : product(of: layer, index, cast(flat, .int64))
    } else if isNarrow(index) {
      let value = graph.map(value, of: layer, isMap: isMap)
      let weights = graph.integers(
        ofTasks: numbers.map(\.weights), .int8, shape: layer.weightShape,
        name: "\(layer.name).weight")
      products = cast(
        graph.add("ConvInteger", [value, weights], layer.window, name: layer.name), .int64)
    } else {
      products = gathered(layer, index, graph.map(value, of: layer, isMap: isMap))
    }
    return graph.add("Add", [products, bias], output: output)
  }

  /// Numbers for the classes of all tasks, zeros behind a task's own.
  private func filled<Number: BinaryInteger>(_ values: [Number], to count: Int) -> [Number] {
    values + Array(repeating: 0, count: count - values.count)
  }

  /// The classes that a task has of those of all tasks.
  private mutating func ownClasses(of value: String, axis: Int) -> String {
    guard classes.contains(where: { $0 != classes[0] }) else { return value }
    if ends == nil {
      ends = graph.integers(
        ofTasks: classes.map { [$0] }, .int64, shape: [1], name: "classes", isSelected: true)
    }
    return graph.add("Slice", [value, graph.list([0]), ends ?? "", graph.list([axis])])
  }

  /// Whether the operators of 8 bits take a layer's input and weights, and their sums 32 bits.
  private func isNarrow(_ index: Int) -> Bool {
    let input = index == 0 ? model.input : model.activation
    return input == ActivationFormat(width: 8, isSigned: false)
      && export.tasks.allSatisfy { task in
        model.parameters(ofLayer: index, task: task).weights.allSatisfy {
          Int8(exactly: $0) != nil
        } && model.accumulatorBounds(ofLayer: index, task: task).allSatisfy { $0.width <= 32 }
      }
  }

  private mutating func cast(_ value: String, _ type: DataType) -> String {
    graph.add("Cast", [value], ["to": .int(Int(type.rawValue))])
  }

  /// [inputs, outputs].
  private mutating func matrix(of layer: Layer, _ index: Int, _ type: DataType) -> String {
    let count = layer.weightsPerOutput
    let columns = export.numbers(ofLayer: index).map { numbers in
      (0..<count).flatMap { k in
        filled(
          stride(from: k, to: numbers.weights.count, by: count).map { numbers.weights[$0] },
          to: layer.outputChannels)
      }
    }
    let isHead = index == model.layers.count
    let all = graph.integers(
      ofTasks: columns, type, shape: [count, layer.outputChannels], name: "\(layer.name).weight",
      isSelected: export.selects && isHead)
    return isHead ? ownClasses(of: all, axis: 1) : all
  }

  /// In 64 bits.
  private mutating func product(of layer: Layer, _ index: Int, _ value: String) -> String {
    graph.add("MatMul", [value, matrix(of: layer, index, .int64)], name: layer.name)
  }

  /// A convolution as a matrix product of the values under the kernel at each position.
  private mutating func gathered(
    _ layer: Layer, _ index: Int, _ value: String
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
    let products = product(of: layer, index, columns)
    let channelsFirst = graph.add("Transpose", [products], ["perm": .ints([0, 2, 1])])
    return graph.add(
      "Reshape",
      [channelsFirst, graph.list([0, layer.outputChannels, layer.outputSize, layer.outputSize])])
  }
}
