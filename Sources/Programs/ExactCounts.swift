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
    let shape = network.shape
    var counts = CountBuilder(tasks: shape.runs)
    switch operation.operation {
    case .end: counts.countEnd(on: shape)
    case .load: counts.countLoad(places: loadedPlaces, on: shape)
    case .store:
      let form = network.plan(ofLayer: operation.layer!, task: 0).output!
      counts.countStore(places: images.count * form.imagePlaces, on: shape)
    case .layer: ExactPass(self, operation, maps).count(into: &counts)
    }
    return counts.counts
  }

  /// Places of the images that a load brings.
  var loadedPlaces: Int {
    images.count * network.plan(ofLayer: 0, task: 0).input.imagePlaces
  }

  /// The images of an operation, task by task.
  func runs(of operation: Operation) -> [PassGeometry.Run] {
    PassGeometry.Run.inOrder(operation.images.map { images[$0].task })
  }
}

extension PassGeometry.Run {
  /// The runs of images of one task in a sequence of tasks.
  static func inOrder(_ tasks: [Int]) -> [PassGeometry.Run] {
    tasks.reduce(into: []) { runs, task in
      if let last = runs.last, last.task == task {
        runs[runs.count - 1] = PassGeometry.Run(task: task, images: last.images + 1)
      } else {
        runs.append(PassGeometry.Run(task: task, images: 1))
      }
    }
  }
}

extension Counts {
  /// The counters of cycles in which the machine waits for the memory.
  public static let waits = ["cycle.stall.result", "cycle.stall.threshold", "cycle.stall.hold"]
  /// Cycles of a layer in which the machine advances: `cycle.total` without those.
  public var advancingCycles: Int { self("cycle.total") - Self.waits.reduce(0) { $0 + self($1) } }
  /// The counters that depend on how fast the memory is: `Program.memoryCycles` has them.
  public static let ofMemory = waits + ["cycle.operation"]

  /// What differs between these counts, measured, and those of the exact model: a sentence for each
  /// counter and task. Cycles that wait for the memory are taken off `cycle.total`.
  public func differences(fromExact exact: Counts, tasks: [String]) -> [String] {
    var sentences: [String] = []
    for (number, counter) in Machine.acceleratorCounters.enumerated()
    where !Self.ofMemory.contains(counter.name) {
      for task in values[number].indices {
        var measured = values[number][task]
        if counter.name == "cycle.total" { measured = advancingCycles }
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

  init(tasks: Int) {
    values = Machine.acceleratorCounters.map {
      [Int](repeating: 0, count: $0.isPerTask ? tasks : 1)
    }
  }

  mutating func add(_ name: String, task: Int = 0, _ amount: Int) {
    values[Counts.number(of: name)][task] += amount
  }

  mutating func add(_ causes: CycleCauses) {
    add("cycle.total", causes.total)
    add("cycle.compute", causes.compute)
    add("cycle.stall.drain", causes.stallDrain)
    add("cycle.stall.operand", causes.stallOperand)
    add("cycle.drain", causes.drain)
  }

  /// Adds a load of images that take `places` of a buffer.
  mutating func countLoad(places: Int, times: Int = 1, on shape: AcceleratorShape) {
    let line = shape.actLine
    add("dram.activation", times * line.lines(places * shape.banks) * line.beats)
    add("dram.program", times * shape.programBeats(runs: 0))
  }

  /// Adds a store of `places` of a buffer.
  mutating func countStore(places: Int, times: Int = 1, on shape: AcceleratorShape) {
    add("dram.write", times * places * shape.placeLine.beats)
    add("dram.program", times * shape.programBeats(runs: 0))
  }

  /// Adds the end of a program.
  mutating func countEnd(times: Int = 1, on shape: AcceleratorShape) {
    add("dram.program", times * shape.programBeats(runs: 0))
  }

  var counts: Counts { Counts(values: values) }
}
