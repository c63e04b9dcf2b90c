import Networks

/// One tile: up to ROWS row slots times up to COLS output channels of one group.
public struct Tile: Sendable, Equatable {
  /// The group's number in the layer's mapping.
  public let group: Int
  /// The group's slots that the live rows 0..<slots.count work on.
  public let slots: Range<Int>
  /// The output channels that the live columns 0..<channels.count work on.
  public let channels: Range<Int>
  /// Reduction steps, K.
  public let steps: Int
  /// The layer's last tile.
  public let isFinal: Bool
}

/// The tiles of a layer for one batch, in the order in which they run.
///
/// Groups come one after the other; within a group the column blocks are the outer loop and the
/// row tiles the inner one. Tiles are computed when asked for, so a mapping of any size is small.
public struct LayerMapping: Sendable, RandomAccessCollection {
  /// The array that the layer runs on.
  public let array: ArrayShape
  /// The layer's number in the model.
  public let layer: Int
  /// The layer is a head: raw accumulators leave the array.
  public let isHead: Bool
  /// The images that go through the layer together.
  public let batch: Batch
  /// The groups, in the order in which they run.
  public let groups: [TileGroup]
  private let firstTiles: [Int]

  /// The mapping of layer number `layer` of `model` for `batch`; `layer == model.layers.count` is
  /// the tasks' heads.
  ///
  /// - Throws: `MappingError.noImages` if the batch is empty.
  public init(model: Model, layer: Int, batch: Batch, array: ArrayShape) throws {
    let tasks = batch.tasks
    guard let first = tasks.first else { throw MappingError.noImages }
    let isShared = model.sharesWeights(inLayer: layer)
    self.array = array
    self.layer = layer
    self.batch = batch
    isHead = layer == model.layers.count
    groups = (isShared ? [first] : tasks).map { owner in
      TileGroup(
        layer: model.geometry(ofLayer: layer, task: owner), owner: owner,
        images: batch.images.indices.filter { isShared || batch.images[$0].task == owner },
        array: array)
    }
    firstTiles = groups.reduce(into: [0]) { $0.append($0.last! + $1.tiles) }
  }

  public var startIndex: Int { 0 }

  /// The number of tiles.
  public var endIndex: Int { firstTiles[groups.count] }

  /// Tile number `index`.
  public subscript(index: Int) -> Tile {
    precondition(indices.contains(index), "there is no tile \(index)")
    let number = firstTiles.lastIndex { $0 <= index }!
    let group = groups[number]
    let (block, row) = (index - firstTiles[number]).quotientAndRemainder(dividingBy: group.rowTiles)
    return Tile(
      group: number,
      slots: part(row, of: group.slots, by: array.rows),
      channels: part(block, of: group.layer.outputChannels, by: array.columns),
      steps: group.layer.reduction,
      isFinal: index == endIndex - 1)
  }

  /// Multiply-accumulates of `task` in the layer, zeros and padding included.
  public func denseMACs(task: Int) -> Int {
    groups.reduce(0) { sum, group in
      let images = group.images.count { batch.images[$0].task == task }
      return sum + images * group.layer.outputCount * group.layer.reduction
    }
  }

  private func part(_ index: Int, of count: Int, by size: Int) -> Range<Int> {
    index * size..<Swift.min((index + 1) * size, count)
  }
}
