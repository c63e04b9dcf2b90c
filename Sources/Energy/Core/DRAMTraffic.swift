import Mapping
import Networks

/// Words that a layer reads from DRAM for a batch, if what is read once fits on chip.
///
/// Nothing counts them in the RTL, which has no memories; they follow from the mapping. Weights
/// come once for each group of tiles that uses them: once a batch where the tasks share them, once
/// for each task present where they do not. Thresholds come once for each task present that has
/// them stored.
public struct DRAMTraffic: Sendable, Equatable {
  /// Weights, in words.
  public private(set) var weights: Int
  /// Thresholds, in words, of each task of the model.
  public private(set) var thresholds: [Int]

  /// No words, for a model with `taskCount` tasks.
  public init(taskCount: Int) {
    weights = 0
    thresholds = Array(repeating: 0, count: taskCount)
  }

  /// The words of one batch through the layer that `mapping` describes.
  ///
  /// - Parameter storesThresholds: whether each task of the model has thresholds stored.
  public init(_ mapping: LayerMapping, storesThresholds: [Bool]) {
    self.init(taskCount: storesThresholds.count)
    weights = mapping.groups.reduce(0) { $0 + $1.layer.outputChannels * $1.layer.reduction }
    guard !mapping.isHead else { return }
    for task in mapping.batch.tasks where storesThresholds[task] {
      thresholds[task] = mapping.groups[0].layer.outputCount
    }
  }

  /// Adds the words of another batch.
  public static func += (sum: inout DRAMTraffic, batch: DRAMTraffic) {
    precondition(
      sum.thresholds.count == batch.thresholds.count, "traffic of different models cannot be added")
    sum.weights += batch.weights
    for task in sum.thresholds.indices { sum.thresholds[task] += batch.thresholds[task] }
  }
}
