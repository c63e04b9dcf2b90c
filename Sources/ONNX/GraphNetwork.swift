import Networks

/// The chain of layers that a graph computes, for one task.
struct GraphNetwork {
  let path: String
  private(set) var layers: [HiddenLayer]
  let head: Sum
  let taskCount: Int?
  /// What the file says of the input scale, in double precision.
  let statedInputScale: Double?
  let notes: [String]

  /// - Throws: `ONNXError` that names the file, and the node that cannot be imported.
  init(_ graph: Graph, options: ImportOptions, task: Int) throws(ONNXError) {
    path = graph.file.path
    do throws(ONNXError) {
      var interpreter = try Interpreter(graph, options: options, task: task)
      let value = try interpreter.run()
      guard case .sum(let head) = value else {
        throw ONNXError(
          "the output is \(value.description); the logits must be the sums of a layer without an "
            + "activation function behind them")
      }
      guard head.difference == nil || head.difference?.isOpen == false, !head.isPooled else {
        throw head.node.error(
          "gives the logits, which are pooled, or have a bias for each position")
      }
      self.head = head
      var layers: [HiddenLayer] = []
      var last = head.input.layer
      while let layer = last {
        layers.append(layer)
        last = layer.sum.input.layer
      }
      self.layers = layers.reversed()
      taskCount = interpreter.taskCount
      statedInputScale = graph.inputScale
      notes = interpreter.notes
    } catch {
      throw error.at(graph.file.path)
    }
  }

  /// The hidden layers' sums, and the head's.
  private var sums: [Sum] { layers.map(\.sum) + [head] }

  /// Whether weights and activations are integers.
  ///
  /// - Throws: `ONNXError` if only some are.
  func isInteger() throws(ONNXError) -> Bool {
    let isInteger = sums.map { sum in
      if case .integers = sum.numbers { true } else { false }
    }
    if let index = isInteger.firstIndex(where: { $0 != isInteger[0] }) {
      let (a, b) = (sums[0].node.place, sums[index].node.place)
      throw ONNXError(
        "\(isInteger[0] ? a : b) is quantized and \(isInteger[0] ? b : a) is not; all layers must be, or none"
      ).at(path)
    }
    return isInteger[0]
  }

  /// The geometry of the hidden layers, each with a name of its own.
  func geometry() -> [Layer] {
    var names: Set<String> = ["head"]
    var counts: [Layer.Kind: Int] = [:]
    return layers.map { hidden in
      let layer = hidden.sum.layer
      counts[layer.kind, default: 0] += 1
      var name = layer.name
      var number = counts[layer.kind, default: 0]
      while name.isEmpty || names.contains(name) {
        name = "\(layer.kind == .convolution ? "conv" : "fc")\(number)"
        number += 1
      }
      names.insert(name)
      return layer.with(name: name, isPooled: hidden.isPooled)
    }
  }

  /// The head, fully connected also where the graph has a convolution over the whole map.
  func headGeometry() throws(ONNXError) -> Layer {
    let layer = head.layer
    if layer.kind == .fullyConnected { return layer.with(name: "head", isPooled: false) }
    guard layer.outputSize == 1, layer.padding == 0, layer.kernel == layer.size else {
      throw head.node.error(
        "gives the logits as a map; they must be of a fully connected layer, or of a convolution over the "
          + "whole map"
      ).at(path)
    }
    return .fullyConnected(
      "head", inputs: layer.inputCount, outputs: layer.outputChannels)
  }

  /// The network of a task that the file says to have no thresholds: those in the graph are zeros, which
  /// is ReLU.
  func withoutThresholds(of task: String) throws(ONNXError) -> GraphNetwork {
    var result = self
    for (index, layer) in layers.enumerated() {
      guard layer.thresholds?.areZero ?? true else {
        throw layer.sum.node.error(
          "has thresholds other than 0 behind it, and the file says that task \(task) has none"
        ).at(path)
      }
      result.layers[index] = layer.withoutThresholds()
    }
    return result
  }

  /// Whether any layer has thresholds other than ReLU.
  var hasThresholds: Bool { layers.contains { $0.thresholds != nil } }
}

extension Layer {
  /// The same geometry.
  func with(name: String, isPooled: Bool) -> Layer {
    switch kind {
    case .convolution:
      .convolution(
        name, inputChannels: inputChannels, outputChannels: outputChannels, size: size,
        kernel: kernel, stride: stride, padding: padding, isPooled: isPooled)
    case .fullyConnected where averages:
      .averaging(name, inputChannels: inputChannels, size: size, outputs: outputChannels)
    case .fullyConnected:
      .fullyConnected(name, inputs: inputChannels, outputs: outputChannels)
    }
  }
}
