/// A part of the machine that spends energy when an event happens in it.
public enum CoreComponent: String, Sendable, CaseIterable {
  /// One multiply-accumulate.
  case mac = "MAC"
  /// One word read from or written to a PE's registers.
  case registerFile = "register file"
  /// One word moved from a PE, or from the array's edge, to the next PE.
  case interPE = "inter-PE"
  /// One word read from or written to an on-chip buffer.
  case buffer = "buffer"
  /// One word read from off-chip memory.
  case dram = "DRAM"
}

/// What one event costs in each component, and where the numbers come from.
public struct CoreCostTable: Sendable, Equatable {
  /// The cost of one event in one component.
  public struct UnitCost: Sendable, Equatable {
    /// Where the energy goes.
    public let component: CoreComponent
    /// The cost, in the table's unit.
    public let cost: Int
    /// Where the number comes from.
    public let source: String

    /// `cost` units for one event in `component`, as `source` says.
    public init(_ component: CoreComponent, cost: Int, source: String) {
      self.component = component
      self.cost = cost
      self.source = source
    }
  }

  /// The table's name.
  public let name: String
  /// What a cost of 1 is.
  public let unit: String
  /// The costs, one of each component in the order of `CoreComponent.allCases`.
  public let costs: [UnitCost]

  /// The table of `costs`, which names every component once.
  public init(name: String, unit: String, costs: [UnitCost]) {
    self.name = name
    self.unit = unit
    self.costs = CoreComponent.allCases.map { component in
      let own = costs.filter { $0.component == component }
      precondition(own.count == 1, "\(name) needs one cost of \(component.rawValue)")
      return own[0]
    }
  }

  /// The cost of one event in `component`.
  public subscript(component: CoreComponent) -> Int {
    costs.first { $0.component == component }!.cost
  }

  /// Costs relative to a 16-bit multiply-accumulate, from Eyeriss.
  public static let eyeriss = CoreCostTable(
    name: "Eyeriss, normalized", unit: "energy of one 16-bit MAC",
    costs: [
      UnitCost(.mac, cost: 1, source: "\(isca2016): the unit"),
      UnitCost(.registerFile, cost: 1, source: "\(isca2016): register file of a PE, 0.5 to 1 kB"),
      UnitCost(.interPE, cost: 2, source: "\(isca2016): array, from PE to PE"),
      UnitCost(.buffer, cost: 6, source: "\(isca2016): global buffer, above 100 kB"),
      UnitCost(.dram, cost: 200, source: "\(isca2016): DRAM"),
    ])

  private static let isca2016 =
    "Chen, Emer, Sze, Eyeriss: A Spatial Architecture for Energy-Efficient Dataflow, ISCA 2016"
}
