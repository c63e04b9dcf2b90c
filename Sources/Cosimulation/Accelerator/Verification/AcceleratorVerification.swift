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
    let comparison = ProgramComparison(program, batch: batch, images: images, golden: golden)
    var outcome = ProgramOutcome()
    defer { add(outcome, of: program, batch, to: &result) }
    try comparison.run(
      on: accelerator(program, number), limit: plan.request.limit, into: &outcome)
    result.batches.append((outcome.cycles, outcome.classes))
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

  private func add(
    _ outcome: ProgramOutcome, of program: Program, _ batch: Batch,
    to result: inout AcceleratorResult
  ) {
    result.cycles += outcome.cycles
    result.seconds += outcome.seconds
    result.compared += outcome.values
    for (source, found) in zip(batch.images, outcome.classes) { count(source, found, &result) }
    for (operation, counts) in zip(program.operations, zip(outcome.counted, outcome.exact)) {
      result.rtl.add(counts.0, of: operation)
      result.exact.add(counts.1, of: operation)
    }
    guard outcome.exact.count == program.operations.count else { return }
    result.rtl.addEnd(of: batch, on: plan.shape)
    result.exact.addEnd(of: batch, on: plan.shape)
  }

  private func count(_ source: BatchImage, _ found: Int, _ result: inout AcceleratorResult) {
    let place = result.tasks.firstIndex { $0.number == source.task }!
    result.tasks[place].outcome.images += 1
    guard let labels = plan.vectors.tasks[source.task].labels else { return }
    let isRight = labels[source.image] == found
    result.tasks[place].outcome.correct =
      (result.tasks[place].outcome.correct ?? 0) + (isRight ? 1 : 0)
  }
}
