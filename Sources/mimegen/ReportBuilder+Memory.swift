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
      .map { ($0, StoredBytes($0)) }
    func rows(_ stored: StoredBytes) -> [(name: String, parts: StoredBytes.Parts)] {
      (stored.shared.total > 0 ? [("shared", stored.shared)] : []) + stored.tasks
    }
    return ReportContent.Figure(
      "DRAM that each task takes",
      caption:
        "As the accelerator's memory holds it, with what pads words to beats. MIME has the hidden layers' weights "
        + "once and thresholds for each task; conventional has weights for each task.",
      provenance: "The memory's image, exact",
      .bars(
        BarChart(
          series: StoredBytes.names,
          groups: shown.map { design, stored in
            .init(
              design.kindName, rows(stored).map { .init($0.name, $0.parts.all.map(Double.init)) })
          }, quantity: "memory", unit: "bytes")),
      numbers: .init(
        header: ["network", "of"] + StoredBytes.names.map { "\($0), bytes" } + ["all, bytes"],
        rows: shown.flatMap { design, stored in
          rows(stored).map { row in
            [design.kindName, row.name]
              + (row.parts.all + [row.parts.total]).map { NumberText.grouped($0) }
          } + [
            [design.kindName, "all"] + StoredBytes.names.map { _ in "" }
              + [NumberText.grouped(stored.total)]
          ]
        }))
  }

  var trafficOfDesigns: ReportContent.Figure {
    let kinds = ReportDesign.traffic
    let names = ["weights", "thresholds", "channels", "images", "program", "written"]
    return ReportContent.Figure(
      "DRAM traffic of each design",
      caption:
        "Bytes on the memory's bus for all \(base.images) images. Skip changes none of them.",
      provenance: provenance(designs.all),
      .bars(
        BarChart(
          series: names,
          groups: [
            .init(
              "",
              designs(skips: false).map { design in
                .init(
                  design.shortName,
                  kinds.map { Double(design.bytes(design.counts.total, [$0])) })
              })
          ], quantity: "traffic", unit: "bytes")),
      numbers: .init(
        header: ["design", "counts"] + zip(names, kinds).map { "\($0) (\($1)), bytes" }
          + ["all, bytes"],
        rows: designs.all.map { design in
          [design.name, design.counts.provenance.rawValue]
            + (kinds.map { design.bytes(design.counts.total, [$0]) }
            + [design.bytes(design.counts.total)]).map { NumberText.grouped($0) }
        }))
  }

  var roofline: ReportContent.Figure {
    let shown =
      designs.all.filter { $0.mode == .pipelined } + [
        designs.design(.mime, .singular, skips: false)
      ]
    let shape = base.plan.shape
    func point(_ design: ReportDesign, _ layer: RunCounts.Layer) -> (Double, Double) {
      let macs = Double(ReportDesign.macs(layer.counts))
      let (bytes, cycles) = (design.bytes(layer.counts), design.cycles(layer.counts))
      return (
        bytes > 0 ? macs / Double(bytes) : 0, cycles > 0 ? macs / Double(cycles) : 0
      )
    }
    return ReportContent.Figure(
      "Roofline: each layer between the array and the memory's bus",
      caption:
        "Dense multiply-accumulates. The flat roof is one for each element and cycle, the slope the bytes of a "
        + "beat. The exact model's cycles do not wait for memory: a layer of it above the slope waits in fact. "
        + "Above the flat roof are layers that skip.",
      provenance: provenance(shown) + copyNote(shown),
      .roofline(
        RooflineChart(
          series: shown.map { design in
            .init(
              design.name,
              design.counts.layers.map { layer in
                let (intensity, performance) = point(design, layer)
                return .init(layer.name, intensity: intensity, performance: performance)
              })
          }, computeRoof: Double(shape.rows * shape.columns),
          memoryRoof: Double(shape.busWidth) / 8, work: "MACs")),
      numbers: .init(
        header: [
          "layer", "design", "counts", "MACs", "DRAM bytes", "cycles", "MACs per byte",
          "MACs per cycle",
        ],
        rows: base.counts.layers.indices.flatMap { place in
          shown.map { design in
            let layer = design.counts.layers[place]
            let (intensity, performance) = point(design, layer)
            return [layer.name, design.name, design.counts.provenance.rawValue]
              + [
                ReportDesign.macs(layer.counts), design.bytes(layer.counts),
                design.cycles(layer.counts),
              ].map { NumberText.grouped($0) }
              + [intensity, performance].map(NumberText.short)
          }
        }))
  }
}
