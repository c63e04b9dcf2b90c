import Golden
import HDL
import Machine
import Mapping
import Networks
import Programs
import Verilated

/// What a verification of the whole accelerator is asked to do.
public struct AcceleratorRequest: Sendable {
  /// Network, images, tasks, batches and seeds.
  public var run: VerificationRequest
  /// Leave out steps in which all rows of a tile are zero.
  public var skips = false
  /// Keep weights and thresholds in their buffers where they fit.
  public var keepsResident = true
  /// Run a MIME network's parent as if each task had weights of its own, without thresholds: what
  /// comes out is right for traffic and cycles only.
  public var runsAsConventional = false
  /// Store every layer's output and compare it; else the logits, the classes and all counters are
  /// compared.
  public var storesOutputs = true
  /// How pooled layers' slots are ordered.
  public var order = Mapper.Choice.windows
  /// Store thresholds in 16 or 8 bits where that changes none of them.
  public var packsThresholds = false
  /// How fast the memory is.
  public var timing = MemoryTiming()
  /// Cycles that a batch may take.
  public var limit: UInt64 = 1 << 32

  /// What programs do.
  var options: Program.Options {
    var options = Program.Options()
    options.skips = skips
    options.keepsResident = keepsResident
    options.storesOutputs = storesOutputs
    return options
  }

  /// The whole accelerator at its defaults.
  public init(_ run: VerificationRequest) { self.run = run }
}

/// A request whose inputs have been read and fit together.
public struct AcceleratorPlan: Sendable {
  public let request: AcceleratorRequest
  public let model: Model
  public let vectors: Vectors
  public let golden: GoldenModel
  public let shape: AcceleratorShape
  /// The network's numbers in the accelerator's memory.
  public let network: NetworkImage
  /// Numbers of the tasks to run.
  public let tasks: [Int]
  /// The batches to run, with their numbers in the whole schedule.
  public let batches: [(number: Int, batch: Batch)]

  /// Reads model and vectors, and checks that they fit together.
  ///
  /// - Parameter countsOnly: leave the network's numbers out of the memory, which only a simulation needs.
  /// - Throws: `NetworkError`, `FitError`, `ProgramFailure`, `MappingError` or `RTLError`, one
  ///   sentence each.
  public init(_ request: AcceleratorRequest, countsOnly: Bool = false) throws {
    let loaded = try Model.load(request.run.model)
    try self.init(
      request, model: loaded, vectors: Vectors.load(request.run.vectors, for: loaded),
      countsOnly: countsOnly)
  }

  /// The same of a model and vectors that are there; the request's files are only named.
  public init(
    _ request: AcceleratorRequest, model loaded: Model, vectors: Vectors, countsOnly: Bool = false
  ) throws {
    self.request = request
    self.vectors = vectors
    let run = request.run
    guard 0...0.9 ~= run.stallProbability else {
      throw FitError("the stall probability is \(run.stallProbability), and must be 0 to 0.9")
    }
    model = request.runsAsConventional ? try loaded.asConventional() : loaded
    golden = try GoldenModel(model)
    shape = try AcceleratorShape(Self.parameters(for: model, run))
    tasks = try VerificationPlan.tasks(run, model, vectors)
    let schedule = try Batch.schedule(
      tasks: tasks,
      imagesPerTask: VerificationPlan.imagesPerTask(run, tasks, model, vectors), mode: run.mode,
      size: run.batchSize)
    let numbered = schedule.enumerated().map { (number: $0.offset, batch: $0.element) }
    if let only = run.onlyBatch {
      guard schedule.indices.contains(only) else {
        throw FitError("there is no batch \(only): they go from 0 to \(schedule.count - 1)")
      }
      batches = [numbered[only]]
    } else {
      batches = numbered
    }
    let first = batches[0].batch
    let orders = try Mapper.orders(
      request.order, for: model, on: shape, batch: first,
      maps: GoldenMaps(first, golden, vectors), options: request.options)
    network = try NetworkImage(
      model, on: shape, orders: orders, packsThresholds: request.packsThresholds,
      countsOnly: countsOnly)
  }

  /// The run in the exact model, without Verilog.
  public var exactRun: ExactRun {
    ExactRun(network, batches: batches.map(\.batch), options: request.options)
  }

  /// Its counts.
  public func exactCounts() throws -> RunCounts {
    try exactRun.counts { GoldenMaps($0, golden, vectors) }
  }

  /// Its counts on a machine that may only be modelled, with the layout that this one has.
  public func exactCounts(on shape: AcceleratorShape) throws -> RunCounts {
    let pooled = model.layers.indices.filter { model.layers[$0].isPooled }
    let orders = Dictionary(
      uniqueKeysWithValues: pooled.map { ($0, network.plan(ofLayer: $0, task: 0).order) })
    let image = try NetworkImage(
      model, on: shape, orders: orders, packsThresholds: request.packsThresholds,
      countsOnly: true)
    return try ExactRun(image, batches: batches.map(\.batch), options: request.options)
      .counts { GoldenMaps($0, golden, vectors) }
  }

  /// The counts of one of its batches.
  public func exactCounts(ofBatch index: Int) throws -> RunCounts {
    try ExactRun(network, batches: [batches[index].batch], options: request.options)
      .counts { GoldenMaps($0, golden, vectors) }
  }

  /// The parameters of an accelerator for `model`: the given ones, and for the others what the core
  /// would need.
  private static func parameters(
    for model: Model, _ run: VerificationRequest
  ) throws -> Configuration {
    let size = try run.rtl.map { try GeneratedFolder($0).size } ?? [:]
    let names = Set(Machine.top.parameters.map(\.name))
    let given = run.parameters.filter { names.contains($0.key) && $0.key != "LANES" }
    let core = try CoreParameters(for: model, given: given, size: size.filter { $0.key != "LANES" })
    var parameters = run.parameters
    for (name, value) in core.verilogParameters where name != "LANES" { parameters[name] = value }
    return parameters
  }

  /// The Verilog that is asked for.
  func sources() throws -> VerilogSources {
    if let folder = request.run.rtl {
      return try VerilogSources(fileList: "\(folder)/mime_accelerator.f")
    }
    return VerilogSources(
      Machine.accelerator.verilogFiles().map { .init(name: $0.name, text: $0.text) })
  }
}

extension Model {
  /// The parent's network with weights of its own for each task, equal but at their own places, and
  /// without thresholds; a conventional network as it is.
  func asConventional() throws -> Model {
    guard mode == .mime else { return self }
    return try Model(
      layers: layers, heads: tasks.indices.map(head(of:)), tasks: tasks, mode: .conventional,
      input: input, activation: activation, clamp: clamp, rounding: rounding,
      parameters: tasks.indices.map { task in
        (0...layers.count).map { layer in
          let numbers = parameters(ofLayer: layer, task: task)
          return LayerParameters(
            weights: numbers.weights, bias: numbers.bias, multipliers: numbers.multipliers,
            shifts: numbers.shifts,
            thresholds: numbers.thresholds.map { _ in 0 })
        }
      }, hasThresholds: tasks.map { _ in false })
  }
}

extension GoldenMaps {
  /// The maps of a batch of a file's images.
  public init(_ batch: Batch, _ golden: GoldenModel, _ vectors: Vectors) {
    let images = batch.images.map { vectors.tasks[$0.task].images[$0.image] }
    self.init(
      images: images,
      inferences: zip(batch.images, images).map { golden.infer($1, task: $0.task) })
  }

  /// The maps of images whose inferences are known.
  public init(images: [[Int32]], inferences: [Inference]) {
    let layers = inferences[0].layers.count
    self.init(
      inputs: (0...layers).map { layer in
        layer == 0 ? images : inferences.map { $0.layers[layer - 1].pooled }
      }, masks: (0..<layers).map { layer in inferences.map { $0.layers[layer].mask } })
  }
}
