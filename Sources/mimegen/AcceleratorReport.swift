import Cosimulation
import Energy
import Foundation
import Machine
import Programs

/// What a run of the accelerator leaves: the same bytes for the same inputs.
struct AcceleratorReport {
  /// What its `schema` says.
  static let schema = "mimegen-run/1"

  private let plan: AcceleratorPlan
  private let result: AcceleratorResult
  private let energy: MeasuredEnergy?

  /// The report of `result`, and of its energy where it was asked for.
  init(_ plan: AcceleratorPlan, _ result: AcceleratorResult, _ energy: MeasuredEnergy?) {
    self.plan = plan
    self.result = result
    self.energy = energy
  }

  private struct Layer: Encodable {
    let name: String
    let counts: [String: [Int]]
  }

  private struct Report: Encodable {
    let schema, mimegen: String
    let programHash: String
    let parameters: [String: Int]
    let provenance, mode, taskMode: String
    let skip: Bool
    let tasks: [String]
    let images: [Int]
    let layers: [Layer]
    let transfers: [String: [Int]]
    let energy: [String: String]?
    let cycles: UInt64
    let compared: Int
    let failure: String?
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let report = Report(
      schema: Self.schema, mimegen: Machine.version,
      programHash: "0x" + String(plan.shape.hash, radix: 16),
      parameters: plan.shape.parameters, provenance: result.rtl.provenance.rawValue,
      mode: plan.model.mode.rawValue, taskMode: plan.request.run.mode.rawValue,
      skip: plan.request.skips, tasks: plan.model.tasks, images: result.rtl.images,
      layers: result.rtl.layers.map { Layer(name: $0.name, counts: named($0.counts)) },
      transfers: named(result.rtl.transfers), energy: energy?.figures, cycles: result.cycles,
      compared: result.compared, failure: result.failure?.description)
    var data = try encoder.encode(report)
    data.append(UInt8(ascii: "\n"))
    return data
  }

  private func named(_ counts: Counts) -> [String: [Int]] {
    Dictionary(
      uniqueKeysWithValues: zip(Machine.acceleratorCounters, counts.values).map {
        ($0.name, $0.isPerTask ? Array($1.prefix(plan.model.tasks.count)) : $1)
      })
  }
}

/// The energy of what a run has counted, beside that of the exact model.
struct MeasuredEnergy {
  private let rtl: EnergyReport
  private let exact: EnergyReport

  /// Prices the counts of `result` by `table`; where `gates` is off, gated multiply-accumulates as active ones.
  init(
    _ plan: AcceleratorPlan, _ result: AcceleratorResult, _ table: CostTable, gates: Bool = true
  ) throws {
    let model = try EnergyModel(table, on: plan.shape, gates: gates)
    rtl = try model.report(result.rtl)
    exact = try model.report(result.exact)
  }

  /// The energy of cycles that wait for memory, which the exact model does not have.
  private var waiting: Int128 { rtl.sum { rtl.price($0).charge.quantity == .waitingCycles } }

  /// What the RTL has counted, but waiting, in the table's unit.
  var withoutWaiting: Rational { rtl.value(rtl.total - waiting) }

  /// Whether all but waiting costs what the exact model says.
  var isEqual: Bool { rtl.total - waiting == exact.total }

  /// What a report has of it, energies as decimals in the unit of their name.
  var figures: [String: String] {
    let unit = rtl.model.table.unit
    return [
      "cost_table": rtl.model.table.name, "unit": unit,
      "energy_measured_in_rtl_\(unit)": rtl.value(rtl.total).decimal(),
      "energy_of_waiting_for_memory_\(unit)": rtl.value(waiting).decimal(),
      "energy_by_exact_model_\(unit)": exact.value(exact.total).decimal(),
    ]
  }

  var text: String {
    "energy: \(rounded(rtl.value(rtl.total))) \(rtl.model.table.unit) measured in RTL, "
      + "\(rounded(rtl.value(waiting))) of it in cycles that wait for memory; "
      + "\(rounded(exact.value(exact.total))) by the exact model, "
      + "\(isEqual ? "equal" : "which DIFFERS") beside waiting (cost table \(rtl.model.table.name))"
  }
}
