import Energy
import Mapping
import Networks
import Programs
import Verilated

/// The claim on energy in pipelined task mode.
struct EnergyClaim {
  /// What the abstract says.
  static let stated = 2.4...3.1

  let settings: ClaimSettings
  let trained: TrainedPair?
  let measured: MeasuredPair?
  /// Networks of the sweep.
  let networks: [NetworkShape]

  func claim() throws -> Claim {
    let text = "\(Self.stated.lowerBound) to \(Self.stated.upperBound)"
    var claim = Claim(
      name: "energy", statement: "~\(text)x less energy in pipelined task mode", range: Self.stated,
      rangeText: text)
    if let measured {
      claim.sections.append(
        Claim.Section(
          title: "Energy of an image by the accelerator's counters", layout: .rows,
          rows: try measured.energyRows(settings.tables)))
    }
    if let trained {
      let keys = ["task_mode", "weight_buffers", "mime_zeros", "conventional_zeros"]
      let rows = try trainedRows(trained)
      claim.sections += [
        Claim.Section(
          title: "Energy of an image on this accelerator, trained network", layout: .rows,
          rows: rows.filter {
            $0["weight_buffers"] == WeightBuffers.own.rawValue
              && $0["task_mode"] == TaskMode.pipelined.rawValue
          }),
        Claim.Section(
          title:
            "The same with other buffers and in both task modes; lowest to highest of the arrays",
          layout: .ranges(keys: keys, across: "cost_table"), rows: rows),
        Claim.Section(
          title: "Layer by layer: where MIME wins and loses", layout: .rows, hasVerdict: false,
          rows: try layerRows(trained)),
      ]
    }
    claim.sections.append(
      Claim.Section(
        title:
          "What the abstract leaves open: zeros from 0.3 to 0.9 in all layers but the first, each by "
          + "itself; lowest to highest of zeros and arrays",
        layout: .ranges(
          keys: ["network", "weight_buffers", "bits", "mime_zeros", "conventional_zeros"],
          across: "cost_table"), rows: try sweepRows()))
    return claim
  }

  private func trainedRows(_ trained: TrainedPair) throws -> [Claim.Row] {
    var jobs: [(assumptions: [(name: String, value: String)], runs: (Scenario, Scenario))] = []
    for mode in [TaskMode.pipelined, .singular] {
      for machine in settings.machines {
        for buffers in WeightBuffers.allCases {
          for pairing in Pairing.allCases {
            for table in settings.tables {
              jobs.append(
                (
                  trained.assumptions(machine, mode) + [("weight_buffers", buffers.rawValue)]
                    + pairing.assumptions(),
                  trained.pair.scenarios(machine, pairing, buffers, mode, table)
                ))
            }
          }
        }
      }
    }
    trained.pair.mime.prepare(jobs.map(\.runs.0))
    trained.pair.conventional.prepare(jobs.map(\.runs.1))
    let all = jobs
    return try concurrently(all.count) {
      try trained.pair.energyRow(all[$0].runs, all[$0].assumptions)
    }
  }

  /// The layers of a pipelined run on the first array, both designs gated.
  private func layerRows(_ trained: TrainedPair) throws -> [Claim.Row] {
    let machine = settings.machines[0]
    return try settings.tables.flatMap { table in
      let runs = trained.pair.scenarios(machine, .gated, .own, .pipelined, table)
      let own = try trained.pair.mime.energy(runs.mime)
      let other = try trained.pair.conventional.energy(runs.conventional)
      let reasons = try trained.pair.modelOnlyReasons(runs)
      func row(_ name: String, _ layer: Int?) -> Claim.Row {
        func isIncluded(_ line: EnergyReport.Line) -> Bool { layer == nil || line.layer == layer }
        func energy(_ report: EnergyReport, _ isIncluded: (EnergyReport.Line) -> Bool) -> Double {
          report.value(report.sum(where: isIncluded)).double / Double(report.images)
        }
        func zeros(_ report: EnergyReport) -> Double {
          let counts = layer.map { report.counts.layers[$0].counts } ?? report.counts.total
          let macs = Counts.macs.map { Double(counts.total($0)) }
          return 100 * (macs[1] + macs[2]) / macs.reduce(0, +)
        }
        let (mime, conventional) = (energy(own, isIncluded), energy(other, isIncluded))
        let thresholds = energy(own) {
          isIncluded($0) && own.price($0).charge.quantity == .event("dram.threshold")
        }
        return Claim.Row(
          assumptions: trained.assumptions(machine, .pipelined)
            + [("weight_buffers", WeightBuffers.own.rawValue)] + Pairing.gated.assumptions()
            + [("cost_table", table.name), ("layer", name)],
          provenance: own.counts.provenance.rawValue, modelOnlyReasons: reasons,
          figures: [
            ("mime_zero_macs_percent", zeros(own)),
            ("conventional_zero_macs_percent", zeros(other)),
            ("mime_energy_per_image_\(table.unit)", mime),
            ("conventional_energy_per_image_\(table.unit)", conventional),
            ("mime_thresholds_from_dram_percent", 100 * thresholds / mime),
          ], ratio: conventional / mime)
      }
      return own.counts.layers.enumerated().map { row($1.name, $0) } + [row("all", nil)]
    }
  }
}
