import Cosimulation
import Golden
import Mapping

/// What a verification prints.
struct Summary {
  private let plan: VerificationPlan
  private let result: VerificationResult
  private let energy: Reports.EnergySums
  private let check: VectorCheck

  init(
    _ plan: VerificationPlan, _ result: VerificationResult, _ energy: Reports.EnergySums,
    _ check: VectorCheck
  ) {
    self.plan = plan
    self.result = result
    self.energy = energy
    self.check = check
  }

  var text: String { [heading, layerTable, taskTable, verdict].joined(separator: "\n\n") }

  /// One line for a run in which all is equal.
  var line: String {
    let p = plan.parameters
    let images = result.tasks.reduce(0) { $0 + $1.outcome.images }
    return "\(plan.name) on \(p.rows)x\(p.columns), \(p.lanes) lanes: "
      + "\(images) images, \(grouped(result.compared)) numbers, \(grouped(result.cycles)) cycles"
      + "\(plan.request.stallProbability > 0 ? " with stalls" : ""): all equal"
  }

  private var heading: String {
    let p = plan.parameters
    let stalls =
      plan.request.stallProbability > 0
      ? ", streams stall with probability \(plan.request.stallProbability)" : ""
    return """
      mime_core \(p.rows)x\(p.columns), \(p.lanes) lanes, \(p.actWidth)/\(p.weightWidth)/\(p.accWidth) \
      bits; \(plan.model.mode == .mime ? "MIME" : "conventional"), \(plan.request.mode.rawValue) \
      tasks, \(plan.batches.count) batches\(stalls)
      golden model: equal to the vectors in \(grouped(check.images)) images' logits and in \
      \(check.tracedImages) traced images
      """
  }

  private var layerTable: String {
    var table = Table(header: ["layer", "MACs", "gated", "cycles", "utilization", "events"])
    let places = plan.parameters.rows * plan.parameters.columns
    func row(_ name: String, _ macs: Int, _ gated: Int, _ cycles: Int, _ isEqual: Bool) -> [String]
    {
      [
        name, grouped(macs), percent(gated, of: macs), grouped(cycles),
        percent(macs, of: cycles * places), isEqual ? "equal" : "DIFFER",
      ]
    }
    for layer in result.layers {
      table.rows.append(
        row(
          layer.name, layer.denseMACs.reduce(0, +), layer.counted.total(.macGated),
          layer.counted.total(.cycleTotal), layer.counted == layer.exact))
    }
    return table.text
  }

  private var taskTable: String {
    var table = Table(header: [
      "task", "images", "accuracy", "cycles", "utilization", "gated", "mismatches",
      "event differences", "energy",
    ])
    let places = plan.parameters.rows * plan.parameters.columns
    for (number, task) in result.tasks {
      let gated = result.sum(.macGated, task: number)
      let macs = result.sum(.macActive, .macGated, task: number)
      table.rows.append([
        task.name, "\(task.images)", task.correct.map { percent($0, of: task.images) } ?? "-",
        task.cycles.map(grouped) ?? "shared",
        task.cycles.map { percent(macs, of: $0 * places) } ?? "",
        percent(gated, of: macs), "\(task.mismatches)",
        "\(result.eventDifferences(task: number))", grouped(energy.tasks[number]),
      ])
    }
    let outcomes = result.tasks.map(\.outcome)
    let images = outcomes.reduce(0) { $0 + $1.images }
    let labelled = outcomes.filter { $0.correct != nil }
    let macs = result.layers.reduce(0) { $0 + $1.denseMACs.reduce(0, +) }
    table.footer = [
      [
        "shared", "", "", "", "", "", "", "\(result.eventDifferences(task: nil))",
        grouped(energy.shared),
      ],
      [
        "all", "\(images)",
        percent(
          labelled.reduce(0) { $0 + $1.correct! }, of: labelled.reduce(0) { $0 + $1.images }),
        grouped(result.cycles), percent(macs, of: result.cycles * places),
        percent(result.layers.reduce(0) { $0 + $1.counted.total(.macGated) }, of: macs),
        "\(outcomes.reduce(0) { $0 + $1.mismatches })", "\(result.eventDifferences)",
        grouped(energy.total),
      ],
    ]
    return table.text + "\nenergy: in units of one MAC (Eyeriss, normalized), first form; from the "
      + "core's counts \(grouped(energy.total)), from the exact model \(grouped(energy.modelTotal))"
  }

  private var verdict: String {
    result.failure == nil
      ? "All equal: \(grouped(result.compared)) numbers of the core are the golden model's."
      : "Stopped at the first layer with a difference."
  }
}
