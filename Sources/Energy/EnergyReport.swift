import Programs

/// Where the energy of a run went, and what it was computed from.
public struct EnergyReport: Sendable {
  /// The energy of one charge in one layer.
  public struct Line: Sendable, Equatable {
    /// The layer's place among the counts' layers; nil for loads, stores and the program's end.
    public let layer: Int?
    /// The task, or nil for what the tasks of a batch share.
    public let task: Int?
    /// The charge's place among the model's prices.
    public let charge: Int
    /// Where the energy goes.
    public let component: Component
    /// How much there was of the charge's quantity.
    public let count: Int
    /// In 1 / denominator of the table's unit.
    public let energy: Int128
  }

  /// The prices.
  public let model: EnergyModel
  /// What was priced.
  public let counts: RunCounts
  /// Why the Verilog cannot do the run, which is then only modelled; empty where it can.
  public let modelOnlyReasons: [String]
  /// Layer by layer, the transfers last; in each in the order of the model's charges.
  public let lines: [Line]

  /// The energy of the lines for which `isIncluded` holds, in 1 / denominator of the table's unit.
  public func sum(where isIncluded: (Line) -> Bool = { _ in true }) -> Int128 {
    lines.reduce(0) { isIncluded($1) ? $0 + $1.energy : $0 }
  }

  /// The energy of all lines, in 1 / denominator of the table's unit.
  public var total: Int128 { sum() }

  /// An energy in the table's unit.
  public func value(_ energy: Int128) -> Rational { Rational(energy, over: model.denominator) }

  /// Images that ran.
  public var images: Int { counts.images.reduce(0, +) }

  /// The energy of an average image, in the table's unit; nil where none ran.
  ///
  /// - Throws: `EnergyError` where it needs more than 128 bits.
  public func perImage() throws(EnergyError) -> Rational? {
    guard images > 0 else { return nil }
    return try value(total) * Rational(1, over: Int128(images))
  }

  /// The name of a line's layer.
  public func layerName(_ line: Line) -> String {
    line.layer.map { counts.layers[$0].name } ?? Self.transfersName
  }

  /// What loads, stores and the program's end are called.
  public static let transfersName = "transfers"
  /// What is not a single task's is called.
  public static let sharedName = "shared"

  /// The name of a line's task.
  public func taskName(_ line: Line) -> String {
    line.task.map { counts.tasks[$0] } ?? Self.sharedName
  }

  /// The charge of a line, with its price.
  public func price(_ line: Line) -> (charge: Charge, price: Price) { model.prices[line.charge] }

  /// What stands beside every figure: unit, table, counts' provenance, gating.
  public var provenance: String {
    "\(model.table.unit), cost table \(model.table.name), counts: \(countsProvenance), "
      + "gating \(model.gates ? "on" : "off")"
  }

  /// Where the counts are from, and whether the Verilog can do the run at all.
  public var countsProvenance: String {
    counts.provenance.rawValue + (modelOnlyReasons.isEmpty ? "" : " (model-only)")
  }
}
