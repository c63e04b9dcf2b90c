import Cosimulation
import Foundation
import Machine
import Mapping
import Networks
import Programs

/// The counts in a report of `mimegen run`.
struct MeasuredCounts {
  private let path: String
  private let report: Report

  private struct Report: Decodable {
    struct Layer: Decodable {
      let name: String
      let counts: [String: [Int]]
    }
    let schema, mode, taskMode: String
    let failure: String?
    let parameters: [String: Int]
    let skip: Bool
    let tasks: [String]
    let images: [Int]
    let layers: [Layer]
    let transfers: [String: [Int]]
  }

  /// Reads the report.
  ///
  /// - Throws: `UsageError` where it is not one.
  init(_ path: String) throws {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError("\(path) cannot be read; name a report of 'mimegen run --report'")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let report = try? decoder.decode(Report.self, from: data),
      report.schema == AcceleratorReport.schema
    else {
      throw UsageError(
        "\(path) is not a report of 'mimegen run' with the schema \(AcceleratorReport.schema); write it "
          + "anew with 'mimegen run --report'")
    }
    self.report = report
  }

  /// Whether they are of this kind of network, order of images and skip.
  func isOf(_ mode: Model.Mode, _ taskMode: TaskMode, skips: Bool) -> Bool {
    report.mode == mode.rawValue && report.taskMode == taskMode.rawValue && report.skip == skips
  }

  /// The mode of the network.
  var mode: String { report.mode }

  /// `request` with the report's machine, skip and schedule.
  ///
  /// - Throws: `UsageError` where the tasks that ran have different numbers of images.
  func request(_ request: AcceleratorRequest) throws -> AcceleratorRequest {
    let ran = zip(report.tasks, report.images).filter { $0.1 > 0 }
    guard let mode = TaskMode(rawValue: report.taskMode), let first = ran.first,
      ran.allSatisfy({ $0.1 == first.1 })
    else {
      throw UsageError("\(path) must be of a run with as many images of each task")
    }
    var request = request
    request.skips = report.skip
    request.run.parameters = report.parameters
    request.run.mode = mode
    request.run.tasks = ran.map(\.0)
    request.run.images = .first(first.1)
    return request
  }

  /// The counts, of the run that `plan` describes.
  ///
  /// - Throws: `UsageError` where they are of another run, or cannot be of any.
  func counts(for plan: AcceleratorPlan) throws -> RunCounts {
    if let failure = report.failure {
      throw UsageError("the run of \(path) ended with a difference: \(failure)")
    }
    try need(report.mode, plan.model.mode.rawValue, "mode")
    try need(report.taskMode, plan.request.run.mode.rawValue, "task mode")
    try need(report.skip ? "on" : "off", plan.request.skips ? "on" : "off", "skip")
    try need(
      report.tasks.joined(separator: ","), plan.model.tasks.joined(separator: ","), "tasks")
    for (name, value) in plan.shape.parameters.sorted(by: { $0.key < $1.key }) {
      try need(report.parameters[name].map(String.init) ?? "missing", "\(value)", name)
    }
    var counts = RunCounts(of: plan.network, provenance: .rtl)
    try need(
      report.layers.map(\.name).joined(separator: ","),
      counts.layers.map(\.name).joined(separator: ","), "layers")
    for batch in plan.batches {
      for image in batch.batch.images { counts.images[image.task] += 1 }
    }
    try need(
      report.images.map(String.init).joined(separator: ","),
      counts.images.map(String.init).joined(separator: ","), "images of each task")
    for (place, layer) in report.layers.enumerated() {
      counts.layers[place].counts = try self.counts(layer.counts, in: layer.name, plan)
      try checkMACs(counts.layers[place].counts, place, counts.images, plan)
    }
    counts.transfers = try self.counts(report.transfers, in: "transfers", plan)
    return counts
  }

  private func need(_ value: String, _ expected: String, _ what: String) throws {
    guard value == expected else {
      throw UsageError(
        "\(path) is of another run: its \(what) is \(value), and \(expected) is asked for")
    }
  }

  private func counts(
    _ named: [String: [Int]], in place: String, _ plan: AcceleratorPlan
  ) throws -> Counts {
    let values = try Machine.acceleratorCounters.map { counter in
      let length = counter.isPerTask ? plan.model.tasks.count : 1
      guard let values = named[counter.name], values.count == length,
        values.allSatisfy({ 0..<1 << 48 ~= $0 })
      else {
        throw UsageError(
          "\(path): \(place) needs \(length) count\(length == 1 ? "" : "s") of \(counter.name), "
            + "from 0 to 2^48-1")
      }
      let rest = counter.isPerTask ? plan.shape.runs - length : 0
      return values + Array(repeating: 0, count: rest)
    }
    return Counts(values: values)
  }

  /// That active, gated and skipped multiply-accumulates are the dense ones of the images.
  private func checkMACs(
    _ counts: Counts, _ layer: Int, _ images: [Int], _ plan: AcceleratorPlan
  ) throws {
    for task in plan.model.tasks.indices {
      let geometry = plan.model.geometry(ofLayer: layer, task: task)
      let dense =
        images[task] * geometry.positions * geometry.outputChannels
        * plan.network.plan(ofLayer: layer, task: task).steps
      let macs = ["mac.active", "mac.gated", "mac.skipped"].reduce(0) {
        $0 + counts($1, task: task)
      }
      guard macs == dense else {
        throw UsageError(
          "\(path): layer \(geometry.name) has \(macs) multiply-accumulates of task "
            + "\(plan.model.tasks[task]), and the network has \(dense)")
      }
    }
  }
}
