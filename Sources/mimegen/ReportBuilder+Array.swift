import Mapping
import Programs
import Reports

extension ReportBuilder {
  var macs: ReportContent.Figure {
    let events = ["mac.active", "mac.gated", "mac.skipped"]
    let shown = designs.all.filter { $0.mode == .pipelined }
    return ReportContent.Figure(
      "Active, gated and skipped multiply-accumulates of each layer",
      caption:
        "Pipelined tasks, in percent of the dense ones. A gated one has a zero activation and no clock in its "
        + "element; a skipped one costs no cycle either.",
      provenance: provenance(shown) + copyNote(shown),
      .bars(
        BarChart(
          series: ["active", "gated", "skipped"],
          groups: base.counts.layers.enumerated().map { place, layer in
            .init(
              layer.name,
              shown.map { design in
                let counts = design.counts.layers[place].counts
                let all = Double(max(1, ReportDesign.macs(counts)))
                return .init(
                  design.kindName + (design.skips ? ", skip" : ""),
                  events.map { 100 * Double(counts.total($0)) / all })
              })
          }, quantity: "share", unit: "% of dense MACs")),
      numbers: .init(
        header: ["layer", "design", "counts"] + events + ["dense", "active", "gated", "skipped"],
        rows: base.counts.layers.indices.flatMap { place in
          shown.map { design in
            let counts = design.counts.layers[place].counts
            let values = events.map { counts.total($0) }
            let all = ReportDesign.macs(counts)
            return [
              base.counts.layers[place].name, design.name, design.counts.provenance.rawValue,
            ] + (values + [all]).map { NumberText.grouped($0) }
              + values.map { NumberText.percent(Double($0), of: Double(all)) }
          }
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
    let shown = designs.all.filter { $0.mode == .pipelined }
    return ReportContent.Figure(
      "Cycles of each layer by cause",
      caption:
        "Pipelined tasks, from a layer's first step to its last result; each cycle has one cause. The exact "
        + "model has the cycles in which the machine advances, and none that wait for memory.",
      provenance: provenance(shown) + copyNote(shown),
      .bars(
        BarChart(
          series: causes.map(\.0),
          groups: base.counts.layers.enumerated().map { place, layer in
            .init(
              layer.name,
              shown.map { design in
                let counts = design.counts.layers[place].counts
                return .init(
                  design.kindName + (design.skips ? ", skip" : ""),
                  causes.map { Double(counts($0.1)) })
              })
          }, quantity: "cycles", unit: "")),
      numbers: .init(
        header: ["layer", "design", "counts"] + causes.map(\.1) + [
          "cycle.total", "cycle.operation",
        ],
        rows: base.counts.layers.indices.flatMap { place in
          shown.map { design in
            let counts = design.counts.layers[place].counts
            let isMeasured = design.counts.provenance == .rtl
            return [
              base.counts.layers[place].name, design.name, design.counts.provenance.rawValue,
            ] + (causes.map(\.1) + ["cycle.total"]).map { NumberText.grouped(counts($0)) }
              + [isMeasured ? NumberText.grouped(counts("cycle.operation")) : "-"]
          }
        }))
  }

  var timelines: [ReportContent.Figure] {
    designs.timelines.map { design, timeline in
      let names = timeline.starts.map { design.counts.layers[$0.layer].name }
      return ReportContent.Figure(
        "Utilization over time: \(design.name)",
        caption:
          "The first batch, \(design.plan.batches[0].batch.images.count) images, layer after layer; an interval "
          + "is \(NumberText.grouped(timeline.length)) cycles. Idle elements have no row slot or no output channel; "
          + "the rest waits for operands or the drain. Cycles that wait for memory are not in it.",
        provenance: Provenance.exact.rawValue,
        .steps(
          StepChart(
            series: ["active", "gated", "idle"],
            shares: timeline.intervals.map { interval in
              [interval.active, interval.gated, interval.idle].map {
                Double($0) / Double(max(1, interval.capacity))
              }
            }, interval: Double(timeline.length), end: Double(timeline.cycles),
            marks: zip(timeline.starts, names).map { .init(Double($0.cycle), $1) },
            quantity: "cycles")),
        numbers: .init(
          header: ["from cycle", "layer", "active", "gated", "idle", "no step"],
          rows: timeline.intervals.enumerated().map { place, interval in
            let cycle = place * timeline.length
            let layer = timeline.starts.lastIndex { $0.cycle <= cycle } ?? 0
            let used = interval.active + interval.gated + interval.idle
            return [NumberText.grouped(cycle), names.isEmpty ? "-" : names[layer]]
              + [interval.active, interval.gated, interval.idle, interval.capacity - used].map {
                NumberText.grouped($0)
              }
          }))
    }
  }

  var heatMaps: [ReportContent.Figure] {
    designs.elements.map { design, active in
      let cycles = Double(
        max(1, design.counts.layers.reduce(0) { $0 + ReportDesign.advancing($1.counts) }))
      return ReportContent.Figure(
        "Activity of the array: \(design.name)",
        caption:
          "Active multiply-accumulates of each processing element in percent of the cycles in which the machine "
          + "advances, all images and layers. The numbers are counts; they sum to mac.active.",
        provenance: Provenance.exact.rawValue + copyNote([design]),
        .heat(
          HeatMap(
            active.map { $0.map { 100 * Double($0) / cycles } }, quantity: "active, % of cycles")),
        numbers: .init(
          header: ["row"] + (active.first ?? []).indices.map { "column \($0)" } + ["all"],
          rows: active.enumerated().map { row, values in
            (["\(row)"] + (values + [values.reduce(0, +)]).map { NumberText.grouped($0) })
          }
            + [
              ["all"]
                + (active.first ?? []).indices.map { column in
                  NumberText.grouped(active.reduce(0) { $0 + $1[column] })
                } + [NumberText.grouped(active.reduce(0) { $0 + $1.reduce(0, +) })]
            ]))
    }
  }
}
