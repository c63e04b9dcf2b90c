/// The event counts of one layer: some for each task, the others for the layer as a whole.
///
/// The same form holds the exact model's counts, those read from the RTL's counters, and their
/// sums over batches.
public struct LayerEvents: Sendable, Equatable {
  /// The layer's name.
  public let layer: String
  private var taskCounts: [[Event: Int]]
  private var layerCounts: [Event: Int]

  /// Counts of zero for a layer of a model with `taskCount` tasks.
  public init(layer: String, taskCount: Int) {
    self.layer = layer
    taskCounts = Array(
      repeating: Dictionary(uniqueKeysWithValues: Event.perTask.map { ($0, 0) }), count: taskCount)
    layerCounts = Dictionary(uniqueKeysWithValues: Event.perLayer.map { ($0, 0) })
  }

  /// Tasks of the model, present in the layer's batch or not.
  public var taskCount: Int { taskCounts.count }

  /// The count of a per-task event for one task.
  public subscript(event: Event, task task: Int) -> Int {
    get {
      precondition(event.isPerTask, "\(event.rawValue) is not counted per task")
      return taskCounts[task][event]!
    }
    set {
      precondition(event.isPerTask, "\(event.rawValue) is not counted per task")
      taskCounts[task][event] = newValue
    }
  }

  /// The count of a per-layer event.
  public subscript(event: Event) -> Int {
    get {
      precondition(!event.isPerTask, "\(event.rawValue) is counted per task")
      return layerCounts[event]!
    }
    set {
      precondition(!event.isPerTask, "\(event.rawValue) is counted per task")
      layerCounts[event] = newValue
    }
  }

  /// The count of any event over the whole layer: that of the layer, or the sum over tasks.
  public func total(_ event: Event) -> Int {
    event.isPerTask ? taskCounts.reduce(0) { $0 + $1[event]! } : layerCounts[event]!
  }

  /// One count and what it counts.
  public struct Row: Sendable, Equatable {
    /// What is counted.
    public let event: Event
    /// The task, or nil for an event of the layer as a whole.
    public let task: Int?
    /// How many.
    public let count: Int
  }

  /// Every count: task by task the per-task events, then those of the layer.
  public var rows: [Row] {
    taskCounts.indices.flatMap { task in
      Event.perTask.map { Row(event: $0, task: task, count: self[$0, task: task]) }
    } + Event.perLayer.map { Row(event: $0, task: nil, count: self[$0]) }
  }

  /// The cycles and their causes.
  public var cycles: CycleCauses {
    get {
      var causes = CycleCauses()
      for (event, path) in Self.cycleEvents { causes[keyPath: path] = self[event] }
      return causes
    }
    set { for (event, path) in Self.cycleEvents { self[event] = newValue[keyPath: path] } }
  }

  private static var cycleEvents: [(Event, WritableKeyPath<CycleCauses, Int>)] {
    [
      (.cycleTotal, \.total), (.cycleCompute, \.compute), (.cycleStallResult, \.stallResult),
      (.cycleStallThreshold, \.stallThreshold), (.cycleStallDrain, \.stallDrain),
      (.cycleStallOperand, \.stallOperand), (.cycleDrain, \.drain),
      (.cycleStallHold, \.stallHold),
    ]
  }

  /// Adds the counts of another batch through the same layer.
  public static func += (sum: inout LayerEvents, batch: LayerEvents) {
    precondition(sum.taskCount == batch.taskCount, "counts of different models cannot be added")
    for task in sum.taskCounts.indices {
      sum.taskCounts[task].merge(batch.taskCounts[task], uniquingKeysWith: +)
    }
    sum.layerCounts.merge(batch.layerCounts, uniquingKeysWith: +)
  }
}
