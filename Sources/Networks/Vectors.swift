/// Images of each task, and where present labels, logits and traces to compare an inference with.
public struct Vectors: Sendable {
  /// The tasks' vectors, in the order of `Model.tasks`.
  public let tasks: [TaskVectors]

  public init(tasks: [TaskVectors]) { self.tasks = tasks }
}

/// The vectors of one task; without images where a file has none for it.
public struct TaskVectors: Sendable {
  /// [image], each [channel][row][column].
  public let images: [[Int32]]
  /// The class of each image.
  public let labels: [Int]?
  /// [image][class].
  public let logits: [[Int64]]?
  /// [image][layer] of the first images; empty where there are no traces.
  public let traces: [[LayerTrace]]

  public init(
    images: [[Int32]] = [], labels: [Int]? = nil, logits: [[Int64]]? = nil,
    traces: [[LayerTrace]] = []
  ) {
    self.images = images
    self.labels = labels
    self.logits = logits
    self.traces = traces
  }
}

/// What a hidden layer computes for one image, [channel][row][column] before pooling; nil where a
/// level was not recorded.
public struct LayerTrace: Sendable {
  public let accumulators: [Int64]?
  public let mask: [Bool]?
  public let activations: [Int32]?

  public init(accumulators: [Int64]?, mask: [Bool]?, activations: [Int32]?) {
    self.accumulators = accumulators
    self.mask = mask
    self.activations = activations
  }
}
