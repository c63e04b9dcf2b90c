import Machine
import Mapping
import Networks

/// What the exact model is computed from: the golden model's maps and masks.
public struct GoldenMaps: Sendable {
  /// [layer][image of the batch]: the input of each layer and of the head, [channel][row][column].
  public let inputs: [[[Int32]]]
  /// [layer][image of the batch]: y >= t, [channel][position] before pooling; of hidden layers.
  public let masks: [[[Bool]]]

  /// The maps of a batch.
  public init(inputs: [[[Int32]]], masks: [[[Bool]]]) {
    self.inputs = inputs
    self.masks = masks
  }
}

extension Program {
  /// The counts that operation number `number` must have: the exact model.
  ///
  /// Cycles are those in which the machine advances. The counters that depend on the memory's speed,
  /// `Counts.ofMemory`, are zero, and `cycle.total` is without them.
  public func exactCounts(_ number: Int, _ maps: GoldenMaps) throws -> Counts {
    let operation = operations[number]
    var counts = CountBuilder(tasks: network.shape.runs)
    let beat = network.shape.busWidth / 8
    counts.add("dram.program", DescriptorField.bytes / beat)
    switch operation.operation {
    case .end: break
    case .load:
      let words = images.count * network.plan(ofLayer: 0, task: 0).input.imagePlaces
      let line = network.shape.actLine
      counts.add("dram.activation", line.lines(words * network.shape.banks) * line.beats)
    case .store:
      let form = network.plan(ofLayer: operation.layer!, task: 0).output!
      let shape = network.shape
      let line = LineForm(
        width: shape.banks * shape.columns * shape.actWidth, bus: shape.busWidth)
      counts.add("dram.write", images.count * form.imagePlaces * line.beats)
    case .layer:
      let runs = Set(operation.images.map { images[$0].task }).count
      counts.add(
        "dram.program", (runs + 7) / 8 * 8 * DescriptorField.runBytes / beat)
      try PassCounts(self, operation, maps).count(into: &counts)
    }
    return counts.counts
  }
}

extension Counts {
  /// The counters that depend on how fast the memory is.
  public static let ofMemory = [
    "cycle.stall.result", "cycle.stall.threshold", "cycle.stall.hold", "cycle.operation",
  ]

  /// What differs between these counts, measured, and those of the exact model: a sentence for each
  /// counter and task. Cycles that wait for the memory are taken off `cycle.total`.
  public func differences(fromExact exact: Counts, tasks: [String]) -> [String] {
    var sentences: [String] = []
    for (number, counter) in Machine.acceleratorCounters.enumerated()
    where !Self.ofMemory.contains(counter.name) {
      for task in values[number].indices {
        var measured = values[number][task]
        if counter.name == "cycle.total" {
          measured -= Self.ofMemory.dropLast().reduce(0) { $0 + self($1) }
        }
        let expected = exact.values[number][task]
        guard measured != expected else { continue }
        let place =
          counter.isPerTask
          ? " of task \(task < tasks.count ? tasks[task] : String(task))" : ""
        sentences.append("\(counter.name)\(place) must be \(expected) and is \(measured)")
      }
    }
    return sentences
  }
}

/// Counts by name while they are added up.
struct CountBuilder {
  private var values: [[Int]]
  private static let numbers = Dictionary(
    uniqueKeysWithValues: Machine.acceleratorCounters.enumerated().map { ($1.name, $0) })

  init(tasks: Int) {
    values = Machine.acceleratorCounters.map {
      [Int](repeating: 0, count: $0.isPerTask ? tasks : 1)
    }
  }

  mutating func add(_ name: String, task: Int = 0, _ amount: Int) {
    values[Self.numbers[name]!][task] += amount
  }

  var counts: Counts { Counts(values: values) }
}

/// The exact model of one pass of a layer.
struct PassCounts {
  let shape: AcceleratorShape
  let plan: LayerPlan
  let options: Program.Options
  let tasks: [Int]
  private let inputs: [PlacedBits]
  private let masks: [[Bool]]
  let hasThresholds: Bool
  let thresholdForm: ThresholdForm
  let blocks: [Range<Int>]
  let positions: [Int]
  let array: ArrayShape

  init(_ program: Program, _ operation: Program.Operation, _ maps: GoldenMaps) throws {
    let layer = operation.layer!
    let network = program.network
    shape = network.shape
    plan = network.plan(
      ofLayer: layer, task: operation.task ?? program.images[operation.images.lowerBound].task)
    options = program.options
    tasks = operation.images.map { program.images[$0].task }
    let plan = plan
    inputs = operation.images.map { image in
      PlacedBits(plan.placed(maps.inputs[layer][program.places[image]]), plan.input)
    }
    masks = plan.isHead ? [] : operation.images.map { maps.masks[layer][program.places[$0]] }
    hasThresholds = tasks.contains { network.thresholds[layer][$0] != nil }
    thresholdForm = network.thresholdForms[layer]
    blocks = plan.columnBlocks(shape)
    positions = plan.positions
    array = try ArrayShape(
      rows: shape.rows, columns: shape.columns, laneExtra: shape.laneExtra)
  }

  func count(into counts: inout CountBuilder) {
    countTiles(into: &counts)
    countResults(into: &counts)
    countTransfers(into: &counts)
  }

  /// Steps and multiplications, tile by tile, and the cycles.
  private func countTiles(into counts: inout CountBuilder) {
    let tiles = rowTiles()
    let channels = plan.layer.outputChannels
    for tile in tiles {
      let issued = tile.issued
      counts.add("step.skipped", (plan.steps - issued) * blocks.count)
      counts.add("act.beat", issued * blocks.count)
      counts.add("weight.beat", issued * blocks.count)
      counts.add("weight.word", issued * channels)
      counts.add(
        "slot.idle",
        (blocks.count * shape.rows * shape.columns - tile.tasks.count * channels) * issued)
      for (task, nonzero) in zip(tile.tasks, tile.nonzero) {
        counts.add("mac.active", task: task, nonzero * channels)
        counts.add("mac.gated", task: task, (issued - nonzero) * channels)
        counts.add("mac.skipped", task: task, (plan.steps - issued) * channels)
        counts.add("act.word", task: task, issued * blocks.count)
      }
      for (task, reads) in zip(tile.tasks, tile.reads) {
        counts.add("act.read", task: task, reads * blocks.count)
      }
    }
    let total = tiles.count * blocks.count
    counts.add("channel.beat", total)
    counts.add("threshold.beat", total * shape.rows)
    let causes = timeline(tiles).causes(on: array)
    counts.add("cycle.total", causes.total)
    counts.add("cycle.compute", causes.compute)
    counts.add("cycle.stall.drain", causes.stallDrain)
    counts.add("cycle.stall.operand", causes.stallOperand)
    counts.add("cycle.drain", causes.drain)
  }

  /// The feeder's times for all tiles of the pass.
  func timeline(_ tiles: [RowTile], records: Bool = false) -> FeedTimeline {
    let total = tiles.count * blocks.count
    var timeline = FeedTimeline(
      drainSlots: array.drainSlots, firstRows: tiles[0].tasks.count, records: records)
    for number in 0..<total {
      let next = number + 1 < total ? tiles[(number + 1) % tiles.count].tasks.count : nil
      timeline.issue(tiles[number % tiles.count].feed, nextRows: next)
    }
    return timeline
  }

  private func countResults(into counts: inout CountBuilder) {
    let channels = plan.layer.outputChannels
    for (image, task) in tasks.enumerated() {
      counts.add("result.word", task: task, positions.count * channels)
      counts.add("result.beat", positions.count * blocks.count)
      guard !plan.isHead else { continue }
      let passed = masks[image].count { $0 }
      counts.add("threshold.compare", task: task, masks[image].count)
      counts.add("threshold.masked", task: task, masks[image].count - passed)
      counts.add("requantize", task: task, passed)
      if hasThresholds { counts.add("threshold.read", task: task, positions.count * blocks.count) }
      let pooled = plan.layer.pooledSize * plan.layer.pooledSize
      let isMerged = plan.layer.isPooled && plan.order == .rows
      counts.add("act.write", task: task, (isMerged ? 2 : 1) * pooled * blocks.count)
      if isMerged { counts.add("act.merge", pooled * blocks.count) }
    }
  }

  var keepsWeights: Bool {
    options.keepsResident && shape.weightLine.lines(plan.steps) <= shape.weightLines
  }

  var keepsThresholds: Bool {
    options.keepsResident
      && shape.thresholdLine(thresholdForm).lines(positions.count) <= shape.thresholdLines
  }

  private func countTransfers(into counts: inout CountBuilder) {
    let weights = shape.weightLine
    let lines = weights.lines(plan.steps)
    let slots = tasks.count * positions.count
    let times = keepsWeights ? 1 : (slots + shape.rows - 1) / shape.rows
    counts.add("dram.weight", blocks.count * times * lines * weights.beats)
    counts.add("dram.channel", blocks.count * shape.channelLine.beats)
    if hasThresholds {
      let line = shape.thresholdLine(thresholdForm)
      let lines = line.lines(positions.count)
      let times = keepsThresholds ? Set(tasks).count : tasks.count
      counts.add("dram.threshold", blocks.count * times * lines * line.beats)
    }
    if plan.isHead {
      let line = LineForm(width: shape.columns * shape.accWidth, bus: shape.busWidth)
      counts.add("dram.write", slots * blocks.count * line.beats + slots)
    }
  }

  /// The slots of a tile: what each reads, and which steps they need together.
  struct RowTile {
    var tasks: [Int] = []
    /// Nonzero activations that each row reads.
    var nonzero: [Int] = []
    /// Words that each row reads; those of padding are not.
    var reads: [Int] = []
    /// Steps issued of each word.
    var words: [Int] = []
    /// Numbers of the steps issued; that of the last word's first where there is none.
    var steps: [Int] = []
    /// Rows with a nonzero activation at each step issued, where they are recorded; none for a forced step.
    var nonzeroRows: [Int] = []
    var issued: Int { max(1, words.reduce(0, +)) }
    var feed: FeedTimeline.Tile { .init(rows: tasks.count, steps: words) }
  }

  /// The tiles of a column block.
  ///
  /// - Parameter recordsRows: count the rows that are not zero at each step.
  func rowTiles(recordsRows: Bool = false) -> [RowTile] {
    let slots = tasks.indices.flatMap { image in positions.map { (image: image, position: $0) } }
    return stride(from: 0, to: slots.count, by: shape.rows).map { first in
      tile(Array(slots[first..<min(first + shape.rows, slots.count)]), recordsRows)
    }
  }

  private func tile(
    _ slots: [(image: Int, position: Int)], _ recordsRows: Bool
  ) -> RowTile {
    var tile = RowTile()
    tile.tasks = slots.map { tasks[$0.image] }
    tile.nonzero = slots.map { _ in 0 }
    tile.reads = tile.nonzero
    let input = plan.input
    for tap in 0..<plan.kernel * plan.kernel {
      for word in 0..<input.pixelPlaces {
        var needed = [UInt64](repeating: 0, count: inputs[0].chunks)
        var rows = [Int](repeating: 0, count: recordsRows ? input.placeChannels : 0)
        for (row, slot) in slots.enumerated() {
          let (outputRow, outputColumn) = slot.position.quotientAndRemainder(
            dividingBy: plan.layer.outputSize)
          let y = outputRow * plan.stride + tap / plan.kernel - plan.padding
          let x = outputColumn * plan.stride + tap % plan.kernel - plan.padding
          guard 0..<input.size ~= y, 0..<input.size ~= x else { continue }
          tile.reads[row] += 1
          let place = (y * input.size + x) * input.pixelPlaces + word
          for chunk in needed.indices {
            let bits = inputs[slot.image][place, chunk]
            needed[chunk] |= bits
            tile.nonzero[row] += bits.nonzeroBitCount
            if recordsRows {
              for bit in 0..<64 where bits >> UInt64(bit) & 1 == 1 { rows[chunk * 64 + bit] += 1 }
            }
          }
        }
        let all = word == input.pixelPlaces - 1 ? input.lastChannels : input.placeChannels
        let first = tap * input.channels + word * input.placeChannels
        let issued = (0..<all).filter {
          !options.skips || needed[$0 / 64] >> UInt64($0 % 64) & 1 == 1
        }
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
