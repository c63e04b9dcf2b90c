import Machine
import Networks

/// The counters of one operation, as the accelerator wrote them.
public struct Counts: Sendable, Equatable {
  /// [counter][task]; one number for a counter that is not kept per task.
  public let values: [[Int]]

  /// The count of the event `name`, of `task` where it is kept per task.
  ///
  /// - Precondition: there is a counter of that name.
  public func callAsFunction(_ name: String, task: Int = 0) -> Int {
    let number = Self.number(of: name)
    return values[number][Machine.acceleratorCounters[number].isPerTask ? task : 0]
  }

  /// Counts of zero for `tasks` task ids.
  public init(tasks: Int) {
    self.init(
      values: Machine.acceleratorCounters.map {
        [Int](repeating: 0, count: $0.isPerTask ? tasks : 1)
      })
  }

  /// The counts `values`: [counter][task], in the order of `Machine.acceleratorCounters`.
  public init(values: [[Int]]) { self.values = values }

  /// The counters of multiply-accumulates: together the layer's, each counted once.
  public static let macs = ["mac.active", "mac.gated", "mac.skipped"]

  /// Adds other counts of as many tasks.
  public static func += (sum: inout Counts, counts: Counts) {
    sum = Counts(values: zip(sum.values, counts.values).map { zip($0, $1).map { $0 + $1 } })
  }

  /// Beats in which an operation's counters are written.
  public static func beats(_ shape: AcceleratorShape) -> Int {
    layout(shape).count * max(8, shape.busWidth / 8) * 8 / shape.busWidth
  }

  /// The sum over tasks.
  public func total(_ name: String) -> Int {
    values[Self.number(of: name)].reduce(0, +)
  }

  private static let numbers = Dictionary(
    uniqueKeysWithValues: Machine.acceleratorCounters.enumerated().map { ($1.name, $0) })

  /// The place of a counter among `Machine.acceleratorCounters`.
  static func number(of name: String) -> Int {
    guard let number = numbers[name] else { preconditionFailure("there is no counter \(name)") }
    return number
  }

  /// Counter and task of each count in the order in which they are written.
  static func layout(_ shape: AcceleratorShape) -> [(counter: Int, task: Int)] {
    Machine.acceleratorCounters.indices.flatMap { counter in
      (0..<(Machine.acceleratorCounters[counter].isPerTask ? shape.runs : 1)).map { (counter, $0) }
    }
  }
}

extension Program {
  /// The counters of operation number `number`, out of the memory after a run; nil where none were
  /// written.
  public func counts(_ number: Int, in memory: UnsafeRawBufferPointer) -> Counts? {
    guard let offset = operations[number].counters else { return nil }
    let shape = network.shape
    let reader = MemoryReader(bytes: memory)
    let bytes = max(8, shape.busWidth / 8)
    var values = Machine.acceleratorCounters.map { _ in [Int]() }
    for (place, count) in Counts.layout(shape).enumerated() {
      values[count.counter].append(
        Int(reader.bits(width: 64, offset: offset + place * bytes, bit: 0)))
    }
    return Counts(values: values)
  }

  /// The logits of each image of the batch, in the batch's order, out of the memory after a run.
  public func logits(in memory: UnsafeRawBufferPointer) -> [[Int64]] {
    let shape = network.shape
    let reader = MemoryReader(bytes: memory)
    let line = shape.logitLine
    var logits = [[Int64]](repeating: [], count: images.count)
    for operation in operations where operation.operation == .layer {
      guard let data = operation.data, let task = operation.task else { continue }
      let plan = network.plan(ofLayer: operation.layer!, task: task)
      for (number, block) in plan.columnBlocks(shape).enumerated() {
        for (slot, image) in operation.images.enumerated() {
          let word = data + (number * operation.images.count + slot) * line.bytes
          logits[places[image]] += block.indices.map { column in
            reader.signed(
              width: shape.accWidth, offset: word,
              bit: (column - block.lowerBound) * shape.accWidth)
          }
        }
      }
    }
    return logits
  }

  /// The class that the accelerator found for each image of the batch, in the batch's order, out of
  /// the memory after a run.
  public func classes(in memory: UnsafeRawBufferPointer) -> [Int] {
    let reader = MemoryReader(bytes: memory)
    var classes = [Int](repeating: 0, count: images.count)
    for operation in operations {
      guard let offset = operation.classes else { continue }
      for (slot, image) in operation.images.enumerated() {
        classes[places[image]] = Int(
          reader.bits(width: 32, offset: offset + slot * network.shape.busWidth / 8, bit: 0))
      }
    }
    return classes
  }

  /// The output of hidden layer `layer` for each image of the batch, [channel][row][column] after
  /// pooling, in the batch's order; nil where it was not stored.
  public func output(ofLayer layer: Int, in memory: UnsafeRawBufferPointer) -> [[Int32]]? {
    guard
      let operation = operations.first(where: { $0.operation == .store && $0.layer == layer }),
      let data = operation.data, let form = network.plan(ofLayer: layer, task: 0).output
    else { return nil }
    let shape = network.shape
    let reader = MemoryReader(bytes: memory)
    let channels = form.placeChannels
    let line = shape.placeLine
    let isSigned = network.model.activation.isSigned
    var maps = [[Int32]](repeating: [], count: images.count)
    for image in images.indices {
      var values: [Int32] = []
      for place in image * form.imagePlaces..<(image + 1) * form.imagePlaces {
        for channel in 0..<channels {
          let (offset, bit) = (data + place * line.bytes, channel * shape.actWidth)
          values.append(
            isSigned
              ? Int32(reader.signed(width: shape.actWidth, offset: offset, bit: bit))
              : Int32(reader.bits(width: shape.actWidth, offset: offset, bit: bit)))
        }
      }
      maps[places[image]] = LayerPlan.unplaced(values, form)
    }
    return maps
  }
}
