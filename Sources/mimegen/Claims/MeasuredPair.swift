import Cosimulation
import Energy
import Mapping
import Networks
import Programs

/// Counts that the accelerator's counters gave for MIME and for the conventional network.
struct MeasuredPair {
  private struct Run {
    let plan: AcceleratorPlan
    let counts: RunCounts

    /// Names of the tasks that ran.
    var tasks: [String] { plan.tasks.map { plan.model.tasks[$0] } }
    var images: Int { counts.images.reduce(0, +) }
    var mode: String { plan.request.run.mode.rawValue }
    var skip: String { plan.request.skips ? "on" : "off" }
  }

  private let mime: Run
  private let conventional: Run
  private let conventionalName: String

  /// Reads two reports of `mimegen run`, in any order, and checks that they are runs of the same tasks and
  /// images on the same machine.
  ///
  /// - Parameter request: the run of a design; its parameters, skip and schedule are the report's.
  /// - Throws: `UsageError` where they are not.
  init(
    _ paths: [String], conventionalName: String, request: (Model.Mode) -> AcceleratorRequest
  ) throws {
    let reports = try paths.map { try MeasuredCounts($0) }
    guard reports.count == 2, Set(reports.map(\.mode)) == ["mime", "conventional"] else {
      throw UsageError(
        "--counts needs the reports of two runs, one of a MIME network and one of a conventional one; got "
          + (reports.isEmpty ? "none" : reports.map(\.mode).joined(separator: ", ")))
    }
    func run(_ mode: Model.Mode) throws -> Run {
      let report = reports.first { $0.mode == mode.rawValue }!
      let plan = try AcceleratorPlan(report.request(request(mode)), countsOnly: true)
      return Run(plan: plan, counts: try report.counts(for: plan))
    }
    (mime, conventional) = (try run(.mime), try run(.conventional))
    self.conventionalName = conventionalName
    for (what, own, other) in [
      ("tasks", mime.tasks.joined(separator: ","), conventional.tasks.joined(separator: ",")),
      ("images", "\(mime.images)", "\(conventional.images)"),
      ("task modes", mime.mode, conventional.mode),
      ("arrays", mime.plan.shape.sizes.arrayText, conventional.plan.shape.sizes.arrayText),
    ] where own != other {
      throw UsageError(
        "the runs of --counts cannot be set side by side: their \(what) are \(own) and \(other)")
    }
  }

  private var assumptions: [(name: String, value: String)] {
    [
      ("conventional", conventionalName), ("tasks", mime.tasks.joined(separator: ",")),
      ("task_mode", mime.mode), ("images", "\(mime.images)"),
      ("array", mime.plan.shape.sizes.arrayText), ("mime_skip", mime.skip),
      ("conventional_skip", conventional.skip),
    ]
  }

  /// Energies by each table, with a baseline that gates and one that does not.
  func energyRows(_ tables: [CostTable]) throws -> [Claim.Row] {
    try tables.flatMap { table in
      try [true, false].map { gates in
        let own = try EnergyModel(table, on: mime.plan.shape).report(mime.counts)
        let other = try EnergyModel(table, on: conventional.plan.shape, gates: gates)
          .report(conventional.counts)
        return try Claim.Row(
          own, other, provenance: own.counts.provenance.rawValue,
          assumptions + [("conventional_zeros", gates ? "gated" : "computed (dense)")])
      }
    }
  }

  /// Cycles as they were, and without those that waited for memory.
  var cycleRows: [Claim.Row] {
    func row(_ memory: String, _ cycles: (Counts) -> Int) -> Claim.Row {
      let images = Double(mime.images)
      return Claim.Row(
        Double(cycles(mime.counts.total)) / images,
        Double(cycles(conventional.counts.total)) / images,
        provenance: mime.counts.provenance.rawValue, assumptions + [("memory", memory)])
    }
    return [
      row("as it was in the run") { $0("cycle.operation") },
      row("never waited for") { $0.advancingCycles },
    ]
  }
}
