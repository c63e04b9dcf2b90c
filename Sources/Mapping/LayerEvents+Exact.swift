import Networks

extension LayerEvents {
  /// The exact model: every count of a layer for a batch, in closed form over the layer's inputs,
  /// its masks and the geometry, for a machine that never waits for its streams.
  ///
  /// - Parameters:
  ///   - inputs: the layer's input for each image of the batch, [channel][row][column].
  ///   - masks: y >= t for each image, [channel][position] before pooling; not used for a head.
  ///   - taskCount: tasks of the model.
  /// - Throws: `MappingError.wrongCount` if an input or a mask does not have the layer's shape, and
  ///   `EventDifference` if active, gated and skipped multiply-accumulates are not the dense ones.
  public init(
    exact mapping: LayerMapping, inputs: [[Int32]], masks: [[Bool]], taskCount: Int
  ) throws {
    try mapping.checkInputs(inputs)
    if !mapping.isHead { try mapping.checkMasks(masks) }
    self.init(layer: mapping.groups[0].layer.name, taskCount: taskCount)
    for group in mapping.groups {
      let reads = InputReads(group.layer)
      for image in group.images {
        let task = mapping.batch.images[image].task
        countMACs(reads.split(inputs[image]), of: group.layer, task: task)
        self[.actWord, task: task] +=
          group.layer.positions * group.layer.reduction * group.columnBlocks
        self[.resultWord, task: task] += group.layer.outputCount
        if !mapping.isHead { countThresholds(masks[image], task: task) }
      }
      countBeats(of: group, on: mapping.array)
    }
    cycles = .unstalled(
      on: mapping.array, runs: mapping.groups.map { ($0.layer.reduction, $0.tiles) })
    try checkIdentities(denseMACs: (0..<taskCount).map { mapping.denseMACs(task: $0) })
  }

  private mutating func countMACs(
    _ reads: (nonzero: Int, zero: Int), of layer: Layer, task: Int
  ) {
    self[.macActive, task: task] += reads.nonzero * layer.outputChannels
    self[.macGated, task: task] += reads.zero * layer.outputChannels
  }

  private mutating func countThresholds(_ mask: [Bool], task: Int) {
    let passed = mask.count { $0 }
    self[.thresholdCompare, task: task] += mask.count
    self[.thresholdMasked, task: task] += mask.count - passed
    self[.requantize, task: task] += passed
  }

  private mutating func countBeats(of group: TileGroup, on array: ArrayShape) {
    let layer = group.layer
    let steps = layer.reduction
    self[.slotIdle] +=
      (group.tiles * array.rows * array.columns - group.slots * layer.outputChannels) * steps
    self[.actBeat] += group.tiles * steps
    self[.weightBeat] += group.tiles * steps
    self[.weightWord] += group.rowTiles * layer.outputChannels * steps
    self[.channelBeat] += group.tiles * array.groups
    self[.thresholdBeat] += group.tiles * array.drainSlots
    self[.resultBeat] += group.slots * group.columnBlocks * array.groups
  }
}

/// How often the output positions of a layer read each value of its input, and its padding.
private struct InputReads {
  private let layer: Layer
  private let readers: [Int]
  private let padding: Int

  init(_ layer: Layer) {
    self.layer = layer
    let (outputs, kernel) = (layer.outputSize, layer.kernel)
    // Output o reads input i along one axis when 0 <= i + padding - o * stride < kernel.
    let along = (0..<layer.size).map { input in
      let last = min((input + layer.padding) / layer.stride, outputs - 1)
      let before = max(input + layer.padding - kernel + layer.stride, 0) / layer.stride
      return max(last + 1 - before, 0)
    }
    readers = along.flatMap { y in along.map { x in y * x } }
    // Taps that fall off the two ends of an axis, counted without `readers`, so that
    // active + gated = dense checks both.
    let end = (outputs - 1) * layer.stride + kernel - layer.padding - layer.size
    let outside = Self.outside(layer.padding, layer) + Self.outside(end, layer)
    let inside = outputs * kernel - outside
    padding = layer.inputChannels * (outputs * outputs * kernel * kernel - inside * inside)
  }

  /// Taps outside one end of an axis, where the outermost output has `reach` of them there, the
  /// next one `stride` fewer, and so on; none if `reach` is negative.
  private static func outside(_ reach: Int, _ layer: Layer) -> Int {
    let outputs = min(max(reach, 0).dividedRoundingUp(by: layer.stride), layer.outputSize)
    return outputs * reach - layer.stride * (outputs * (outputs - 1) / 2)
  }

  /// Reads of nonzero and of zero activations, padding among the latter, by all positions.
  func split(_ input: [Int32]) -> (nonzero: Int, zero: Int) {
    var nonzero = 0
    var zero = padding
    input.withUnsafeBufferPointer { input in
      var place = 0
      for _ in 0..<layer.inputChannels {
        for count in readers {
          if input[place] != 0 { nonzero += count } else { zero += count }
          place += 1
        }
      }
    }
    return (nonzero, zero)
  }
}

extension LayerMapping {
  fileprivate func checkMasks(_ masks: [[Bool]]) throws {
    let name = groups[0].layer.name
    try check(masks.count, "masks", of: name, is: batch.images.count)
    for group in groups {
      for image in group.images {
        try check(
          masks[image].count, "values in its mask", of: name, is: group.layer.outputCount)
      }
    }
  }
}
