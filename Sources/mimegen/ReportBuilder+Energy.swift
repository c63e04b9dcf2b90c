import Energy
import Mapping
import Programs
import Reports

extension ReportBuilder {
  /// Parts of a bar: components that are drawn as one.
  private static let parts: [(name: String, components: [Component])] = [
    ("MACs and PE registers", [.mac, .registers]),
    ("inter-PE, drain, lanes, pool", [.operands, .drain, .lanes, .pool]),
    ("activation buffers", [.activationBuffer]),
    ("weight buffer", [.weightBuffer]),
    ("threshold and channel buffers", [.thresholdBuffer, .channelBuffer]),
    ("DRAM", [.dram]),
    ("clock, control, leakage", [.clock, .control, .leakage]),
  ]
  private static let waiting = "the same, waiting for memory"

  /// A bar of the lines for which `isIncluded` holds.
  private func bar(
    _ name: String, _ report: EnergyReport, _ isIncluded: (EnergyReport.Line) -> Bool
  ) -> BarChart.Bar {
    var values = [Double](repeating: 0, count: Self.parts.count + 1)
    for line in report.lines where isIncluded(line) {
      let isWaiting = report.price(line).charge.quantity == .waitingCycles
      let part =
        isWaiting
        ? Self.parts.count : Self.parts.firstIndex { $0.components.contains(line.component) }!
      values[part] += report.value(line.energy).double
    }
    return .init(name, values)
  }

  private func chart(_ groups: [BarChart.Group]) -> ReportContent.Chart {
    .bars(
      BarChart(
        series: Self.parts.map(\.name) + [Self.waiting], groups: groups, quantity: "energy",
        unit: designs.table.unit))
  }

  /// Cells of a table: each component, and all.
  private func cells(
    _ report: EnergyReport, _ isIncluded: (EnergyReport.Line) -> Bool
  ) -> [String] {
    (Component.allCases.map { component in
      report.sum { $0.component == component && isIncluded($0) }
    } + [report.sum(where: isIncluded)]).map { figure(report.value($0)) }
  }

  private static let header = Component.allCases.map(\.rawValue) + ["all"]

  private func figure(_ value: Rational) -> String {
    NumberText.grouped(digits: value.decimal(places: 6))
  }

  var energyOfDesigns: ReportContent.Figure {
    ReportContent.Figure(
      "Energy of each design",
      caption:
        "All \(base.images) images. Gating is on everywhere; with skip, steps in which every row of a tile "
        + "is zero are left out. The exact model has no cycles that wait for memory; measured counts have.",
      provenance: pricedProvenance(designs.all),
      chart(
        [false, true].map { skips in
          .init(
            skips ? "skip" : "no skip",
            designs(skips: skips).map { bar($0.shortName, $0.energy) { _ in true } })
        }),
      numbers: .init(
        header: ["design", "counts", "images"] + Self.header + ["an image"],
        rows: designs.all.map { design in
          [
            design.name, design.counts.provenance.rawValue, NumberText.grouped(design.images),
          ] + cells(design.energy) { _ in true }
            + [(try? design.energy.perImage()).flatMap { $0 }.map(figure) ?? "-"]
        }))
  }

  func energyOfLayers(_ mode: TaskMode) -> ReportContent.Figure {
    let shown = designs(skips: false).filter { $0.mode == mode }
    let places = Array(base.counts.layers.indices).map(Optional.some) + [nil]
    func name(_ place: Int?) -> String {
      place.map { base.counts.layers[$0].name } ?? EnergyReport.transfersName
    }
    return ReportContent.Figure(
      "Energy by layer and component, \(mode.rawValue) tasks: MIME beside conventional",
      caption:
        "No skip. \(mode == .pipelined ? "Successive images are of different tasks" : "Successive images are of one task"); "
        + "transfers are loads of images\(base.plan.request.storesOutputs ? ", stores of outputs" : "") and the "
        + "program's end.",
      provenance: pricedProvenance(shown),
      chart(
        places.map { place in
          .init(
            name(place),
            shown.map { design in
              bar(design.kindName, design.energy) { $0.layer == place }
            })
        }),
      numbers: .init(
        header: ["layer", "design"] + Self.header,
        rows: places.flatMap { place in
          shown.map { design in
            [name(place), design.name] + cells(design.energy) { $0.layer == place }
          }
        }))
  }
}
