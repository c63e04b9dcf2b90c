import Networks

/// The operands of one tile at a time, by im2col in software.
///
/// Every matrix holds live rows (Rt) and columns (Ct) only. The buffers are kept from tile to tile,
/// and the weights of a column block are transposed once.
public struct Operands: Sendable {
  /// The tile that was loaded last.
  public private(set) var tile: Tile?
  /// Activations, [steps][Rt]; padding is zero.
  public private(set) var activations: [Int32] = []
  /// Where `activations` are not zero, [steps][Rt].
  public private(set) var nonzero: [Bool] = []
  /// Weights, [steps][Ct].
  public private(set) var weights: [Int32] = []
  /// Thresholds at accumulator scale, [Rt][Ct], each row's of its own task; empty in a head.
  public private(set) var thresholds: [Int64] = []
  /// The task of each row, [Rt].
  public private(set) var tasks: [Int] = []
  /// Biases, [Ct].
  public private(set) var bias: [Int64] = []
  /// Requantize multipliers, [Ct]; empty in a head.
  public private(set) var multipliers: [UInt32] = []
  /// Requantize shifts, [Ct]; empty in a head.
  public private(set) var shifts: [UInt8] = []

  private let mapping: LayerMapping
  private let gatherers: [Gatherer]
  private let inputs: [[Int32]]
  private let parameters: [Int: LayerParameters]

  /// The operands of `mapping`'s tiles with the numbers of `model`.
  ///
  /// - Parameter inputs: the layer's input for each image of the batch, [channel][row][column].
  /// - Throws: `MappingError.wrongCount` if an input does not have the layer's shape.
  public init(mapping: LayerMapping, model: Model, inputs: [[Int32]]) throws {
    try mapping.checkInputs(inputs)
    parameters = Dictionary(
      uniqueKeysWithValues: mapping.batch.tasks.map {
        ($0, model.parameters(ofLayer: mapping.layer, task: $0))
      })
    self.mapping = mapping
    gatherers = mapping.groups.map { Gatherer(layer: $0.layer) }
    var padded = inputs
    for (group, gatherer) in zip(mapping.groups, gatherers) {
      for image in group.images { padded[image] = gatherer.pad(inputs[image]) }
    }
    self.inputs = padded
  }

  /// Loads the operands of `tile`, a tile of the mapping.
  public mutating func load(_ tile: Tile) {
    let previous = self.tile
    self.tile = tile
    loadActivations(of: tile)
    if previous?.group != tile.group || previous?.channels != tile.channels {
      loadChannels(of: tile)
    }
    loadThresholds(of: tile)
  }

  private mutating func loadActivations(of tile: Tile) {
    let group = mapping.groups[tile.group]
    let gatherer = gatherers[tile.group]
    let rows = tile.slots.count
    let count = tile.steps * rows
    if activations.count != count {
      activations = Array(repeating: 0, count: count)
      nonzero = Array(repeating: false, count: count)
    }
    tasks.removeAll(keepingCapacity: true)
    for (row, slot) in tile.slots.enumerated() {
      let (image, position) = group.place(ofSlot: slot)
      tasks.append(mapping.batch.images[image].task)
      gatherer.gather(
        inputs[image], position: position, row: row, rows: rows,
        values: &activations, nonzero: &nonzero)
    }
  }

  private mutating func loadChannels(of tile: Tile) {
    let own = parameters[mapping.groups[tile.group].owner]!
    let columns = tile.channels.count
    let steps = tile.steps
    let layer = mapping.groups[tile.group].layer
    let repeats = layer.positionsPerWeight
    weights = Array(unsafeUninitializedCapacity: steps * columns) { block, count in
      own.weights.withUnsafeBufferPointer { source in
        for (column, channel) in tile.channels.enumerated() {
          let first = channel * layer.weightsPerOutput
          for step in 0..<steps {
            block[step * columns + column] = source[first + step / repeats]
          }
        }
      }
      count = steps * columns
    }
    bias = Array(own.bias[tile.channels])
    if !mapping.isHead {
      multipliers = Array(own.multipliers[tile.channels])
      shifts = Array(own.shifts[tile.channels])
    }
  }

  private mutating func loadThresholds(of tile: Tile) {
    guard !mapping.isHead else { return }
    let group = mapping.groups[tile.group]
    let positions = group.layer.positions
    thresholds.removeAll(keepingCapacity: true)
    for (slot, task) in zip(tile.slots, tasks) {
      let (_, position) = group.place(ofSlot: slot)
      parameters[task]!.thresholds.withUnsafeBufferPointer { source in
        for channel in tile.channels {
          thresholds.append(source[channel * positions + position])
        }
      }
    }
  }
}

extension LayerMapping {
  func checkInputs(_ inputs: [[Int32]]) throws {
    let name = groups[0].layer.name
    try check(inputs.count, "inputs", of: name, is: batch.images.count)
    for group in groups {
      for image in group.images {
        try check(
          inputs[image].count, "activations in its input", of: name, is: group.layer.inputCount)
      }
    }
  }

  func check(_ actual: Int, _ what: String, of layer: String, is expected: Int) throws {
    guard actual == expected else {
      throw MappingError.wrongCount(what: what, layer: layer, actual: actual, expected: expected)
    }
  }
}
