import Mapping
import Networks

/// A pass of a layer over images as far as shapes decide it; docs/model.md has the equations.
///
/// The exact and the statistical model share it: they differ in where the sums of nonzero
/// activations, issued steps and masked results come from.
public struct PassGeometry: Sendable {
  /// Images of one task that follow each other.
  public struct Run: Sendable, Hashable {
    /// The task's number.
    public let task: Int
    /// How many images.
    public let images: Int
  }

  let shape: AcceleratorShape
  let layer: LayerShape
  let isHead: Bool
  let order: SlotOrder
  let runs: [Run]
  let keepsResident: Bool
  /// The form of the thresholds that it reads; nil where there are none.
  let thresholdForm: ThresholdForm?
  /// The input is windows of the image that were cut out beforehand.
  let takesWindows: Bool

  /// - Parameter isFirst: it takes images.
  init(
    _ layer: LayerShape, on shape: AcceleratorShape, isFirst: Bool, isHead: Bool, order: SlotOrder,
    runs: [Run], thresholdForm: ThresholdForm?, keepsResident: Bool
  ) {
    self.shape = shape
    self.layer = layer
    self.isHead = isHead
    self.order = order
    self.runs = runs
    self.keepsResident = keepsResident
    self.thresholdForm = isHead ? nil : thresholdForm
    takesWindows =
      isFirst && layer.kernel.count > 1 && layer.groups == 1
      && shape.takesWindows(ofReduction: layer.reduction)
  }

  /// Reduction steps of a tile.
  var steps: Int { layer.reduction }
  /// Taps of the kernel on the input as the buffer holds it.
  var taps: Int { takesWindows ? 1 : layer.kernel.count }
  /// Channels of a tap.
  var tapChannels: Int { steps / taps }
  /// Places of a tap's channels.
  var tapPlaces: Int { tapChannels.dividedRoundingUp(by: shape.placeChannels) }
  /// Channels in the last of them.
  var lastChannels: Int { tapChannels - (tapPlaces - 1) * shape.placeChannels }
  /// Words that a row reads for a tile.
  var words: Int { taps * tapPlaces }
  /// Output positions.
  var positions: Int { layer.positions }
  /// Output channels.
  var channels: Int { layer.outputChannels }
  /// Column blocks: a group never shares columns with another.
  var blocks: Int {
    layer.groups * (channels / layer.groups).dividedRoundingUp(by: shape.columns)
  }
  /// Images.
  var images: Int { runs.reduce(0) { $0 + $1.images } }
  /// Row slots.
  var slots: Int { images * positions }
  /// Row tiles.
  var tiles: Int { slots.dividedRoundingUp(by: shape.rows) }
  /// Rows in use in the last row tile.
  var lastRows: Int { slots - (tiles - 1) * shape.rows }
  /// Words that the rows of an image read: those of padding are not.
  var readsOfImage: Int { (takesWindows ? positions : layer.insideTaps) * tapPlaces }
  /// Products of an image, of one output channel, that are not padding.
  var insideProducts: Int { layer.insideTaps * layer.groupChannels }
  /// Places of an image of the input.
  var inputPlaces: Int {
    takesWindows
      ? positions * tapPlaces
      : layer.size.count * layer.inputChannels.dividedRoundingUp(by: shape.placeChannels)
  }
  /// Places of an image of the output.
  var outputPlaces: Int {
    layer.pooled.count * layer.outputChannels.dividedRoundingUp(by: shape.placeChannels)
  }
  /// The machine pools in windows of 2x2; what else pools is taken for that.
  var isPooled: Bool { layer.pool != nil }
  /// Column blocks whose weights fit are fetched once.
  var keepsWeights: Bool {
    keepsResident && shape.weightLine.lines(steps) <= shape.weightLines
  }

  /// A column block's thresholds fit.
  func keepsThresholds(_ form: ThresholdForm) -> Bool {
    keepsResident && shape.thresholdLine(form).lines(positions) <= shape.thresholdLines
  }

  /// Adds what shapes alone decide, `times` over.
  func countShapes(times: Int = 1, into counts: inout CountBuilder) {
    for run in runs {
      let words = times * run.images * blocks
      counts.add("act.read", task: run.task, words * readsOfImage)
      counts.add("result.word", task: run.task, times * run.images * positions * channels)
      counts.add("result.beat", words * positions)
      guard !isHead else { continue }
      if thresholdForm != nil { counts.add("threshold.read", task: run.task, words * positions) }
      let pooled = layer.pooled.count
      let isMerged = isPooled && order == .rows
      counts.add("act.write", task: run.task, (isMerged ? 2 : 1) * words * pooled)
      if isMerged { counts.add("act.merge", words * pooled) }
    }
    counts.add("channel.beat", times * tiles * blocks)
    counts.add("threshold.beat", times * tiles * blocks * shape.rows)
    countTransfers(times: times, into: &counts)
  }

  private func countTransfers(times: Int, into counts: inout CountBuilder) {
    let weights = shape.weightLine
    let repeats = keepsWeights ? 1 : tiles
    counts.add("dram.weight", times * blocks * repeats * weights.lines(steps) * weights.beats)
    counts.add("dram.channel", times * blocks * shape.channelLine.beats)
    if let form = thresholdForm {
      let line = shape.thresholdLine(form)
      let repeats = keepsThresholds(form) ? runs.count : images
      counts.add(
        "dram.threshold", times * blocks * repeats * line.lines(positions) * line.beats)
    }
    if isHead {
      counts.add("dram.write", times * slots * (blocks * shape.logitLine.beats + 1))
    }
    counts.add("dram.program", times * shape.programBeats(runs: runs.count))
  }

  /// Adds what is linear in `sums`, of one pass or of several alike.
  func count(_ sums: StepSums, into counts: inout CountBuilder) {
    for (task, sum) in sums.tasks.enumerated() {
      counts.add("mac.active", task: task, sum.nonzero * channels)
      counts.add("mac.gated", task: task, (sum.issued - sum.nonzero) * channels)
      counts.add("mac.skipped", task: task, (sum.slots * steps - sum.issued) * channels)
      counts.add("act.word", task: task, sum.issued * blocks)
      guard !isHead else { continue }
      let compared = sum.slots * channels
      counts.add("threshold.compare", task: task, compared)
      counts.add("threshold.masked", task: task, sum.masked)
      counts.add("requantize", task: task, compared - sum.masked)
    }
    counts.add("step.skipped", (sums.tiles * steps - sums.issued) * blocks)
    counts.add("act.beat", sums.issued * blocks)
    counts.add("weight.beat", sums.issued * blocks)
    counts.add("weight.word", sums.issued * channels)
    let idleColumns = blocks * shape.columns - channels
    counts.add("slot.idle", shape.rows * idleColumns * sums.issued + channels * sums.idle)
  }

  /// The cycles where every step is issued: the recurrence, whose times repeat after a few tiles.
  func denseCauses() -> CycleCauses {
    var tapSteps = [Int](repeating: shape.placeChannels, count: tapPlaces)
    tapSteps[tapPlaces - 1] = lastChannels
    let steps = Array(repeatElement(tapSteps, count: taps).joined())
    let full = tiles - (lastRows < shape.rows ? 1 : 0)
    let fullTile = FeedTimeline.Tile(rows: shape.rows, steps: steps)
    let lastTile = FeedTimeline.Tile(rows: lastRows, steps: steps)
    let firstRows = full > 0 ? shape.rows : lastRows
    var timeline = FeedTimeline(drainSlots: shape.rows, firstRows: firstRows)
    timeline.repeated(blocks) { timeline, isLastBlock in
      let afterBlock = isLastBlock ? nil : firstRows
      timeline.repeated(full) { timeline, isLast in
        let rows = isLast ? (full == tiles ? afterBlock : lastRows) : shape.rows
        timeline.issue(fullTile, nextRows: rows)
      }
      if full < tiles { timeline.issue(lastTile, nextRows: afterBlock) }
    }
    return timeline.causes(on: shape)
  }
}

/// Sums over the row tiles of passes: all that a layer's linear events depend on beside its shapes.
struct StepSums: Equatable {
  struct Task: Equatable {
    /// Row slots.
    var slots = 0
    /// Nonzero activations that its rows read for one column block.
    var nonzero = 0
    /// Steps issued to its rows for one column block.
    var issued = 0
    /// Results below their thresholds.
    var masked = 0
  }

  /// Row tiles.
  var tiles = 0
  /// Steps issued for one column block.
  var issued = 0
  /// Steps issued to rows that are not in use, for one column block.
  var idle = 0
  /// By the task's number in the network.
  var tasks: [Task]

  init(tasks: Int) { self.tasks = Array(repeating: Task(), count: tasks) }

  static func += (sum: inout StepSums, other: StepSums) {
    sum.tiles += other.tiles
    sum.issued += other.issued
    sum.idle += other.idle
    for (task, own) in other.tasks.enumerated() {
      sum.tasks[task].slots += own.slots
      sum.tasks[task].nonzero += own.nonzero
      sum.tasks[task].issued += own.issued
      sum.tasks[task].masked += own.masked
    }
  }
}

extension Int {
  func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
