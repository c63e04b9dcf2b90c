import Mapping
import Networks

/// The events of a network's run from shapes and sparsities alone; docs/model.md has the equations.
///
/// Events that are linear in the fractions it is given are exact where these are. Cycles are exact
/// where no step is skipped, and else an estimate.
public struct StatisticalModel: Sendable {
  /// What the machine does.
  public struct Options: Sendable {
    /// Leave out steps in which all rows are zero.
    public var skips = false
    /// Keep weights and thresholds in their buffers where they fit.
    public var keepsResident = true
    /// Write every hidden layer's output to memory.
    public var storesOutputs = false
    /// The order of slots of pooled layers that do not go in windows.
    public var orders: [Int: SlotOrder] = [:]
    /// How layers store thresholds that are not exact.
    public var thresholdForms: [Int: ThresholdForm] = [:]

    public init() {}

    /// What programs of `network` with `options` do.
    public init(_ network: NetworkImage, _ options: Program.Options) {
      skips = options.skips
      keepsResident = options.keepsResident
      storesOutputs = options.storesOutputs
      for layer in network.model.layers.indices {
        orders[layer] = network.plan(ofLayer: layer, task: 0).order
        thresholdForms[layer] = network.thresholdForms[layer]
      }
    }
  }

  public let network: NetworkShape
  public let sparsity: [LayerSparsity]
  public let assumption: ZeroAssumption

  /// The model of `network`, whose layers, the heads last, have the zeros of `sparsity`.
  ///
  /// - Throws: `ProgramFailure` where a layer or a task has no sparsity, or not what `assumption`
  ///   needs.
  public init(
    _ network: NetworkShape, _ sparsity: [LayerSparsity], _ assumption: ZeroAssumption
  ) throws {
    guard sparsity.count == network.layerCount else {
      throw ProgramFailure(
        "there are sparsities of \(sparsity.count) layers, and the network has "
          + "\(network.layerCount)")
    }
    for (layer, own) in sparsity.enumerated() {
      let name = network.layerName(layer)
      guard own.tasks.count == network.tasks.count else {
        throw ProgramFailure(
          "layer \(name) has sparsities of \(own.tasks.count) tasks, and the network has "
            + "\(network.tasks.count)")
      }
      guard assumption != .independent else { continue }
      let joint = network.sharesWeights(inLayer: layer) ? 1 : network.tasks.count
      guard own.joint.count == joint else {
        throw ProgramFailure(
          "layer \(name) has no measured common zeros as the network runs it; take the assumption "
            + "of independent zeros")
      }
      let groups = own.joint.flatMap(\.groups)
      guard assumption == .mean || groups.allSatisfy({ $0.histogram != nil }) else {
        throw ProgramFailure("layer \(name) has no histogram of issued steps")
      }
    }
    self.network = network
    self.sparsity = sparsity
    self.assumption = assumption
  }

  /// Why the machine cannot do this run, which is then only modelled; empty where it can.
  public func modelOnlyReasons(on shape: AcceleratorShape, _ workload: Workload) -> [String] {
    var reasons = network.modelOnlyReasons
    if let reason = shape.modelOnlyReason { reasons.append(reason) }
    if network.tasks.count > shape.runs {
      reasons.append("TASK_WIDTH \(shape.taskWidth) has \(shape.runs) tasks")
    }
    let passes = passes(on: shape, workload)
    if let long = passes.first(where: { $0.steps >> shape.countWidth > 0 }) {
      reasons.append(
        "layer \(long.layer.name) has \(long.steps) steps, and COUNT_WIDTH is \(shape.countWidth)")
    }
    if !holdsActivations(on: shape, workload) {
      reasons.append(
        "the activations of a batch of \(workload.largestBatch) do not fit the activation buffers")
    }
    return reasons
  }

  /// Whether each activation buffer of `shape` holds every layer's map of the largest batch. Where it does not,
  /// maps would have to go to memory and back, which no event counts.
  public func holdsActivations(on shape: AcceleratorShape, _ workload: Workload) -> Bool {
    let places = passes(on: shape, workload).map {
      max($0.inputPlaces, $0.isHead ? 0 : $0.outputPlaces)
    }.max()!
    let (all, overflow) = places.multipliedReportingOverflow(by: workload.largestBatch)
    return !overflow && all <= shape.places
  }

  private func passes(on shape: AcceleratorShape, _ workload: Workload) -> [PassGeometry] {
    (0..<network.layerCount).flatMap { layer in
      variants(layer, workload.batches[0].runs).map {
        geometry(layer, $0, on: shape, Options())
      }
    }
  }

  /// The events of `workload` on `shape`.
  ///
  /// Counters that depend on the memory's speed are zero, as in the exact model.
  ///
  /// - Parameter array: those of an accelerator with the same array and feed banks, where they are known.
  /// - Throws: `ProgramFailure` where a task of the workload has no sparsity, or no measured common
  ///   zeros.
  public func counts(
    on shape: AcceleratorShape, _ workload: Workload, _ options: Options,
    array: ArrayCounts? = nil
  ) throws -> RunCounts {
    let array = try array ?? arrayCounts(on: shape, workload, options)
    let tasks = max(shape.runs, network.tasks.count)
    let layers = (0..<network.layerCount).map { layer in
      var counts = array.layers[layer]
      for (runs, count) in workload.batches {
        for runs in variants(layer, runs) {
          geometry(layer, runs, on: shape, options).countShapes(times: count, into: &counts)
        }
      }
      return RunCounts.Layer(name: network.layerName(layer), counts: counts.counts)
    }
    var transfers = CountBuilder(tasks: tasks)
    for (runs, count) in workload.batches {
      let images = runs.reduce(0) { $0 + $1.images }
      let first = geometry(0, runs, on: shape, options)
      transfers.countLoad(places: images * first.inputPlaces, times: count, on: shape)
      if options.storesOutputs {
        for layer in network.layers.indices {
          let pass = geometry(layer, runs, on: shape, options)
          transfers.countStore(places: images * pass.outputPlaces, times: count, on: shape)
        }
      }
      transfers.countEnd(times: count, on: shape)
    }
    return RunCounts(
      provenance: .statistical, tasks: network.tasks.map(\.name),
      images: workload.images(tasks: network.tasks.count), layers: layers,
      transfers: transfers.counts)
  }

  /// The events of `workload` that neither the bus nor the buffers of `shape` change: steps, multiplications,
  /// results and cycles.
  ///
  /// - Throws: as `counts`.
  public func arrayCounts(
    on shape: AcceleratorShape, _ workload: Workload, _ options: Options
  ) throws -> ArrayCounts {
    try checkTasks(of: workload)
    return ArrayCounts(
      layers: try (0..<network.layerCount).map { layer in
        var counts = CountBuilder(tasks: max(shape.runs, network.tasks.count))
        try count(layer, on: shape, workload, options, into: &counts)
        return counts
      })
  }

  private func checkTasks(of workload: Workload) throws {
    for task in Set(workload.batches.flatMap { $0.runs.map(\.task) }) {
      guard network.tasks.indices.contains(task) else {
        throw ProgramFailure("the network has \(network.tasks.count) tasks, and none is \(task)")
      }
      guard let layer = sparsity.firstIndex(where: { $0.tasks[task] == nil }) else { continue }
      throw ProgramFailure(
        "task \(network.tasks[task].name) has no sparsity in layer \(network.layerName(layer))")
    }
  }

  /// The passes of a layer for one batch: one where tasks share its weights, else one for each task.
  func variants(_ layer: Int, _ runs: [PassGeometry.Run]) -> [[PassGeometry.Run]] {
    network.sharesWeights(inLayer: layer) ? [runs] : runs.map { [$0] }
  }

  func geometry(
    _ layer: Int, _ runs: [PassGeometry.Run], on shape: AcceleratorShape, _ options: Options
  ) -> PassGeometry {
    let isHead = layer == network.layers.count
    let own = isHead ? network.tasks[runs[0].task].head! : network.layers[layer]
    return PassGeometry(
      own, on: shape, isFirst: layer == 0, isHead: isHead,
      order: own.pool == nil ? .rows : options.orders[layer] ?? .windows, runs: runs,
      thresholdForm: network.readsThresholds ? options.thresholdForms[layer] ?? .exact : nil,
      keepsResident: options.keepsResident)
  }

  /// Adds a layer's events in all batches but those of `countShapes`. Fractions are rounded once for all
  /// that is linear in them: for the layer, or for each head.
  private func count(
    _ layer: Int, on shape: AcceleratorShape, _ workload: Workload, _ options: Options,
    into counts: inout CountBuilder
  ) throws {
    let own = sparsity[layer]
    let isShared = network.sharesWeights(inLayer: layer)
    var sums: [Int: (geometry: PassGeometry, estimate: LayerEstimate)] = [:]
    for (runs, count) in workload.batches {
      for runs in variants(layer, runs) {
        let pass = geometry(layer, runs, on: shape, options)
        // Heads differ in their channels; all else that runs by tasks is alike.
        let key = pass.isHead ? runs[0].task : 0
        var estimate =
          sums[key]?.estimate ?? LayerEstimate(tasks: network.tasks.count)
        if options.skips {
          let joint = assumption == .independent ? nil : own.joint[isShared ? 0 : runs[0].task]
          let passEstimate = try PassEstimate(pass, own.tasks, joint, assumption)
          estimate.add(passEstimate, pass, times: count)
        } else {
          estimate.addDense(pass, times: count)
        }
        estimate.addResults(pass, own.tasks, times: count)
        sums[key] = (pass, estimate)
      }
    }
    for (_, (geometry, estimate)) in sums {
      let rounded = estimate.sums
      geometry.count(rounded, into: &counts)
      counts.add(
        estimate.causes(compute: rounded.issued * geometry.blocks, drain: shape.drainCycles))
    }
  }
}

/// The events of a network's layers that only the array decides, and neither bus nor buffers.
public struct ArrayCounts: Sendable {
  fileprivate let layers: [CountBuilder]
}

/// Sums of a layer's passes before they are rounded.
private struct LayerEstimate {
  private var tiles = 0
  private var issued = 0.0
  private var idle = 0.0
  private var slots: [Int]
  private var nonzero: [Double]
  private var rowSteps: [Double]
  private var masked: [Double]
  private var passes = 0
  private var cycles = 0.0
  private var drainStalls = 0.0

  init(tasks: Int) {
    slots = Array(repeating: 0, count: tasks)
    nonzero = Array(repeating: 0, count: tasks)
    rowSteps = nonzero
    masked = nonzero
  }

  /// Adds `times` passes in which steps are skipped.
  mutating func add(_ estimate: PassEstimate, _ pass: PassGeometry, times: Int) {
    let times = Double(times)
    issued += times * estimate.issued
    idle += times * estimate.idle
    for (run, steps) in zip(pass.runs, estimate.rowSteps) { rowSteps[run.task] += times * steps }
    cycles += times * estimate.cycles
    drainStalls += times * estimate.drainStalls
  }

  /// Adds `times` passes in which every step is issued.
  mutating func addDense(_ pass: PassGeometry, times: Int) {
    issued += Double(times * pass.tiles * pass.steps)
    idle += Double(times * (pass.shape.rows - pass.lastRows) * pass.steps)
    for run in pass.runs {
      rowSteps[run.task] += Double(times * run.images * pass.positions * pass.steps)
    }
    let causes = pass.denseCauses()
    cycles += Double(times * (causes.total - causes.drain))
    drainStalls += Double(times * causes.stallDrain)
  }

  /// Adds what does not depend on which steps are issued.
  mutating func addResults(_ pass: PassGeometry, _ tasks: [LayerSparsity.Task?], times: Int) {
    passes += times
    tiles += times * pass.tiles
    for run in pass.runs {
      let images = times * run.images
      let task = tasks[run.task]!
      slots[run.task] += images * pass.positions
      nonzero[run.task] += Double(images * pass.insideProducts) * (1 - task.zeroFraction)
      if !pass.isHead {
        masked[run.task] += Double(images * pass.positions * pass.channels) * task.maskedFraction
      }
    }
  }

  var sums: StepSums {
    func whole(_ value: Double) -> Int { Int(value.rounded()) }
    var sums = StepSums(tasks: slots.count)
    sums.tiles = tiles
    sums.issued = whole(issued)
    sums.idle = whole(idle)
    for task in slots.indices {
      sums.tasks[task] = StepSums.Task(
        slots: slots[task], nonzero: whole(nonzero[task]), issued: whole(rowSteps[task]),
        masked: whole(masked[task]))
    }
    return sums
  }

  /// The causes of the layer's cycles, which sum to them.
  func causes(compute: Int, drain: Int) -> CycleCauses {
    var causes = CycleCauses()
    causes.compute = compute
    causes.stallDrain = Int(drainStalls.rounded())
    causes.stallOperand = max(0, Int(cycles.rounded()) - compute - causes.stallDrain)
    causes.drain = passes * drain
    causes.total = causes.sum
    return causes
  }
}
