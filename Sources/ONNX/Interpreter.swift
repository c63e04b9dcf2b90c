import Networks

/// Goes through a graph once and says of each value what it is: a constant, or what a layer computes.
///
/// A layer is so found by what is computed, not by which nodes do it: any order of operands, any
/// operators that come to the same.
struct Interpreter {
  let graph: Graph
  let options: ImportOptions
  /// The values that are still to be taken.
  private var values: [String: Value] = [:]
  private var remaining: [String: Int]
  /// What was left out, in sentences.
  private(set) var notes: [String] = []
  private var identities = 0
  private var work = 0
  private let workLimit: Int
  /// The number of tasks, of the first selection by the task's number.
  private(set) var taskCount: Int?
  /// The number of images, if it is fixed.
  private(set) var batch: Int?

  /// Neurons of a network, so that a small file cannot ask for more memory than a large one has.
  static let neuronLimit = 1 << 24
  private var neurons = 0

  /// - Parameter task: the value of the input that selects a task, if there is one.
  init(_ graph: Graph, options: ImportOptions, task: Int = 0) throws(ONNXError) {
    self.graph = graph
    self.options = options
    remaining = graph.uses
    workLimit = Self.neuronLimit + 16 * graph.file.size
    try bindInputs(task: task)
  }

  /// The value of each output of the graph that is asked for.
  mutating func run() throws(ONNXError) -> Value {
    for node in graph.nodes { try run(node) }
    let name = try options.output.map { name throws(ONNXError) in
      guard graph.outputs.contains(name) else {
        throw ONNXError(
          "there is no output '\(name)'; the graph has \(graph.outputs.joined(separator: ", "))")
      }
      return name
    }
    guard let name = name ?? (graph.outputs.count == 1 ? graph.outputs[0] : nil) else {
      throw ONNXError(
        "the graph has \(graph.outputs.count) outputs, \(graph.outputs.joined(separator: ", ")); name "
          + "that of the logits")
    }
    return try value(name)
  }

  private mutating func run(_ node: Node) throws(ONNXError) {
    guard let output = node.outputs.first, !output.isEmpty else {
      throw node.error("has no output")
    }
    let result = try evaluate(node)
    for further in node.outputs.dropFirst() where (graph.uses[further] ?? 0) > 0 {
      throw node.error("has a second output '\(further)' that is used; only the first can be")
    }
    if (graph.uses[output] ?? 0) > 0 { values[output] = result }
    for name in node.inputs where !name.isEmpty { release(name) }
  }

  private mutating func release(_ name: String) {
    remaining[name, default: 0] -= 1
    if remaining[name] == 0 { values[name] = nil }
  }

  // MARK: Values

  /// The value of a name; initializers are read when they are asked for.
  mutating func value(_ name: String) throws(ONNXError) -> Value {
    if let value = values[name] { return value }
    guard let tensor = graph.initializers[name] else {
      // The order of nodes is checked before.
      preconditionFailure("no node gives \(name)")
    }
    let constant = try Constant(tensor, of: graph.file)
    try spend(constant.count)
    return .constant(constant)
  }

  mutating func input(_ node: Node, _ index: Int) throws(ONNXError) -> Value {
    try value(node.inputs[index])
  }

  /// An input that may be left out.
  mutating func optionalInput(_ node: Node, _ index: Int) throws(ONNXError) -> Value? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    return try value(node.inputs[index])
  }

  /// An input that must be a constant; nil where it is left out.
  mutating func constant(
    _ node: Node, _ index: Int, _ what: String
  ) throws(ONNXError) -> Constant? {
    guard let value = try optionalInput(node, index) else { return nil }
    guard case .constant(let constant) = value else {
      throw node.error("takes \(value.description) as its \(what), which must be a constant")
    }
    return constant
  }

  /// Integers that an input must hold; nil where it is left out.
  mutating func integers(_ node: Node, _ index: Int, _ what: String) throws(ONNXError) -> [Int]? {
    guard let constant = try constant(node, index, what) else { return nil }
    guard let integers = constant.integers else {
      throw node.error("takes \(what) that are not integers")
    }
    return integers.map { Int($0) }
  }

  // MARK: Bounds

  /// That the work on constants stays in proportion to the file.
  mutating func spend(_ count: Int) throws(ONNXError) {
    work += count
    guard work <= workLimit else {
      throw ONNXError(
        "the graph computes with more than \(workLimit) numbers of constants, out of proportion to its "
          + "size")
    }
  }

  /// That the neurons of all layers together can be kept.
  mutating func spend(neurons count: Int, of node: Node) throws(ONNXError) {
    neurons += count
    guard neurons <= Self.neuronLimit else {
      throw node.error(
        "brings the network to \(neurons) neurons; at most \(Self.neuronLimit) can be imported")
    }
  }

  mutating func newIdentity() -> Int {
    identities += 1
    return identities
  }

  mutating func note(_ sentence: String) {
    if !notes.contains(sentence) { notes.append(sentence) }
  }

  mutating func selectsTask(of count: Int, _ node: Node) throws(ONNXError) {
    guard taskCount ?? count == count else {
      throw node.error(
        "selects one of \(count) tasks, and a node before it one of \(taskCount ?? 0)")
    }
    taskCount = count
  }

  // MARK: Inputs

  private mutating func bindInputs(task: Int) throws(ONNXError) {
    let selecting = graph.inputs.filter { $0.isTask }
    let images = graph.inputs.filter { !$0.isTask }
    guard images.count == 1, selecting.count <= 1 else {
      throw ONNXError(
        "the graph's inputs are \(graph.inputs.map(\.name).joined(separator: ", ")); there must be one of "
          + "images, and at most one that is the number of a task")
    }
    if let selecting = selecting.first {
      var number = Constant(
        [Int64(task)], type: selecting.type, shape: selecting.shape.isEmpty ? [] : [1])
      number.isTask = true
      values[selecting.name] = .constant(number)
    }
    batch = images[0].shape.first ?? nil
    values[images[0].name] = .activation(try Self.images(images[0]))
  }

  private static func images(_ input: Graph.Input) throws(ONNXError) -> Activation {
    let sizes = input.shape.dropFirst().compactMap { $0 }
    let isFixed = !input.shape.isEmpty && sizes.count == input.shape.count - 1
    guard isFixed, (1...3).contains(sizes.count) else {
      let shape = input.shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
      throw ONNXError(
        "input '\(input.name)' has the shape [\(shape)]; images have [N, C, H, W], [N, H, W] or [N, "
          + "values], with fixed sizes behind N")
    }
    guard let count = Constant.count(of: sizes), count <= neuronLimit else {
      throw ONNXError("input '\(input.name)' has more than \(neuronLimit) values an image")
    }
    let coding: Activation.Coding
    switch input.type {
    case .float32, .float64: coding = .real(step: nil)
    default:
      guard let format = input.type.format else {
        throw ONNXError(
          "input '\(input.name)' is of type \(input.type.name); images are float32, or integers of 8 to "
            + "32 bits")
      }
      coding = .codes(format)
    }
    return Activation(
      layer: nil, shape: sizes, map: map(of: sizes), coding: coding, imageFormat: input.type.format)
  }

  /// The square map that a shape [C, H, W] or [H, W] is.
  static func map(of shape: [Int]) -> ActivationMap? {
    guard (2...3).contains(shape.count), shape[shape.count - 1] == shape[shape.count - 2] else {
      return nil
    }
    return ActivationMap(channels: shape.count == 3 ? shape[0] : 1, size: shape[shape.count - 1])
  }
}

extension Graph.Input {
  /// Whether it is the number of a task: one integer of 32 or 64 bits.
  fileprivate var isTask: Bool {
    [.int32, .int64].contains(type) && shape.count <= 1
  }
}
