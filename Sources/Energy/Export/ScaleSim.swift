import Foundation
import Programs

extension EnergyReport {
  /// Cycles, bandwidths and accesses of each layer under the column names of SCALE-Sim's reports;
  /// docs/energy.md says what stands in each column.
  public func scaleSimFiles() -> [(name: String, data: Data)] {
    var compute: [[String]] = []
    var bandwidth: [[String]] = []
    var detail: [[String]] = []
    var start = 0
    for (place, layer) in counts.layers.enumerated() {
      let row = ScaleSimRow(
        layer.counts, loads: place == 0 ? counts.transfers("dram.activation") : 0, self)
      compute.append(["\(place)"] + row.compute)
      bandwidth.append(["\(place)"] + row.accesses.map { Self.ratio($0, row.cycles) })
      let range = ["\(start)", "\(start + max(1, row.cycles) - 1)"]
      detail.append(["\(place)"] + row.accesses.flatMap { range + ["\($0)"] })
      start += row.cycles
    }
    let kinds = ["IFMAP", "Filter", "OFMAP"]
    func file(_ name: String, _ header: [String], _ rows: [[String]]) -> (name: String, data: Data)
    {
      let text = ([["LayerID"] + header] + rows).map { $0.joined(separator: ", ") + ",\n" }
      return (name, Data(text.joined().utf8))
    }
    return [
      file(
        "COMPUTE_REPORT.csv",
        [
          "Total Cycles (incl. prefetch)", "Total Cycles", "Stall Cycles", "Overall Util %",
          "Mapping Efficiency %", "Compute Util %",
        ], compute),
      file(
        "BANDWIDTH_REPORT.csv",
        ["SRAM", "DRAM"].flatMap { memory in
          ["IFMAP", "FILTER", "OFMAP"].map { "Avg \($0) \(memory) BW" }
        }, bandwidth),
      file(
        "DETAILED_ACCESS_REPORT.csv",
        ["SRAM", "DRAM"].flatMap { memory in
          kinds.flatMap { kind in
            ["Start Cycle", "Stop Cycle", kind == "OFMAP" ? "Writes" : "Reads"].map {
              "\(memory) \(kind) \($0)"
            }
          }
        }, detail),
    ]
  }

  fileprivate static func ratio(_ part: Int, _ whole: Int) -> String {
    String(format: "%.6f", whole > 0 ? Double(part) / Double(whole) : 0)
  }
}

/// What SCALE-Sim reports of a layer.
private struct ScaleSimRow {
  let cycles: Int
  let compute: [String]
  /// Words read or written: SRAM input, filter, output, DRAM the same.
  let accesses: [Int]

  init(_ counts: Counts, loads: Int, _ report: EnergyReport) {
    let shape = report.model.shape
    let places = shape.rows * shape.columns
    let cycles = counts("cycle.total")
    let stalls = Counts.ofMemory.dropLast().reduce(0) { $0 + counts($1) }
    let issued = counts.total("mac.active") + counts.total("mac.gated")
    let dense = issued + counts.total("mac.skipped")
    let prefetched = max(cycles, counts("cycle.operation"))
    self.cycles = cycles
    compute =
      ["\(prefetched)", "\(cycles)", "\(stalls)"]
      + [
        (dense, cycles * places), (issued, issued + counts("slot.idle")),
        (issued, cycles * places),
      ].map { EnergyReport.ratio(100 * $0, $1) }
    func words(_ beats: Int, _ width: Int) -> Int { beats * shape.busWidth / width }
    accesses = [
      counts.total("act.word"), counts("weight.word"), counts.total("result.word"),
      words(loads, shape.actWidth), words(counts("dram.weight"), shape.weightWidth),
      words(counts("dram.write"), shape.accWidth),
    ]
  }
}
