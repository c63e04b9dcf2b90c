import ArgumentParser
import Cosimulation
import Energy
import Foundation
import Machine
import Mapping
import Programs

/// `mimegen energy`: what a network's run on the accelerator costs.
struct EnergyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "energy",
    abstract: "Price every event of a network's run on the accelerator.",
    discussion: """
      Counts come from the exact model over the golden model's activations, which the RTL's counters equal \
      to the last unit; with --counts they are those that 'mimegen run --report' has measured. \
      docs/energy.md has each charge with its reason, and the forms of output. They go to standard output, \
      or to what --output names: a file, and for accelergy and scalesim a folder.
      """)

  @OptionGroup(title: "What runs") var what: ScheduleOptions
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @OptionGroup(title: "How it runs") var program: ProgramOptions

  @Option(help: ArgumentHelp("Cost table: a built-in one or a file.", valueName: "name|file"))
  var costs = "eyeriss"
  @Option(help: "Gated multiply-accumulates are spared; off: they cost what active ones do.")
  var gating = Switch.on
  @Option(
    help: ArgumentHelp(
      "Take the counts of this report of 'mimegen run' instead.", valueName: "report.json"))
  var counts: String?
  @Option(help: "Print another design beside it, with ratios.")
  var compare: Comparison?
  @Option(help: "Skip of the other design: on or off. (default: as --skip)")
  var compareSkip: Switch?
  @Option(help: "Gating of the other design: on or off. (default: as --gating)")
  var compareGating: Switch?
  @Option(
    help: ArgumentHelp(
      """
      A conventional network for --compare, with weights of its own for each task. (default: the parent's \
      weights for each task, for traffic and cycles only)
      """, valueName: "file"))
  var compareModel: String?
  @Option(help: ArgumentHelp("Its images. (default: those of --vectors)", valueName: "file"))
  var compareVectors: String?
  @Option(help: "Form of the output; accelergy and scalesim write files into a folder.")
  var format = EnergyFormat.table
  @OptionGroup var folder: FolderOption

  enum Comparison: String, ExpressibleByArgument, CaseIterable { case conventional }

  func validate() throws {
    try core.checkForAccelerator()
    if format.isFolder, folder.output == nil {
      throw ValidationError("--format \(format) writes files: name a folder with -o")
    }
    guard compare == nil else {
      guard format == .table || format == .json else {
        throw ValidationError("--compare has the formats table and json")
      }
      guard counts == nil else {
        throw ValidationError("--compare is for the exact model; leave --counts away")
      }
      return
    }
    for (name, isGiven) in [
      ("--compare-skip", compareSkip != nil), ("--compare-gating", compareGating != nil),
      ("--compare-model", compareModel != nil), ("--compare-vectors", compareVectors != nil),
    ] where isGiven {
      throw ValidationError("\(name) says what --compare prints: name the other design with it")
    }
  }

  func run() throws {
    if let output = folder.output, !format.isFolder { try OutputFile.check([output]) }
    let table = try CostTable.named(costs)
    let plan = try AcceleratorPlan(request, countsOnly: true)
    let report = try report(plan, table, gates: gating == .on)
    guard compare != nil else { return try write(report, plan) }
    var other = request
    if let compareModel { other.run.model = compareModel }
    if let compareVectors { other.run.vectors = compareVectors }
    other.runsAsConventional = true
    other.run.tasks = plan.tasks.map { plan.model.tasks[$0] }
    if let compareSkip { other.skips = compareSkip == .on }
    let otherPlan = try AcceleratorPlan(other, countsOnly: true)
    let comparison = EnergyComparison(
      own: report, ownName: kind(plan),
      other: try self.report(otherPlan, table, gates: (compareGating ?? gating) == .on),
      otherName: kind(otherPlan))
    try write(format == .json ? comparison.json() : Data((comparison.text() + "\n").utf8))
  }

  /// What a design is called.
  private func kind(_ plan: AcceleratorPlan) -> String {
    let skips = plan.request.skips ? ", skip" : ""
    guard plan.model.mode == .conventional else { return "MIME\(skips)" }
    let isCopy = plan.request.runsAsConventional && compareModel == nil
    return "conventional\(skips)\(isCopy ? " (the parent's weights with t = 0)" : "")"
  }

  private func report(
    _ plan: AcceleratorPlan, _ table: CostTable, gates: Bool
  ) throws -> EnergyReport {
    let model = try EnergyModel(table, on: plan.shape, gates: gates)
    return try model.report(
      counts.map { try MeasuredCounts($0).counts(for: plan) } ?? plan.exactCounts())
  }

  private func write(_ report: EnergyReport, _ plan: AcceleratorPlan) throws {
    switch format {
    case .table: try write(Data((EnergySummary(report, kind(plan)).text() + "\n").utf8))
    case .json: try write(report.json())
    case .csv: try write(report.csv())
    case .accelergy: try OutputFolder(path: folder.output!).write(report.accelergyFiles())
    case .scalesim: try OutputFolder(path: folder.output!).write(report.scaleSimFiles())
    }
  }

  private func write(_ data: Data) throws {
    if let output = folder.output {
      try OutputFile.write(data, to: output)
    } else {
      FileHandle.standardOutput.write(data)
    }
  }

  private var request: AcceleratorRequest {
    var request = program.request(what.request(core.given.merging(accelerator.given) { $1 }))
    request.storesOutputs = false
    return request
  }
}

/// A form of `mimegen energy`'s output.
enum EnergyFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv, accelergy, scalesim

  /// Whether it is several files.
  var isFolder: Bool { self == .accelergy || self == .scalesim }
}
