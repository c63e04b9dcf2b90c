import Cosimulation
import Energy
import Exploration
import Foundation
import Mapping
import Programs

/// Designs of the front on the verilated accelerator, beside what the model said of them.
struct FrontVerification {
  private let explorer: Explorer
  private let network: ExploredNetwork
  private let rtl: String?
  private let cache: String?

  init(_ explorer: Explorer, _ network: ExploredNetwork, rtl: String?, cache: String?) {
    self.explorer = explorer
    self.network = network
    self.rtl = rtl
    self.cache = cache
  }

  /// Runs at most `limit` of the designs, and prints a table.
  ///
  /// - Returns: whether the RTL is equal to the golden model and to the exact model in all of them.
  /// - Throws: `UsageError` where the Verilog can do none.
  func run(_ front: [DesignPoint], limit: Int, _ progress: Progress) throws -> Bool {
    let able = front.filter { $0.modelOnlyReasons.isEmpty }
    guard !able.isEmpty else {
      throw UsageError(
        "--verify-front: the Verilog can do no design of the front, as \(front[0].modelOnlyReasons[0]); "
          + "--front rtl keeps to those that it can")
    }
    let chosen = spread(able, limit)
    let unit = explorer.setting.table.unit
    var table = Table(header: [
      "design", "cycles, model", "cycles, RTL", "error", "waits", "\(unit), model",
      "\(unit), RTL", "error", "RTL and exact model",
    ])
    var failures: [String] = []
    for (place, point) in chosen.enumerated() {
      let name = "design \(point.number), \(place + 1) of \(chosen.count)"
      let plan = try AcceleratorPlan(request(point.design))
      let result = try AcceleratorVerification(plan) { progress.show("\(name): \($0)") }.run()
      let energy = try MeasuredEnergy(
        plan, result, explorer.setting.table, gates: explorer.setting.gates)
      let isEqual = result.failure == nil && energy.isEqual
      table.rows.append(row(point, result, energy, isEqual))
      if !isEqual {
        failures.append(
          "FAILED: design \(point.number): "
            + "\(result.failure?.description ?? "the energy of the RTL's counts is not the exact model's")"
            + "\nTo repeat: \(command(point.design))")
      }
    }
    progress.clear()
    print(
      """
      \(chosen.count) of the \(able.count) designs of the front that the Verilog can do, measured in RTL
      errors are the statistical model's; cycles and energy without waiting for the memory

      \(table.text)
      """)
    for failure in failures { print("\n" + failure) }
    return failures.isEmpty
  }

  private func row(
    _ point: DesignPoint, _ result: AcceleratorResult, _ energy: MeasuredEnergy, _ isEqual: Bool
  ) -> [String] {
    guard result.failure == nil else {
      // What was counted up to the first difference is not the run's.
      return [
        "\(point.number)", grouped(point.cycles), "-", "-", "-",
        rounded(Rational(point.energy, over: 1_000_000)), "-", "-", "DIFFER",
      ]
    }
    let counted = result.rtl.total
    let waits = Counts.waits.reduce(0) { $0 + counted.total($1) }
    let cycles = counted.total("cycle.total") - waits
    let modelled = Rational(point.energy, over: 1_000_000)
    return [
      "\(point.number)", grouped(point.cycles), grouped(cycles),
      error(Double(point.cycles), Double(cycles)), grouped(waits), rounded(modelled),
      rounded(energy.withoutWaiting), error(modelled.double, energy.withoutWaiting.double),
      isEqual ? "equal" : "DIFFER",
    ]
  }

  private func error(_ model: Double, _ actual: Double) -> String {
    guard actual != 0 else { return "-" }
    return String(format: "%+.3f %%", 100 * (model - actual) / actual)
  }

  private func request(_ design: Design) -> AcceleratorRequest {
    var request = network.request(parameters(design).reduce(into: [:]) { $0[$1.name] = $1.value })!
    request.run.mode = design.mode
    request.run.rtl = rtl
    request.run.cache = cache
    request.skips = design.skips
    return request
  }

  private func parameters(_ design: Design) -> [(name: String, value: Int)] {
    [
      ("ROWS", design.rows), ("COLS", design.columns), ("FEED_BANKS", design.banks),
      ("AXI_DATA_WIDTH", design.busWidth), ("ACT_BUFFER_KB", design.actBufferKB),
      ("WEIGHT_BUFFER_KB", design.weightBufferKB),
      ("THRESHOLD_BUFFER_KB", design.thresholdBufferKB),
    ]
  }

  /// The command that runs a design by itself.
  private func command(_ design: Design) -> String {
    var words = [
      "mimegen", "run", "--model", network.source.model!, "--vectors", network.source.vectors!,
    ]
    if let tasks = network.images.tasks { words += ["--tasks", tasks] }
    words += ["--images", network.images.images.defaultValueDescription]
    if let size = network.images.batchSize { words += ["--batch-size", "\(size)"] }
    words += ["--mode", design.mode.rawValue, "--skip", design.skips ? "on" : "off"]
    words += ["--store-outputs", "off"]
    if let rtl { words += ["--rtl", rtl] }
    for (name, value) in parameters(design) {
      words += ["--" + name.lowercased().replacing("_", with: "-"), "\(value)"]
    }
    return words.map(shellQuoted).joined(separator: " ")
  }
}
