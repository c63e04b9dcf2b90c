import Energy
import Networks
import Programs
import Verilated

extension EnergyClaim {
  /// Tasks of a batch.
  private static let tasks = 3
  private static let zeros = [3, 4, 5, 6, 7, 8, 9].map { Double($0) / 10 }
  /// What ReLU's zeros are taken to be where they are not MIME's.
  private static let reluZeros = 0.5
  /// Bits of activations and weights, and how thresholds are stored.
  private static let bits: [(text: String, width: Int, form: ThresholdForm)] = [
    ("8, thresholds 32", 8, .exact), ("16, thresholds 8", 16, .bits8),
  ]

  /// Energies by the statistical model for every combination of what the abstract leaves open.
  func sweep() throws -> [Claim.Row] {
    let points = networks.flatMap { network in Self.zeros.map { (network, $0) } }
    return try concurrently(points.count) { try rows(points[$0].0, zeros: points[$0].1) }
      .flatMap { $0 }
  }

  private func rows(_ network: NetworkShape, zeros: Double) throws -> [Claim.Row] {
    let network = network.withTasks(Self.tasks)
    let mime = try ScenarioEngine(.uniform(network, zeros: zeros))
    let baselines = try [("\(zeros), as MIME", zeros), ("\(Self.reluZeros)", Self.reluZeros)].map {
      ($0.0, try ScenarioEngine(.uniform(network.asConventional(), zeros: $0.1)))
    }
    let tasks = Array(0..<Self.tasks)
    var rows: [Claim.Row] = []
    for (place, (zerosText, baseline)) in baselines.enumerated() {
      let pair = DesignPair(
        mime: mime, conventional: baseline, mimeTasks: tasks, conventionalTasks: tasks)
      // What a dense baseline costs does not depend on its zeros.
      for pairing in place == 0 ? Pairing.allCases : [.gated, .skipping] {
        for machine in settings.machines {
          for bits in Self.bits {
            for buffers in WeightBuffers.allCases {
              for table in settings.tables {
                let runs = pair.scenarios(
                  Self.machine(machine, bits.width), pairing, buffers, .pipelined, table, bits.form)
                let own = place == 0 ? "as MIME's" : zerosText
                let assumptions = pairing.assumptions.map { name, value in
                  (
                    name,
                    name == "conventional_zeros" && pairing.baselineGates
                      ? "\(value), \(own)" : value
                  )
                }
                rows.append(
                  try pair.energyRow(
                    runs, mark: ", synthetic zeros",
                    [
                      ("network", network.name), ("tasks", "\(Self.tasks)"),
                      ("task_mode", "pipelined"), ("batch_images", "\(Self.tasks)"),
                      ("array", machine.arrayText), ("bits", bits.text), ("zeros", "\(zeros)"),
                      ("weight_buffers", buffers.rawValue),
                    ] + assumptions))
              }
            }
          }
        }
      }
    }
    return rows
  }

  /// A machine of that array with words of `width` bits, whose buffers hold the activations of every
  /// network.
  private static func machine(_ sizes: AcceleratorSizes, _ width: Int) -> AcceleratorSizes {
    var machine = AcceleratorSizes()
    machine.rows = sizes.rows
    machine.columns = sizes.columns
    machine.banks = sizes.banks
    machine.busWidth = sizes.busWidth
    machine.weightBufferKB = sizes.weightBufferKB
    machine.thresholdBufferKB = sizes.thresholdBufferKB
    machine.actWidth = width
    machine.weightWidth = width
    machine.actBufferKB = nil
    return machine
  }
}
