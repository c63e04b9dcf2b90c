import Mapping
import Networks
import Programs

/// A run to be priced: which images, on which machine, by which costs. The network, MIME or conventional, and
/// its zeros are an `Activity`.
public struct Scenario: Sendable {
  /// Numbers of the tasks that run, in the network.
  public var tasks: [Int]
  public var taskMode = TaskMode.pipelined
  public var imagesPerTask = 1
  /// Images in a batch; nil for one of each task.
  public var batchSize: Int?
  /// Array, widths, bus and buffers; a buffer without a size holds everything.
  public var sizes = AcceleratorSizes()
  /// Steps in which all rows are zero are left out.
  public var skips = false
  /// Gated multiply-accumulates are spared; else they cost what active ones do.
  public var gates = true
  /// Weights and thresholds stay in their buffers where they fit; else they are fetched for each tile.
  public var keepsResident = true
  /// How thresholds are stored; another form than the exact one is for the statistical model.
  public var thresholdForm = ThresholdForm.exact
  /// The costs.
  public var table: CostTable

  /// One image of each of `tasks` on the accelerator's defaults.
  public init(tasks: [Int], table: CostTable) {
    self.tasks = tasks
    self.table = table
  }

  /// The batches that run.
  public func batches() throws -> [Batch] {
    try Batch.schedule(
      tasks: tasks, imagesPerTask: imagesPerTask, mode: taskMode, size: batchSize)
  }

  /// What counts depend on beside memory traffic.
  struct Key: Hashable {
    let tasks: [Int]
    let taskMode: TaskMode
    let imagesPerTask: Int
    let batchSize: Int?
    let sizes: AcceleratorSizes
    let skips: Bool
  }

  var key: Key {
    var sizes = sizes
    (sizes.actBufferKB, sizes.weightBufferKB, sizes.thresholdBufferKB) = (nil, nil, nil)
    return Key(
      tasks: tasks, taskMode: taskMode, imagesPerTask: imagesPerTask, batchSize: batchSize,
      sizes: sizes, skips: skips)
  }
}

extension AcceleratorShape {
  /// The machine that is charged for the counts of this one: a buffer that holds everything costs what the
  /// accelerator's default one does.
  public func priced() throws -> AcceleratorShape {
    let defaults = AcceleratorSizes()
    var sizes = sizes
    sizes.actBufferKB = sizes.actBufferKB ?? defaults.actBufferKB
    sizes.weightBufferKB = sizes.weightBufferKB ?? defaults.weightBufferKB
    sizes.thresholdBufferKB = sizes.thresholdBufferKB ?? defaults.thresholdBufferKB
    return try AcceleratorShape(modelled: sizes)
  }
}

/// A network and its zeros: those of the golden model's maps, or fractions.
public enum Activity: Sendable {
  /// - Parameter maps: the golden model's maps of a batch.
  case exact(Model, maps: @Sendable (Batch) throws -> GoldenMaps)
  case statistical(NetworkShape, [LayerSparsity], ZeroAssumption)

  /// Every activation behind a hidden layer is zero with the probability `zeros`, by itself, and no value
  /// of an image is: a synthetic assumption.
  public static func uniform(_ network: NetworkShape, zeros: Double) -> Activity {
    let tasks = network.tasks.count
    return .statistical(
      network,
      (0..<network.layerCount).map { layer in
        LayerSparsity(
          tasks: Array(
            repeating: .init(zeroFraction: layer == 0 ? 0 : zeros, maskedFraction: zeros),
            count: tasks))
      }, .independent)
  }

  /// The network's shapes.
  public var network: NetworkShape {
    switch self {
    case .exact(let model, _): NetworkShape(model, name: "model")
    case .statistical(let network, _, _): network
    }
  }
}
