import Networks

/// Bytes of DRAM that the numbers of a layer take, as the memory's image holds them.
public struct StoredNumbers: Sendable, Equatable {
  /// The layer's place in the network; the head's is after the hidden layers'.
  public let layer: Int
  /// The task that they belong to; nil where all tasks share them.
  public let task: Int?
  /// Weights.
  public let weights: Int
  /// Biases, multipliers and shifts.
  public let channels: Int
  /// Thresholds.
  public let thresholds: Int
}

extension NetworkImage {
  /// What each layer stores, of all tasks and of single ones; a layer's shared numbers come first.
  public var storedNumbers: [StoredNumbers] {
    (0...model.layers.count).flatMap { layer in
      let isShared = model.sharesWeights(inLayer: layer)
      func stored(_ task: Int?, weights: Bool) -> StoredNumbers {
        let plan = plan(ofLayer: layer, task: task ?? 0)
        let blocks = plan.columnBlocks(shape).count
        let hasThresholds = task.map { thresholds[layer][$0] != nil } ?? false
        return StoredNumbers(
          layer: layer, task: task,
          weights: weights ? shape.weightLine.bytes(plan.steps) * blocks : 0,
          channels: weights ? shape.channelLine.bytes * blocks : 0,
          thresholds: hasThresholds
            ? shape.thresholdLine(thresholdForms[layer]).bytes(plan.positions.count) * blocks : 0)
      }
      return (isShared ? [stored(nil, weights: true)] : [])
        + model.tasks.indices.map { stored($0, weights: !isShared) }
    }
  }
}
