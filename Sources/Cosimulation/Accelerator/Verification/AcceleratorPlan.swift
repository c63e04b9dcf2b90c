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
  /// How fast the memory is.
  public var timing = MemoryTiming()
  /// Cycles that a batch may take.
  public var limit: UInt64 = 1 << 32

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
  let sources: VerilogSources

  /// Reads model, vectors and Verilog, and checks that they fit together.
  ///
  /// - Throws: `NetworkError`, `FitError`, `ProgramFailure`, `MappingError` or `RTLError`, one
  ///   sentence each.
  public init(_ request: AcceleratorRequest) throws {
    self.request = request
    let run = request.run
    guard 0...0.9 ~= run.stallProbability else {
      throw FitError("the stall probability is \(run.stallProbability), and must be 0 to 0.9")
    }
    let loaded = try Model.load(run.model)
    vectors = try Vectors.load(run.vectors, for: loaded)
    model = request.runsAsConventional ? try loaded.asConventional() : loaded
    golden = try GoldenModel(model)
    sources = try Self.sources(run.rtl)
    shape = try AcceleratorShape(Self.parameters(for: model, run))
    network = try NetworkImage(model, on: shape)
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

  private static func sources(_ folder: String?) throws -> VerilogSources {
    if let folder { return try VerilogSources(fileList: "\(folder)/mime_accelerator.f") }
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
