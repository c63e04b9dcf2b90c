import Energy
import Networks
import Programs

extension EnergyClaim {
  /// Bits of activations and weights, and how thresholds are stored.
  private static let bits: [(text: String, width: Int, form: ThresholdForm)] = [
    ("8, thresholds 32", 8, .exact), ("16, thresholds 8", 16, .bits8),
  ]

  /// Energies by the statistical model for every combination of what the abstract leaves open.
  func sweepRows() throws -> [Claim.Row] {
    let sweep = Sweep(settings: settings, networks: networks)
    return try sweep.rows { point in
      var rows: [Claim.Row] = []
      // What a dense baseline costs does not depend on its zeros.
      for pairing in point.reluZeros == nil ? Pairing.allCases : [.gated, .skipping] {
        for machine in settings.machines {
          for bits in Self.bits {
            for buffers in WeightBuffers.allCases {
              for table in settings.tables {
                rows.append(
                  try point.pair.energyRow(
                    point.pair.scenarios(
                      sweep.machine(machine, width: bits.width), pairing, buffers, .pipelined,
                      table,
                      bits.form), mark: ", synthetic zeros",
                    point.assumptions(machine) + [
                      ("bits", bits.text), ("zeros", "\(point.zeros)"),
                      ("weight_buffers", buffers.rawValue),
                    ] + pairing.assumptions(point.reluZeros.map { ", \($0)" } ?? ", as MIME's")))
              }
            }
          }
        }
      }
      return rows
    }
  }
}
