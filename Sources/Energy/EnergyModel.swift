import Machine
import Programs

/// Energy of a run on the whole accelerator: the sum of count x times x price, exactly.
///
/// Counts of the RTL, of the exact model and of the statistical model go through the same sum, so equal
/// counts give equal energy to the last unit. docs/energy.md has a row for each charge.
public struct EnergyModel: Sendable {
  /// What an action costs.
  public let table: CostTable
  /// The machine that is charged.
  public let shape: AcceleratorShape
  /// Whether gated multiply-accumulates are spared; without it they cost what active ones do.
  public let gates: Bool
  /// Every charge with its price.
  public let prices: [(charge: Charge, price: Price)]
  /// Energies are whole numbers of 1 / denominator of the table's unit.
  public let denominator: Int128
  /// For one unit of each charge's quantity, in 1 / denominator of the table's unit.
  private let factors: [Int128]
  /// The counter that each charge's quantity is, by number.
  private let counters: [Int?]

  /// Prices every charge on `shape` by `table`.
  ///
  /// - Throws: `EnergyError` where a buffer is infinite, or the prices' common denominator needs more
  ///   than 128 bits.
  public init(
    _ table: CostTable, on shape: AcceleratorShape, gates: Bool = true
  ) throws(EnergyError) {
    let sizes = shape.sizes
    guard ![sizes.actBufferKB, sizes.weightBufferKB, sizes.thresholdBufferKB].contains(nil) else {
      throw EnergyError(
        "a buffer that holds everything has no price: take AcceleratorShape.priced()")
    }
    self.table = table
    self.shape = shape
    self.gates = gates
    var prices: [(charge: Charge, price: Price)] = []
    var values: [Rational] = []
    var denominator: Int128 = 1
    for charge in Charge.all(on: shape, gates: gates) {
      let price = try table.price(
        of: charge.action, bits: charge.bits, kilobytes: charge.kilobytes)
      let value = try price.value * charge.times
      prices.append((charge, price))
      values.append(value)
      denominator = try Rational.commonMultiple(denominator, value.denominator)
    }
    var factors: [Int128] = []
    for value in values {
      factors.append(
        try Rational.exact(
          value.numerator.multipliedReportingOverflow(by: denominator / value.denominator)))
    }
    self.prices = prices
    self.denominator = denominator
    self.factors = factors
    counters = prices.map { price in
      Machine.acceleratorCounters.firstIndex { .event($0.name) == price.charge.quantity }
    }
  }

  /// The energy of `counts`, line by line; lines whose count is zero are left out.
  ///
  /// - Parameter modelOnlyReasons: why the Verilog cannot do the run; empty where it can.
  /// - Throws: `EnergyError` where a sum needs more than 128 bits.
  public func report(
    _ counts: RunCounts, modelOnlyReasons: [String] = []
  ) throws(EnergyError) -> EnergyReport {
    var lines: [EnergyReport.Line] = []
    var total: Int128 = 0
    for place in 0...counts.layers.count {
      let isLayer = place < counts.layers.count
      let own = isLayer ? counts.layers[place].counts : counts.transfers
      for (number, (charge, _)) in prices.enumerated() {
        let counter = counters[number]
        let isPerTask = counter.map { Machine.acceleratorCounters[$0].isPerTask } ?? false
        for task in isPerTask ? counts.tasks.indices : 0..<1 {
          let count =
            counter.map { own.values[$0][task] } ?? charge.quantity.count(own, isLayer: isLayer)
          guard count != 0 else { continue }
          let energy = try Rational.exact(
            factors[number].multipliedReportingOverflow(by: Int128(count)))
          total = try Rational.exact(total.addingReportingOverflow(energy))
          lines.append(
            EnergyReport.Line(
              layer: isLayer ? place : nil, task: isPerTask ? task : nil, charge: number,
              component: charge.action.component, count: count, energy: energy))
        }
      }
    }
    return EnergyReport(
      model: self, counts: counts, modelOnlyReasons: modelOnlyReasons, lines: lines)
  }

  /// The total of a report of `counts`, in 1 / denominator of the table's unit, without its lines.
  ///
  /// - Throws: `EnergyError` where a sum needs more than 128 bits.
  public func total(_ counts: RunCounts) throws(EnergyError) -> Int128 {
    var total: Int128 = 0
    for place in 0...counts.layers.count {
      let isLayer = place < counts.layers.count
      let own = isLayer ? counts.layers[place].counts : counts.transfers
      for number in factors.indices {
        let count =
          counters[number].map { own.values[$0].reduce(0, +) }
          ?? prices[number].charge.quantity.count(own, isLayer: isLayer)
        let energy = try Rational.exact(
          factors[number].multipliedReportingOverflow(by: Int128(count)))
        total = try Rational.exact(total.addingReportingOverflow(energy))
      }
    }
    return total
  }
}
