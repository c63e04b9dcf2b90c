/// A network by its shapes alone: what can be counted before there are weights.
public struct NetworkShape: Sendable, Equatable {
  /// A task and what is its own.
  public struct Task: Sendable, Equatable {
    public let name: String
    /// The layer that gives its logits; nil in a network without one.
    public let head: LayerShape?
    /// It has thresholds that are stored.
    public let storesThresholds: Bool

    public init(name: String, head: LayerShape?, storesThresholds: Bool = true) {
      self.name = name
      self.head = head
      self.storesThresholds = storesThresholds
    }
  }

  /// Widths in bits.
  public struct Precision: Sendable, Equatable {
    public let activation, weight, accumulator, multiplier: Int
  }

  /// What it is called.
  public let name: String
  /// Where its shapes are from.
  public let source: String
  /// The hidden layers, in order.
  public let layers: [LayerShape]
  /// The tasks, in order.
  public private(set) var tasks: [Task]
  /// Whether tasks share the hidden layers' weights.
  public private(set) var mode: Model.Mode
  /// Widths, where they are known.
  public let precision: Precision?
  /// Why the machine cannot run it; empty where it can.
  public let modelOnlyReasons: [String]

  /// A network of `layers`; `modelOnlyReasons` beside those of single layers.
  init(
    name: String, source: String, layers: [LayerShape], tasks: [Task], mode: Model.Mode,
    precision: Precision? = nil, modelOnlyReasons: [String] = []
  ) {
    self.name = name
    self.source = source
    self.layers = layers
    self.tasks = tasks
    self.mode = mode
    self.precision = precision
    self.modelOnlyReasons =
      (layers + (tasks.first?.head.map { [$0] } ?? [])).compactMap(\.modelOnlyReason)
      + modelOnlyReasons
  }

  /// The shape of `model`.
  public init(_ model: Model, name: String) {
    let layers = model.layers
    self.init(
      name: name, source: "model",
      layers: layers.indices.map {
        LayerShape(layers[$0], after: $0 == 0 ? nil : layers[$0 - 1])
      },
      tasks: model.tasks.indices.map {
        Task(
          name: model.tasks[$0], head: LayerShape(model.head(of: $0), after: layers.last),
          storesThresholds: model.hasThresholds(task: $0))
      }, mode: model.mode,
      precision: Precision(
        activation: model.activationWidth, weight: model.weightWidth,
        accumulator: model.accumulatorWidth, multiplier: model.multiplierWidth))
  }

  /// Layers with the heads' one.
  public var layerCount: Int { layers.count + (tasks.contains { $0.head != nil } ? 1 : 0) }

  /// The name of a layer; `layer == layers.count` is the heads'.
  public func layerName(_ layer: Int) -> String {
    layer < layers.count ? layers[layer].name : "head"
  }

  /// Whether all tasks use the same weights there.
  public func sharesWeights(inLayer layer: Int) -> Bool {
    mode == .mime && layer < layers.count
  }

  /// Whether hidden layers read thresholds: in a MIME network all tasks do where one has some, since
  /// those of a ReLU task are then stored as zeros.
  public var readsThresholds: Bool {
    mode == .mime && tasks.contains(where: \.storesThresholds)
  }

  /// The same shapes with weights of their own for each task and without thresholds.
  public func asConventional() -> NetworkShape {
    var network = self
    network.mode = .conventional
    network.tasks = tasks.map { Task(name: $0.name, head: $0.head, storesThresholds: false) }
    return network
  }

  /// The same shapes for `count` tasks, each like the first, named task0 and so on.
  public func withTasks(_ count: Int) -> NetworkShape {
    precondition(count > 0, "a network has at least one task")
    var network = self
    network.tasks = (0..<count).map {
      Task(name: "task\($0)", head: tasks[0].head, storesThresholds: tasks[0].storesThresholds)
    }
    return network
  }
}
