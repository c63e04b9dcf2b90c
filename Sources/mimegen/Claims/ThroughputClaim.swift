import Energy
import Mapping
import Networks
import Programs

/// The claim on throughput; the abstract gives no number.
struct ThroughputClaim {
  let settings: ClaimSettings
  let trained: TrainedPair?
  let measured: MeasuredPair?
  /// Networks of the sweep.
  let networks: [NetworkShape]

  private static let pairings = [Pairing.gated, .skipping, .skippingAgainstDense]
  private static let keys = [
    "network", "task_mode", "mime_skip", "conventional_skip", "dram_bytes_per_cycle",
  ]

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
      claim.sections += [
        Claim.Section(
          title:
            "Cycles of an image, trained network; each layer takes no fewer than its DRAM bytes need in "
            + "each direction", layout: .rows, rows: try rows(trained, .pipelined)),
        Claim.Section(
          title: "The same in singular task mode, ratios by array",
          layout: .ranges(keys: Self.keys, across: "array"), rows: try rows(trained, .singular)),
      ]
    }
    claim.sections.append(
      Claim.Section(
        title:
          "By shapes, and where steps are skipped with zeros from 0.3 to 0.9 as in the sweep of energy",
        layout: .ranges(keys: Self.keys, across: "array"), rows: try sweep()))
    return claim
  }

  private func rows(_ trained: TrainedPair, _ mode: TaskMode) throws -> [Claim.Row] {
    try settings.machines.flatMap { machine in
      try Self.pairings.flatMap { pairing in
        try trained.pair.cycleRows(
          trained.pair.scenarios(machine, pairing, .own, mode, settings.tables[0]),
          trained.assumptions(machine, mode))
      }
    }
  }

  private func sweep() throws -> [Claim.Row] {
    let sweep = Sweep(settings: settings, networks: networks)
    return try sweep.rows { point in
      guard point.reluZeros == nil else { return [] }
      return try settings.machines.flatMap { machine in
        // Without skip shapes decide, whatever is zero.
        try (point.isFirst ? Self.pairings : [.skipping, .skippingAgainstDense]).flatMap {
          pairing in
          try point.pair.cycleRows(
            point.pair.scenarios(
              sweep.machine(machine, width: 8), pairing, .own, .pipelined, settings.tables[0]),
            mark: pairing == .gated ? "" : ", synthetic zeros",
            point.assumptions(machine)
              + [("zeros", pairing == .gated ? "any" : "\(point.zeros)")])
        }
      }
    }
  }
}
