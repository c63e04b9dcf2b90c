import Cosimulation
import Energy
import Golden
import Mapping
import Networks
import Programs

/// One way of running the network, with what it does and costs.
struct ReportDesign {
  let kind: Model.Mode
  let mode: TaskMode
  let skips: Bool
  let plan: AcceleratorPlan
  let counts: RunCounts
  let energy: EnergyReport

  var kindName: String { kind == .mime ? "MIME" : "conventional" }
  /// Without skip.
  var shortName: String { "\(kindName), \(mode.rawValue)" }
  var name: String { shortName + (skips ? ", skip" : "") }
  var images: Int { counts.images.reduce(0, +) }

  /// Multiply-accumulates, dense.
  static func macs(_ counts: Counts) -> Int { Counts.macs.reduce(0) { $0 + counts.total($1) } }

  /// Bytes on the memory's bus.
  func bytes(_ counts: Counts, _ kinds: [String] = Self.traffic) -> Int {
    kinds.reduce(0) { $0 + counts.total($1) } * plan.shape.busWidth / 8
  }

  static let traffic = [
    "dram.weight", "dram.threshold", "dram.channel", "dram.activation", "dram.program",
    "dram.write",
  ]

  /// Cycles of a layer, waiting for memory included where that was measured.
  func cycles(_ counts: Counts) -> Int {
    self.counts.provenance == .rtl ? counts("cycle.operation") : counts("cycle.total")
  }
}

/// All designs that a report compares: on one accelerator, on the same images.
struct ReportDesigns {
  /// What MIME and conventional runs are asked to do.
  struct Requests {
    let mime: AcceleratorRequest
    let conventional: AcceleratorRequest
    /// The conventional network is the MIME network's weights for each task.
    let isCopy: Bool
  }

  let all: [ReportDesign]
  let table: CostTable
  let isCopy: Bool
  /// Of the pipelined designs of MIME without and with skip: what the array does in the first batch.
  let timelines: [(design: ReportDesign, timeline: ArrayTimeline)]
  /// Of the pipelined designs without skip: active multiply-accumulates of each element.
  let elements: [(design: ReportDesign, active: [[Int]])]

  /// Intervals of a picture over time.
  private static let intervals = 240

  /// Runs the exact model for each design, or takes what was measured.
  ///
  /// - Throws: what the exact model throws, and `UsageError` where the networks cannot be compared or counts
  ///   are of no design.
  init(_ requests: Requests, _ table: CostTable, _ measured: [MeasuredCounts]) throws {
    let tasks = try Self.commonTasks(requests)
    var all: [ReportDesign] = []
    var timelines: [(design: ReportDesign, timeline: ArrayTimeline)] = []
    var elements: [(design: ReportDesign, active: [[Int]])] = []
    for kind in [Model.Mode.mime, .conventional] {
      var cache = InferenceCache()
      for mode in [TaskMode.pipelined, .singular] {
        for skips in [false, true] {
          var request = kind == .mime ? requests.mime : requests.conventional
          request.run.tasks = tasks
          request.run.mode = mode
          request.skips = skips
          let plan = try AcceleratorPlan(request, countsOnly: true)
          guard plan.model.mode == kind else {
            throw UsageError(
              "\(request.run.model) is a conventional network; --model takes a MIME network, and "
                + "--conventional-model the conventional one beside it")
          }
          if let first = all.first { try Self.checkSame(first.plan, plan) }
          let found = measured.filter { $0.isOf(kind, mode, skips: skips) }
          guard found.count < 2 else {
            throw UsageError("two reports of --counts are of the same design: name one of them")
          }
          let counts =
            try found.first?.counts(for: plan)
            ?? plan.exactRun.counts { cache.maps(of: $0, plan) }
          let design = ReportDesign(
            kind: kind, mode: mode, skips: skips, plan: plan, counts: counts,
            energy: try EnergyModel(table, on: plan.shape).report(counts))
          all.append(design)
          guard mode == .pipelined else { continue }
          if kind == .mime {
            let batch = plan.batches[0].batch
            timelines.append(
              (
                design,
                try plan.exactRun.timeline(
                  of: batch, intervals: Self.intervals, maps: cache.maps(of: batch, plan))
              ))
          }
          if !skips {
            elements.append(
              (design, try plan.exactRun.activeOfElements { cache.maps(of: $0, plan) }))
          }
        }
      }
    }
    self.all = all
    self.table = table
    isCopy = requests.isCopy
    self.timelines = timelines
    self.elements = elements
  }

  /// The tasks to run: those asked for, else those that have images in both networks, in the MIME network's
  /// order.
  private static func commonTasks(_ requests: Requests) throws -> [String] {
    guard requests.mime.run.tasks.isEmpty else { return requests.mime.run.tasks }
    let lists = try [requests.mime.run, requests.conventional.run].map { run in
      let model = try Model.load(run.model)
      let vectors = try Vectors.load(run.vectors, for: model)
      return zip(model.tasks, vectors.tasks).filter { !$1.images.isEmpty }.map(\.0)
    }
    let common = lists[0].filter(lists[1].contains)
    guard !common.isEmpty else {
      throw UsageError(
        "the networks have no task in common with images: \(requests.mime.run.model) has "
          + "\(lists[0].joined(separator: ", ")), and \(requests.conventional.run.model) "
          + lists[1].joined(separator: ", "))
    }
    return common
  }

  /// That two designs run the same layers on the same machine.
  private static func checkSame(_ first: AcceleratorPlan, _ other: AcceleratorPlan) throws {
    func need(_ one: String, _ two: String, _ what: String) throws {
      guard one == two else {
        throw UsageError(
          "the networks cannot be compared: \(what) of \(first.request.run.model) is \(one), and of "
            + "\(other.request.run.model) \(two)")
      }
    }
    try need(
      first.model.layers.map(\.name).joined(separator: ","),
      other.model.layers.map(\.name).joined(separator: ","), "the list of layers")
    for (name, value) in first.shape.parameters.sorted(by: { $0.key < $1.key }) {
      try need("\(value)", "\(other.shape.parameters[name]!)", "the parameter \(name)")
    }
  }

  /// The design of these choices.
  func design(_ kind: Model.Mode, _ mode: TaskMode, skips: Bool) -> ReportDesign {
    all.first { $0.kind == kind && $0.mode == mode && $0.skips == skips }!
  }
}

/// The golden model's inferences of a network's images, each computed once.
private struct InferenceCache {
  private var inferences: [BatchImage: Inference] = [:]

  mutating func maps(of batch: Batch, _ plan: AcceleratorPlan) -> GoldenMaps {
    let images = batch.images.map { plan.vectors.tasks[$0.task].images[$0.image] }
    for (place, image) in zip(batch.images, images) where inferences[place] == nil {
      inferences[place] = plan.golden.infer(image, task: place.task)
    }
    return GoldenMaps(images: images, inferences: batch.images.map { inferences[$0]! })
  }
}
