import Golden
import Machine
import Mapping
import Networks
import Programs

/// A number that came out wrong, events that were counted wrong, or a run that did not end.
public struct RegressionFailure: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// A network on a simulated accelerator, compared with the golden model.
public struct RegressionRun {
  /// What a run has done.
  public struct Figures: Sendable {
    /// Cycles that were simulated.
    public var cycles: UInt64 = 0
    /// Activations and logits that were compared.
    public var values = 0
    /// Multiply-accumulates of the network and the batch.
    public var macs = 0

    /// Of nothing.
    public init() {}
  }

  /// What runs.
  public let network: DrawnNetwork
  private let library: AcceleratorLibrary
  private let image: NetworkImage
  private let expected: [Inference]

  /// - Throws: `ProgramFailure` where the accelerator cannot run the network; `NetworkError`.
  public init(
    _ network: DrawnNetwork, on shape: AcceleratorShape, _ library: AcceleratorLibrary
  ) throws {
    self.network = network
    self.library = library
    image = try NetworkImage(network.model, on: shape, orders: network.orders)
    let golden = try GoldenModel(network.model)
    expected = zip(network.batch.images, network.inputs).map { golden.infer($1, task: $0.task) }
  }

  /// Runs the network in its surroundings, then without stalls, and, where it skips, without skips.
  ///
  /// - Throws: `RegressionFailure`; `SimulationError` before the first run; `RegisterError`.
  public func run() throws -> Figures {
    let surroundings = network.surroundings
    let program = try self.program(network.options)
    let memory = SimulatedMemory(
      bytes: program.memory.bytes.count + 128, at: surroundings.base)
    let accelerator = try SimulatedAccelerator(
      library, memory: memory, xSeed: surroundings.xSeed, timing: surroundings.timing,
      stalls: surroundings.stalls)
    accelerator.setReorder(seed: surroundings.reorder)
    var figures = Figures()
    let stalled = try run(program, on: accelerator, "in its surroundings", &figures)
    accelerator.setTiming(MemoryTiming())
    accelerator.setStalls(nil)
    accelerator.setReorder(seed: nil)
    let calm = try run(program, on: accelerator, "without stalls", &figures)
    try checkSame(stalled, calm, program)
    if network.options.skips {
      var dense = network.options
      dense.skips = false
      let full = try run(
        try self.program(dense), on: accelerator, "without stalls and skips", &figures)
      try checkFaster(calm, than: full, program)
    }
    return figures
  }

  private func program(_ options: Program.Options) throws -> Program {
    try Program(image, batch: network.batch, inputs: network.inputs, options: options)
  }

  /// Runs a program, compares what it leaves, and gives the counters of each operation.
  ///
  /// - Parameter place: what is around the accelerator, for the sentence where something differs.
  private func run(
    _ program: Program, on accelerator: SimulatedAccelerator, _ place: String,
    _ figures: inout Figures
  ) throws -> [Counts] {
    let comparison = ProgramComparison(
      program, batch: network.batch, images: network.inputs, golden: expected)
    var outcome = ProgramOutcome()
    do {
      try comparison.run(
        on: accelerator, limit: Watchdog(program, network.surroundings).cycles, into: &outcome)
    } catch let failure as AcceleratorFailure {
      throw RegressionFailure("\(place): \(failure)")
    }
    figures.cycles += outcome.cycles
    figures.values += outcome.values
    figures.macs += outcome.counted.reduce(0) { sum, counts in
      Counts.macs.reduce(sum) { $0 + counts.total($1) }
    }
    return outcome.counted
  }

  // MARK: One run beside another

  /// That nothing but cycles depends on stalls.
  private func checkSame(_ left: [Counts], _ right: [Counts], _ program: Program) throws {
    for number in left.indices {
      for (place, counter) in Machine.acceleratorCounters.enumerated()
      where !counter.name.hasPrefix("cycle.") {
        let (a, b) = (left[number].values[place], right[number].values[place])
        guard a == b else {
          throw RegressionFailure(
            "operation \(number) (\(program.operations[number].operation)): the accelerator counts "
              + "\(a) of \(counter.name) in its surroundings, and \(b) without stalls")
        }
      }
    }
  }

  /// That skipping never costs a cycle, but where it waits.
  private func checkFaster(
    _ skipping: [Counts], than dense: [Counts], _ program: Program
  ) throws {
    for (number, operation) in program.operations.enumerated()
    where operation.operation == .layer {
      let (a, b) = (Self.moving(skipping[number]), Self.moving(dense[number]))
      guard a <= b else {
        throw RegressionFailure(
          "layer \(operation.layer!): \(a) cycles without stalls where it skips, and \(b) where it "
            + "does not")
      }
    }
  }

  /// The cycles in which the machine moved.
  private static func moving(_ counts: Counts) -> Int {
    ["result", "threshold", "drain", "operand", "hold"]
      .reduce(counts.total("cycle.total")) { $0 - counts.total("cycle.stall.\($1)") }
  }
}

/// The cycles within which a program has to end.
private struct Watchdog {
  let cycles: UInt64

  init(_ program: Program, _ surroundings: DrawnSurroundings) {
    let network = program.network
    let shape = network.shape
    var compute = 0
    var beats = program.memory.bytes.count / (shape.busWidth / 8)
    for operation in program.operations where operation.operation == .layer {
      let plan = network.plan(
        ofLayer: operation.layer!, task: operation.task ?? program.images[0].task)
      let slots = operation.images.count * plan.layer.positions
      let tiles = ((slots + shape.rows - 1) / shape.rows) * plan.columnBlocks(shape).count
      compute += tiles * (plan.wordSteps * shape.rows + plan.steps + 4 * shape.rows + shape.columns)
      beats += tiles * shape.weightLine.lines(plan.steps) * shape.weightLine.beats
      beats +=
        operation.images.count * plan.columnBlocks(shape).count
        * shape.thresholdLine.lines(plan.layer.positions) * shape.thresholdLine.beats
    }
    let timing = surroundings.timing
    let bandwidth = timing.bandwidth ?? .init(bytes: shape.busWidth / 8)
    let perBeat = shape.busWidth / 8 * bandwidth.cycles / bandwidth.bytes + 1
    let latency = timing.readLatency + timing.writeLatency + 30
    let stalls = surroundings.stalls == nil ? 1 : 4
    cycles = UInt64(stalls * (2 * compute + beats * (perBeat + latency / 2) + 100_000))
  }
}
