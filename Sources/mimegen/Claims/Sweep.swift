import Energy
import Networks
import Programs
import Verilated

/// Networks by their shapes, with zeros that nobody has measured: what the abstract leaves open.
struct Sweep {
  let settings: ClaimSettings
  let networks: [NetworkShape]

  /// Tasks of a batch.
  private static let tasks = 3
  private static let zeros = [3, 4, 5, 6, 7, 8, 9].map { Double($0) / 10 }
  /// What ReLU's zeros are taken to be where they are not MIME's.
  private static let reluZeros = 0.5

  /// A network and its zeros.
  struct Point {
    let network: NetworkShape
    /// The fraction of zeros behind hidden layers.
    let zeros: Double
    /// That of the conventional network, where it is another one.
    let reluZeros: Double?
    let pair: DesignPair
    /// Whether its zeros are the first of the network's.
    let isFirst: Bool

    /// The assumptions of every row.
    func assumptions(_ machine: AcceleratorSizes) -> [(name: String, value: String)] {
      [
        ("network", network.name), ("tasks", "\(pair.mimeTasks.count)"),
        ("task_mode", "pipelined"), ("batch_images", "\(pair.mimeTasks.count)"),
        ("array", machine.arrayText),
      ]
    }
  }

  /// The rows of all points, which are computed on all cores.
  func rows(_ rows: @Sendable (Point) throws -> [Claim.Row]) throws -> [Claim.Row] {
    let points = networks.flatMap { network in
      Self.zeros.flatMap { zeros in [nil, Self.reluZeros].map { (network, zeros, $0) } }
    }
    return try concurrently(points.count) { number in
      let (network, zeros, reluZeros) = points[number]
      let shape = network.withTasks(Self.tasks)
      let tasks = Array(0..<Self.tasks)
      let pair = DesignPair(
        mime: try ScenarioEngine(.uniform(shape, zeros: zeros)),
        conventional: try ScenarioEngine(
          .uniform(shape.asConventional(), zeros: reluZeros ?? zeros)), mimeTasks: tasks,
        conventionalTasks: tasks)
      return try rows(
        Point(
          network: network, zeros: zeros, reluZeros: reluZeros, pair: pair,
          isFirst: zeros == Self.zeros[0]))
    }.flatMap { $0 }
  }

  /// A machine with the array, bus and buffers of `sizes`, words of `width` bits, and activation buffers that hold
  /// everything.
  func machine(_ sizes: AcceleratorSizes, width: Int) -> AcceleratorSizes {
    var machine = AcceleratorSizes()
    machine.rows = sizes.rows
    machine.columns = sizes.columns
    machine.banks = sizes.banks
    machine.busWidth = sizes.busWidth
    machine.weightBufferKB = sizes.weightBufferKB
    machine.thresholdBufferKB = sizes.thresholdBufferKB
    machine.actWidth = width
    machine.weightWidth = width
    machine.actBufferKB = nil
    return machine
  }
}
