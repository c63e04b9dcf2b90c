import Mapping

/// A count that energy is charged for.
public enum CoreQuantity: Sendable, Hashable, CustomStringConvertible {
  /// An event, as the RTL or the exact model counts it.
  case event(Event)
  /// Compares of tasks whose thresholds are stored: as many thresholds are read from a buffer.
  case thresholdRead
  /// Weights read from DRAM, by law.
  case dramWeight
  /// Thresholds read from DRAM, by law.
  case dramThreshold

  public var description: String {
    switch self {
    case .event(let event): event.rawValue
    case .thresholdRead: "threshold.read"
    case .dramWeight: "dram.weight"
    case .dramThreshold: "dram.threshold"
    }
  }
}

/// Which component a count is charged to, and how often for each unit of it.
public struct CoreCharge: Sendable, Equatable {
  /// What is counted.
  public let quantity: CoreQuantity
  /// Where the energy goes.
  public let component: CoreComponent
  /// Accesses of the component for each unit of the quantity.
  public let multiplicity: Int

  /// Every charge, in the order of a report's lines; docs/events.md gives the reasons.
  public static let all = [
    CoreCharge(quantity: .event(.macActive), component: .mac, multiplicity: 1),
    CoreCharge(quantity: .event(.macActive), component: .registerFile, multiplicity: 4),
    CoreCharge(quantity: .event(.macActive), component: .interPE, multiplicity: 2),
    CoreCharge(quantity: .event(.macGated), component: .interPE, multiplicity: 2),
    CoreCharge(quantity: .event(.actWord), component: .buffer, multiplicity: 1),
    CoreCharge(quantity: .thresholdRead, component: .buffer, multiplicity: 1),
    CoreCharge(quantity: .event(.resultWord), component: .buffer, multiplicity: 1),
    CoreCharge(quantity: .dramThreshold, component: .dram, multiplicity: 1),
    CoreCharge(quantity: .event(.weightWord), component: .buffer, multiplicity: 1),
    CoreCharge(quantity: .dramWeight, component: .dram, multiplicity: 1),
  ]
}
