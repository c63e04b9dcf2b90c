import Machine
import Programs
import Reports

/// Bytes of DRAM that a design's network takes: of all tasks, and of each.
struct StoredBytes {
  /// Weights of hidden layers, what goes with their channels, thresholds, the head.
  struct Parts {
    var weights = 0
    var channels = 0
    var thresholds = 0
    var head = 0
    var all: [Int] { [weights, channels, thresholds, head] }
    var total: Int { all.reduce(0, +) }
  }

  static let names = ["weights", "biases, multipliers, shifts", "thresholds", "head"]

  private(set) var shared = Parts()
  /// Of the tasks with images; the others' numbers are not needed.
  private(set) var tasks: [(name: String, parts: Parts)]

  init(_ design: ReportDesign) {
    let model = design.plan.model
    var own = [Parts](repeating: Parts(), count: model.tasks.count)
    for stored in design.plan.network.storedNumbers {
      func add(to parts: inout Parts) {
        if stored.layer == model.layers.count {
          parts.head += stored.weights + stored.channels
        } else {
          parts.weights += stored.weights
          parts.channels += stored.channels
          parts.thresholds += stored.thresholds
        }
      }
      if let task = stored.task { add(to: &own[task]) } else { add(to: &shared) }
    }
    tasks = design.plan.tasks.map { (model.tasks[$0], own[$0]) }
  }

  var total: Int { tasks.reduce(shared.total) { $0 + $1.parts.total } }
}

extension ReportBuilder {
  var storedBytes: ReportContent.Figure {
    let shown = designs(skips: false).filter { $0.mode == .pipelined }
    var groups: [BarChart.Group] = []
    var rows: [[String]] = []
    for design in shown {
      let stored = StoredBytes(design)
      let shared = stored.shared.total > 0 ? [(name: "shared", parts: stored.shared)] : []
      let owners = shared + stored.tasks
      groups.append(
        .init(design.kindName, owners.map { .init($0.name, $0.parts.all.map(Double.init)) }))
      for owner in owners {
        rows.append([design.kindName, owner.name] + grouped(owner.parts.all + [owner.parts.total]))
      }
      let all = stored.tasks.reduce(stored.shared.all) { sums, task in
        zip(sums, task.parts.all).map { $0 + $1 }
      }
      rows.append([design.kindName, "all"] + grouped(all + [stored.total]))
    }
    return ReportContent.Figure(
      "DRAM that each task takes",
      caption: """
        As the accelerator's memory holds it, with what pads words to beats. MIME has the hidden layers' \
        weights once and thresholds for each task; conventional has weights for each task.
        """,
      provenance: "The memory's image, exact",
      .bars(
        BarChart(series: StoredBytes.names, groups: groups, quantity: "memory", unit: "bytes")),
      numbers: .init(
        header: ["network", "of"] + (StoredBytes.names + ["all"]).map { "\($0), bytes" },
        rows: rows))
  }

  var trafficOfDesigns: ReportContent.Figure {
    let kinds = ReportDesign.traffic
    let names = ["weights", "thresholds", "channels", "images", "program", "written"]
    func bytes(_ design: ReportDesign) -> [Int] {
      kinds.map { design.bytes(design.counts.total, [$0]) }
    }
    let bars = designs(skips: false).map { design in
      BarChart.Bar(design.shortName, bytes(design).map(Double.init))
    }
    let rows = designs.all.map { design in
      [design.name, design.counts.provenance.rawValue]
        + grouped(bytes(design) + [design.bytes(design.counts.total)])
    }
    return ReportContent.Figure(
      "DRAM traffic of each design",
      caption:
        "Bytes on the memory's bus for all \(base.images) images. Skip changes none of them.",
      provenance: provenance(designs.all),
      .bars(
        BarChart(
          series: names, groups: [.init("", bars)], quantity: "traffic", unit: "bytes")),
      numbers: .init(
        header: ["design", "counts"] + zip(names, kinds).map { "\($0) (\($1)), bytes" }
          + ["all, bytes"], rows: rows))
  }

  var roofline: ReportContent.Figure {
    let shown =
      designs.all.filter { $0.mode == .pipelined } + [
        designs.design(.mime, .singular, skips: false)
      ]
    let shape = base.plan.shape
    var series: [RooflineChart.Series] = []
    var rows = base.counts.layers.map { _ in [[String]]() }
    for design in shown {
      var points: [RooflineChart.Point] = []
      for (place, layer) in design.counts.layers.enumerated() {
        let numbers = [
          ReportDesign.macs(layer.counts), design.bytes(layer.counts), design.cycles(layer.counts),
        ]
        let intensity = ratio(numbers[0], numbers[1])
        let performance = ratio(numbers[0], numbers[2])
        points.append(.init(layer.name, intensity: intensity, performance: performance))
        rows[place].append(
          [layer.name, design.name, design.counts.provenance.rawValue] + grouped(numbers)
            + [intensity, performance].map(NumberText.short))
      }
      series.append(.init(design.name, points))
    }
    return ReportContent.Figure(
      "Roofline: each layer between the array and the memory's bus",
      caption: """
        Dense multiply-accumulates. The flat roof is one for each element and cycle, the slope the bytes of a \
        beat. The exact model's cycles do not wait for memory: a layer of it above the slope waits in fact. \
        Above the flat roof are layers that skip.
        """,
      provenance: provenance(shown) + copyNote(shown),
      .roofline(
        RooflineChart(
          series: series, computeRoof: Double(shape.rows * shape.columns),
          memoryRoof: Double(shape.busWidth) / 8, work: "MACs")),
      numbers: .init(
        header: [
          "layer", "design", "counts", "MACs", "DRAM bytes", "cycles", "MACs per byte",
          "MACs per cycle",
        ], rows: rows.flatMap { $0 }))
  }

  /// Of two counts; 0 where there is nothing to divide by.
  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole > 0 ? Double(part) / Double(whole) : 0
  }

  /// Counts as cells of a table.
  func grouped(_ counts: [Int]) -> [String] { counts.map { NumberText.grouped($0) } }
}
