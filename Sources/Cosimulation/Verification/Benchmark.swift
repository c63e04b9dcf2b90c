import Foundation
import Mapping
import Networks
import Verilated

/// The co-simulation beside a bare C++ loop over the same beats of the same verilated core.
public struct Benchmark {
  /// Cycles and seconds of one way to run a layer.
  public struct Time: Sendable {
    public internal(set) var cycles: UInt64 = 0
    public internal(set) var seconds = 0.0
    /// Cycles a second.
    public var rate: Double { Double(cycles) / seconds }
  }

  /// The layer's name, and the best of the rounds of each way.
  public struct Row: Sendable {
    public let layer: String
    /// im2col, packing, simulation, unpacking.
    public let cosimulation: Time
    /// A C++ loop over beats that are packed already; nothing looks at the results.
    public let bareLoop: Time
  }

  private let plan: VerificationPlan
  private let library: CoreLibrary

  /// Builds the core, or takes it from the cache.
  public init(_ plan: VerificationPlan) throws {
    self.plan = plan
    let build = VerilatorBuild(plan.sources, plan.parameters)
    library = try CoreLibrary(path: build.product(in: BuildCache(folder: plan.request.cache)).path)
  }

  /// Runs every layer of the plan's first batch both ways, in turns.
  public func run(rounds: Int) throws -> [Row] {
    let model = plan.model
    let batch = plan.batches[0].batch
    let images = batch.images.map { plan.vectors.tasks[$0.task].images[$0.image] }
    let golden = zip(batch.images, images).map { plan.golden.infer($1, task: $0.task) }
    return try (0...model.layers.count).map { layer in
      let inputs = layer == 0 ? images : golden.map { $0.layers[layer - 1].pooled }
      let mapping = try LayerMapping(model: model, layer: layer, batch: batch, array: plan.array)
      var cosimulation: [Time] = []
      var bareLoop: [Time] = []
      for _ in 0..<rounds {
        cosimulation.append(try timeCosimulation(mapping, inputs))
        bareLoop.append(try timeBareLoop(mapping, inputs))
      }
      return Row(
        layer: mapping.groups[0].layer.name,
        cosimulation: cosimulation.min { $0.seconds < $1.seconds }!,
        bareLoop: bareLoop.min { $0.seconds < $1.seconds }!)
    }
  }

  private func timeCosimulation(_ mapping: LayerMapping, _ inputs: [[Int32]]) throws -> Time {
    let core = try SimulatedCore(library, plan.parameters)
    let start = Date()
    let run = try LayerRun(mapping, of: plan.model, inputs: inputs, on: core, limit: .max >> 1)
    return Time(cycles: core.cycle - run.start, seconds: Date().timeIntervalSince(start))
  }

  private func timeBareLoop(_ mapping: LayerMapping, _ inputs: [[Int32]]) throws -> Time {
    let core = try SimulatedCore(library, plan.parameters)
    core.setLayer(isSigned: false, isRaw: mapping.isHead, clamp: plan.model.clamp)
    var feed = try TileFeed(
      mapping, of: plan.model, inputs: inputs, packer: BeatPacker(plan.parameters))
    let tiles = mapping.map { feed.beats(of: $0) }
    let streams = CoreStream.inputs.indices.map { stream in
      BeatBlock(joining: tiles.map { $0[stream] })
    }
    let time = try core.timeBareLoop(streams, limit: .max >> 1)
    return Time(cycles: time.cycles, seconds: time.seconds)
  }
}
