import Energy
import Foundation
import Machine
import Programs

/// What `mimegen energy` prints: energy by layer and component, by task, and what gating saves.
struct EnergySummary {
  private let report: EnergyReport
  private let kind: String

  init(_ report: EnergyReport, _ kind: String) {
    self.report = report
    self.kind = kind
  }

  func text() throws -> String {
    try [heading, layerTable, taskTable(), gating(), sources].joined(separator: "\n\n")
  }

  /// Columns of the table: components that are printed as one.
  private static let columns: [(name: String, components: [Component])] = [
    ("MACs", [.mac]), ("registers", [.registers]), ("inter-PE", [.operands]),
    ("drain, lanes", [.drain, .lanes, .pool]), ("activations", [.activationBuffer]),
    ("weights", [.weightBuffer]), ("thresholds", [.thresholdBuffer, .channelBuffer]),
    ("DRAM", [.dram]), ("static", [.clock, .control, .leakage]),
  ]

  private var heading: String {
    let shape = report.model.shape
    return "mime_accelerator \(shape.rows)x\(shape.columns), "
      + "\(shape.actWidth)/\(shape.weightWidth)/\(shape.accWidth) bits; \(kind), \(report.images) images\n"
      + "energy in \(report.provenance)"
      + report.modelOnlyReasons.map { "\nmodel-only: \($0)" }.joined()
  }

  private func energy(_ energy: Int128) -> String { rounded(report.value(energy)) }

  private var layerTable: String {
    var table = Table(
      header: ["layer", "active", "gated", "skipped"] + Self.columns.map(\.name) + ["all", ""])
    func row(_ name: String, _ counts: Counts, _ isIncluded: (EnergyReport.Line) -> Bool)
      -> [String]
    {
      let macs = ["mac.active", "mac.gated", "mac.skipped"].map { counts.total($0) }
      let dense = macs.reduce(0, +)
      let all = report.sum(where: isIncluded)
      return [name] + macs.map { percent($0, of: dense) }
        + Self.columns.map { column in
          energy(report.sum { isIncluded($0) && column.components.contains($0.component) })
        } + [energy(all), share(all)]
    }
    for (place, layer) in report.counts.layers.enumerated() {
      table.rows.append(row(layer.name, layer.counts) { $0.layer == place })
    }
    table.rows.append(
      row(EnergyReport.transfersName, report.counts.transfers) { $0.layer == nil })
    table.footer = [row("all", report.counts.total) { _ in true }]
    return table.text
  }

  private func share(_ energy: Int128) -> String {
    percent(Int(Double(energy) * 1e6 / Double(max(1, report.total))), of: 1_000_000)
  }

  private func taskTable() throws -> String {
    var table = Table(header: ["task", "images", "energy", ""])
    for (task, name) in report.counts.tasks.enumerated() where report.counts.images[task] > 0 {
      let own = report.sum { $0.task == task }
      table.rows.append([name, "\(report.counts.images[task])", energy(own), share(own)])
    }
    let shared = report.sum { $0.task == nil }
    table.rows.append([EnergyReport.sharedName, "", energy(shared), share(shared)])
    table.footer = [["all", "\(report.images)", energy(report.total), share(report.total)]]
    if let perImage = try report.perImage() {
      table.footer.append(["an image", "1", rounded(perImage), ""])
    }
    return table.text
  }

  private func gating() throws -> String {
    let saved = try report.energySavedByGating()
    let total = report.value(report.total)
    let ungated = report.model.gates ? try total + saved : total
    return "Gating \(report.model.gates ? "saves" : "would save") \(rounded(saved)) of "
      + "\(rounded(ungated)) \(report.model.table.unit) (\(report.model.table.name), "
      + "\(report.countsProvenance))."
  }

  private var sources: String {
    let derived = Set(
      report.model.prices.filter { $0.price.row.derived != nil || $0.price.derivation != nil }
        .map(\.charge.action.rawValue))
    return "Prices that are derived or scaled: \(derived.sorted().joined(separator: ", ")); "
      + "'mimegen costs' and --format json say how, with every source."
  }
}

/// An energy for people: in whole units from 1000 on, else with three digits behind the point.
func rounded(_ value: Rational) -> String {
  let isLarge = abs(value.double) >= 1000
  let text = value.decimal(places: isLarge ? 0 : 3)
  return isLarge ? grouped(Int(text) ?? 0) : text
}

/// Two designs side by side.
struct EnergyComparison {
  let own: EnergyReport
  let ownName: String
  let other: EnergyReport
  let otherName: String

  func text() throws -> String {
    var table = Table(header: ["component", "1", "2", "2 / 1"])
    func row(_ name: String, _ isIncluded: (EnergyReport.Line) -> Bool) throws -> [String] {
      let values = [
        own.value(own.sum(where: isIncluded)), other.value(other.sum(where: isIncluded)),
      ]
      return [name] + values.map(rounded) + [ratio(values)]
    }
    for component in Component.allCases {
      table.rows.append(try row(component.rawValue) { $0.component == component })
    }
    table.footer = [try row("all") { _ in true }]
    if let values = try perImage() {
      table.footer.append(["an image"] + values.map(rounded) + [ratio(values)])
    }
    let cycles = [own, other].map { Rational($0.counts.total("cycle.total")) }
    table.footer.append(["cycles"] + cycles.map(rounded) + [ratio(cycles)])
    return """
      1: \(ownName), \(own.images) images; \(own.provenance)
      2: \(otherName), \(other.images) images; \(other.provenance)

      \(table.text)
      """
  }

  private func perImage() throws -> [Rational]? {
    guard let first = try own.perImage(), let second = try other.perImage() else { return nil }
    return [first, second]
  }

  private func ratio(_ values: [Rational]) -> String {
    values[0].numerator == 0
      ? "-" : String(format: "%.3f", values[1].double / values[0].double)
  }

  /// Both reports in one document.
  func json() throws -> Data {
    func object(_ report: EnergyReport, _ name: String) throws -> String {
      let text = String(decoding: try report.json().dropLast(), as: UTF8.self)
      return "{\n\"design\": \(String(decoding: try JSONEncoder().encode(name), as: UTF8.self)),\n"
        + "\"energy\": \(text)}"
    }
    return Data(
      """
      {"schema": "mimegen-energy-comparison/1", "designs": [
      \(try object(own, ownName)),
      \(try object(other, otherName))
      ]}

      """.utf8)
  }
}
