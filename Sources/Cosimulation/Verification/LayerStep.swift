import Energy
import Golden
import Mapping
import Networks

/// One layer of one batch: run on the core, compared with the golden model, and counted.
struct LayerStep {
  let layer: Int
  let batch: Batch
  let batchNumber: Int
  /// The layer's input of each image, from the core's own results.
  let inputs: [[Int32]]
  let golden: [Inference]
  let plan: VerificationPlan
  let core: SimulatedCore

  private var model: Model { plan.model }
  private var isHead: Bool { layer == model.layers.count }

  /// Runs and compares, and adds to `result`.
  ///
  /// - Throws: `VerificationFailure` at a difference, with the cycles to look at in `result`.
  func run(_ result: inout VerificationResult) throws -> [ImageOutputs] {
    let start = core.cycle
    do {
      return try runAndCompare(&result)
    } catch let error as SimulationError {
      result.failedCycles =
        switch error {
        case .ended(_, _, let cycle): around(cycle)
        case .cycleLimit, .hangs: cyclesBeforeEnd(core.takePortTrace(), start)
        }
      throw VerificationFailure.simulation(layer: result.layers[layer].name, error)
    }
  }

  private func runAndCompare(_ result: inout VerificationResult) throws -> [ImageOutputs] {
    let mapping = try LayerMapping(
      model: model, layer: layer, batch: batch, array: plan.array)
    var exact = try LayerEvents(
      exact: mapping, inputs: goldenInputs,
      masks: isHead ? [] : golden.map { $0.layers[layer].mask }, taskCount: model.tasks.count)
    let stalls = plan.request.stallProbability
    core.setStalls(stalls > 0 ? .init(probability: stalls, seed: seed) : nil)
    core.recordPorts(stalls > 0 || plan.request.trace != nil)
    if plan.parameters.countEvents { try core.clearEvents() }
    _ = core.takePortTrace()

    let name = result.layers[layer].name
    let start = core.cycle
    let layerRun = try LayerRun(
      mapping, of: model, inputs: inputs, on: core, limit: limit(exact.cycles.total))
    let trace = core.takePortTrace()

    let comparison = LayerComparison(layerRun.outputs, expected, mapping, of: model)
    for (index, task) in result.tasks.enumerated() {
      result.tasks[index].outcome.mismatches += comparison.mismatches[task.number]
    }
    result.compared += 4 * mapping.groups.reduce(0) { $0 + $1.images.count * $1.layer.outputCount }
    if let disorder = layerRun.disorder {
      result.failedCycles = start..<start + window
      throw VerificationFailure.disorder(layer: name, disorder)
    }
    if let mismatch = comparison.first {
      result.failedCycles = cycles(ofBeat: comparison.firstBeat ?? 0, trace, start)
      throw VerificationFailure.mismatch(mismatch)
    }

    if stalls > 0 {
      do {
        var timeline = Timeline(mapping)
        exact.cycles = try timeline.replay(trace)
      } catch let error as TimelineError {
        if case .differs(let cycle, _, _, _) = error {
          result.failedCycles = around(start + UInt64(cycle))
        }
        throw VerificationFailure.handshake(layer: name, error)
      }
    }
    try count(mapping, exact, start, &result)
    return layerRun.outputs
  }

  private func count(
    _ mapping: LayerMapping, _ exact: LayerEvents, _ start: UInt64,
    _ result: inout VerificationResult
  ) throws {
    let counted = plan.parameters.countEvents ? try readEvents() : exact
    result.layers[layer].counted += counted
    result.layers[layer].exact += exact
    result.layers[layer].traffic += DRAMTraffic(
      mapping, storesThresholds: model.tasks.indices.map { model.hasThresholds(task: $0) })
    for task in model.tasks.indices {
      result.layers[layer].denseMACs[task] += mapping.denseMACs(task: task)
    }
    if batch.tasks.count == 1 {
      let index = result.tasks.firstIndex { $0.number == batch.tasks[0] }!
      result.tasks[index].outcome.cycles =
        (result.tasks[index].outcome.cycles ?? 0) + counted.total(.cycleTotal)
    }
    let differences = counted.differences(from: exact)
    guard differences.isEmpty else {
      result.failedCycles = start..<start + window
      throw VerificationFailure.events(differences, tasks: model.tasks)
    }
  }

  /// The core's counters, a few idle cycles after the layer, when all has been added.
  private func readEvents() throws -> LayerEvents {
    try core.run(cycles: 4)
    var events = LayerEvents(
      layer: plan.model.geometry(ofLayer: layer, task: 0).name, taskCount: model.tasks.count)
    for event in Event.allCases {
      guard let select = event.counterSelect else { continue }
      if event.isPerTask {
        for task in model.tasks.indices {
          events[event, task: task] = Int(try core.event(select, task: task))
        }
      } else {
        events[event] = Int(try core.event(select))
      }
    }
    return events
  }

  private var goldenInputs: [[Int32]] {
    if layer == 0 { return inputs }
    return golden.map { $0.layers[layer - 1].pooled }
  }

  private var expected: [ExpectedOutputs] {
    golden.map { isHead ? ExpectedOutputs(logits: $0.logits) : ExpectedOutputs($0.layers[layer]) }
  }

  /// A seed for this layer of this batch, so that a batch stalls alike when it runs alone.
  private var seed: UInt64 {
    plan.request.seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(batchNumber * 4096 + layer)
  }

  /// Cycles after which a layer hangs: a core that is only slow is a difference of events.
  private func limit(_ cycles: Int) -> UInt64 {
    UInt64(20 * Double(cycles) / (1 - plan.request.stallProbability)) + 10_000
  }

  // MARK: What to look at

  /// Cycles that a tile of this layer spends in the core, about.
  private var window: UInt64 {
    let steps = model.geometry(ofLayer: layer, task: batch.images[0].task).reduction
    let array = plan.array
    return UInt64(steps + 2 * array.drainSlots + array.rows + array.columns + 64)
  }

  private func around(_ cycle: UInt64) -> Range<UInt64> {
    (cycle > window ? cycle - window : 0)..<cycle + 16
  }

  private func cycles(ofBeat beat: Int, _ trace: [UInt16], _ start: UInt64) -> Range<UInt64> {
    let result: PortSample = [.resultValid, .resultReady]
    var beats = -1
    for (cycle, word) in trace.enumerated() {
      if PortSample(rawValue: word).isSuperset(of: result) { beats += 1 }
      if beats == beat { return around(start + UInt64(cycle)) }
    }
    return around(start)
  }

  /// The end of a run that hangs: its last transfer and what follows.
  private func cyclesBeforeEnd(_ trace: [UInt16], _ start: UInt64) -> Range<UInt64> {
    let transfers: [PortSample] = [
      [.actValid, .actReady], [.channelValid, .channelReady], [.thresholdValid, .thresholdReady],
      [.resultValid, .resultReady],
    ]
    let last = trace.lastIndex { word in
      transfers.contains { PortSample(rawValue: word).isSuperset(of: $0) }
    }
    return around(start + UInt64(last ?? 0) + 16)
  }
}
