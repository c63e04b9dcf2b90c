import Foundation
import Programs
import Testing
import Yams

@testable import Energy

/// Files for other tools: their forms, and that they hold the same sum.
@Suite struct ExportTests {
  static func report(_ table: String = "horowitz-45nm") throws -> EnergyReport {
    try EnergyModel(.named(table), on: smallShape()).report(
      run(
        [HandComputedTests.layer, counts(["mac.active": [3, 4], "dram.write": [5]])],
        transfers: counts(["dram.activation": [6], "dram.program": [2]])))
  }

  /// The value of a decimal in a file.
  private func number(_ text: String) throws -> Rational {
    try #require(Rational(decimal: text), "\(text) is no number")
  }

  private func sum(_ values: [Rational]) throws -> Rational {
    try values.reduce(Rational(0)) { try $0 + $1 }
  }

  @Test func csvAddsUp() throws {
    let report = try Self.report()
    let lines = String(decoding: report.csv(), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(
      lines[0].joined(separator: ",")
        == "layer,task,component,action,quantity,count,times,price_pJ,energy_pJ,cost_table,provenance,gating"
    )
    #expect(lines.dropFirst().count == report.lines.count)
    #expect(lines.allSatisfy { $0.count == 12 })
    #expect(
      try sum(lines.dropFirst().map { try number($0[8]) }) == report.value(report.total))
    for line in lines.dropFirst() {
      #expect(try number(line[5]) * number(line[6]) * number(line[7]) == number(line[8]))
      #expect(line[9...] == ["horowitz-45nm", "exact model", "on"])
    }
    #expect(Set(lines.dropFirst().map { $0[0] }) == ["layer0", "layer1", "transfers"])
    #expect(Set(lines.dropFirst().map { $0[1] }) == ["red", "blue", "shared"])
  }

  @Test func csvQuotesNames() throws {
    let run = RunCounts(
      provenance: .rtl, tasks: ["a,\"b\""], images: [1],
      layers: [.init(name: "l", counts: EnergyTests.counts(["mac.active": [1]]))],
      transfers: EnergyTests.counts([:]))
    let report = try EnergyModel(.named("eyeriss"), on: smallShape()).report(run)
    #expect(
      String(decoding: report.csv(), as: UTF8.self).contains(
        "\nl,\"a,\"\"b\"\"\",mac,mac.multiply,mac.active,1,1,0.25,0.25,eyeriss,measured in RTL,on\n"
      ))
  }

  private struct Document: Decodable {
    struct Sum: Decodable {
      let name: String
      let energy_pJ: Decimal
      let energy_numerator: Int
    }
    struct Line: Decodable {
      let layer, task, component, action, quantity: String
      let count: Int
      let energy_pJ: Decimal
      let energy_numerator: Int
    }
    struct Price: Decodable {
      let component, action, quantity, per, source: String
      let price_pJ, times: Decimal
    }
    let schema, unit, cost_table, provenance, gating: String
    let energy_denominator, energy_numerator: Int
    let energy_pJ, energy_per_image_pJ, energy_saved_by_gating_pJ: Decimal
    let images: [String: Int]
    let prices: [Price]
    let lines: [Line]
    let layers, tasks, components: [Sum]
  }

  @Test func jsonAddsUp() throws {
    let report = try Self.report()
    let json = try JSONDecoder().decode(Document.self, from: report.json())
    #expect(json.schema == "mimegen-energy/1")
    #expect([json.unit, json.cost_table, json.gating] == ["pJ", "horowitz-45nm", "on"])
    #expect(json.provenance == "exact model")
    #expect(json.images == ["red": 2, "blue": 1])
    #expect(json.lines.reduce(0) { $0 + $1.energy_numerator } == json.energy_numerator)
    for sums in [json.layers, json.tasks, json.components] {
      #expect(sums.reduce(0) { $0 + $1.energy_numerator } == json.energy_numerator)
    }
    #expect(json.energy_pJ * Decimal(json.energy_denominator) == Decimal(json.energy_numerator))
    #expect(abs(json.energy_per_image_pJ * 3 - json.energy_pJ) < Decimal(string: "1e-9")!)
    #expect(json.energy_saved_by_gating_pJ > 0)
    #expect(json.prices.count == report.model.prices.count)
    #expect(json.prices.allSatisfy { !$0.source.isEmpty })
    #expect(try report.json() == Self.report().json())
  }

  /// As Accelergy's own reader takes them: a version, a list of local components with unique names, for each an
  /// entry of the table of that name without brackets, and in it an action for each that is counted.
  @Test(arguments: ["eyeriss", "horowitz-45nm"]) func accelergyFilesFitEachOther(table: String)
    throws
  {
    let report = try Self.report(table)
    let files = try report.accelergyFiles()
    #expect(files.map(\.name) == ["action_counts.yaml", "ERT.yaml"])
    let (counts, prices) = (try Self.root(files[0].data), try Self.root(files[1].data))
    #expect(counts.mapping?.keys.map(\.string) == ["action_counts"])
    #expect(prices.mapping?.keys.map(\.string) == ["ERT"])
    #expect(counts["action_counts"]?["version"]?.float == 0.4)
    #expect(prices["ERT"]?["version"]?.float == 0.4)
    var entries: [String: [String: Rational]] = [:]
    var names: [String: String] = [:]
    for entry in try #require(prices["ERT"]?["tables"]?.sequence) {
      let name = try #require(entry["name"]?.string)
      let base = name.replacing(/\[.*?\]/, with: "")
      #expect(names.updateValue(name, forKey: base) == nil, "\(base) is there twice")
      for action in try #require(entry["actions"]?.sequence) {
        #expect(action["arguments"]?.mapping?.isEmpty == true)
        let text = try #require(action["energy"]?.scalar?.string)
        let previous = entries[base, default: [:]].updateValue(
          try number(text), forKey: try #require(action["name"]?.string))
        #expect(previous == nil)
      }
    }
    var energies: [Rational] = []
    var seen: [String] = []
    for local in try #require(counts["action_counts"]?["local"]?.sequence) {
      let name = try #require(local["name"]?.string)
      seen.append(name)
      let base = name.replacing(/\[.*?\]/, with: "")
      #expect(names[base] == name)
      for action in try #require(local["action_counts"]?.sequence) {
        let name = try #require(action["name"]?.string)
        let energy = try #require(entries[base]?[name])
        let count = try #require(action["counts"]?.int)
        energies.append(try energy * Rational(count))
      }
    }
    #expect(Set(seen).count == seen.count)
    #expect(Set(seen).isSuperset(of: ["mime.pe[0..5].mac", "mime.lane[0..2].lanes", "mime.dram"]))
    #expect(try sum(energies) == report.value(report.total))
  }

  private static func root(_ data: Data) throws -> Node {
    try #require(try Yams.compose(yaml: String(decoding: data, as: UTF8.self)))
  }

  @Test func scaleSimReports() throws {
    let layer = counts([
      "mac.active": [600], "mac.gated": [300], "mac.skipped": [100], "slot.idle": [300],
      "cycle.total": [200], "cycle.stall.hold": [20], "cycle.operation": [250], "act.word": [50],
      "weight.word": [70], "result.word": [30], "dram.weight": [4], "dram.write": [2],
    ])
    let report = try EnergyModel(.named("eyeriss"), on: smallShape()).report(
      run([layer, layer], transfers: counts(["dram.activation": [3]])))
    let files = report.scaleSimFiles().map { String(decoding: $0.data, as: UTF8.self) }
    #expect(
      report.scaleSimFiles().map(\.name)
        == ["COMPUTE_REPORT.csv", "BANDWIDTH_REPORT.csv", "DETAILED_ACCESS_REPORT.csv"])
    // 6 PEs: 1000 of 1200 places hold products, 900 of 1200 are multiplied, and the array is 3/4 in use.
    #expect(
      files[0] == """
        LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,
        0, 250, 200, 20, 83.333333, 75.000000, 75.000000,
        1, 250, 200, 20, 83.333333, 75.000000, 75.000000,

        """)
    // Beats of 64 bits are 8 activations or weights, or 2 results.
    #expect(
      files[1] == """
        LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, Avg FILTER DRAM BW, Avg OFMAP DRAM BW,
        0, 0.250000, 0.350000, 0.150000, 0.120000, 0.160000, 0.020000,
        1, 0.250000, 0.350000, 0.150000, 0.000000, 0.160000, 0.020000,

        """)
    let detail = files[2].split(separator: "\n")
    #expect(
      detail[0].hasPrefix(
        "LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Stop Cycle, SRAM IFMAP Reads, SRAM Filter Start Cycle"
      ))
    #expect(detail[0].hasSuffix("DRAM OFMAP Stop Cycle, DRAM OFMAP Writes,"))
    #expect(
      detail[1]
        == "0, 0, 199, 50, 0, 199, 70, 0, 199, 30, 0, 199, 24, 0, 199, 32, 0, 199, 4,")
    #expect(detail[2].hasPrefix("1, 200, 399, 50, 200, 399, 70"))
  }
}
