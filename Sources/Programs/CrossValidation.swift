import Machine
import Networks

/// The statistical model against counts that are right, under each assumption about common zeros.
public struct CrossValidation: Sendable {
  /// One event of one layer, summed over tasks.
  public struct Difference: Sendable, Equatable {
    public let event: String
    /// What the model says.
    public let model: Int
    /// What it is.
    public let actual: Int

    /// Relative to what it is; nil where that is zero and the model says otherwise.
    public var error: Double? {
      if model == actual { return 0 }
      return actual == 0 ? nil : Double(model - actual) / Double(actual)
    }
  }

  /// Why independent zeros and measured ones differ in a layer.
  public struct CommonZeros: Sendable, Equatable {
    /// Products that are zero.
    public let zeroFraction: Double
    /// Pairs of neighbouring rows that are both zero.
    public let bothZero: Double
    /// Covariance of the zeros of neighbouring rows.
    public var covariance: Double { bothZero - zeroFraction * zeroFraction }
    /// The same relative to the variance of one.
    public var correlation: Double {
      let variance = zeroFraction * (1 - zeroFraction)
      return variance > 0 ? covariance / variance : 0
    }
  }

  /// What the model is compared with.
  public let reference: RunCounts
  /// The model's counts.
  public let models: [(assumption: ZeroAssumption, counts: RunCounts)]
  /// By layer; nil where no tile has neighbouring rows inside the map.
  public let commonZeros: [CommonZeros?]

  /// Compares the model of `network` on `shape` with `reference`, the counts of the same run.
  ///
  /// - Throws: `ProgramFailure` where `sparsity` does not go with the network.
  public init(
    _ network: NetworkShape, _ sparsity: [LayerSparsity], on shape: AcceleratorShape,
    _ workload: Workload, _ options: StatisticalModel.Options, reference: RunCounts
  ) throws {
    self.reference = reference
    models = try ZeroAssumption.allCases.map { assumption in
      let model = try StatisticalModel(network, sparsity, assumption)
      return (assumption, try model.counts(on: shape, workload, options))
    }
    let images = workload.images(tasks: network.tasks.count)
    commonZeros = sparsity.map { layer in
      let pairs = layer.joint.compactMap(\.neighboursZero)
      guard !pairs.isEmpty else { return nil }
      let weighted = zip(layer.tasks, images).reduce(0) {
        $0 + ($1.0?.zeroFraction ?? 0) * Double($1.1)
      }
      return CommonZeros(
        zeroFraction: weighted / Double(images.reduce(0, +)),
        bothZero: pairs.reduce(0, +) / Double(pairs.count))
    }
  }

  /// Events that are compared: all but those of the memory's speed.
  public static let events = Machine.acceleratorCounters.map(\.name).filter {
    !Counts.ofMemory.contains($0)
  }

  /// Events that are not linear in the fractions that the model is given.
  public static let nonlinear: Set<String> = [
    "cycle.total", "cycle.stall.drain", "cycle.stall.operand",
  ]

  /// The differences of each layer, those of all layers last.
  public func differences(_ counts: RunCounts) -> [(layer: String, events: [Difference])] {
    func compare(_ model: Counts, _ actual: Counts) -> [Difference] {
      Self.events.map { Difference(event: $0, model: model.total($0), actual: actual.total($0)) }
    }
    func sum(_ run: RunCounts) -> Counts {
      run.layers.dropFirst().reduce(into: run.layers[0].counts) { $0 += $1.counts }
    }
    return zip(counts.layers, reference.layers).map { ($0.name, compare($0.counts, $1.counts)) }
      + [("all", compare(sum(counts), sum(reference)))]
  }
}

extension Counts {
  /// The counts without the cycles that waited for the memory, as the models give them.
  public var withoutWaits: Counts {
    var values = values
    values[Self.number(of: "cycle.total")] = [advancingCycles]
    for name in Self.ofMemory { values[Self.number(of: name)] = [0] }
    return Counts(values: values)
  }
}
