import Foundation
import Machine
import Testing

@testable import Energy

/// docs/energy.md has a row for each charge, and one for nothing else.
@Suite struct DocumentationTests {
  @Test func everyChargeIsDocumented() throws {
    let page = try String(contentsOfFile: "\(repository)/docs/energy.md", encoding: .utf8)
    let rows = page.split(separator: "\n")
      .drop { $0 != "## Charges" }.prefix { !$0.hasPrefix("Left out") }
      .filter { $0.hasPrefix("| ") }.dropFirst()
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    var documented: [String] = []
    var quantities: [String] = []
    for row in rows {
      if row[0] != "the same" {
        quantities = row[0].components(separatedBy: ", ").map {
          $0.hasPrefix(".") ? "dram" + $0 : $0
        }
      }
      documented += quantities.map { "\($0) \(row[2]) per \(row[1])" }
    }
    let perTask = Set(Machine.acceleratorCounters.filter(\.isPerTask).map(\.name))
    let charges = Charge.all(on: try smallShape(), gates: true).map {
      "\($0.quantity) \($0.action.rawValue) per \(perTask.contains("\($0.quantity)") ? "task" : "layer")"
    }
    #expect(documented.sorted() == charges.sorted())
  }

  @Test func everyTableIsDocumented() throws {
    let page = try String(contentsOfFile: "\(repository)/docs/energy.md", encoding: .utf8)
    for (name, _) in CostTable.builtInTexts { #expect(page.contains("\n| `\(name)` |")) }
    #expect(page.contains("schema: \(CostTable.schema)"))
    #expect(page.contains("schema `\(EnergyReport.schema)`"))
  }
}
