/// A node of a graph, with its attributes by name.
struct Node {
  let name: String
  /// What errors call it: "node 'conv1' (Conv)".
  let place: String
  let op: String
  let domain: Domain
  /// The names of its inputs; empty where an optional one is left out.
  let inputs: [String]
  let outputs: [String]
  private let attributes: [String: AttributeProto]

  enum Domain: String {
    case onnx = ""
    /// onnxruntime's own.
    case runtime = "com.microsoft"
  }

  /// - Throws: `ONNXError` for another domain than ONNX's own, and for attributes that have no name, or
  ///   one that is not unique, or that refer to a function's.
  init(_ proto: NodeProto, index: Int) throws(ONNXError) {
    name = proto.name
    op = proto.opType
    place = proto.name.isEmpty ? "node \(index) (\(op))" : "node '\(proto.name)' (\(op))"
    inputs = proto.input
    outputs = proto.output
    guard let domain = Domain(rawValue: proto.domain == "ai.onnx" ? "" : proto.domain) else {
      throw ONNXError(
        "\(place) is of the domain '\(proto.domain)'; operators of ONNX's own domain can be imported, and some "
          + "of com.microsoft")
    }
    self.domain = domain
    var attributes: [String: AttributeProto] = [:]
    for attribute in proto.attribute {
      guard !attribute.hasRefAttrName else {
        throw ONNXError("\(place) has the attribute '\(attribute.name)' of a function; inline it")
      }
      guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
        throw ONNXError("\(place) has two attributes '\(attribute.name)'")
      }
    }
    self.attributes = attributes
  }

  func error(_ sentence: String) -> ONNXError { ONNXError("\(place) \(sentence)") }

  /// That it has no attributes but these, so that none is passed over.
  func allowAttributes(_ known: String...) throws(ONNXError) {
    for name in attributes.keys.sorted() where !known.contains(name) {
      throw error(
        "has the attribute '\(name)', which is not known"
          + (known.isEmpty ? "" : "; there may be \(known.joined(separator: ", "))"))
    }
  }

  /// That it has from `least` to `most` inputs and one output that is used.
  func checkInputs(_ counts: ClosedRange<Int>) throws(ONNXError) {
    guard counts.contains(inputs.count), inputs.prefix(counts.lowerBound).allSatisfy({ $0 != "" })
    else {
      let counts =
        counts.count == 1
        ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
      throw error("has \(inputs.count) inputs and must have \(counts)")
    }
  }

  func has(_ name: String) -> Bool { attributes[name] != nil }

  /// Numbers of the schema for the types of attributes.
  private enum Kind: Int32 {
    case float = 1
    case int, string, tensor
    case floats = 6
    case ints
  }

  private func attribute(_ name: String, _ kind: Kind) throws(ONNXError) -> AttributeProto? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == kind.rawValue else {
      throw error("has an attribute '\(name)' that is not of type \(kind)")
    }
    return attribute
  }

  func int(_ name: String, absent: Int) throws(ONNXError) -> Int {
    Int(try attribute(name, .int)?.i ?? Int64(absent))
  }

  func ints(_ name: String) throws(ONNXError) -> [Int]? {
    try attribute(name, .ints)?.ints.map(Int.init)
  }

  func float(_ name: String, absent: Float) throws(ONNXError) -> Float {
    try attribute(name, .float)?.f ?? absent
  }

  func floats(_ name: String) throws(ONNXError) -> [Float]? {
    try attribute(name, .floats)?.floats
  }

  func string(_ name: String, absent: String) throws(ONNXError) -> String {
    try attribute(name, .string).map { String(decoding: $0.s, as: UTF8.self) } ?? absent
  }

  func tensor(_ name: String) throws(ONNXError) -> TensorProto? {
    try attribute(name, .tensor)?.t
  }
}
