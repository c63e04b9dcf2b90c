import Energy
import Mapping
import Programs
import Verilated

/// The claim on throughput; the abstract gives no number.
struct ThroughputClaim {
  let settings: ClaimSettings
  let trained: TrainedPair?
  let measured: MeasuredPair?

  func claim() throws -> Claim {
    var claim = Claim(
      name: "throughput", statement: "higher throughput", range: 1.0.nextUp...Double.infinity,
      rangeText: "a ratio above 1")
    if let measured {
      claim.sections.append(
        Claim.Section(
          title: "Cycles of an image by the accelerator's counters", layout: .rows,
          rows: measured.cycleRows))
    }
    if let trained {
      claim.sections.append(
        Claim.Section(
          title:
            "Cycles of an image, trained network; layer by layer no fewer than DRAM needs in each direction",
          layout: .rows, rows: try rows(trained)))
    }
    return claim
  }

  private func rows(_ trained: TrainedPair) throws -> [Claim.Row] {
    let table = settings.tables[0]
    let pairings = [Pairing.gated, .skipping, .skippingAgainstDense]
    let points = [TaskMode.pipelined, .singular].flatMap { mode in
      settings.machines.flatMap { machine in pairings.map { (mode, machine, $0) } }
    }
    return try points.flatMap { mode, machine, pairing in
      let runs = trained.pair.scenarios(machine, pairing, .own, mode, table)
      let own = try trained.pair.mime.counts(runs.mime)
      let other = try trained.pair.conventional.counts(runs.conventional)
      let provenance = try trained.pair.provenance(runs, own)
      let bus = machine.busWidth / 8
      return [nil, bus, max(1, bus / 4)].map { bytes in
        func cycles(_ counts: RunCounts) -> Double {
          let cycles =
            bytes.map { counts.boundedCycles(busWidth: machine.busWidth, bytesPerCycle: $0) }
            ?? counts.total("cycle.total")
          return Double(cycles) / Double(counts.images.reduce(0, +))
        }
        return Claim.Row(
          cycles(own), cycles(other),
          provenance: bytes == nil ? provenance : "\(provenance), bound derived",
          trained.assumptions(machine, mode) + [
            ("mime_skip", pairing.mimeSkips ? "on" : "off"),
            ("conventional_skip", pairing.baselineSkips ? "on" : "off"),
            ("dram_bytes_per_cycle", bytes.map(String.init) ?? "any"),
          ])
      }
    }
  }
}

extension Claim.Row {
  /// Cycles of an image.
  init(
    _ mime: Double, _ conventional: Double, provenance: String,
    _ assumptions: [(name: String, value: String)]
  ) {
    self.init(
      assumptions: assumptions, provenance: provenance,
      figures: [
        ("mime_cycles_per_image", mime), ("conventional_cycles_per_image", conventional),
      ], ratio: conventional / mime)
  }
}
