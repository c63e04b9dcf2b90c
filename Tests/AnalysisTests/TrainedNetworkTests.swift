import Foundation
import Golden
import Mapping
import Networks
import Testing

@testable import Cosimulation
@testable import Programs

/// The statistical model's cycles on the trained VGG16.
@Suite struct TrainedNetworkTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("golden/vgg16")
  static let model = Result {
    try Model.load(folder.appendingPathComponent("model.safetensors").path)
  }
  /// An image of each of three tasks, with its maps.
  static let batch = Result { () throws -> (batch: Batch, maps: GoldenMaps) in
    let network = try model.get()
    let vectors = try Vectors.load(
      folder.appendingPathComponent("vectors.safetensors").path, for: network)
    let batch = Batch(images: (0..<3).map { BatchImage(task: $0, image: 1) })
    return (batch, GoldenMaps(batch, try GoldenModel(network), vectors))
  }

  static func measured(_ rows: Int, _ columns: Int) throws -> (SparsityMeasurement, NetworkImage) {
    let shape = try AcceleratorShape([
      "ROWS": rows, "COLS": columns, "ACT_BUFFER_KB": 1024,
    ])
    var options = Program.Options()
    options.skips = true
    let network = try NetworkImage(try model.get(), on: shape)
    var measurement = SparsityMeasurement(network, options: options)
    let (batch, maps) = try batch.get()
    measurement.add(batch, maps)
    return (measurement, network)
  }

  /// In every layer and in all: within 2 % of the exact cycles from mean fractions, within 0.5 % from
  /// histograms, and every linear event equal.
  @Test(arguments: [(4, 64), (16, 16), (8, 32)]) func cyclesAreWithinBounds(
    rows: Int, columns: Int
  ) throws {
    let (measurement, network) = try Self.measured(rows, columns)
    var options = Program.Options()
    options.skips = true
    let validation = try CrossValidation(
      NetworkShape(network.model, name: "vgg16"), measurement.sparsity, on: network.shape,
      Workload([Self.batch.get().batch]), StatisticalModel.Options(network, options),
      reference: measurement.counts)
    let nonlinear = CrossValidation.nonlinear
    for (assumption, counts) in validation.models where assumption != .independent {
      let bound: Double = assumption == .mean ? 0.02 : 0.005
      for (layer, events) in validation.differences(counts) {
        for event in events where !nonlinear.contains(event.event) {
          #expect(event.model == event.actual, "\(event.event) of \(layer), \(assumption)")
        }
        // Whether the one word of a tile is all or nothing, the mean does not say.
        if assumption == .mean, layer == "conv1" { continue }
        let cycles = try #require(events.first { $0.event == "cycle.total" }?.error)
        #expect(abs(cycles) <= bound, "\(layer), \(assumption): \(100 * cycles) %")
      }
    }
    let zeros = try #require(validation.commonZeros[2])
    #expect(zeros.correlation > 0)
  }

  /// VGG16 at 224x224, skipping, in less than 50 ms.
  @Test func largeNetworksAreFast() throws {
    let network = try NetworkShape.load("vgg16-224").withTasks(3)
    let sparsity = (0..<network.layerCount).map { _ in
      LayerSparsity(tasks: [0.6, 0.65, 0.7].map { .init(zeroFraction: $0, maskedFraction: 0.5) })
    }
    let model = try StatisticalModel(network, sparsity, .independent)
    let workload = Workload(
      try Batch.schedule(tasks: [0, 1, 2], imagesPerTask: 4, mode: .pipelined))
    var options = StatisticalModel.Options()
    var sizes = AcceleratorSizes()
    sizes.actBufferKB = nil
    for skips in [false, true] {
      options.skips = skips
      let seconds = try (1...20).map { columns in
        sizes.columns = 8 * columns
        let shape = try AcceleratorShape(modelled: sizes)
        let start = Date()
        let counts = try model.counts(on: shape, workload, options)
        #expect(counts.total("cycle.total") > 0)
        return Date().timeIntervalSince(start)
      }
      let median = seconds.sorted()[10]
      print("vgg16-224, skip \(skips): \(median * 1000) ms")
      #expect(median < 0.05)
    }
  }
}
