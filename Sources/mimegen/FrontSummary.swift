import Energy
import Exploration
import Reports

/// The Pareto front in print: a table, and a picture.
struct FrontSummary {
  private let explorer: Explorer
  private let front: [DesignPoint]
  /// Rows that a table has at most.
  private static let rows = 40

  init(_ explorer: Explorer, _ front: [DesignPoint]) {
    self.explorer = explorer
    self.front = front
  }

  var text: String {
    let shown = spread(front, Self.rows)
    let left = front.count - shown.count
    return """
      \(heading)

      \(table(shown))
      \(left > 0 ? "\n\(grouped(left)) more lie between them.\n" : "")
      Cycles are without those that wait for the memory; each of its beats takes at least one.
      """
  }

  private var unit: String { explorer.setting.table.unit }

  private var heading: String {
    let setting = explorer.setting
    return """
      \(setting.network.name), tasks: \(setting.tasks.count), images of each: \
      \(setting.imagesPerTask); \(grouped(front.count)) of \(grouped(explorer.space.count)) designs \
      are on the Pareto front
      \(provenance)
      """
  }

  private var provenance: String {
    let setting = explorer.setting
    return "energy in \(unit), cost table \(setting.table.name), gating "
      + "\(setting.gates ? "on" : "off"); counts: statistical model; zeros: \(setting.zeros), independent"
  }

  private func table(_ points: [DesignPoint]) -> String {
    var table = Table(header: [
      "design", "array", "banks", "bus", "act KB", "weight KB", "threshold KB", "mode", "skip",
      "cycles", "DRAM beats", unit, "buffer bits", "utilization", "RTL",
    ])
    table.rows = points.map { point in
      let d = point.design
      return [
        "\(point.number)", "\(d.rows)x\(d.columns)", "\(d.banks)", "\(d.busWidth)",
        "\(d.actBufferKB)", "\(d.weightBufferKB)", "\(d.thresholdBufferKB)", d.mode.rawValue,
        d.skips ? "on" : "off", grouped(point.cycles), grouped(point.memoryBeats),
        rounded(Rational(point.energy, over: 1_000_000)), grouped(d.bufferBits),
        percent(point.utilization, of: 1_000_000),
        point.modelOnlyReasons.isEmpty ? "yes" : "model only",
      ]
    }
    return table.text
  }

  /// The front as an SVG file.
  var picture: String {
    let sizes = Set(front.map(\.design.bufferBits)).sorted()
    // As many classes as can be told apart; each has as many sizes as the others, give or take one.
    let count = min(5, sizes.count)
    let classes = (0..<count).map {
      sizes[$0 * sizes.count / count..<($0 + 1) * sizes.count / count]
    }
    let points = front.map { point in
      ScatterChart.Point(
        x: Double(point.energy) / 1e6, y: Double(point.cycles),
        series: classes.firstIndex { $0.contains(point.design.bufferBits) }!,
        hint: hint(point))
    }
    return ScatterChart(
      series: classes.map { own in
        let (low, high) = (own.first! / 8192, own.last! / 8192)
        return low == high ? "\(low) KB of buffers" : "\(low) to \(high) KB of buffers"
      }, points: points, x: ("energy", unit), y: ("cycles", "")
    ).document(
      title: "Pareto front of \(explorer.setting.network.name): \(front.count) of "
        + "\(explorer.space.count) designs", caption: provenance)
  }

  private func hint(_ point: DesignPoint) -> String {
    let d = point.design
    return
      "design \(point.number): \(d.rows)x\(d.columns), \(d.banks) banks, \(d.busWidth)-bit bus, "
      + "\(d.actBufferKB)/\(d.weightBufferKB)/\(d.thresholdBufferKB) KB, \(d.mode.rawValue), skip "
      + "\(d.skips ? "on" : "off"): \(grouped(point.cycles)) cycles, "
      + "\(rounded(Rational(point.energy, over: 1_000_000))) \(unit)"
  }
}

/// At most `count` of `values`, spread evenly, the first and the last among them.
func spread<Value>(_ values: [Value], _ count: Int) -> [Value] {
  guard values.count > count else { return values }
  guard count > 1 else { return Array(values.prefix(count)) }
  return (0..<count).map { values[$0 * (values.count - 1) / (count - 1)] }
}
