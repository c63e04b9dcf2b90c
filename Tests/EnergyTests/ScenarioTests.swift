import Cosimulation
import Foundation
import Golden
import Machine
import Mapping
import Networks
import Testing

@testable import Energy
@testable import Programs

/// Scenarios against runs that are counted in full, and against the RTL's memory image.
@Suite struct ScenarioTests {
  private static let images = 2

  private static func activity(_ model: Model) throws -> Activity {
    let golden = try GoldenModel(model)
    let images = model.tasks.indices.map {
      SyntheticModel.images(for: model, count: Self.images, seed: UInt64($0))
    }
    return .exact(model) { batch in
      let own = batch.images.map { images[$0.task][$0.image] }
      return GoldenMaps(
        images: own,
        inferences: zip(batch.images, own).map { golden.infer($1, task: $0.task) })
    }
  }

  private static func sizes(_ rows: Int, _ columns: Int, weightKB: Int? = 1, thresholdKB: Int? = 1)
    -> AcceleratorSizes
  {
    var sizes = AcceleratorSizes()
    (sizes.rows, sizes.columns, sizes.busWidth) = (rows, columns, 64)
    (sizes.weightBufferKB, sizes.thresholdBufferKB) = (weightKB, thresholdKB)
    return sizes
  }

  /// However often an engine has been asked, and whatever buffers it was asked about first, its counts are those of
  /// programs on the very machine; so energies are those of `mimegen energy`.
  @Test(arguments: [Model.Mode.mime, .conventional], [TaskMode.pipelined, .singular])
  func countsAreThoseOfPrograms(mode: Model.Mode, taskMode: TaskMode) throws {
    let model = try SyntheticModel.make(seed: 5, layers: ExactRunTests.layers, tasks: 3, mode: mode)
    let activity = try Self.activity(model)
    guard case .exact(_, let maps) = activity else { return }
    let engine = try ScenarioEngine(activity)
    var beats: Set<[Int]> = []
    for skips in [false, true] {
      for sizes in [Self.sizes(3, 2), Self.sizes(3, 2, weightKB: 128), Self.sizes(4, 5)] {
        for keepsResident in [true, false] {
          var scenario = Scenario(tasks: [2, 0], table: try .named("horowitz-45nm"))
          scenario.sizes = sizes
          scenario.taskMode = taskMode
          scenario.imagesPerTask = Self.images
          scenario.batchSize = 3
          scenario.skips = skips
          scenario.gates = !skips
          scenario.keepsResident = keepsResident
          var options = Program.Options()
          options.skips = skips
          options.keepsResident = keepsResident
          let shape = try AcceleratorShape(sizes.parameters)
          let batches = try Batch.schedule(
            tasks: [2, 0], imagesPerTask: Self.images, mode: taskMode, size: 3)
          let direct = try ExactRun(
            NetworkImage(model, on: shape), batches: batches, options: options
          ).counts(maps: maps)
          #expect(try engine.counts(scenario) == direct)
          #expect(try engine.modelOnlyReasons(scenario) == [])
          let report = try EnergyModel(scenario.table, on: shape, gates: !skips).report(direct)
          #expect(try engine.energy(scenario).total == report.total)
          beats.insert(["dram.weight", "dram.threshold"].map { direct.total.total($0) })
        }
      }
    }
    #expect(beats.count > 2, "buffers make no difference here")
  }

  /// Zeros that are measured, or buffers without an end, make no other weights than once a batch and owner.
  @Test func infiniteBuffersFetchOnce() throws {
    let network = try NetworkShape.load("vgg16-32").withTasks(3)
    let table = try CostTable.named("eyeriss")
    func weights(_ network: NetworkShape, keepsResident: Bool = true) throws -> Int {
      var scenario = Scenario(tasks: [0, 1, 2], table: table)
      scenario.sizes = Self.sizes(16, 16, weightKB: nil, thresholdKB: nil)
      scenario.sizes.actBufferKB = nil
      scenario.keepsResident = keepsResident
      let engine = try ScenarioEngine(.uniform(network, zeros: 0.5))
      #expect(try engine.modelOnlyReasons(scenario).first == "a buffer is infinite")
      return try engine.counts(scenario).layers.dropLast().reduce(0) {
        $0 + $1.counts("dram.weight")
      }
    }
    // Each hidden weight is a byte; 16 make two beats of 64 bits.
    let hidden = network.layers.reduce(0) { $0 + $1.weights }
    #expect(try weights(network) == hidden / 8)
    #expect(try weights(network.asConventional()) == 3 * hidden / 8)
    // Three images' positions in tiles of 16 rows.
    let streamed = network.layers.reduce(0) { $0 + $1.weights * ((3 * $1.positions + 15) / 16) }
    #expect(try weights(network, keepsResident: false) == streamed / 8)
  }

  /// Thresholds of a trained network are as they are.
  @Test func exactThresholdsAreExact() throws {
    let engine = try ScenarioEngine(
      Self.activity(SyntheticModel.make(seed: 5, layers: ExactRunTests.layers)))
    var scenario = Scenario(tasks: [0], table: try .named("eyeriss"))
    scenario.thresholdForm = .bits8
    #expect(throws: EnergyError.self) { try engine.counts(scenario) }
  }

  /// The bytes that are computed from shapes are the regions of the memory's image.
  @Test(arguments: [Model.Mode.mime, .conventional], [(3, 2, 32), (4, 5, 64), (2, 16, 256)])
  func footprintIsTheMemoryImage(mode: Model.Mode, machine: (Int, Int, Int)) throws {
    let model = try SyntheticModel.make(seed: 9, layers: ExactRunTests.layers, tasks: 3, mode: mode)
    let shape = try AcceleratorShape([
      "ROWS": machine.0, "COLS": machine.1, "AXI_DATA_WIDTH": machine.2,
    ])
    let image = try NetworkImage(model, on: shape)
    func bytes(_ kind: MemoryImage.Kind) -> Int {
      image.memory.regions.reduce(0) { $1.kind == kind ? $0 + $1.bytes : $0 }
    }
    let footprint = NetworkFootprint(
      NetworkShape(model, name: "m"), tasks: [0, 1, 2], on: shape)
    #expect(footprint.weights == bytes(.weights))
    #expect(footprint.channels == bytes(.channels))
    #expect(footprint.thresholds == bytes(.thresholds))
    #expect((footprint.thresholds > 0) == (mode == .mime))
    #expect(footprint.total == bytes(.weights) + bytes(.channels) + bytes(.thresholds))
  }

  /// A bound by memory: the larger of machine and DRAM in each layer, reads and writes apart.
  @Test func boundIsTheLargerOfTheTwo() {
    let busy = counts(["cycle.total": [100], "dram.weight": [30], "dram.write": [10]])
    let loading = counts([
      "cycle.total": [10], "dram.weight": [20], "dram.threshold": [5], "dram.channel": [1],
      "dram.program": [3], "dram.write": [7],
    ])
    let run = run(
      [busy, loading], transfers: counts(["dram.activation": [4], "dram.write": [9]]))
    // 64 bits a beat: at 8 bytes a cycle 100, max(10, 29, 7) and max(4, 9).
    #expect(run.boundedCycles(busWidth: 64, bytesPerCycle: 8) == 100 + 29 + 9)
    // At 3: max(100, 80), 29 * 8 / 3 = 77.3, 9 * 8 / 3 = 24.
    #expect(run.boundedCycles(busWidth: 64, bytesPerCycle: 3) == 100 + 78 + 24)
    #expect(run.boundedCycles(busWidth: 64, bytesPerCycle: 1 << 20) == 100 + 10 + 1)
  }
}
