import Energy
import Golden
import Machine
import Mapping
import Networks
import Verilated

/// Runs the batches of a plan on the verilated core, layer by layer, and compares all there is to
/// compare; the first layer with a difference ends it.
public struct Verification {
  private let plan: VerificationPlan
  private let library: CoreLibrary
  private let progress: (String) -> Void

  /// Builds the core, or takes it from the cache.
  ///
  /// - Parameter progress: is told in a few words what is going on.
  /// - Throws: `RTLError` or `EnvironmentError`.
  public init(_ plan: VerificationPlan, progress: @escaping (String) -> Void) throws {
    self.plan = plan
    self.progress = progress
    progress("building the simulation")
    let build = VerilatorBuild(
      plan.sources, plan.parameters, writesWaves: plan.request.trace != nil)
    library = try CoreLibrary(path: build.product(in: BuildCache(folder: plan.request.cache)).path)
  }

  /// Compares the golden model with the vectors, as far as they go.
  public func checkGolden() -> VectorCheck {
    progress("comparing the golden model with the vectors")
    return plan.golden.check(plan.vectors)
  }

  /// Runs all batches; with a trace asked for, a failing run is repeated to record it.
  ///
  /// - Throws: `RTLError` where the core has another configuration hash; `EnvironmentError`.
  public func run() throws -> VerificationResult {
    let result = try pass(waves: nil)
    if let cycles = result.failedCycles, let path = plan.request.trace {
      progress("recording \(path)")
      _ = try pass(waves: (path, cycles))
    }
    return result
  }

  private func pass(waves: (path: String, cycles: Range<UInt64>)?) throws -> VerificationResult {
    var result = emptyResult()
    let core: SimulatedCore
    do {
      core = try SimulatedCore(library, plan.parameters, xSeed: plan.request.xSeed)
    } catch let error as SimulationError {
      result.failure = .simulation(layer: nil, error)
      result.failedBatch = plan.batches[0].number
      return result
    }
    guard core.configurationHash == Machine.configurationHash else {
      throw RTLError(
        "config_hash of the Verilog is \(hexadecimal(core.configurationHash)), and this mimegen's "
          + "is \(Machine.configurationHashText): write the Verilog anew with this mimegen")
    }
    if let waves { try core.dumpWaves(to: waves.path, cycles: waves.cycles) }
    for (number, batch) in plan.batches {
      do {
        try run(batch, number: number, on: core, &result)
      } catch let failure as VerificationFailure {
        result.failure = failure
        result.failedBatch = number
        break
      }
    }
    return result
  }

  private func emptyResult() -> VerificationResult {
    let model = plan.model
    return VerificationResult(
      tasks: plan.tasks.map { task in
        let labels = plan.vectors.tasks[task].labels
        return (
          task, TaskOutcome(name: model.tasks[task], correct: labels == nil ? nil : 0)
        )
      },
      layers: (0...model.layers.count).map {
        let name = $0 == model.layers.count ? model.head(of: 0).name : model.layers[$0].name
        return LayerOutcome(name: name, taskCount: model.tasks.count)
      })
  }

  private func run(
    _ batch: Batch, number: Int, on core: SimulatedCore, _ result: inout VerificationResult
  ) throws {
    let model = plan.model
    let images = batch.images.map { plan.vectors.tasks[$0.task].images[$0.image] }
    let golden = zip(batch.images, images).map { plan.golden.infer($1, task: $0.task) }
    var inputs = images
    for layer in 0...model.layers.count {
      progress(
        "batch \(number + 1) of \(plan.batches.last!.number + 1), \(result.layers[layer].name)")
      let step = LayerStep(
        layer: layer, batch: batch, batchNumber: number, inputs: inputs, golden: golden,
        plan: plan, core: core)
      let outputs = try step.run(&result)
      if layer < model.layers.count {
        inputs = outputs.map { $0.pooled(model.layers[layer]) }
      } else {
        count(outputs, of: batch, &result)
      }
    }
  }

  /// Counts the images whose class the core found.
  private func count(
    _ outputs: [ImageOutputs], of batch: Batch, _ result: inout VerificationResult
  ) {
    for (image, output) in zip(batch.images, outputs) {
      let index = result.tasks.firstIndex { $0.number == image.task }!
      result.tasks[index].outcome.images += 1
      guard let label = plan.vectors.tasks[image.task].labels?[image.image] else { continue }
      let logits = output.accumulators
      let prediction = logits.firstIndex(of: logits.max()!)!
      if prediction == label { result.tasks[index].outcome.correct! += 1 }
    }
  }
}

func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
