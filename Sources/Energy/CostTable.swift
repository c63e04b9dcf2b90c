import Foundation

/// What each action costs, and where every number comes from.
public struct CostTable: Sendable, Equatable {
  /// The name that is printed beside every figure.
  public let name: String
  /// The unit of its values, such as pJ.
  public let unit: String
  /// What the table is, in a sentence or two.
  public let summary: String
  /// The cost of every action.
  public let costs: [Action: Cost]

  /// How a cost grows with the bits that are moved or worked on.
  public enum Scaling: String, Sendable, CaseIterable {
    /// Not at all.
    case fixed
    /// With the bits of the word.
    case bits
    /// With the product of the two operands' bits.
    case product
  }

  /// The cost of an action.
  public struct Cost: Sendable, Equatable {
    /// How it grows with bits.
    public let scaling: Scaling
    /// What is known, by bits or by kilobytes in rising order; at least one row.
    public let rows: [Row]
  }

  /// A number and its source.
  public struct Row: Sendable, Equatable {
    /// In the table's unit.
    public let value: Rational
    /// Bits of the access or operand that the value is for; nil where bits do not matter.
    public let bits: Int?
    /// The memory's capacity, where it matters.
    public let kilobytes: Int?
    /// Who says so.
    public let source: String
    /// How it was interpolated or derived from what the source says; nil where the source has it.
    public let derived: String?
  }
}

/// What one action costs on one machine.
public struct Price: Sendable, Equatable {
  /// In the table's unit.
  public let value: Rational
  /// The row that it was computed from, or the first of two.
  public let row: CostTable.Row
  /// How it follows from the table, in a few words; nil where it is the row's value.
  public let derivation: String?
}

extension CostTable {
  /// The cost of an action.
  public subscript(action: Action) -> Cost { costs[action]! }

  /// The price of `action` on words of `bits` bits, or operands of them where it multiplies, in a memory
  /// of `kilobytes` where it has one.
  ///
  /// A row for just as many bits is preferred, then the next larger one, then the largest; values scale from
  /// there. Between capacities, and beyond them, values follow a power of the capacity and are rounded
  /// to a thousandth of the unit.
  public func price(
    of action: Action, bits: [Int] = [], kilobytes: Double? = nil
  ) throws(EnergyError) -> Price {
    let cost = self[action]
    let widest = bits.max() ?? 0
    if let kilobytes, cost.rows.count > 1 {
      let (value, derivation) = interpolated(cost.rows, kilobytes)
      return try scaled(cost.rows[0], value, cost.scaling, bits, derivation)
    }
    let row = cost.rows.first { widest <= $0.bits ?? widest } ?? cost.rows.last!
    return try scaled(row, row.value, cost.scaling, bits, nil)
  }

  private func scaled(
    _ row: Row, _ value: Rational, _ scaling: Scaling, _ bits: [Int], _ derivation: String?
  ) throws(EnergyError) -> Price {
    let factor: Rational
    switch scaling {
    case .fixed: factor = Rational(1)
    case .bits: factor = Rational(Int128(bits.reduce(0, +)), over: Int128(row.bits!))
    case .product:
      factor = Rational(Int128(bits.reduce(1, *)), over: Int128(row.bits! * row.bits!))
    }
    var parts = [derivation].compactMap { $0 }
    if factor != Rational(1) {
      let sizes = bits.map(String.init).joined(separator: "x")
      parts.append(
        scaling == .product
          ? "\(sizes) bits from \(row.bits!)x\(row.bits!)" : "\(sizes) bits from \(row.bits!)")
    }
    return Price(
      value: try value * factor, row: row,
      derivation: parts.isEmpty ? nil : parts.joined(separator: ", "))
  }

  /// The value at a capacity, by the power law through two neighbouring rows.
  private func interpolated(_ rows: [Row], _ kilobytes: Double) -> (Rational, String?) {
    if let row = rows.first(where: { Double($0.kilobytes!) == kilobytes }) {
      return (row.value, nil)
    }
    let above = rows.firstIndex { Double($0.kilobytes!) > kilobytes } ?? rows.count - 1
    let (low, high) = (rows[max(0, above - 1)], rows[max(1, above)])
    let exponent =
      log(high.value.double / low.value.double)
      / log(Double(high.kilobytes!) / Double(low.kilobytes!))
    let value = low.value.double * pow(kilobytes / Double(low.kilobytes!), exponent)
    let isInside = low.kilobytes!...high.kilobytes! ~= Int(kilobytes.rounded())
    return (
      Rational(Int128((value * 1000).rounded()), over: 1000),
      "\(isInside ? "interpolated" : "extrapolated") by a power law from \(low.kilobytes!) and "
        + "\(high.kilobytes!) KB"
    )
  }
}
