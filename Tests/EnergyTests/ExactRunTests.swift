import Cosimulation
import Foundation
import Golden
import Mapping
import Networks
import Testing

@testable import Programs

@Suite struct ExactRunTests {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 2, outputChannels: 6, size: 7),
    .convolution("conv2", inputChannels: 6, outputChannels: 5, size: 7, isPooled: true),
    .fullyConnected("fc", inputs: 5 * 9, outputs: 11),
  ]

  /// The counts of a run are those of its programs' operations, whose memory has the network's numbers, and
  /// of the programs' ends.
  @Test(arguments: [Model.Mode.mime, .conventional]) func countsAreThoseOfThePrograms(
    mode: Model.Mode
  ) throws {
    let model = try SyntheticModel.make(seed: 3, layers: Self.layers, tasks: 3, mode: mode)
    let golden = try GoldenModel(model)
    let shape = try AcceleratorShape(["ROWS": 4, "COLS": 4, "AXI_DATA_WIDTH": 64])
    let batches = try Batch.schedule(tasks: [2, 0, 1], imagesPerTask: 2, mode: .pipelined, size: 4)
    var options = Program.Options()
    options.skips = true
    options.storesOutputs = true
    let images = (0..<3).map {
      SyntheticModel.images(for: model, count: 2, seed: UInt64($0))
    }
    func maps(_ batch: Batch) -> GoldenMaps {
      let own = batch.images.map { images[$0.task][$0.image] }
      return GoldenMaps(
        images: own,
        inferences: zip(batch.images, own).map { golden.infer($1, task: $0.task) })
    }
    let run = try ExactRun(
      NetworkImage(model, on: shape, packsThresholds: true, countsOnly: true), batches: batches,
      options: options
    ).counts(maps: maps)
    #expect(run.provenance == .exact)
    #expect(run.images == [2, 2, 2])
    #expect(run.layers.map(\.name) == ["conv1", "conv2", "fc", "head"])

    let network = try NetworkImage(model, on: shape, packsThresholds: true)
    var layers = run.layers.map { _ in Counts(tasks: shape.runs) }
    var all = Counts(tasks: shape.runs)
    for batch in batches {
      let maps = maps(batch)
      let program = try Program(
        network, batch: batch, inputs: maps.inputs[0], options: options)
      for (number, operation) in program.operations.enumerated() {
        let counts = try program.exactCounts(number, maps)
        if operation.operation == .layer { layers[operation.layer!] += counts }
        all += counts
      }
    }
    #expect(run.layers.map(\.counts) == layers)
    // An end is a descriptor of 128 bytes, 16 beats.
    #expect(run.total("dram.program") == all("dram.program") + 2 * 16)
    for name in ["dram.activation", "dram.write", "dram.weight", "dram.threshold", "mac.active"] {
      #expect(run.total.total(name) == all.total(name), "\(name)")
    }
  }

  /// VGG16 at 32x32 with an image of each of three tasks: under a second of one core's time after the golden
  /// model's pass.
  @Test func vgg16TakesLessThanASecond() throws {
    let folder = "\(repository)/golden/vgg16"
    var run = VerificationRequest(
      model: "\(folder)/model.safetensors", vectors: "\(folder)/vectors.safetensors")
    run.tasks = ["mnist5k", "digits", "fmnist_rotinv"]
    run.images = .first(1)
    run.parameters = [
      "ROWS": 16, "COLS": 16, "AXI_DATA_WIDTH": 256, "ACT_BUFFER_KB": 256,
      "THRESHOLD_BUFFER_KB": 64,
    ]
    let plan = try AcceleratorPlan(AcceleratorRequest(run), countsOnly: true)
    let batches = plan.batches.map(\.batch)
    let maps = GoldenMaps(batches[0], plan.golden, plan.vectors)
    let start = Self.processorTime()
    let network = try NetworkImage(plan.model, on: plan.shape, countsOnly: true)
    let counts = try ExactRun(network, batches: batches, options: Program.Options())
      .counts { _ in maps }
    let seconds = Self.processorTime() - start
    print("VGG16 in the exact model: \(seconds) s of one core")
    #expect(seconds < 1)
    // What the RTL has counted: weights of the hidden layers, and all cycles that advance.
    let weights = counts.layers.dropLast().reduce(0) { $0 + $1.counts("dram.weight") }
    #expect(weights * 32 == 15_233_664)
    #expect(counts.total("cycle.total") == 3_808_398)
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
