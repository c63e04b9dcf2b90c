import Foundation
import Networks
import Programs

/// Counts and energies of the scenarios of one network.
///
/// What differs between scenarios in buffers, costs and gating alone is counted once: of the counts, only the
/// beats of weights and thresholds depend on buffers, and shapes decide these.
public final class ScenarioEngine: @unchecked Sendable {
  // Sendable: the lock is held while `known` is read or written.
  private let activity: Activity
  /// Has the network's shapes; of exact activities without their zeros.
  private let shapes: StatisticalModel
  private var known: [Scenario.Key: RunCounts] = [:]
  private let lock = NSLock()

  /// - Throws: `ProgramFailure` where the sparsities are not the network's.
  public init(_ activity: Activity) throws {
    self.activity = activity
    switch activity {
    case .statistical(let network, let sparsity, let assumption):
      shapes = try StatisticalModel(network, sparsity, assumption)
    case .exact:
      let network = activity.network
      let none = LayerSparsity(tasks: network.tasks.map { _ in .init(zeroFraction: 0) })
      shapes = try StatisticalModel(
        network, Array(repeating: none, count: network.layerCount), .independent)
    }
  }

  public var network: NetworkShape { shapes.network }

  /// Why the accelerator cannot run the scenario, which is then only modelled; empty where it can.
  public func modelOnlyReasons(_ scenario: Scenario) throws -> [String] {
    try shapes.modelOnlyReasons(
      on: AcceleratorShape(modelled: scenario.sizes), Workload(scenario.batches()))
  }

  /// The events of `scenario`.
  ///
  /// - Throws: `ProgramFailure` or `MappingError` where it cannot be counted, and what the maps throw.
  public func counts(_ scenario: Scenario) throws -> RunCounts {
    if case .exact = activity, scenario.thresholdForm != .exact {
      throw EnergyError("a network's thresholds are counted as they are stored: exactly")
    }
    let key = scenario.key
    var counts: RunCounts
    if let own = lock.withLock({ known[key] }) {
      counts = own
    } else {
      counts = try unbounded(scenario)
      lock.withLock { known[key] = counts }
    }
    let beats = try shapes.shapeCounts(
      on: AcceleratorShape(modelled: scenario.sizes), Workload(scenario.batches()),
      options(scenario))
    counts.take(["dram.weight", "dram.threshold"], from: beats)
    return counts
  }

  /// Counts `scenarios` on all cores, so that later calls find them; one that cannot be counted throws then.
  public func prepare(_ scenarios: [Scenario]) {
    var seen: Set<Scenario.Key> = []
    let different = scenarios.filter { seen.insert($0.key).inserted }
    DispatchQueue.concurrentPerform(iterations: different.count) {
      _ = try? counts(different[$0])
    }
  }

  /// The energy of `scenario`.
  public func energy(_ scenario: Scenario) throws -> EnergyReport {
    try EnergyModel(
      scenario.table, on: AcceleratorShape(modelled: scenario.sizes).priced(), gates: scenario.gates
    ).report(counts(scenario))
  }

  /// The counts where buffers hold everything.
  private func unbounded(_ scenario: Scenario) throws -> RunCounts {
    let shape = try AcceleratorShape(modelled: scenario.key.sizes)
    let batches = try scenario.batches()
    switch activity {
    case .statistical:
      return try shapes.counts(on: shape, Workload(batches), options(scenario))
    case .exact(let model, let maps):
      var options = Program.Options()
      options.skips = scenario.skips
      return try ExactRun(
        NetworkImage(model, on: shape, countsOnly: true), batches: batches, options: options
      ).counts(maps: maps)
    }
  }

  private func options(_ scenario: Scenario) -> StatisticalModel.Options {
    var options = StatisticalModel.Options()
    options.skips = scenario.skips
    options.keepsResident = scenario.keepsResident
    options.thresholdForms = Dictionary(
      uniqueKeysWithValues: network.layers.indices.map { ($0, scenario.thresholdForm) })
    return options
  }
}
