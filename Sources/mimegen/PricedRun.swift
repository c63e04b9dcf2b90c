import Cosimulation
import Energy
import Mapping
import Networks
import Programs

/// A run that `mimegen energy` prices.
protocol PricedRun {
  /// What the design is called.
  var name: String { get }
  /// The machine that runs.
  var shape: AcceleratorShape { get }
  /// Why the Verilog cannot do it; empty where it can.
  var modelOnlyReasons: [String] { get }

  func counts() throws -> RunCounts
}

/// A model's run: exact, or as it was measured.
struct ModelRun: PricedRun {
  private let plan: AcceleratorPlan
  private let measured: String?
  let name: String
  let shape: AcceleratorShape

  init(_ command: EnergyCommand) throws {
    try self.init(
      command, Self.request(command),
      isCopy: command.program.asConventional)
  }

  private init(_ command: EnergyCommand, _ request: AcceleratorRequest, isCopy: Bool) throws {
    plan = try AcceleratorPlan(request, countsOnly: true)
    measured = command.counts
    shape = try AcceleratorShape(modelled: command.infinite.apply(to: plan.shape.sizes))
    name =
      designName(plan.model.mode, skips: request.skips)
      + (isCopy && plan.model.mode == .conventional ? " (the parent's weights with t = 0)" : "")
  }

  private static func request(_ command: EnergyCommand) -> AcceleratorRequest {
    var run = VerificationRequest(model: command.network.model!, vectors: command.network.vectors!)
    run.parameters = command.core.given.merging(command.accelerator.given) { $1 }
    run.tasks = command.images.names
    run.mode = command.mode
    run.images = command.images.images
    run.batchSize = command.images.batchSize
    run.onlyBatch = command.batch
    var request = command.program.request(run)
    request.storesOutputs = false
    return request
  }

  /// The conventional design beside it.
  func compared(_ command: EnergyCommand, _ other: ComparedDesign) throws -> ModelRun {
    var request = plan.request
    if let model = other.compareModel { request.run.model = model }
    if let vectors = other.compareVectors { request.run.vectors = vectors }
    request.runsAsConventional = true
    request.run.tasks = plan.tasks.map { plan.model.tasks[$0] }
    if let skip = other.compareSkip { request.skips = skip == .on }
    return try ModelRun(command, request, isCopy: other.compareModel == nil)
  }

  var modelOnlyReasons: [String] { shape.modelOnlyReason.map { [$0] } ?? [] }

  func counts() throws -> RunCounts {
    if let measured { return try MeasuredCounts(measured).counts(for: plan) }
    return try plan.exactCounts(on: shape)
  }
}

/// The run of a network by its shapes, by the statistical model.
struct ShapesRun: PricedRun {
  /// What is asked for.
  struct Request {
    let network: String
    let taskCount: Int?
    let assumption: ZeroAssumption?
    let images: BatchOptions
    let mode: TaskMode
    let parameters: [String: Int]
    let infinite: InfiniteBuffers
    let layout: LayoutOptions
    var zeros: AssumedZeros
    var skips: Bool
    var isConventional: Bool

    /// - Precondition: `command` has a network by its shapes.
    init(_ command: EnergyCommand) {
      network = command.network.network!
      taskCount = command.modelled.taskCount
      assumption = command.modelled.assume
      images = command.images
      mode = command.mode
      parameters = command.core.given.merging(command.accelerator.given) { $1 }
      infinite = command.infinite
      layout = command.program.layout
      zeros = command.network.zeros!
      skips = command.program.skip == .on
      isConventional = command.program.asConventional
    }
  }

  let name: String
  let shape: AcceleratorShape
  private let model: StatisticalModel
  private let workload: Workload
  private let options: StatisticalModel.Options

  init(_ request: Request) throws {
    var network = try NetworkShape.load(request.network)
    if let count = request.taskCount { network = network.withTasks(count) }
    if request.isConventional { network = network.asConventional() }
    shape = try AcceleratorShape(
      modelled: request.infinite.apply(
        to: AcceleratorShape(Self.parameters(network, request.parameters)).sizes))
    let sparsity = try request.zeros.sparsity(of: network, on: shape)
    model = try Self.model(network, sparsity, request.assumption)
    workload = Workload(
      try Batch.schedule(
        tasks: request.images.numbers(in: network), imagesPerTask: request.images.count(),
        mode: request.mode, size: request.images.batchSize))
    options = try request.layout.modelled(network, skips: request.skips)
    let zeros =
      request.skips
      ? "\(request.zeros.description), rows: \(model.assumption.rawValue)"
      : request.zeros.description
    name = "\(network.name), \(designName(network.mode, skips: request.skips)), zeros \(zeros)"
  }

  /// The conventional design beside that of `request`.
  func compared(_ request: Request, _ other: ComparedDesign) throws -> ShapesRun {
    var request = request
    request.isConventional = true
    if let skip = other.compareSkip { request.skips = skip == .on }
    if let zeros = AssumedZeros(other.compareProfile, other.compareSparsity) {
      request.zeros = zeros
    }
    return try ShapesRun(request)
  }

  /// The given parameters, and for others what the network needs.
  private static func parameters(
    _ network: NetworkShape, _ given: [String: Int]
  ) -> [String: Int] {
    var needs: [String: Int] = [:]
    if let precision = network.precision {
      needs = [
        "ACT_WIDTH": precision.activation, "WEIGHT_WIDTH": precision.weight,
        "ACC_WIDTH": precision.accumulator, "MULT_WIDTH": precision.multiplier,
      ]
    }
    let tasks = Int.bitWidth - (network.tasks.count - 1).leadingZeroBitCount
    if tasks > AcceleratorSizes().taskWidth { needs["TASK_WIDTH"] = min(8, tasks) }
    return needs.merging(given) { $1 }
  }

  /// With the assumption that is asked for, or the strongest that the zeros allow.
  private static func model(
    _ network: NetworkShape, _ sparsity: [LayerSparsity], _ assumption: ZeroAssumption?
  ) throws -> StatisticalModel {
    if let assumption { return try StatisticalModel(network, sparsity, assumption) }
    for assumption in [ZeroAssumption.histogram, .mean] {
      if let model = try? StatisticalModel(network, sparsity, assumption) { return model }
    }
    return try StatisticalModel(network, sparsity, .independent)
  }

  var modelOnlyReasons: [String] { model.modelOnlyReasons(on: shape, workload) }

  func counts() throws -> RunCounts { try model.counts(on: shape, workload, options) }
}

/// What a design is called.
private func designName(_ mode: Model.Mode, skips: Bool) -> String {
  (mode == .mime ? "MIME" : "conventional") + (skips ? ", skip" : "")
}

extension LayoutOptions {
  /// The same for a network by its shapes.
  ///
  /// - Throws: `UsageError` for what needs a model's numbers.
  fileprivate func modelled(
    _ network: NetworkShape, skips: Bool
  ) throws -> StatisticalModel.Options {
    guard packThresholds == .off else {
      throw UsageError("--pack-thresholds looks at thresholds, which a network by its shapes lacks")
    }
    var options = StatisticalModel.Options()
    options.skips = skips
    options.keepsResident = resident == .on
    switch order {
    case .windows: break
    case .rows:
      for layer in network.layers.indices { options.orders[layer] = .rows }
    case .best:
      throw UsageError("--order best needs the maps of a model; take windows or rows")
    }
    return options
  }
}
