import Mapping
import Programs
import Reports

extension ReportBuilder {
  /// Pipelined designs, and what a bar of them is called.
  private var pipelined: [(design: ReportDesign, name: String)] {
    designs.all.filter { $0.mode == .pipelined }.map {
      ($0, $0.kindName + ($0.skips ? ", skip" : ""))
    }
  }

  /// A group for each layer, with a bar for each pipelined design.
  private func groups(_ values: (Counts) -> [Double]) -> [BarChart.Group] {
    base.counts.layers.enumerated().map { place, layer in
      BarChart.Group(
        layer.name,
        pipelined.map { .init($0.name, values($0.design.counts.layers[place].counts)) })
    }
  }

  /// A row for each layer and pipelined design.
  private func rows(_ cells: (ReportDesign, Counts) -> [String]) -> [[String]] {
    base.counts.layers.indices.flatMap { place in
      pipelined.map { design, _ in
        let layer = design.counts.layers[place]
        return [layer.name, design.name, design.counts.provenance.rawValue]
          + cells(design, layer.counts)
      }
    }
  }

  private static let rowHeader = ["layer", "design", "counts"]

  var macs: ReportContent.Figure {
    let events = ["mac.active", "mac.gated", "mac.skipped"]
    let names = ["active", "gated", "skipped"]
    let shown = pipelined.map(\.design)
    return ReportContent.Figure(
      "Active, gated and skipped multiply-accumulates of each layer",
      caption: """
        Pipelined tasks, in percent of the dense ones. A gated one has a zero activation and no clock in its \
        element; a skipped one costs no cycle either.
        """,
      provenance: provenance(shown) + copyNote(shown),
      .bars(
        BarChart(
          series: names,
          groups: groups { counts in
            let all = Double(max(1, ReportDesign.macs(counts)))
            return events.map { 100 * Double(counts.total($0)) / all }
          }, quantity: "share", unit: "% of dense MACs")),
      numbers: .init(
        header: Self.rowHeader + events + ["dense"] + names,
        rows: rows { _, counts in
          let (values, all) = (events.map { counts.total($0) }, ReportDesign.macs(counts))
          return grouped(values + [all])
            + values.map { NumberText.percent(Double($0), of: Double(all)) }
        }))
  }

  var cycles: ReportContent.Figure {
    let causes = [
      ("a step is accepted", "cycle.compute"),
      ("the drain before is not done", "cycle.stall.drain"),
      ("no step to offer", "cycle.stall.operand"), ("the last drain", "cycle.drain"),
      ("waits for the bus with results", "cycle.stall.result"),
      ("waits for thresholds", "cycle.stall.threshold"), ("waits for weights", "cycle.stall.hold"),
    ]
    let events = causes.map(\.1)
    let shown = pipelined.map(\.design)
    return ReportContent.Figure(
      "Cycles of each layer by cause",
      caption: """
        Pipelined tasks, from a layer's first step to its last result; each cycle has one cause. The exact \
        model has the cycles in which the machine advances, and none that wait for memory.
        """,
      provenance: provenance(shown) + copyNote(shown),
      .bars(
        BarChart(
          series: causes.map(\.0),
          groups: groups { counts in events.map { Double(counts($0)) } }, quantity: "cycles",
          unit: "")),
      numbers: .init(
        header: Self.rowHeader + events + ["cycle.total", "cycle.operation"],
        rows: rows { design, counts in
          let operation = grouped([counts("cycle.operation")])
          return grouped((events + ["cycle.total"]).map { counts($0) })
            + (design.counts.provenance == .rtl ? operation : ["-"])
        }))
  }

  var timelines: [ReportContent.Figure] {
    designs.timelines.map { design, timeline in
      let names = timeline.starts.map { design.counts.layers[$0.layer].name }
      var shares: [[Double]] = []
      var rows: [[String]] = []
      for (place, interval) in timeline.intervals.enumerated() {
        let values = [interval.active, interval.gated, interval.idle]
        shares.append(values.map { Double($0) / Double(interval.capacity) })
        let cycle = place * timeline.length
        let layer = timeline.starts.lastIndex { $0.cycle <= cycle } ?? 0
        let rest = interval.capacity - values.reduce(0, +)
        rows.append([NumberText.grouped(cycle), names[layer]] + grouped(values + [rest]))
      }
      return ReportContent.Figure(
        "Utilization over time: \(design.name)",
        caption: """
          The first batch, \(design.plan.batches[0].batch.images.count) images, layer after layer; an \
          interval is \(NumberText.grouped(timeline.length)) cycles. Idle elements have no row slot or no \
          output channel; the rest waits for operands or the drain. Cycles that wait for memory are not in it.
          """,
        provenance: Provenance.exact.rawValue,
        .steps(
          StepChart(
            series: ["active", "gated", "idle"], shares: shares, interval: Double(timeline.length),
            end: Double(timeline.cycles),
            marks: zip(timeline.starts, names).map { .init(Double($0.cycle), $1) },
            quantity: "cycles")),
        numbers: .init(
          header: ["from cycle", "layer", "active", "gated", "idle", "no step"], rows: rows))
    }
  }

  var heatMaps: [ReportContent.Figure] {
    designs.elements.map { design, active in
      let cycles = design.counts.layers.reduce(0) { $0 + $1.counts.advancingCycles }
      let shares = active.map { row in row.map { 100 * Double($0) / Double(max(1, cycles)) } }
      let columns = active[0].indices
      func row(_ name: String, _ values: [Int]) -> [String] {
        [name] + grouped(values + [values.reduce(0, +)])
      }
      let sums = columns.map { column in active.reduce(0) { $0 + $1[column] } }
      return ReportContent.Figure(
        "Activity of the array: \(design.name)",
        caption: """
          Active multiply-accumulates of each processing element in percent of the cycles in which the machine \
          advances, all images and layers. The numbers are counts; they sum to mac.active.
          """,
        provenance: Provenance.exact.rawValue + copyNote([design]),
        .heat(HeatMap(shares, quantity: "active, % of cycles")),
        numbers: .init(
          header: ["row"] + columns.map { "column \($0)" } + ["all"],
          rows: active.enumerated().map { row("\($0)", $1) } + [row("all", sums)]))
    }
  }
}
