import Mapping

/// What the array's places do over time: the exact model's times and activations, step by step.
public struct ArrayTimeline: Sendable, Equatable {
  /// Sums over the processing elements and cycles of an interval; what they do not add up to is without a step.
  public struct Interval: Sendable, Equatable {
    /// Multiply-accumulates of nonzero activations.
    public var active = 0
    /// Those that a zero gates.
    public var gated = 0
    /// Steps that pass an element without a row slot or an output channel.
    public var idle = 0
    /// Elements times cycles.
    public var capacity = 0
  }

  /// A layer's first pass begins.
  public struct Start: Sendable, Equatable {
    /// The layer's place in the network; the head's is after the hidden layers'.
    public let layer: Int
    /// Cycles of layers before it.
    public let cycle: Int
  }

  /// Cycles of an interval; the last one may have fewer.
  public let length: Int
  /// Cycles of all layers, one after the other, as `cycle.total` has them.
  public let cycles: Int
  /// In the order of time.
  public private(set) var intervals: [Interval]
  /// In the order of time.
  public private(set) var starts: [Start] = []
  private let elements: Int

  /// `cycles` cycles of an array of `elements` elements in at most `count` intervals.
  init(cycles: Int, elements: Int, intervals count: Int) {
    self.cycles = cycles
    self.elements = elements
    let length = max(1, (cycles + count - 1) / count)
    self.length = length
    intervals = stride(from: 0, to: cycles, by: length).map {
      Interval(capacity: min(length, cycles - $0) * elements)
    }
  }

  /// Adds a pass whose first step is accepted in cycle `start`.
  mutating func add(_ pass: ExactPass, layer: Int, start: Int) {
    if starts.last?.layer != layer { starts.append(Start(layer: layer, cycle: start)) }
    let tiles = pass.rowTiles(recordsRows: true)
    let schedule = pass.timeline(tiles, records: true).schedule
    var step = 0
    for block in pass.columnBlocks {
      for tile in tiles {
        let slots = tile.tasks.count * block.count
        for number in 0..<tile.issued {
          let place = (start + schedule[step].accepted - schedule[0].accepted) / length
          let rows = number < tile.nonzeroRows.count ? tile.nonzeroRows[number] : 0
          intervals[place].active += rows * block.count
          intervals[place].gated += slots - rows * block.count
          intervals[place].idle += elements - slots
          step += 1
        }
      }
    }
  }
}

extension ExactRun {
  /// What the array does while `batch` runs.
  ///
  /// - Parameters:
  ///   - intervals: the time is cut into at most so many; 1 or more.
  ///   - maps: the golden model's maps of the batch.
  /// - Throws: `ProgramFailure` where the batch does not fit the accelerator.
  public func timeline(of batch: Batch, intervals: Int, maps: GoldenMaps) throws -> ArrayTimeline {
    let program = try Program(network, batch: batch, inputs: maps.inputs[0], options: options)
    let layers = program.operations.indices.filter {
      program.operations[$0].operation == .layer
    }
    let cycles = try layers.map { try program.exactCounts($0, maps)("cycle.total") }
    var timeline = ArrayTimeline(
      cycles: cycles.reduce(0, +), elements: network.shape.rows * network.shape.columns,
      intervals: intervals)
    var start = 0
    for (number, own) in zip(layers, cycles) {
      let operation = program.operations[number]
      timeline.add(
        ExactPass(program, operation, maps), layer: operation.layer!, start: start)
      start += own
    }
    return timeline
  }

  /// The active multiply-accumulates of each processing element, [row][column]; their sum is `mac.active`.
  ///
  /// - Parameter maps: the golden model's maps of a batch.
  /// - Throws: `ProgramFailure` where a batch does not fit the accelerator, and what `maps` throws.
  public func activeOfElements(maps: (Batch) throws -> GoldenMaps) throws -> [[Int]] {
    let shape = network.shape
    var active = [[Int]](
      repeating: [Int](repeating: 0, count: shape.columns), count: shape.rows)
    for batch in batches {
      let maps = try maps(batch)
      let program = try Program(network, batch: batch, inputs: maps.inputs[0], options: options)
      for operation in program.operations where operation.operation == .layer {
        let pass = ExactPass(program, operation, maps)
        var rows = [Int](repeating: 0, count: shape.rows)
        for tile in pass.rowTiles() {
          // A tile's first slot has its highest row.
          for (slot, nonzero) in tile.nonzero.enumerated() {
            rows[tile.nonzero.count - 1 - slot] += nonzero
          }
        }
        for column in 0..<shape.columns {
          let blocks = pass.columnBlocks.count { column < $0.count }
          for row in 0..<shape.rows { active[row][column] += rows[row] * blocks }
        }
      }
    }
    return active
  }
}
