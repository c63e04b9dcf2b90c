import Machine
import Programs

/// Why a verification of the accelerator ended before all was compared.
public enum AcceleratorFailure: Error, Sendable, CustomStringConvertible {
  /// The accelerator gave another number than the golden model.
  case mismatch(Mismatch)
  /// Counters differ from the exact model.
  case counts(place: String, [String])
  /// The memory's port saw other traffic than the counters.
  case traffic(String)
  /// The program ended early.
  case stop(ProgramStop)
  /// A hang, a broken rule of the bus, an assertion, or the end of the simulation.
  case simulation(SimulationError)

  public var description: String {
    switch self {
    case .mismatch(let mismatch): mismatch.description
    case .counts(let place, let sentences):
      sentences.map { "\(place): \($0)" }.joined(separator: "\n")
    case .traffic(let sentence): sentence
    case .stop(let stop): stop.description
    case .simulation(let error): error.description
    }
  }
}

/// The sums of one layer over the batches.
public struct AcceleratorLayer: Sendable {
  public let name: String
  /// Counted by the accelerator, in all passes of the layer.
  public let counted: Counts
  /// Of the exact model.
  public let exact: Counts

  /// Multiply-accumulates, padding and skipped ones included.
  public var macs: Int {
    Counts.macs.reduce(0) { $0 + counted.total($1) }
  }
}

/// What a verification of the accelerator found.
public struct AcceleratorResult: Sendable {
  /// The tasks that ran, by their numbers in the model.
  public internal(set) var tasks: [(number: Int, outcome: TaskOutcome)]
  /// What the accelerator counted.
  public internal(set) var rtl: RunCounts
  /// The same by the exact model.
  public internal(set) var exact: RunCounts
  /// Cycles from the start of each program to its interrupt, summed.
  public internal(set) var cycles: UInt64 = 0
  /// Of each batch that ran to its end without a difference: its cycles, and the classes of its images.
  public internal(set) var batches: [(cycles: UInt64, classes: [Int])] = []
  /// Numbers compared.
  public internal(set) var compared = 0
  public internal(set) var failure: AcceleratorFailure?
  /// The batch in which the failure was found.
  public internal(set) var failedBatch: Int?
  /// Seconds of simulation.
  public internal(set) var seconds = 0.0

  /// The layers, the heads last.
  public var layers: [AcceleratorLayer] {
    zip(rtl.layers, exact.layers).map {
      AcceleratorLayer(name: $0.name, counted: $0.counts, exact: $1.counts)
    }
  }
}
