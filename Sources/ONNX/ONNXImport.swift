import Networks

/// A network that was read of ONNX files.
public struct ONNXImport: Sendable {
  public enum Network: Sendable {
    /// In real numbers.
    case real(FloatModel)
    /// Quantized already, and kept bit for bit.
    case integer(Model)
  }

  /// A graph for one task, or for several where `task` is nil.
  public struct Source: Sendable {
    public let task: String?
    public let path: String

    public init(task: String? = nil, path: String) {
      self.task = task
      self.path = path
    }
  }

  public let network: Network
  /// What of the graphs is no part of the network, in sentences.
  public let notes: [String]

  /// Reads a network.
  ///
  /// A graph is one task's, or has an input that is a task's number and selects thresholds and the
  /// head. Tasks share the hidden layers' weights if any has thresholds, and must have the same then.
  ///
  /// - Parameters:
  ///   - sources: one, or one for each task.
  ///   - taskNames: of a graph that selects a task; nil for those that the exporter left, or task0,
  ///     task1 and so on.
  /// - Throws: `ONNXError` that names the file, the node and what would be right.
  public init(
    _ sources: [Source], taskNames: [String]? = nil, options: ImportOptions = ImportOptions()
  ) throws(ONNXError) {
    precondition(!sources.isEmpty, "a network comes from one file or more")
    var tasks: [(name: String, network: GraphNetwork)] = []
    for source in sources {
      let graph = try Graph(ONNXFile(path: source.path))
      tasks += try Self.tasks(of: graph, source, names: taskNames, options)
    }
    notes = tasks.flatMap(\.network.notes).reduce(into: []) { notes, note in
      if !notes.contains(note) { notes.append(note) }
    }
    network = try TaskNetworks(tasks: tasks, options: options).merged()
  }

  /// The networks of all tasks of a graph.
  static func tasks(
    of graph: Graph, _ source: Source, names: [String]?, _ options: ImportOptions
  ) throws(ONNXError) -> [(name: String, network: GraphNetwork)] {
    var first = try GraphNetwork(graph, options: options, task: 0)
    guard let count = first.taskCount else {
      guard names?.count ?? 1 == 1 else {
        throw ONNXError("the graph is of one task, and \(names?.count ?? 0) are named").at(
          source.path)
      }
      return [(source.task ?? names?.first ?? "task0", first)]
    }
    guard source.task == nil else {
      throw ONNXError("the graph is of \(count) tasks by itself; it cannot be that of one").at(
        source.path)
    }
    let names = names ?? graph.taskNames ?? (0..<count).map { "task\($0)" }
    guard names.count == count else {
      throw ONNXError("the graph is of \(count) tasks, and \(names.count) are named").at(
        source.path)
    }
    let relu = graph.reluTasks
    if relu.contains(0) { first = try first.withoutThresholds(of: names[0]) }
    var result = [(names[0], first)]
    for task in 1..<max(1, count) {
      let network = try GraphNetwork(graph, options: options, task: task)
      result.append(
        (
          names[task],
          relu.contains(task) ? try network.withoutThresholds(of: names[task]) : network
        ))
    }
    return result
  }
}
