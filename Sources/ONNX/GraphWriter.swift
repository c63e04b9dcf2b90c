import Foundation
import Networks
import SwiftProtobuf

/// Builds a graph node by node.
struct GraphWriter {
  private var graph = GraphProto()
  private var constants: [String: String] = [:]
  private var names: [String: Int] = [:]

  init(name: String) { graph.name = name }

  // MARK: Nodes

  enum Attribute {
    case int(Int)
    case ints([Int])
    case string(String)
  }

  /// Adds a node and gives the name of its output.
  ///
  /// - Parameter output: the name; by default one of the operator and a number.
  mutating func add(
    _ op: String, _ inputs: [String], _ attributes: KeyValuePairs<String, Attribute> = [:],
    name: String = "", output: String? = nil
  ) -> String {
    var node = NodeProto()
    node.opType = op
    node.name = name
    node.input = inputs
    let output = output ?? unique(op.lowercased())
    node.output = [output]
    for (name, value) in attributes {
      var attribute = AttributeProto()
      attribute.name = name
      switch value {
      case .int(let number):
        attribute.type = 2
        attribute.i = Int64(number)
      case .string(let text):
        attribute.type = 3
        attribute.s = Data(text.utf8)
      case .ints(let numbers):
        attribute.type = 7
        attribute.ints = numbers.map { Int64($0) }
      }
      node.attribute.append(attribute)
    }
    graph.node.append(node)
    return output
  }

  /// Values as the map that a convolution takes: behind a fully connected layer they are rows.
  mutating func map(_ value: String, of layer: Layer, isMap: Bool) -> String {
    guard !isMap else { return value }
    return add("Reshape", [value, list([0, layer.inputChannels, layer.size, layer.size])])
  }

  private mutating func unique(_ stem: String) -> String {
    names[stem, default: 0] += 1
    return "\(stem)_\(names[stem, default: 0])"
  }

  // MARK: Constants

  mutating func integers(
    _ values: some Sequence<some BinaryInteger>, _ type: DataType, shape: [Int], name: String
  ) -> String {
    var data = Data()
    for value in values {
      let number = Int64(value)
      withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0.prefix(type.size)) }
    }
    return constant(data, type, shape, name)
  }

  /// Integers of each task: once where all have the same, else those that the input `task` selects.
  ///
  /// - Parameter isSelected: also where all have the same.
  mutating func integers<Number: BinaryInteger>(
    ofTasks values: [[Number]], _ type: DataType, shape: [Int], name: String,
    isSelected: Bool = false
  ) -> String {
    guard isSelected || values.contains(where: { $0 != values[0] }) else {
      return integers(values[0], type, shape: shape, name: name)
    }
    let all = integers(values.joined(), type, shape: [values.count] + shape, name: name)
    return add("Gather", [all, "task"])
  }

  mutating func reals(_ values: [Float], shape: [Int], name: String) -> String {
    var data = Data()
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    return constant(data, .float32, shape, name)
  }

  private mutating func constant(
    _ data: Data, _ type: DataType, _ shape: [Int], _ name: String
  ) -> String {
    var tensor = TensorProto()
    tensor.name = name
    tensor.dataType = type.rawValue
    tensor.dims = shape.map { Int64($0) }
    tensor.rawData = data
    graph.initializer.append(tensor)
    return name
  }

  /// One integer, once for all who need it.
  mutating func integer(_ value: Int64, _ type: DataType) -> String {
    let name = "\(type.name)_\(value < 0 ? "minus_\(value.magnitude)" : "\(value)")"
    if constants.updateValue(name, forKey: name) == nil {
      return integers([value], type, shape: [], name: name)
    }
    return name
  }

  /// A list of integers, as shapes and axes are.
  mutating func list(_ values: [Int]) -> String {
    let name = "list_" + values.map { "\($0)" }.joined(separator: "_")
    if constants.updateValue(name, forKey: name) == nil {
      return integers(values, .int64, shape: [values.count], name: name)
    }
    return name
  }

  // MARK: Inputs and outputs

  /// - Parameter shape: behind the number of images; nil where a size is not fixed.
  mutating func input(_ name: String, _ type: DataType, shape: [Int?]) {
    graph.input.append(Self.value(name, type, [nil] + shape))
  }

  mutating func output(_ name: String, _ type: DataType, shape: [Int?]) {
    graph.output.append(Self.value(name, type, [nil] + shape))
  }

  /// The input that is one number, of a task.
  mutating func taskInput() { graph.input.append(Self.value("task", .int64, [])) }

  private static func value(_ name: String, _ type: DataType, _ shape: [Int?]) -> ValueInfoProto {
    var tensor = TypeProto.Tensor()
    tensor.elemType = type.rawValue
    // Without one it would not be said that a number has no axes.
    tensor.shape = TensorShapeProto()
    tensor.shape.dim = shape.enumerated().map { index, size in
      var dimension = TensorShapeProto.Dimension()
      if let size {
        dimension.dimValue = Int64(size)
      } else {
        dimension.dimParam = index == 0 ? "N" : "classes"
      }
      return dimension
    }
    var value = ValueInfoProto()
    value.name = name
    value.type.tensorType = tensor
    return value
  }

  /// The model file.
  ///
  /// - Parameter metadata: what the graph cannot say of the network.
  func content(
    operatorSet: Int, metadata: KeyValuePairs<String, String> = [:]
  ) throws(ONNXError) -> Data {
    var model = ModelProto()
    // The first version of the format that has the operator set.
    model.irVersion = operatorSet > 20 ? 10 : 8
    model.producerName = "mimegen"
    var operators = OperatorSetIdProto()
    operators.domain = ""
    operators.version = Int64(operatorSet)
    model.opsetImport = [operators]
    model.graph = graph
    for (key, value) in metadata {
      var entry = StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      model.metadataProps.append(entry)
    }
    do {
      return try model.serializedData()
    } catch {
      throw ONNXError("the graph is too large for a file: ONNX files hold less than 2 GB")
    }
  }
}
