import Networks

/// Bytes of a network's numbers in DRAM as `NetworkImage` lays them out: in whole lines, without what
/// aligns one region after another.
public struct NetworkFootprint: Sendable, Equatable {
  /// Weights, the heads' among them.
  public private(set) var weights = 0
  /// Biases, multipliers and shifts.
  public private(set) var channels = 0
  /// Thresholds; a ReLU task's are stored as zeros where another task has some.
  public private(set) var thresholds = 0

  public var total: Int { weights + channels + thresholds }

  /// The bytes for `tasks`, numbers of tasks, on `shape`, with exact thresholds.
  public init(_ network: NetworkShape, tasks: [Int], on shape: AcceleratorShape) {
    let form = ThresholdForm.exact
    for layer in 0..<network.layerCount {
      let isHead = layer == network.layers.count
      for task in network.sharesWeights(inLayer: layer) ? [tasks[0]] : tasks {
        let pass = PassGeometry(
          isHead ? network.tasks[task].head! : network.layers[layer], on: shape,
          isFirst: layer == 0, isHead: isHead, order: .rows,
          runs: [PassGeometry.Run(task: task, images: 1)], thresholdForm: nil, keepsResident: true)
        weights += pass.blocks * shape.weightLine.bytes(pass.steps)
        channels += pass.blocks * shape.channelLine.bytes
        if network.readsThresholds, !isHead {
          thresholds += tasks.count * pass.blocks * shape.thresholdLine(form).bytes(pass.positions)
        }
      }
    }
  }
}
