import ArgumentParser
import Foundation
import Networks
import Programs

/// `mimegen scalesim-compare`: SCALE-Sim's figures beside the model's.
struct ScaleSimCompare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scalesim-compare",
    abstract: "Compare SCALE-Sim's reports with the model, and explain every difference.",
    discussion: """
      Exit status: 0 every equation of every layer holds; 1 one does not, or the model is less \
      than 1000 times faster than --seconds.
      """)

  @OptionGroup(title: "What runs") var subject: ScaleSimNetwork
  @Option(help: ArgumentHelp("What SCALE-Sim wrote.", valueName: "folder"))
  var reports: String
  @Option(
    help: ArgumentHelp("The time that SCALE-Sim took; prints the model's too.", valueName: "s"))
  var seconds: Double?
  @Option(help: ArgumentHelp("Write the model's figures here.", valueName: "file.csv"))
  var report: String?
  @OptionGroup(title: "Core parameters") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions

  func validate() throws {
    if let seconds, !(seconds > 0 && seconds.isFinite) {
      throw ValidationError("--seconds is \(seconds); it is above 0")
    }
  }

  func run() throws {
    try OutputFile.check([report].compactMap { $0 })
    let network = try NetworkShape.load(subject.network)
    let shape = try AcceleratorShape(core.given.merging(accelerator.given) { $1 })
    let model = try ScaleSimModel(network, on: shape)
    let theirs = try ScaleSimReport(
      compute: try text("COMPUTE_REPORT.csv"), access: try text("DETAILED_ACCESS_REPORT.csv"))
    let comparison = try ScaleSimComparison(model, theirs)
    print(
      """
      \(network.name) on \(shape.rows)x\(shape.columns), output stationary, one image, every step issued
      F folds, T steps of an output, W \(shape.placeChannels) channels of a word of activations, \
      C \(shape.columns) columns
      """)
    for table in comparison.tables { print("\n" + text(table)) }
    if let report { try OutputFile.write(Data(model.report.utf8), to: report) }
    var isFast = true
    if let seconds { isFast = try printTimes(network, shape, theirs: seconds) >= 1000 }
    guard comparison.isExplained, isFast else { throw ExitCode(Status.different.rawValue) }
  }

  private func text(_ name: String) throws -> String {
    let path = "\(reports)/\(name)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError("'\(path)' cannot be read; --reports is the folder that SCALE-Sim wrote")
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func text(_ table: ScaleSimComparison.Table) -> String {
    var text = Table(header: ["layer"] + table.header + ["equations"])
    text.rows = table.rows.map { row in
      let left = row.residues.filter { $0 != 0 }.map(grouped).joined(separator: ", ")
      let verdict = row.isExplained ? "hold" : "off by \(left)"
      return [row.layer] + row.figures.map(grouped) + [verdict]
    }
    let sums = table.header.indices.map { column in
      table.header[column] == "T" ? "" : grouped(table.rows.reduce(0) { $0 + $1.figures[column] })
    }
    text.footer = [["all"] + sums + [""]]
    return table.title + "\n\n" + text.text
  }

  /// Times the model from the topology's text to its report's, and gives the ratio.
  private func printTimes(
    _ network: NetworkShape, _ shape: AcceleratorShape, theirs: Double
  ) throws -> Double {
    let topology = Array(try network.scaleSimTopology().utf8)
    let clock = ContinuousClock()
    let times = try (0..<1001).map { _ in
      try clock.measure {
        let read = try NetworkShape(scaleSimTopology: topology, name: network.name)
        let report = try ScaleSimModel(read, on: shape).report
        precondition(!report.isEmpty)
      }
    }.sorted()
    let own = times[times.count / 2] / .seconds(1)
    print(
      String(
        format: """

          Time: SCALE-Sim %.1f s; the model, from the topology's text to its report, %.6f s \
          (median of %d): %.0f times faster
          """, theirs, own, times.count, theirs / own))
    return theirs / own
  }
}
