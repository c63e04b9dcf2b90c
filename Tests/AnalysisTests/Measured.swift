import Golden
import Mapping
import Networks

@testable import Cosimulation
@testable import Programs

/// A network whose zeros were measured over some batches, with the exact model's counts.
struct Measured {
  let network: NetworkImage
  let shape: NetworkShape
  let sparsity: [LayerSparsity]
  let exact: RunCounts
  let workload: Workload
  let options: StatisticalModel.Options

  /// Measures images, given with the batches that they run in.
  init(
    _ network: NetworkImage, _ batches: [(batch: Batch, images: [[Int32]])],
    _ options: Program.Options
  ) throws {
    let golden = try GoldenModel(network.model)
    var measurement = SparsityMeasurement(network, options: options)
    for (batch, images) in batches {
      measurement.add(
        batch,
        GoldenMaps(
          images: images,
          inferences: zip(batch.images, images).map { golden.infer($1, task: $0.task) }))
    }
    self.network = network
    shape = NetworkShape(network.model, name: "network")
    sparsity = measurement.sparsity
    exact = measurement.counts
    workload = Workload(batches.map(\.batch))
    self.options = StatisticalModel.Options(network, options)
  }

  /// A network that `mimegen regress` would draw, its images in one batch or, with `parts`, in two.
  init(_ drawn: DrawnNetwork, on shape: AcceleratorShape, skips: Bool, parts: Int = 1) throws {
    var options = drawn.options
    options.skips = skips
    let images = Array(zip(drawn.batch.images, drawn.inputs))
    let middle = parts == 1 ? images.count : (images.count + 1) / 2
    let batches = [images[..<middle], images[middle...]].filter { !$0.isEmpty }.map {
      (batch: Batch(images: $0.map(\.0)), images: $0.map(\.1))
    }
    try self.init(
      NetworkImage(drawn.model, on: shape, orders: drawn.orders), batches, options)
  }

  func model(_ assumption: ZeroAssumption) throws -> RunCounts {
    try StatisticalModel(shape, sparsity, assumption)
      .counts(on: network.shape, workload, options)
  }
}

extension DrawnAccelerator {
  /// Small networks on an accelerator of any size, quick to compute.
  static func small(_ seed: UInt64) throws -> DrawnAccelerator {
    try DrawnAccelerator(seed: seed, networks: 3, work: 400_000)
  }
}
