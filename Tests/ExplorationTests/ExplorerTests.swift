import Energy
import Exploration
import Foundation
import Mapping
import Networks
import Programs
import Testing

/// Designs beside the statistical model and the energy report, one at a time.
@Suite struct ExplorerTests {
  private static func explorer(_ sparsity: Double = 0.6) throws -> Explorer {
    let network = try NetworkShape.load("vgg16-32")
    let zeros = (0..<network.layerCount).map { layer in
      LayerSparsity(
        tasks: network.tasks.map { _ in
          LayerSparsity.Task(zeroFraction: layer == 0 ? 0 : sparsity, maskedFraction: 0.5)
        })
    }
    var axes = DesignSpace.Axes()
    axes.rows = try NumberList(parsing: "3,8")
    axes.columns = try NumberList(parsing: "8,300")
    axes.skips = [false, true]
    axes.modes = [.singular, .pipelined]
    axes.busWidths = try NumberList(parsing: "32,128")
    axes.actBuffersKB = try NumberList(parsing: "1,64")
    axes.weightBuffersKB = try NumberList(parsing: "16,64")
    return try Explorer(
      try DesignSpace(axes),
      Explorer.Setting(
        network: network, sparsity: zeros, zeros: "assumed \(sparsity)",
        tasks: Array(network.tasks.indices), imagesPerTask: 2, table: .named("horowitz-45nm")))
  }

  private static func all(_ explorer: Explorer) throws -> [DesignPoint] {
    var points: [DesignPoint] = []
    try explorer.evaluate { points += $0 }
    return points
  }

  @Test func isTheModelAndTheReport() throws {
    let explorer = try Self.explorer()
    let points = try Self.all(explorer)
    #expect(points.map(\.number) == Array(0..<explorer.space.count))
    let model = try StatisticalModel(
      explorer.setting.network, explorer.setting.sparsity, .independent)
    for point in points {
      let design = point.design
      #expect(design == explorer.space[point.number])
      let shape = try AcceleratorShape(modelled: design.sizes(AcceleratorSizes()))
      var options = StatisticalModel.Options()
      options.skips = design.skips
      let workload = Workload(
        try Batch.schedule(
          tasks: explorer.setting.tasks, imagesPerTask: 2, mode: design.mode))
      let counts = try model.counts(on: shape, workload, options)
      let report = try EnergyModel(explorer.setting.table, on: shape).report(counts)
      let total = counts.total
      #expect(point.cycles == total("cycle.total"))
      #expect(
        Millionths.text(point.energy)
          == padded(report.value(report.total).decimal(places: 6)))
      let places = point.cycles * design.rows * design.columns
      let macs = total.total("mac.active") + total.total("mac.gated")
      #expect(abs(Double(point.utilization) / 1e6 - Double(macs) / Double(places)) <= 1e-6)
      #expect(
        point.memoryBeats
          == ["weight", "threshold", "channel", "activation", "program", "write"].reduce(0) {
            $0 + total("dram.\($1)")
          })
      #expect(
        point.fits
          == !point.modelOnlyReasons.contains { $0.contains("do not fit the activation buffers") })
      #expect(point.modelOnlyReasons == model.modelOnlyReasons(on: shape, workload))
    }
    #expect(points.contains { $0.modelOnlyReasons.isEmpty })
    #expect(points.contains { !$0.modelOnlyReasons.isEmpty })
  }

  private func padded(_ decimal: String) -> String {
    let parts = decimal.split(separator: ".")
    let digits = parts.count == 2 ? String(parts[1]) : ""
    return "\(parts[0])." + digits + String(repeating: "0", count: 6 - digits.count)
  }

  @Test func goesOnWhereItIsAsked() throws {
    let explorer = try Self.explorer()
    let all = try Self.all(explorer)
    for first in [1, 37, all.count - 1, all.count] {
      var points: [DesignPoint] = []
      try explorer.evaluate(from: first) { points += $0 }
      #expect(points == Array(all[first...]))
    }
  }

  /// A line is read back as its design, and refused where anything in it is another's.
  @Test func readsItsLines() throws {
    let explorer = try Self.explorer()
    let lines = DesignLines(explorer)
    let other = DesignLines(try Self.explorer(0.61))
    for point in try Self.all(explorer) {
      let line = Data(lines.line(point).utf8)
      #expect(lines.point(line, number: point.number) == point)
      #expect(lines.point(line, number: point.number + 1) == nil)
      #expect(lines.point(line.dropLast(), number: point.number) == nil)
      #expect(other.point(line, number: point.number) == nil)
      let json = try #require(
        JSONSerialization.jsonObject(with: line) as? [String: Any])
      #expect(json["cycles"] as? Int == point.cycles)
      #expect(json["buffer_bits"] as? Int == point.design.bufferBits)
      #expect(json["energy_pJ_horowitz-45nm"] != nil)
      #expect(json["counts"] as? String == "statistical model")
    }
  }
}
