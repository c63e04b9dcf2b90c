import Energy
import Mapping
import Networks

/// Why a verification ended before all was compared.
public enum VerificationFailure: Error, Sendable, CustomStringConvertible {
  /// The core gave another number than the golden model.
  case mismatch(Mismatch)
  /// The core gave results in another order, number or with other marks.
  case disorder(layer: String, String)
  /// The core's counters differ from the exact model.
  case events([EventDifference], tasks: [String])
  /// The core's handshakes are not those of docs/core.md.
  case handshake(layer: String, TimelineError)
  /// A hang, an assertion, or the end of the simulation; without a layer if it was in the reset.
  case simulation(layer: String?, SimulationError)

  public var description: String {
    switch self {
    case .mismatch(let mismatch): return mismatch.description
    case .disorder(let layer, let what): return "layer \(layer): \(what)"
    case .events(let differences, let tasks):
      return differences.map { difference in
        let place = difference.task.map { "task \(tasks[$0]), " } ?? ""
        return
          "\(place)layer \(difference.layer): \(difference.quantity) is \(difference.actual) in "
          + "the core's counters and must be \(difference.expected)"
      }.joined(separator: "\n")
    case .handshake(let layer, let error): return "layer \(layer): \(error)"
    case .simulation(let layer, let error):
      return "\(layer.map { "layer \($0)" } ?? "reset"): \(error)"
    }
  }
}

/// The sums of one layer over the batches.
public struct LayerOutcome: Sendable {
  public let name: String
  /// Counted by the core.
  public internal(set) var counted: LayerEvents
  /// Of the exact model.
  public internal(set) var exact: LayerEvents
  public internal(set) var traffic: DRAMTraffic
  /// Multiply-accumulates, zeros and padding included, of each task.
  public internal(set) var denseMACs: [Int]

  init(name: String, taskCount: Int) {
    self.name = name
    counted = LayerEvents(layer: name, taskCount: taskCount)
    exact = counted
    traffic = DRAMTraffic(taskCount: taskCount)
    denseMACs = Array(repeating: 0, count: taskCount)
  }
}

/// What a task came to.
public struct TaskOutcome: Sendable {
  public let name: String
  public internal(set) var images = 0
  /// Images whose class the core found; nil without labels.
  public internal(set) var correct: Int?
  /// Numbers that differ from the golden model.
  public internal(set) var mismatches = 0
  /// Cycles of the batches that hold this task alone; nil where tasks share batches.
  public internal(set) var cycles: Int?
}

/// What a verification found.
public struct VerificationResult: Sendable {
  /// The tasks that ran, by their numbers in the model.
  public internal(set) var tasks: [(number: Int, outcome: TaskOutcome)]
  /// The layers, the heads last.
  public internal(set) var layers: [LayerOutcome]
  /// Numbers compared.
  public internal(set) var compared = 0
  /// Counts that differ between the core and the exact model.
  public var eventDifferences: Int {
    layers.reduce(0) { $0 + $1.counted.differences(from: $1.exact).count }
  }
  public internal(set) var failure: VerificationFailure?
  /// The batch in which the failure was found.
  public internal(set) var failedBatch: Int?
  /// Cycles of the core to look at, from reset, for the failure.
  var failedCycles: Range<UInt64>?
  /// Whether there were cycles to record for the failure.
  public var hasWaves: Bool { failedCycles != nil }

  /// Counts of a task, or of what tasks share, that differ between the core and the exact model.
  public func eventDifferences(task: Int?) -> Int {
    layers.reduce(0) { sum, layer in
      sum + layer.counted.differences(from: layer.exact).count { $0.task == task }
    }
  }

  /// Cycles of all layers.
  public var cycles: Int { layers.reduce(0) { $0 + $1.counted.total(.cycleTotal) } }
}
