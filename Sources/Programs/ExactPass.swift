import Mapping
import Networks

/// The exact model of one pass of a layer: sums over the row tiles of the golden model's maps.
struct ExactPass {
  let geometry: PassGeometry
  /// The task of each image.
  let tasks: [Int]
  private let plan: LayerPlan
  private let positions: [Int]
  private let skips: Bool
  private let inputs: [PlacedBits]
  private let masks: [[Bool]]

  /// An operation of a program; the maps are in the order of the batch that was asked for.
  init(_ program: Program, _ operation: Program.Operation, _ maps: GoldenMaps) {
    self.init(
      program.network, layer: operation.layer!,
      images: operation.images.map { (program.places[$0], program.images[$0].task) }, maps,
      program.options)
  }

  /// A pass of layer number `layer` over images given as their places in `maps` and their tasks, those
  /// of a task together.
  init(
    _ network: NetworkImage, layer: Int, images: [(place: Int, task: Int)], _ maps: GoldenMaps,
    _ options: Program.Options
  ) {
    tasks = images.map(\.task)
    let plan = network.plan(ofLayer: layer, task: tasks[0])
    self.plan = plan
    skips = options.skips
    positions = plan.positions
    let last = layer == 0 ? nil : network.model.layers[layer - 1]
    let hasThresholds = tasks.contains { network.thresholds[layer][$0] != nil }
    geometry = PassGeometry(
      LayerShape(plan.layer, after: last), on: network.shape, isFirst: layer == 0,
      isHead: plan.isHead, order: plan.order, runs: PassGeometry.Run.inOrder(tasks),
      thresholdForm: hasThresholds ? network.thresholdForms[layer] : nil,
      keepsResident: options.keepsResident)
    inputs = images.map { PlacedBits(plan.placed(maps.inputs[layer][$0.place]), plan.input) }
    masks = plan.isHead ? [] : images.map { maps.masks[layer][$0.place] }
  }

  var shape: AcceleratorShape { geometry.shape }

  /// Output channels in parts of the array's columns.
  var columnBlocks: [Range<Int>] { plan.columnBlocks(shape) }

  func count(into counts: inout CountBuilder) { count(rowTiles(), into: &counts) }

  /// Adds the events of the pass, whose row tiles are `tiles`.
  func count(_ tiles: [RowTile], into counts: inout CountBuilder) {
    geometry.countShapes(into: &counts)
    geometry.count(sums(tiles, tasks: shape.runs), into: &counts)
    counts.add(timeline(tiles).causes(on: shape))
  }

  /// The sums over `tiles`, the pass's.
  func sums(_ tiles: [RowTile], tasks count: Int) -> StepSums {
    var sums = StepSums(tasks: count)
    sums.tiles = tiles.count
    for tile in tiles {
      sums.issued += tile.issued
      sums.idle += (shape.rows - tile.tasks.count) * tile.issued
      for (task, nonzero) in zip(tile.tasks, tile.nonzero) {
        sums.tasks[task].slots += 1
        sums.tasks[task].nonzero += nonzero
        sums.tasks[task].issued += tile.issued
      }
    }
    for (task, mask) in zip(tasks, masks) { sums.tasks[task].masked += mask.count { !$0 } }
    return sums
  }

  /// Cycles that one column block gains where tiles are of one word.
  func gains(_ tiles: [RowTile]) -> Int? {
    guard geometry.words == 1 else { return nil }
    var order = WordOrder(rows: shape.rows)
    return tiles.count { order.gains(with: $0.words[0]) }
  }

  /// The feeder's times for all tiles of the pass.
  func timeline(_ tiles: [RowTile], records: Bool = false) -> FeedTimeline {
    let total = tiles.count * geometry.blocks
    var timeline = FeedTimeline(
      drainSlots: shape.rows, firstRows: tiles[0].tasks.count, records: records)
    for number in 0..<total {
      let next = number + 1 < total ? tiles[(number + 1) % tiles.count].tasks.count : nil
      timeline.issue(tiles[number % tiles.count].feed, nextRows: next)
    }
    return timeline
  }

  /// The slots of a tile: what each reads, and which steps they need together.
  struct RowTile {
    var tasks: [Int] = []
    /// Nonzero activations that each row reads.
    var nonzero: [Int] = []
    /// Steps issued of each word.
    var words: [Int] = []
    /// Numbers of the steps issued; that of the last word's first where there is none.
    var steps: [Int] = []
    /// Rows with a nonzero activation at each step issued, where they are recorded; none for a forced
    /// step.
    var nonzeroRows: [Int] = []
    /// Activations that two neighbouring rows read in one step, both of the map, and those of them
    /// that are both zero.
    var pairs = (all: 0, zero: 0)
    var issued: Int { max(1, words.reduce(0, +)) }
    var feed: FeedTimeline.Tile { .init(rows: tasks.count, steps: words) }
  }

  /// The tiles of a column block.
  ///
  /// - Parameter recordsRows: count the rows that are not zero at each step.
  func rowTiles(recordsRows: Bool = false) -> [RowTile] {
    let slots = tasks.indices.flatMap { image in positions.map { (image: image, position: $0) } }
    return stride(from: 0, to: slots.count, by: shape.rows).map { first in
      tile(slots[first..<min(first + shape.rows, slots.count)], recordsRows)
    }
  }

  private func tile(
    _ slots: ArraySlice<(image: Int, position: Int)>, _ recordsRows: Bool
  ) -> RowTile {
    var tile = RowTile()
    tile.tasks = slots.map { tasks[$0.image] }
    tile.nonzero = slots.map { _ in 0 }
    let input = plan.input
    var needed = [UInt64](repeating: 0, count: inputs[0].chunks)
    for tap in 0..<plan.kernel * plan.kernel {
      for word in 0..<input.pixelPlaces {
        for chunk in needed.indices { needed[chunk] = 0 }
        let all = word == input.pixelPlaces - 1 ? input.lastChannels : input.placeChannels
        var above: (bits: PlacedBits, place: Int)?
        var rows = [Int](repeating: 0, count: recordsRows ? 64 * needed.count : 0)
        for (row, slot) in slots.enumerated() {
          guard let place = place(slot.position, tap, word) else {
            above = nil
            continue
          }
          let own = (bits: inputs[slot.image], place: place)
          for chunk in needed.indices {
            let bits = own.bits[place, chunk]
            needed[chunk] |= bits
            tile.nonzero[row] += bits.nonzeroBitCount
            if recordsRows {
              for bit in 0..<64 where bits >> UInt64(bit) & 1 == 1 { rows[chunk * 64 + bit] += 1 }
            }
          }
          if let above {
            tile.pairs.all += all
            tile.pairs.zero +=
              all
              - needed.indices.reduce(0) {
                $0 + (above.bits[above.place, $1] | own.bits[place, $1]).nonzeroBitCount
              }
          }
          above = own
        }
        let first = tap * input.channels + word * input.placeChannels
        let issued = (0..<all).filter { !skips || needed[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
        tile.words.append(issued.count)
        if recordsRows { tile.nonzeroRows += issued.map { rows[$0] } }
        tile.steps += issued.map { first + $0 }
      }
    }
    if tile.steps.isEmpty {
      tile.steps = [plan.steps - input.lastChannels]
    }
    return tile
  }

  /// The place of a word that a tap of a position reads; nil in padding.
  private func place(_ position: Int, _ tap: Int, _ word: Int) -> Int? {
    let size = plan.input.size
    let (row, column) = position.quotientAndRemainder(dividingBy: plan.layer.outputSize)
    let y = row * plan.stride + tap / plan.kernel - plan.padding
    let x = column * plan.stride + tap % plan.kernel - plan.padding
    guard 0..<size ~= y, 0..<size ~= x else { return nil }
    return (y * size + x) * plan.input.pixelPlaces + word
  }
}

/// Which activations of a placed map are not zero: 64 channels of a place to a chunk.
private struct PlacedBits {
  let chunks: Int
  private let bits: [UInt64]

  init(_ values: [Int32], _ form: MapForm) {
    chunks = (form.placeChannels + 63) / 64
    var bits = [UInt64](repeating: 0, count: form.imagePlaces * chunks)
    for (index, value) in values.enumerated() where value != 0 {
      let (place, channel) = index.quotientAndRemainder(dividingBy: form.placeChannels)
      bits[place * chunks + channel / 64] |= 1 << UInt64(channel % 64)
    }
    self.bits = bits
  }

  subscript(place: Int, chunk: Int) -> UInt64 { bits[place * chunks + chunk] }
}
