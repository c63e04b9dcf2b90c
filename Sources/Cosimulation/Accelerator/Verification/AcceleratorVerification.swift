import Foundation
import Golden
import Machine
import Mapping
import Networks
import Programs
import Verilated

/// Runs a network on the verilated accelerator, through its buses alone, and compares all that it
/// leaves in memory with the golden model and the exact model.
public struct AcceleratorVerification {
  private let plan: AcceleratorPlan
  private let library: AcceleratorLibrary
  private let progress: (String) -> Void

  /// Builds the accelerator, or takes it from the cache.
  ///
  /// - Throws: `RTLError`, `EnvironmentError`.
  public init(_ plan: AcceleratorPlan, progress: @escaping (String) -> Void = { _ in }) throws {
    self.plan = plan
    self.progress = progress
    let sources = try plan.sources()
    let parameters = plan.shape.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    progress("building the accelerator with Verilator")
    let build = AcceleratorBuild(sources, parameters: parameters)
    library = try AcceleratorLibrary(
      path: build.product(in: BuildCache(folder: plan.request.run.cache)).path)
  }

  /// Compares the golden model with the vectors' logits and traces.
  public func checkGolden() -> VectorCheck? {
    plan.request.runsAsConventional ? nil : plan.golden.check(plan.vectors)
  }

  /// Runs every batch, up to the first difference.
  public func run() throws -> AcceleratorResult {
    var result = AcceleratorResult(
      tasks: plan.tasks.map { ($0, TaskOutcome(name: plan.model.tasks[$0])) },
      rtl: RunCounts(of: plan.network, provenance: .rtl),
      exact: RunCounts(of: plan.network, provenance: .exact))
    for (place, (number, batch)) in plan.batches.enumerated() {
      progress("batch \(place + 1) of \(plan.batches.count)")
      do {
        try run(batch, number, into: &result)
      } catch let failure as AcceleratorFailure {
        result.failure = failure
        result.failedBatch = number
        return result
      }
    }
    return result
  }

  private func run(_ batch: Batch, _ number: Int, into result: inout AcceleratorResult) throws {
    let images = batch.images.map { plan.vectors.tasks[$0.task].images[$0.image] }
    let golden = zip(batch.images, images).map { plan.golden.infer($1, task: $0.task) }
    let program = try Program(
      plan.network, batch: batch, inputs: images, options: plan.request.options)
    let accelerator = try accelerator(program, number)
    accelerator.recordPorts(true)
    let start = Date()
    do {
      result.cycles += try accelerator.run(program, limit: plan.request.limit)
    } catch let error as ProgramStop {
      throw AcceleratorFailure.stop(error)
    } catch let error as SimulationError {
      throw AcceleratorFailure.simulation(error)
    }
    result.seconds += Date().timeIntervalSince(start)
    let memory = UnsafeRawBufferPointer(accelerator.memory.bytes)
    try compareOutputs(program, batch, golden, memory, into: &result)
    try compareCounts(
      program, images, golden, memory, accelerator.takePortTrace(), into: &result)
    try compareTraffic(program, accelerator.counts, memory)
    result.rtl.addEnd(of: batch, on: plan.shape)
    result.exact.addEnd(of: batch, on: plan.shape)
  }

  private func accelerator(_ program: Program, _ number: Int) throws -> SimulatedAccelerator {
    let request = plan.request
    let seed = request.run.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    return try SimulatedAccelerator(
      library,
      memory: SimulatedMemory(bytes: program.memory.bytes.count, at: Self.imageAddress),
      xSeed: request.run.xSeed, timing: request.timing,
      stalls: request.run.stallProbability > 0
        ? BusStalls(probability: request.run.stallProbability, seed: seed) : nil)
  }

  /// Where the memory's image lies: not at 0, so that a base that is left out shows.
  private static let imageAddress: UInt64 = 0x4000_0000

  // MARK: Numbers

  private func compareOutputs(
    _ program: Program, _ batch: Batch, _ golden: [Inference], _ memory: UnsafeRawBufferPointer,
    into result: inout AcceleratorResult
  ) throws {
    for (layer, geometry) in plan.model.layers.enumerated() {
      guard let outputs = program.output(ofLayer: layer, in: memory) else { continue }
      for (image, source) in batch.images.enumerated() {
        let (own, want) = (outputs[image], golden[image].layers[layer].pooled)
        result.compared += want.count
        guard let index = own.indices.first(where: { own[$0] != want[$0] }) else { continue }
        let size = geometry.pooledSize
        throw AcceleratorFailure.mismatch(
          Mismatch(
            task: plan.model.tasks[source.task], image: source.image, layer: geometry.name,
            level: geometry.isPooled ? .pooled : .activation, channel: index / (size * size),
            row: index % (size * size) / size, column: index % size,
            expected: Int64(want[index]), actual: Int64(own[index])))
      }
    }
    let logits = program.logits(in: memory)
    let classes = program.classes(in: memory)
    for (image, source) in batch.images.enumerated() {
      let (own, want) = (logits[image], golden[image].logits)
      result.compared += want.count
      if let index = own.indices.first(where: { own[$0] != want[$0] }) {
        throw AcceleratorFailure.mismatch(
          Mismatch(
            task: plan.model.tasks[source.task], image: source.image, layer: "head",
            level: .logit, channel: index, row: 0, column: 0, expected: want[index],
            actual: own[index]))
      }
      let (found, best) = (classes[image], golden[image].prediction)
      guard found == best else {
        throw AcceleratorFailure.mismatch(
          Mismatch(
            task: plan.model.tasks[source.task], image: source.image, layer: "head",
            level: .predictedClass, channel: 0, row: 0, column: 0, expected: Int64(best),
            actual: Int64(found)))
      }
      count(source, found, into: &result)
    }
  }

  private func count(
    _ source: BatchImage, _ found: Int, into result: inout AcceleratorResult
  ) {
    let place = result.tasks.firstIndex { $0.number == source.task }!
    result.tasks[place].outcome.images += 1
    guard let labels = plan.vectors.tasks[source.task].labels else { return }
    let isRight = labels[source.image] == found
    result.tasks[place].outcome.correct =
      (result.tasks[place].outcome.correct ?? 0) + (isRight ? 1 : 0)
  }

  // MARK: Events

  private func compareCounts(
    _ program: Program, _ images: [[Int32]], _ golden: [Inference],
    _ memory: UnsafeRawBufferPointer, _ trace: [UInt16], into result: inout AcceleratorResult
  ) throws {
    let maps = GoldenMaps(images: images, inferences: golden)
    let frozen = try program.frozenCycles(maps, trace: trace)
    for (number, operation) in program.operations.enumerated() {
      let counted = program.counts(number, in: memory)!
      let exact = try program.exactCounts(number, maps)
      let differences =
        counted.differences(fromExact: exact, tasks: plan.model.tasks)
        + frozen[number].differences(from: FrozenCycles(counted))
      guard differences.isEmpty else {
        let name = operation.layer.map { plan.model.geometry(ofLayer: $0, task: 0).name }
        let place = "operation \(number), \(operation.operation) \(name.map { "of \($0)" } ?? "")"
        throw AcceleratorFailure.counts(place: place, differences)
      }
      result.rtl.add(counted, of: operation)
      result.exact.add(exact, of: operation)
    }
  }

  /// What passed at the port beside what the counters say.
  private func compareTraffic(
    _ program: Program, _ port: PortCounts, _ memory: UnsafeRawBufferPointer
  ) throws {
    let counts = program.operations.indices.map { program.counts($0, in: memory)! }
    let end = DescriptorField.bytes * 8 / plan.shape.busWidth
    // The identifiers of the readers, and what is read after the last counters are written.
    let kinds: [(id: Int, name: String, uncounted: Int)] = [
      (0, "dram.program", end), (1, "dram.activation", 0), (2, "dram.weight", 0),
      (3, "dram.threshold", 0), (4, "dram.channel", 0),
    ]
    for kind in kinds {
      let expected = counts.reduce(kind.uncounted) { $0 + $1.total(kind.name) }
      let actual = Int(port.reads[kind.id]?.beats ?? 0)
      guard actual == expected else {
        throw AcceleratorFailure.traffic(
          "\(actual) beats of \(kind.name) passed at the memory's port, and \(expected) are counted"
        )
      }
    }
    let counters = counts.count * Counts.beats(plan.shape)
    let expected = counts.reduce(counters) { $0 + $1.total("dram.write") }
    guard Int(port.writes.beats) == expected else {
      throw AcceleratorFailure.traffic(
        "\(port.writes.beats) beats were written at the memory's port, and \(expected) are counted")
    }
  }
}
