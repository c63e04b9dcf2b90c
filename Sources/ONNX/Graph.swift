/// A graph whose names are checked: each value is given once, before it is taken.
struct Graph {
  /// What the network is given: images, or the number of a task.
  struct Input {
    let name: String
    let type: DataType
    /// Sizes; nil where one is not fixed.
    let shape: [Int?]
  }

  let file: ONNXFile
  let nodes: [Node]
  let inputs: [Input]
  let outputs: [String]
  let initializers: [String: TensorProto]
  /// How many take each value, the graph itself among them.
  let uses: [String: Int]
  /// A node that takes each value as its first input.
  private let takers: [String: Int]

  static let operatorSets = 13...21

  /// - Throws: `ONNXError` that names the file and says what of it cannot be imported.
  init(_ file: ONNXFile) throws(ONNXError) {
    self.file = file
    do throws(ONNXError) {
      try Self.checkVersion(of: file.model)
      let graph = file.model.graph
      guard graph.sparseInitializer.isEmpty else {
        throw ONNXError("the graph has sparse initializers; only dense ones are read")
      }
      initializers = try Self.initializers(of: graph)
      var nodes: [Node] = []
      for (index, proto) in graph.node.enumerated() { nodes.append(try Node(proto, index: index)) }
      self.nodes = nodes
      inputs = try Self.inputs(of: graph, besides: initializers)
      outputs = graph.output.map(\.name)
      guard !outputs.isEmpty else { throw ONNXError("the graph has no output") }
      uses = try Self.checkOrder(
        nodes, given: inputs.map(\.name) + initializers.keys, outputs: outputs)
      takers = nodes.enumerated().reduce(into: [:]) { takers, node in
        if let name = node.element.inputs.first { takers[name] = node.offset }
      }
    } catch {
      throw error.at(file.path)
    }
  }

  /// Operators behind the logits that leave their order as it is.
  private static let keepOrder: Set<String> = [
    "ArgMax", "DequantizeLinear", "Flatten", "Identity", "LogSoftmax", "Reshape", "Sigmoid",
    "Softmax", "Squeeze",
  ]

  /// Whether what a node gives is an output, by itself or behind operators that keep its order.
  func leadsToOutput(_ node: Node) -> Bool {
    var node = node
    while let output = node.outputs.first, uses[output] == 1 {
      if outputs.contains(output) { return true }
      guard let taker = takers[output], Self.keepOrder.contains(nodes[taker].op) else { break }
      node = nodes[taker]
    }
    return false
  }

  private static func checkVersion(of model: ModelProto) throws(ONNXError) {
    guard model.hasGraph else { throw ONNXError("there is no graph; an ONNX model is expected") }
    let versions = model.opsetImport.filter { ["", "ai.onnx"].contains($0.domain) }.map(\.version)
    guard let version = versions.first, versions.count == 1 else {
      throw ONNXError(
        "the model names \(versions.count) versions of ONNX's operators and must name one")
    }
    guard operatorSets.contains(Int(version)) else {
      throw ONNXError(
        "the model is of operator set \(version); \(operatorSets.lowerBound) to "
          + "\(operatorSets.upperBound) can be imported")
    }
  }

  private static func initializers(
    of graph: GraphProto
  ) throws(ONNXError) -> [String: TensorProto] {
    var result: [String: TensorProto] = [:]
    for tensor in graph.initializer {
      guard !tensor.name.isEmpty else { throw ONNXError("an initializer has no name") }
      guard result.updateValue(tensor, forKey: tensor.name) == nil else {
        throw ONNXError("initializer '\(tensor.name)' is there twice; names must differ")
      }
    }
    return result
  }

  private static func inputs(
    of graph: GraphProto, besides initializers: [String: TensorProto]
  ) throws(ONNXError) -> [Input] {
    var result: [Input] = []
    // Older writers list initializers among the inputs.
    for input in graph.input where initializers[input.name] == nil {
      guard case .tensorType(let tensor)? = input.type.value,
        let type = DataType(rawValue: tensor.elemType)
      else {
        throw ONNXError("input '\(input.name)' is no tensor of a type that is read")
      }
      let shape = tensor.shape.dim.map { dimension -> Int? in
        if case .dimValue(let size)? = dimension.value, size > 0 { Int(size) } else { nil }
      }
      result.append(Input(name: input.name, type: type, shape: shape))
    }
    return result
  }

  /// Counts how often each value is taken.
  private static func checkOrder(
    _ nodes: [Node], given: [String], outputs: [String]
  ) throws(ONNXError) -> [String: Int] {
    var uses: [String: Int] = [:]
    for name in given {
      guard uses.updateValue(0, forKey: name) == nil else {
        throw ONNXError("input '\(name)' is there twice; names must differ")
      }
    }
    for node in nodes {
      for name in node.inputs where !name.isEmpty {
        guard let count = uses[name] else {
          throw node.error(
            "takes '\(name)', which no node before it gives; nodes must be in the order of computation, "
              + "without a cycle")
        }
        uses[name] = count + 1
      }
      for name in node.outputs where !name.isEmpty {
        guard uses.updateValue(0, forKey: name) == nil else {
          throw node.error("gives '\(name)', which is there already; names must differ")
        }
      }
    }
    for name in outputs {
      guard let count = uses[name] else {
        throw ONNXError("no node gives the output '\(name)'")
      }
      uses[name] = count + 1
    }
    return uses
  }
}
