import Networks

/// The part of a layer whose tiles all use the same weights.
///
/// A hidden layer of a MIME network is one group that holds every image of the batch; a head, and
/// every layer of a conventional network, has one group for each task present.
public struct TileGroup: Sendable, Equatable {
  /// The layer's geometry; heads of different tasks differ in their output channels.
  public let layer: Layer
  /// The task as which weights, biases, multipliers and shifts are looked up.
  public let owner: Int
  /// Places in the batch of the group's images, in order.
  public let images: [Int]
  /// Row tiles: parts of the slots that fit the array's rows.
  public let rowTiles: Int
  /// Column blocks: parts of the output channels that fit the array's columns.
  public let columnBlocks: Int

  /// The tiles of `images` (places in the batch) through `layer` on `array`.
  public init(layer: Layer, owner: Int, images: [Int], array: ArrayShape) {
    self.layer = layer
    self.owner = owner
    self.images = images
    rowTiles = (images.count * layer.positions).dividedRoundingUp(by: array.rows)
    columnBlocks = layer.outputChannels.dividedRoundingUp(by: array.columns)
  }

  /// Row slots: the (image, output position) pairs, images outer, positions row-major.
  public var slots: Int { images.count * layer.positions }

  /// Tiles of the group.
  public var tiles: Int { rowTiles * columnBlocks }

  /// The image, as its place in the batch, and the output position that `slot` stands for.
  public func place(ofSlot slot: Int) -> (image: Int, position: Int) {
    let (image, position) = slot.quotientAndRemainder(dividingBy: layer.positions)
    return (images[image], position)
  }
}
