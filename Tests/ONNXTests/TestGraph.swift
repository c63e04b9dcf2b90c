import Foundation

@testable import ONNX

/// A model to be changed: a convolution with thresholds, a pool, a fully connected layer with Relu, a
/// head.
struct TestGraph {
  var model: ModelProto

  init() {
    model = ModelProto()
    model.irVersion = 8
    var operators = OperatorSetIdProto()
    operators.version = 17
    model.opsetImport = [operators]
    model.graph.input = [Self.value("x", .float32, [nil, 1, 4, 4])]
    model.graph.output = [Self.value("logits", .float32, [nil, 2])]
    add("Conv", ["x", "w1", "b1"], "y1", name: "conv1", ["pads": [1, 1, 1, 1]])
    add("GreaterOrEqual", ["y1", "t1"], "m1", name: "compare1")
    add("Where", ["m1", "y1", "zero"], "a1", name: "where1")
    add("MaxPool", ["a1"], "p1", name: "pool1", ["kernel_shape": [2, 2], "strides": [2, 2]])
    add("Flatten", ["p1"], "f1", name: "flatten1")
    add("Gemm", ["f1", "w2", "b2"], "y2", name: "fc1")
    add("Relu", ["y2"], "a2", name: "relu1")
    add("Gemm", ["a2", "w3", "b3"], "logits", name: "head1")
    constant("w1", [2, 1, 3, 3], (0..<18).map { Float($0) / 16 - 0.5 })
    constant("b1", [2], [0.25, -0.5])
    constant("t1", [2, 4, 4], (0..<32).map { Float($0) / 32 })
    constant("zero", [], [0])
    constant("w2", [8, 3], (0..<24).map { Float($0) / 8 - 1 })
    constant("b2", [3], [1, 0, -1])
    constant("w3", [3, 2], (0..<6).map { Float($0) - 2 })
    constant("b3", [2], [0, 0.5])
  }

  static func value(_ name: String, _ type: DataType, _ shape: [Int?]) -> ValueInfoProto {
    var value = ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = type.rawValue
    value.type.tensorType.shape.dim = shape.map { size in
      var dimension = TensorShapeProto.Dimension()
      if let size { dimension.dimValue = Int64(size) } else { dimension.dimParam = "N" }
      return dimension
    }
    return value
  }

  static func node(
    _ op: String, _ inputs: [String], _ output: String, name: String = "",
    _ attributes: [String: [Int]] = [:]
  ) -> NodeProto {
    var node = NodeProto()
    (node.opType, node.input, node.output, node.name) = (op, inputs, [output], name)
    for (name, values) in attributes.sorted(by: { $0.key < $1.key }) {
      var attribute = AttributeProto()
      attribute.name = name
      // Lists, and numbers where a list would have one.
      if values.count == 1 {
        (attribute.type, attribute.i) = (2, Int64(values[0]))
      } else {
        (attribute.type, attribute.ints) = (7, values.map { Int64($0) })
      }
      node.attribute.append(attribute)
    }
    return node
  }

  mutating func add(
    _ op: String, _ inputs: [String], _ output: String, name: String = "",
    _ attributes: [String: [Int]] = [:]
  ) {
    model.graph.node.append(Self.node(op, inputs, output, name: name, attributes))
  }

  mutating func constant(_ name: String, _ shape: [Int], _ values: [Float]) {
    var tensor = TensorProto()
    (tensor.name, tensor.dataType) = (name, DataType.float32.rawValue)
    tensor.dims = shape.map { Int64($0) }
    tensor.floatData = values
    set(tensor)
  }

  mutating func constant(_ name: String, _ shape: [Int], _ values: [Int], _ type: DataType) {
    var tensor = TensorProto()
    (tensor.name, tensor.dataType) = (name, type.rawValue)
    tensor.dims = shape.map { Int64($0) }
    if type == .int64 {
      tensor.int64Data = values.map { Int64($0) }
    } else {
      tensor.int32Data = values.map { Int32($0) }
    }
    set(tensor)
  }

  private mutating func set(_ tensor: TensorProto) {
    model.graph.initializer.removeAll { $0.name == tensor.name }
    model.graph.initializer.append(tensor)
  }

  /// The node of a name, to be changed.
  mutating func change(_ name: String, _ change: (inout NodeProto) -> Void) {
    guard let index = model.graph.node.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("there is no node \(name)")
    }
    change(&model.graph.node[index])
  }

  /// Puts nodes in place of that one.
  mutating func replace(_ name: String, by nodes: [NodeProto]) {
    guard let index = model.graph.node.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("there is no node \(name)")
    }
    model.graph.node.replaceSubrange(index...index, with: nodes)
  }

  mutating func tensor(_ name: String, _ change: (inout TensorProto) -> Void) {
    guard let index = model.graph.initializer.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("there is no initializer \(name)")
    }
    change(&model.graph.initializer[index])
  }

  var content: Data { (try? model.serializedData()) ?? Data() }

  /// The network of the graph alone.
  func imported(_ options: ImportOptions = ImportOptions()) throws -> ONNXImport.Network {
    try Self.imported(content, options)
  }

  static func imported(
    _ content: Data, _ options: ImportOptions = ImportOptions(), path: String = "M"
  ) throws -> ONNXImport.Network {
    let graph = try Graph(ONNXFile(content: content, path: path))
    let tasks = try ONNXImport.tasks(of: graph, .init(path: path), names: nil, options)
    return try TaskNetworks(tasks: tasks, options: options).merged()
  }
}
