import Mapping
import Networks

/// Drives one layer of a batch through a simulated core, and puts the results back into maps.
struct LayerRun {
  /// [image of the batch].
  private(set) var outputs: [ImageOutputs]
  /// The first result beat that is not where or what the order of the tiles asks for.
  private(set) var disorder: String?
  /// Cycle of the core in which the layer began.
  let start: UInt64

  /// Steps to queue before the core runs: long enough that the model's code stays in the caches,
  /// short enough that a layer of any size takes little memory.
  private static let chunk = 4096

  private let mapping: LayerMapping
  private let core: SimulatedCore
  private let packer: BeatPacker
  private var cursor: ResultCursor

  /// Runs `mapping` on `core` to its last result.
  ///
  /// - Parameters:
  ///   - inputs: the layer's input for each image of the batch, [channel][row][column].
  ///   - limit: cycles that the layer may take.
  /// - Throws: `SimulationError`; `MappingError` for inputs of another shape.
  init(
    _ mapping: LayerMapping, of model: Model, inputs: [[Int32]], on core: SimulatedCore,
    limit: UInt64
  ) throws {
    self.mapping = mapping
    self.core = core
    packer = BeatPacker(core.parameters)
    cursor = ResultCursor(mapping)
    outputs = mapping.batch.images.map { _ in ImageOutputs(mapping.groups[0].layer) }
    for group in mapping.groups {
      for image in group.images { outputs[image] = ImageOutputs(group.layer) }
    }
    let isFirst = mapping.layer == 0
    core.setLayer(
      isSigned: isFirst ? model.input.isSigned : model.activation.isSigned,
      isRaw: mapping.isHead, clamp: model.clamp)
    start = core.cycle
    try run(model, inputs, hasSignedResults: model.activation.isSigned, limit: start + limit)
  }

  private mutating func run(
    _ model: Model, _ inputs: [[Int32]], hasSignedResults: Bool, limit: UInt64
  ) throws {
    var feed = try TileFeed(mapping, of: model, inputs: inputs, packer: packer)
    var queuedSteps = 0
    for tile in mapping {
      for block in feed.beats(of: tile) { core.push(block) }
      queuedSteps += tile.steps
      guard queuedSteps >= Self.chunk || tile.isFinal else { continue }
      queuedSteps = 0
      let pause = try core.run(open: tile.isFinal ? [] : Set(CoreStream.inputs), limit: limit)
      take(core.takeResults(hasSignedActivations: hasSignedResults))
      if pause == .lastResult, !tile.isFinal {
        disorder = disorder ?? "the core says that it gave the layer's last result too early"
      }
    }
    if disorder == nil, !cursor.isAtEnd {
      disorder = "the core gave \(cursor.beats) result beats and must give \(cursor.expectedBeats)"
    }
  }

  private mutating func take(_ batch: ResultBatch) {
    guard disorder == nil else { return }
    let lanes = core.parameters.lanes
    let groups = core.parameters.groups
    for beat in 0..<batch.count {
      guard let place = cursor.next() else {
        disorder = "the core gave more than \(cursor.expectedBeats) result beats"
        return
      }
      let tile = place.tile
      let group = mapping.groups[tile.group]
      let (image, position) = group.place(ofSlot: tile.slots.lowerBound + place.row)
      let positions = group.layer.positions
      if let problem = place.problem(batch, beat, task: mapping.batch.images[image].task) {
        disorder = problem
        return
      }
      for lane in 0..<lanes {
        let column = lane * groups + place.group
        let isLive = column < tile.channels.count
        if batch.live[beat * lanes + lane] != isLive {
          disorder =
            "result beat \(cursor.beats - 1), lane \(lane): live is \(isLive ? 0 : 1) and must be "
            + "\(isLive ? 1 : 0)"
          return
        }
        guard isLive else { continue }
        let index = (tile.channels.lowerBound + column) * positions + position
        let value = beat * lanes + lane
        outputs[image].accumulators[index] = batch.accumulators[value]
        outputs[image].mask[index] = batch.masks[value]
        outputs[image].activations[index] = batch.activations[value]
        outputs[image].nonzero[index] = batch.nonzero[value]
      }
    }
  }
}

/// Packs the beats of a layer, tile by tile.
struct TileFeed {
  private let isHead: Bool
  private let packer: BeatPacker
  private var operands: Operands
  /// The beats that the row tiles of a column block share.
  private var shared: (tile: Tile, weights: BeatBlock, channels: BeatBlock)?

  init(
    _ mapping: LayerMapping, of model: Model, inputs: [[Int32]], packer: BeatPacker
  ) throws {
    isHead = mapping.isHead
    self.packer = packer
    operands = try Operands(mapping: mapping, model: model, inputs: inputs)
  }

  /// The beats of `tile`, a block for each input stream.
  mutating func beats(of tile: Tile) -> [BeatBlock] {
    operands.load(tile)
    if shared?.tile.group != tile.group || shared?.tile.channels != tile.channels {
      shared = (
        tile,
        operands.weights.withUnsafeBufferPointer {
          packer.weights($0, columns: tile.channels.count)
        },
        packer.channels(
          bias: operands.bias[...], multipliers: operands.multipliers[...],
          shifts: operands.shifts[...])
      )
    }
    let activations = operands.activations.withUnsafeBufferPointer {
      packer.activations($0, rows: tile.slots.count, isFinal: tile.isFinal)
    }
    let thresholds = operands.thresholds.withUnsafeBufferPointer {
      packer.thresholds(isHead ? nil : $0, columns: tile.channels.count, tasks: operands.tasks)
    }
    return [activations, shared!.weights, shared!.channels, thresholds]
  }
}

/// The order in which the core gives a layer's results: tile by tile, the last live row first, and
/// within a row one beat for each column group.
struct ResultCursor {
  struct Place {
    let tile: Tile
    let row: Int
    let group: Int
    let isLast: Bool

    /// What is wrong with a beat's own account of its place.
    func problem(_ batch: ResultBatch, _ beat: Int, task: Int) -> String? {
      if batch.tasks[beat] != task {
        return "a result of task \(task) carries the task id \(batch.tasks[beat])"
      }
      if batch.isLast[beat] != isLast {
        return "result_last is \(isLast ? 0 : 1) and must be \(isLast ? 1 : 0)"
      }
      return nil
    }
  }

  private let mapping: LayerMapping
  private var tileIndex = 0
  private var tile: Tile
  private var row: Int
  private var group = 0
  /// Beats passed.
  private(set) var beats = 0

  init(_ mapping: LayerMapping) {
    self.mapping = mapping
    tile = mapping[0]
    row = tile.slots.count - 1
  }

  var isAtEnd: Bool { tileIndex == mapping.count }

  /// Beats of the whole layer.
  var expectedBeats: Int {
    mapping.groups.reduce(0) { $0 + $1.slots * $1.columnBlocks * mapping.array.groups }
  }

  /// The place of the next beat, or nil after the last.
  mutating func next() -> Place? {
    guard !isAtEnd else { return nil }
    let (tile, row, group) = (self.tile, self.row, self.group)
    beats += 1
    self.group += 1
    if self.group == mapping.array.groups {
      self.group = 0
      self.row -= 1
      if self.row < 0 {
        tileIndex += 1
        if !isAtEnd {
          self.tile = mapping[tileIndex]
          self.row = self.tile.slots.count - 1
        }
      }
    }
    return Place(tile: tile, row: row, group: group, isLast: isAtEnd)
  }
}
