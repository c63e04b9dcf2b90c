import Energy
import Machine
import Mapping
import Networks
import Programs
import Verilated

/// Evaluates the designs of a space with the statistical model and a cost table.
///
/// Zeros are taken as independent, since common zeros are known for one shape of rows only.
public struct Explorer: Sendable {
  /// What all designs have in common.
  public struct Setting: Sendable {
    public var network: NetworkShape
    /// Of each layer, the heads last.
    public var sparsity: [LayerSparsity]
    /// Where the sparsity is from, as it is printed.
    public var zeros: String
    /// Parameters that are not varied.
    public var base = AcceleratorSizes()
    public var tasks: [Int]
    public var imagesPerTask: Int
    /// Images in a batch; by default the number of tasks.
    public var batchSize: Int?
    public var table: CostTable
    /// Gated multiply-accumulates are spared.
    public var gates = true

    public init(
      network: NetworkShape, sparsity: [LayerSparsity], zeros: String, tasks: [Int],
      imagesPerTask: Int, table: CostTable
    ) {
      self.network = network
      self.sparsity = sparsity
      self.zeros = zeros
      self.tasks = tasks
      self.imagesPerTask = imagesPerTask
      self.table = table
    }
  }

  public let space: DesignSpace
  public let setting: Setting
  private let model: StatisticalModel
  private let workloads: [TaskMode: Workload]

  /// - Throws: `ProgramFailure` where sparsities are not those of the network, `MappingError` where images
  ///   or batches have no sense.
  public init(_ space: DesignSpace, _ setting: Setting) throws {
    self.space = space
    self.setting = setting
    model = try StatisticalModel(setting.network, setting.sparsity, .independent)
    workloads = Dictionary(
      uniqueKeysWithValues: try space.axes.modes.map { mode in
        (
          mode,
          Workload(
            try Batch.schedule(
              tasks: setting.tasks, imagesPerTask: setting.imagesPerTask, mode: mode,
              size: setting.batchSize))
        )
      })
  }

  /// The designs of `numbers`, in their order.
  ///
  /// - Throws: `ProgramFailure`, `EnergyError`.
  public func points(_ numbers: Range<Int>) throws -> [DesignPoint] {
    var array: (design: Design, counts: ArrayCounts)?
    return try numbers.map { number in
      let design = space[number]
      let shape = try AcceleratorShape(modelled: design.sizes(setting.base))
      let workload = workloads[design.mode]!
      var options = StatisticalModel.Options()
      options.skips = design.skips
      if array?.design.sharesArray(with: design) != true {
        array = (design, try model.arrayCounts(on: shape, workload, options))
      }
      let counts = try model.counts(on: shape, workload, options, array: array!.counts)
      return try point(number, design, shape, workload, counts)
    }
  }

  private func point(
    _ number: Int, _ design: Design, _ shape: AcceleratorShape, _ workload: Workload,
    _ counts: RunCounts
  ) throws -> DesignPoint {
    let energy = try EnergyModel(setting.table, on: shape, gates: setting.gates)
    let cycles = counts.sum("cycle.total")
    let places = Double(cycles) * Double(design.rows) * Double(design.columns)
    let issued = Double(counts.sum("mac.active") + counts.sum("mac.gated"))
    let total = Rational(try energy.total(counts), over: energy.denominator)
    return DesignPoint(
      number: number, design: design, cycles: cycles,
      energy: Millionths.parse(total.decimal(places: 6))!,
      memoryBeats: Self.memoryCounters.reduce(0) { $0 + counts.sum($1) },
      utilization: places > 0 ? Int((issued / places * 1e6).rounded()) : 0,
      fits: model.holdsActivations(on: shape, workload),
      modelOnlyReasons: model.modelOnlyReasons(on: shape, workload))
  }

  private static let memoryCounters = Machine.acceleratorCounters.map(\.name).filter {
    $0.hasPrefix("dram.")
  }

  /// Evaluates the designs from number `first` on, on all cores.
  ///
  /// - Parameter take: gets successive designs in the order of the space.
  /// - Throws: what `points` and `take` throw.
  public func evaluate(from first: Int = 0, _ take: ([DesignPoint]) throws -> Void) throws {
    var next = first
    while next < space.count {
      let end = min(space.count, next + Self.unit * Self.units)
      let parts = stride(from: next, to: end, by: Self.unit).map {
        $0..<min(end, $0 + Self.unit)
      }
      try take(concurrently(parts.count) { try points(parts[$0]) }.flatMap { $0 })
      next = end
    }
  }

  /// Designs that one core evaluates at a time, and how often until they are taken.
  private static let unit = 32
  private static let units = 64
}

extension RunCounts {
  /// The sum of a counter over layers and transfers, and over tasks.
  func sum(_ name: String) -> Int {
    layers.reduce(transfers.total(name)) { $0 + $1.counts.total(name) }
  }
}
