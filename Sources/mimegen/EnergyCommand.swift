import ArgumentParser
import Energy
import Foundation
import Mapping
import Programs

/// `mimegen energy`: what a network's run on the accelerator costs.
struct EnergyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "energy",
    abstract: "Price every event of a network's run on the accelerator.",
    discussion: """
      Counts of a model come from the exact model over the golden model's activations, which the RTL's \
      counters equal to the last unit; with --counts they are those that 'mimegen run --report' has measured. \
      A network by its shapes is counted by the statistical model. docs/energy.md has each charge with its \
      reason, and the forms of output. They go to standard output, or to what --output names: a file, and for \
      accelergy and scalesim a folder.
      """)

  @OptionGroup(title: "What runs") var network: NetworkOptions
  @OptionGroup(title: "What runs") var modelled: ModelledOptions
  @OptionGroup(title: "What runs") var images: BatchOptions
  @Option(
    help: "Order of the images: singular or pipelined (successive images are of different tasks).")
  var mode = TaskMode.pipelined
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Run only this batch, from 0 on.", valueName: "n"),
    transform: wholeNumber)
  var batch: Int?
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @Option(
    help: ArgumentHelp(
      """
      Buffers that hold everything, with commas between: activations, weights, thresholds. The Verilog has \
      none: such a machine is only modelled, and its buffers cost what those of the default sizes do.
      """, valueName: "names"), transform: InfiniteBuffers.init)
  var infinite = InfiniteBuffers()
  @OptionGroup(title: "How it runs") var program: ProgramOptions

  @Option(help: ArgumentHelp("Cost table: a built-in one or a file.", valueName: "name|file"))
  var costs = "eyeriss"
  @Option(help: "Gated multiply-accumulates are spared; off: they cost what active ones do.")
  var gating = Switch.on
  @Option(
    help: ArgumentHelp(
      "Take the counts of this report of 'mimegen run' instead.", valueName: "report.json"))
  var counts: String?
  @OptionGroup(title: "Another design beside it") var other: ComparedDesign
  @Option(help: "Form of the output; accelergy and scalesim write files into a folder.")
  var format = EnergyFormat.table
  @OptionGroup var folder: FolderOption

  func validate() throws {
    try core.checkForAccelerator()
    if format.isFolder, folder.output == nil {
      throw ValidationError("--format \(format) writes files: name a folder with -o")
    }
    if network.network == nil {
      try modelled.checkForModel(network)
    } else if batch != nil || counts != nil {
      throw ValidationError("--\(batch != nil ? "batch" : "counts") needs --model")
    }
    if counts != nil, !infinite.isEmpty {
      throw ValidationError("--counts are of RTL, which has no infinite buffers")
    }
    try other.check(isModel: network.network == nil)
    if other.compare != nil {
      guard format == .table || format == .json else {
        throw ValidationError("--compare has the formats table and json")
      }
      guard counts == nil else {
        throw ValidationError("--compare is for the exact model; leave --counts away")
      }
    }
  }

  func run() throws {
    if let output = folder.output, !format.isFolder { try OutputFile.check([output]) }
    let table = try CostTable.named(costs)
    let own: any PricedRun
    let compared: (any PricedRun)?
    if network.network != nil {
      let request = ShapesRun.Request(self)
      let run = try ShapesRun(request)
      own = run
      compared = try other.compare.map { _ in try run.compared(request, other) }
    } else {
      let run = try ModelRun(self)
      own = run
      compared = try other.compare.map { _ in try run.compared(self, other) }
    }
    let report = try report(own, table, gates: gating == .on)
    guard let compared else { return try write(report, own.name) }
    let comparison = EnergyComparison(
      own: report, ownName: own.name,
      other: try self.report(compared, table, gates: (other.compareGating ?? gating) == .on),
      otherName: compared.name)
    try write(format == .json ? comparison.json() : Data((comparison.text() + "\n").utf8))
  }

  private func report(
    _ run: any PricedRun, _ table: CostTable, gates: Bool
  ) throws -> EnergyReport {
    try EnergyModel(table, on: run.shape.priced(), gates: gates)
      .report(run.counts(), modelOnlyReasons: run.modelOnlyReasons)
  }

  private func write(_ report: EnergyReport, _ name: String) throws {
    switch format {
    case .table: try write(Data((EnergySummary(report, name).text() + "\n").utf8))
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
}

/// A form of `mimegen energy`'s output.
enum EnergyFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv, accelergy, scalesim

  /// Whether it is several files.
  var isFolder: Bool { self == .accelergy || self == .scalesim }
}

/// What is for a network by its shapes only.
struct ModelledOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Tasks of the network by its shapes, each like its first. (default: its own)", valueName: "n"),
    transform: wholeNumber)
  var taskCount: Int?
  @Option(
    help: """
      What rows have in common of the zeros: nothing (independent), or what the profile has measured for \
      these rows, as mean or histogram. (default: the most that the profile has)
      """)
  var assume: ZeroAssumption?

  func validate() throws {
    if let taskCount, !(1...1 << 16 ~= taskCount) {
      throw ValidationError("--task-count is \(taskCount) and must be 1 to 65536")
    }
  }

  /// That a model is not given what only shapes take.
  func checkForModel(_ network: NetworkOptions) throws {
    for (name, isGiven) in [
      ("--task-count", taskCount != nil), ("--assume", assume != nil),
      ("--profile", network.profile != nil), ("--sparsity", network.sparsity != nil),
    ] where isGiven {
      throw ValidationError(
        "\(name) is for --network: a model is counted exactly, by its own zeros")
    }
  }
}

extension ZeroAssumption: ExpressibleByArgument {}

/// The design that `--compare` prints beside the first.
struct ComparedDesign: ParsableArguments {
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
  @Option(
    help: ArgumentHelp("Zeros of the other design. (default: the same)", valueName: "file.json"))
  var compareProfile: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Zeros of the other design. (default: the same)", valueName: "0..1"))
  var compareSparsity: Double?

  enum Comparison: String, ExpressibleByArgument, CaseIterable { case conventional }

  /// That the options go together, and with a model or a network by its shapes.
  func check(isModel: Bool) throws {
    let ofModels = [
      ("--compare-model", compareModel != nil), ("--compare-vectors", compareVectors != nil),
    ]
    let ofShapes = [
      ("--compare-profile", compareProfile != nil), ("--compare-sparsity", compareSparsity != nil),
    ]
    guard compare != nil else {
      for (name, isGiven) in [
        ("--compare-skip", compareSkip != nil), ("--compare-gating", compareGating != nil),
      ] + ofModels + ofShapes where isGiven {
        throw ValidationError("\(name) says what --compare prints: name the other design with it")
      }
      return
    }
    for (name, isGiven) in isModel ? ofShapes : ofModels where isGiven {
      throw ValidationError("\(name) needs --\(isModel ? "network" : "model")")
    }
    try AssumedZeros.check(compareProfile, compareSparsity, "compare-")
  }
}

/// The buffers that `--infinite` names.
struct InfiniteBuffers {
  private enum Buffer: String, CaseIterable { case activations, weights, thresholds }

  private let buffers: [Buffer]

  var isEmpty: Bool { buffers.isEmpty }

  init() { buffers = [] }

  @Sendable init(_ text: String) throws {
    buffers = try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let buffer = Buffer(rawValue: String(name)) else {
        throw UsageError(
          "'\(name)' is no buffer; they are "
            + Buffer.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return buffer
    }
  }

  /// `sizes` with these buffers holding everything.
  func apply(to sizes: AcceleratorSizes) -> AcceleratorSizes {
    var sizes = sizes
    for buffer in buffers {
      switch buffer {
      case .activations: sizes.actBufferKB = nil
      case .weights: sizes.weightBufferKB = nil
      case .thresholds: sizes.thresholdBufferKB = nil
      }
    }
    return sizes
  }
}
