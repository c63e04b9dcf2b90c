import Mapping

/// Energy from counts: the sum of count x multiplicity x unit cost, in integers.
///
/// Counts from the RTL and counts from the exact model go through the same sum, so equal counts
/// give equal energy to the last unit. docs/events.md says what this first form leaves out.
public struct CoreEnergyModel: Sendable {
  /// What an event costs.
  public let costs: CoreCostTable
  /// Whether each task of the model has thresholds stored, which are then read and compared.
  public let storesThresholds: [Bool]

  /// The energy of a model whose tasks store thresholds or not, at `costs`.
  public init(costs: CoreCostTable = .eyeriss, storesThresholds: [Bool]) {
    self.costs = costs
    self.storesThresholds = storesThresholds
  }

  /// The energy of a layer that did `events` and read `traffic` from DRAM.
  public func report(events: LayerEvents, traffic: DRAMTraffic) -> CoreEnergyReport {
    precondition(
      events.taskCount == storesThresholds.count
        && traffic.thresholds.count == storesThresholds.count,
      "events, traffic and storesThresholds are of one model")
    let tasks = storesThresholds.indices.flatMap { task in
      CoreCharge.all.compactMap { charge -> CoreEnergyReport.Line? in
        let count: Int
        switch charge.quantity {
        case .event(let event) where event.isPerTask: count = events[event, task: task]
        case .thresholdRead:
          count = storesThresholds[task] ? events[.thresholdCompare, task: task] : 0
        case .dramThreshold: count = traffic.thresholds[task]
        case .event, .dramWeight: return nil
        }
        return line(charge, task: task, count: count)
      }
    }
    let shared = CoreCharge.all.compactMap { charge -> CoreEnergyReport.Line? in
      switch charge.quantity {
      case .event(let event) where !event.isPerTask:
        line(charge, task: nil, count: events[event])
      case .dramWeight: line(charge, task: nil, count: traffic.weights)
      case .event, .thresholdRead, .dramThreshold: nil
      }
    }
    return CoreEnergyReport(lines: tasks + shared)
  }

  private func line(_ charge: CoreCharge, task: Int?, count: Int) -> CoreEnergyReport.Line {
    CoreEnergyReport.Line(
      charge: charge, task: task, count: count,
      energy: count * charge.multiplicity * costs[charge.component])
  }
}

/// Where the energy of a layer went.
public struct CoreEnergyReport: Sendable, Equatable {
  /// The energy of one charge.
  public struct Line: Sendable, Equatable {
    /// What is counted, where it goes and how often.
    public let charge: CoreCharge
    /// The task, or nil for what the tasks of a batch share.
    public let task: Int?
    /// How much there was of the charge's quantity.
    public let count: Int
    /// count x multiplicity x unit cost, in the cost table's unit.
    public let energy: Int
  }

  /// Task by task the charges of each, then the shared ones.
  public let lines: [Line]

  /// The energy of all lines.
  public var total: Int { sum { _ in true } }

  /// The energy of what the tasks of a batch share: the weights.
  public var shared: Int { sum { $0.task == nil } }

  /// The energy that one task causes by itself.
  public func energy(ofTask task: Int) -> Int { sum { $0.task == task } }

  /// The energy spent in one component.
  public func energy(in component: CoreComponent) -> Int {
    sum { $0.charge.component == component }
  }

  private func sum(where isIncluded: (Line) -> Bool) -> Int {
    lines.filter(isIncluded).reduce(0) { $0 + $1.energy }
  }
}
