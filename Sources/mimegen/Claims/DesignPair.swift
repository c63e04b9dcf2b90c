import Energy
import Mapping
import Programs

/// What all claims are computed for.
struct ClaimSettings {
  /// The accelerator with each of the arrays.
  var machines: [AcceleratorSizes]
  let tables: [CostTable]
}

/// MIME and the conventional network for the same tasks and images.
struct DesignPair {
  let mime: ScenarioEngine
  let conventional: ScenarioEngine
  /// Numbers of the tasks in each.
  let mimeTasks: [Int]
  let conventionalTasks: [Int]
  var images = 1

  /// A run of both on `machine`.
  func scenarios(
    _ machine: AcceleratorSizes, _ pairing: Pairing, _ buffers: WeightBuffers, _ mode: TaskMode,
    _ table: CostTable, _ form: ThresholdForm = .exact
  ) -> (mime: Scenario, conventional: Scenario) {
    func scenario(_ tasks: [Int]) -> Scenario {
      var scenario = Scenario(tasks: tasks, table: table)
      scenario.sizes = machine
      scenario.taskMode = mode
      scenario.imagesPerTask = images
      scenario.batchSize = tasks.count
      buffers.apply(to: &scenario)
      return scenario
    }
    var (own, other) = (scenario(mimeTasks), scenario(conventionalTasks))
    own.skips = pairing.mimeSkips
    own.thresholdForm = form
    other.skips = pairing.baselineSkips
    other.gates = pairing.baselineGates
    return (own, other)
  }

  /// Why the accelerator cannot run both.
  func modelOnlyReasons(_ runs: (mime: Scenario, conventional: Scenario)) throws -> [String] {
    let own = try mime.modelOnlyReasons(runs.mime)
    return try own
      + conventional.modelOnlyReasons(runs.conventional).filter { !own.contains($0) }
  }

  /// Energies of an image, and their ratio.
  func energyRow(
    _ runs: (mime: Scenario, conventional: Scenario), mark: String = "",
    _ assumptions: [(name: String, value: String)]
  ) throws -> Claim.Row {
    let (own, other) = (try mime.energy(runs.mime), try conventional.energy(runs.conventional))
    return try Claim.Row(
      own, other, provenance: own.counts.provenance.rawValue + mark, assumptions,
      modelOnlyReasons: modelOnlyReasons(runs))
  }

  /// Cycles of an image: of the machine alone, and where DRAM moves as much as the bus can, or a quarter of it.
  func cycleRows(
    _ runs: (mime: Scenario, conventional: Scenario), mark: String = "",
    _ assumptions: [(name: String, value: String)]
  ) throws -> [Claim.Row] {
    let (own, other) = (try mime.counts(runs.mime), try conventional.counts(runs.conventional))
    let reasons = try modelOnlyReasons(runs)
    let bits = runs.mime.sizes.busWidth
    return [nil, bits / 8, max(1, bits / 32)].map { bytes in
      func cycles(_ counts: RunCounts) -> Double {
        let cycles =
          bytes.map { counts.boundedCycles(busWidth: bits, bytesPerCycle: $0) }
          ?? counts.total("cycle.total")
        return Double(cycles) / Double(counts.images.reduce(0, +))
      }
      return Claim.Row(
        cycles(own), cycles(other),
        provenance: own.provenance.rawValue + mark + (bytes == nil ? "" : ", bound derived"),
        assumptions + [
          ("mime_skip", runs.mime.skips ? "on" : "off"),
          ("conventional_skip", runs.conventional.skips ? "on" : "off"),
          ("dram_bytes_per_cycle", bytes.map(String.init) ?? "any"),
        ], modelOnlyReasons: reasons)
    }
  }
}

extension Claim.Row {
  /// Energies of an image, priced by one table.
  init(
    _ mime: EnergyReport, _ conventional: EnergyReport, provenance: String,
    _ assumptions: [(name: String, value: String)], modelOnlyReasons: [String] = []
  ) throws {
    let (own, other) = (try mime.perImage()!.double, try conventional.perImage()!.double)
    let table = mime.model.table
    self.init(
      assumptions: assumptions + [("cost_table", table.name)], provenance: provenance,
      modelOnlyReasons: modelOnlyReasons,
      figures: [
        ("mime_energy_per_image_\(table.unit)", own),
        ("conventional_energy_per_image_\(table.unit)", other),
      ], ratio: other / own)
  }

  /// Cycles of an image.
  init(
    _ mime: Double, _ conventional: Double, provenance: String,
    _ assumptions: [(name: String, value: String)], modelOnlyReasons: [String] = []
  ) {
    self.init(
      assumptions: assumptions, provenance: provenance, modelOnlyReasons: modelOnlyReasons,
      figures: [
        ("mime_cycles_per_image", mime), ("conventional_cycles_per_image", conventional),
      ], ratio: conventional / mime)
  }
}

/// What each design does with zeros.
enum Pairing: CaseIterable {
  case dense, gated, skippingAgainstDense, skipping

  var mimeSkips: Bool { self == .skippingAgainstDense || self == .skipping }
  var baselineSkips: Bool { self == .skipping }
  var baselineGates: Bool { self == .gated || self == .skipping }

  /// - Parameter zeros: what zeros a baseline that keys on them has, where that has to be said.
  func assumptions(_ zeros: String = "") -> [(name: String, value: String)] {
    [
      ("mime_zeros", mimeSkips ? "gated, skipped" : "gated"),
      (
        "conventional_zeros",
        baselineSkips
          ? "gated, skipped\(zeros)" : baselineGates ? "gated\(zeros)" : "computed (dense)"
      ),
    ]
  }
}

/// How often weights and thresholds come from DRAM.
enum WeightBuffers: String, CaseIterable {
  case once = "infinite: once a batch"
  case store156 = "156 KB in all"
  case own = "this accelerator's"
  case perTile = "none: for each tile"

  /// 156 KB are split into 80 for weights, 12 for thresholds and twice 32 for activations, which are not
  /// charged for going to DRAM.
  func apply(to scenario: inout Scenario) {
    switch self {
    case .once:
      scenario.sizes.weightBufferKB = nil
      scenario.sizes.thresholdBufferKB = nil
    case .store156:
      scenario.sizes.weightBufferKB = 80
      scenario.sizes.thresholdBufferKB = 12
      scenario.sizes.actBufferKB = 32
    case .own: break
    case .perTile: scenario.keepsResident = false
    }
  }
}
