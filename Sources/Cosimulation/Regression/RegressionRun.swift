import Golden
import Machine
import Mapping
import Networks
import Programs

/// A number that came out wrong, or an event that was counted wrong: one sentence.
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
  /// - Throws: `RegressionFailure`; `SimulationError`, `ProgramStop`, `RegisterError`.
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
    let stalled = try run(program, on: accelerator, &figures)
    accelerator.setTiming(MemoryTiming())
    accelerator.setStalls(nil)
    accelerator.setReorder(seed: nil)
    let calm = try run(program, on: accelerator, &figures)
    try checkSame(stalled, calm, program)
    if network.options.skips {
      var dense = network.options
      dense.skips = false
      try checkFaster(
        calm, than: try run(try self.program(dense), on: accelerator, &figures), program)
    }
    return figures
  }

  private func program(_ options: Program.Options) throws -> Program {
    try Program(image, batch: network.batch, inputs: network.inputs, options: options)
  }

  /// Runs a program, checks what it leaves, and gives the counters of each operation.
  private func run(
    _ program: Program, on accelerator: SimulatedAccelerator, _ figures: inout Figures
  ) throws -> [Counts] {
    let memory = accelerator.memory
    program.memory.bytes.withUnsafeBytes { memory.bytes.copyMemory(from: $0) }
    // What is not written shows.
    for region in program.memory.regions where [.results, .counters].contains(region.kind) {
      for byte in region.offset..<region.offset + region.bytes { memory.bytes[byte] = 0xA5 }
    }
    accelerator.recordPorts(true)
    figures.cycles += try accelerator.start(
      at: UInt32(program.start), image: UInt32(program.memory.bytes.count),
      limit: Watchdog(program, network.surroundings).cycles)
    let bytes = UnsafeRawBufferPointer(memory.bytes)
    figures.values += try checkOutputs(program, bytes)
    let counts = program.operations.indices.map { program.counts($0, in: bytes)! }
    figures.macs += try checkMACs(program, counts)
    try checkExactly(program, counts, accelerator.takePortTrace())
    return counts
  }

  // MARK: Events

  /// Compares every counter with the exact model, and the cycles that depend on the memory with what
  /// the handshakes of its port ask for.
  private func checkExactly(_ program: Program, _ counts: [Counts], _ trace: [UInt16]) throws {
    let maps = GoldenMaps(images: network.inputs, inferences: expected)
    let cycles = try program.memoryCycles(maps, trace: trace)
    for (number, counted) in counts.enumerated() {
      let differences =
        counted.differences(
          fromExact: try program.exactCounts(number, maps), tasks: network.model.tasks)
        + cycles[number].differences(from: MemoryCycles(counted))
      guard let first = differences.first else { continue }
      throw RegressionFailure("operation \(number) of the program: \(first)")
    }
  }

  // MARK: Outputs

  private func checkOutputs(_ program: Program, _ bytes: UnsafeRawBufferPointer) throws -> Int {
    var count = 0
    for (layer, geometry) in network.model.layers.enumerated() {
      let outputs = program.output(ofLayer: layer, in: bytes)!
      for (number, output) in outputs.enumerated() {
        let golden = expected[number].layers[layer].pooled
        count += golden.count
        if let place = Self.difference(output, golden) {
          let size = geometry.pooledSize
          throw RegressionFailure(
            "layer \(layer) (\(geometry.name)), \(imageText(number)), channel "
              + "\(place / (size * size)), row \(place / size % size), column \(place % size): the "
              + "accelerator gives \(output[place]), the golden model \(golden[place])")
        }
      }
    }
    for (number, logits) in program.logits(in: bytes).enumerated() {
      let golden = expected[number].logits
      count += golden.count
      if let place = Self.difference(logits, golden) {
        throw RegressionFailure(
          "the head, \(imageText(number)), class \(place): the accelerator gives \(logits[place]), "
            + "the golden model \(golden[place])")
      }
    }
    return count
  }

  private static func difference<Value: Equatable>(_ left: [Value], _ right: [Value]) -> Int? {
    precondition(left.count == right.count, "results have the shape of the network's")
    return left == right ? nil : left.indices.first { left[$0] != right[$0] }
  }

  private func imageText(_ number: Int) -> String {
    "image \(number) (task \(network.batch.images[number].task))"
  }

  // MARK: Events

  /// That no multiply-accumulate is lost or counted twice.
  private func checkMACs(_ program: Program, _ counts: [Counts]) throws -> Int {
    var sum = 0
    for (operation, count) in zip(program.operations, counts) where operation.operation == .layer {
      for task in network.model.tasks.indices {
        let images = operation.images.filter { program.images[$0].task == task }.count
        let layer = network.model.geometry(ofLayer: operation.layer!, task: task)
        let dense = images * layer.outputCount * layer.reduction
        let parts = ["mac.active", "mac.gated", "mac.skipped"].map { count($0, task: task) }
        guard parts.reduce(0, +) == dense else {
          throw RegressionFailure(
            "layer \(operation.layer!) (\(layer.name)), task \(task): the accelerator counts "
              + "\(parts[0]) active, \(parts[1]) gated and \(parts[2]) skipped "
              + "multiply-accumulates, and the layer has \(dense)")
        }
        sum += dense
      }
    }
    return sum
  }

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
