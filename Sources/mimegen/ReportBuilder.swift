import Energy
import Machine
import Networks
import Programs
import Reports

/// The page of a set of designs.
struct ReportBuilder {
  let designs: ReportDesigns

  init(_ designs: ReportDesigns) { self.designs = designs }

  private typealias Figure = ReportContent.Figure

  /// Pipelined MIME without skip, which others are compared with.
  var base: ReportDesign { designs.design(.mime, .pipelined, skips: false) }

  func content() -> ReportContent {
    ReportContent(
      title: "\(base.plan.model.layers.count + 1) layers, \(base.plan.tasks.count) tasks on "
        + "mime_accelerator \(base.plan.shape.rows)x\(base.plan.shape.columns)",
      facts: facts, highlights: highlights,
      sections: [
        .init(
          "Energy",
          introduction:
            "Every event of the run, priced by the cost table \(designs.table.name) in units of "
            + "\(designs.table.unit): \(designs.table.summary)",
          [energyOfDesigns, energyOfLayers(.pipelined), energyOfLayers(.singular)]),
        .init(
          "Work and cycles",
          introduction:
            "Active, gated and skipped multiply-accumulates sum to the dense ones of the network, "
            + "those with padding included.",
          [macs, cycles]),
        .init(
          "The array",
          introduction:
            "What its processing elements do, from the exact model's times and activations.",
          timelines + heatMaps),
        .init(
          "Memory",
          introduction: "What DRAM holds, and what moves between it and the accelerator.",
          [storedBytes, trafficOfDesigns, roofline]),
      ])
  }

  private var facts: [ReportContent.Fact] {
    let (shape, model) = (base.plan.shape, base.plan.model)
    let batch = base.plan.request.run.batchSize ?? model.tasks.count
    let measured = designs.all.filter { $0.counts.provenance == .rtl }.map(\.name)
    let rest = designs.all.count - measured.count
    let kilobytes = ["ACT_BUFFER_KB", "WEIGHT_BUFFER_KB", "THRESHOLD_BUFFER_KB"].map {
      shape.parameters[$0]!
    }
    return [
      .init("Network", base.plan.request.run.model),
      .init(
        "Conventional",
        designs.isCopy
          ? "the same weights for each task, without thresholds: for traffic and cycles only"
          : designs.design(.conventional, .pipelined, skips: false).plan.request.run.model),
      .init(
        "Tasks",
        base.plan.tasks.map { model.tasks[$0] }.joined(separator: ", ")),
      .init(
        "Images",
        "\(NumberText.grouped(base.images)) in batches of \(batch), the same in every design"),
      .init(
        "Accelerator",
        "\(shape.rows)x\(shape.columns), \(shape.actWidth)/\(shape.weightWidth)/\(shape.accWidth) bits, "
          + "\(shape.busWidth)-bit bus; buffers 2 x \(kilobytes[0]), \(kilobytes[1]) and \(kilobytes[2]) KB"
      ),
      .init("Cost table", "\(designs.table.name) (\(designs.table.unit))"),
      .init(
        "Counts",
        ([measured.isEmpty ? nil : "measured in RTL: " + measured.joined(separator: "; ")]
          + [rest == 0 ? nil : "exact model: \(measured.isEmpty ? "all" : "the others")"])
          .compactMap { $0 }.joined(separator: ". ")),
    ]
      + (base.plan.request.storesOutputs
        ? [.init("Outputs", "every layer's are stored in DRAM, which transfers have")] : [])
  }

  private var highlights: [ReportContent.Highlight] {
    let conventional = designs.design(.conventional, .pipelined, skips: false)
    let singular = designs.design(.mime, .singular, skips: false)
    let skipping = designs.design(.mime, .pipelined, skips: true)
    let advancing: (ReportDesign) -> Double = { design in
      Double(design.counts.layers.reduce(0) { $0 + $1.counts.advancingCycles })
    }
    let energy: (ReportDesign) -> Double = { $0.energy.value($0.energy.total).double }
    func ratio(
      _ other: ReportDesign, _ own: ReportDesign, _ value: (ReportDesign) -> Double,
      _ meaning: String, _ source: String, isCounted: Bool = true
    ) -> ReportContent.Highlight {
      let (above, below) = (value(other), value(own))
      return .init(
        below > 0 ? NumberText.fixed(above / below, decimals: 2) + "x" : "-", meaning,
        provenance: isCounted ? "\(source); \(provenance([own, other]))" : source)
    }
    let prices = "cost table \(designs.table.name)"
    return [
      ratio(
        conventional, base, energy, "energy of conventional over MIME, both pipelined", prices),
      ratio(singular, base, energy, "energy of singular over pipelined, both MIME", prices),
      ratio(
        base, skipping, advancing, "cycles of MIME without skip over with it, pipelined",
        "cycles that do not wait for memory"),
      ratio(
        conventional, base, { Double(StoredBytes($0).total) },
        "bytes of DRAM of conventional over MIME", "the memory's image, exact", isCounted: false),
    ]
  }

  /// Where the counts of some designs come from.
  func provenance(_ designs: [ReportDesign]) -> String {
    let kinds = Provenance.allCases.filter { kind in
      designs.contains { $0.counts.provenance == kind }
    }
    guard kinds.count > 1 else { return kinds.map(\.rawValue).joined() }
    return kinds.map { kind in
      kind.rawValue + ": "
        + designs.filter { $0.counts.provenance == kind }.map(\.name).joined(separator: "; ")
    }.joined(separator: ". ")
  }

  /// The same for energies.
  func pricedProvenance(_ designs: [ReportDesign]) -> String {
    "\(provenance(designs)). Cost table \(self.designs.table.name), in \(self.designs.table.unit); gating on"
      + copyNote(designs)
  }

  /// What has to be said of a conventional design that is a copy.
  func copyNote(_ designs: [ReportDesign]) -> String {
    self.designs.isCopy && designs.contains { $0.kind == .conventional }
      ? ". Conventional: the MIME network's weights, so right for traffic and cycles only" : ""
  }

  /// Designs with or without skip, MIME beside conventional and pipelined beside singular.
  func designs(skips: Bool) -> [ReportDesign] { designs.all.filter { $0.skips == skips } }
}
