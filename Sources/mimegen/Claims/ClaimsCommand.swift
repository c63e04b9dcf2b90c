import ArgumentParser
import Cosimulation
import Energy
import Foundation
import Mapping
import Networks
import Programs

/// `mimegen claims`: which assumptions give the abstract's figures.
struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract:
      "Recompute the figures of the paper's abstract, and say under which assumptions they hold.",
    discussion: """
      Memory, energy and throughput of MIME beside conventional multi-task inference: from shapes and synthetic \
      zeros alone, and with --model and --vectors from the golden model's activations. docs/claims.md says \
      what is assumed and what came out.
      """)

  @Option(
    help: ArgumentHelp(
      "A MIME network: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String?
  @Option(help: ArgumentHelp("Its images.", valueName: "file"))
  var vectors: String?
  @Option(
    help: ArgumentHelp(
      """
      A conventional network with weights of its own for each task. (default: the parent's weights for each \
      task, for traffic and cycles only)
      """, valueName: "file"))
  var conventionalModel: String?
  @Option(help: ArgumentHelp("Its images. (default: those of --vectors)", valueName: "file"))
  var conventionalVectors: String?
  @Option(
    help: ArgumentHelp(
      "Child tasks, with commas between. (default: the three after the first)", valueName: "names"))
  var tasks: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Images of each task; 1 or more.", valueName: "n"),
    transform: wholeNumber)
  var images = 1
  @Option(
    help: ArgumentHelp("Rows and columns of the arrays, with commas between.", valueName: "list"))
  var arrays = "16x16,8x32,4x64"
  @Option(
    help: ArgumentHelp(
      "Networks of the sweep, with commas between: built-in ones or files.", valueName: "names"))
  var networks = "vgg16-32"
  @Option(
    help: ArgumentHelp(
      "Cost tables, with commas between: built-in ones or files.", valueName: "names"))
  var costs = "eyeriss,horowitz-45nm"
  @Option(
    help: ArgumentHelp(
      "A report of 'mimegen run': given twice, for the MIME and for the conventional network.",
      valueName: "report.json"))
  var counts: [String] = []
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @Option(help: "Form of the output.")
  var format = Format.table
  @OptionGroup var folder: FolderOption

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  func validate() throws {
    guard (model == nil) == (vectors == nil) else {
      throw ValidationError("--model and --vectors go together: name both files, or none")
    }
    guard model == nil else { return }
    for (name, isGiven) in [
      ("--conventional-model", conventionalModel != nil),
      ("--conventional-vectors", conventionalVectors != nil), ("--tasks", tasks != nil),
      ("--counts", !counts.isEmpty),
    ] where isGiven {
      throw ValidationError("\(name) is for a trained network: name it with --model and --vectors")
    }
  }

  func run() throws {
    try OutputFile.check([folder.output].compactMap { $0 })
    let progress = Progress()
    defer { progress.clear() }
    var settings = ClaimSettings(
      machines: try machines(AcceleratorShape(accelerator.given).sizes),
      tables: try list(costs).map { try CostTable.named($0) })
    let networks = try list(networks).map { try NetworkShape.load($0) }
    progress.show("golden model")
    let trained = try model.map { try trainedPair($0, &settings) }
    let measured =
      counts.isEmpty
      ? nil
      : try MeasuredPair(counts, conventionalName: conventionalName) { request($0, tasks: []) }
    progress.show("claims")
    let claims = [
      try MemoryClaim(trained: trained).claim(),
      try EnergyClaim(
        settings: settings, trained: trained, measured: measured, networks: networks
      ).claim(),
      try ThroughputClaim(
        settings: settings, trained: trained, measured: measured, networks: networks
      ).claim(),
    ]
    progress.clear()
    let data =
      format == .json
      ? try ClaimsDocument(claims: claims).json()
      : Data((ClaimsText(claims: claims).text + "\n").utf8)
    if let output = folder.output {
      try OutputFile.write(data, to: output)
    } else {
      FileHandle.standardOutput.write(data)
    }
  }

  private func list(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// `sizes` with each of the arrays. A pixel's channels are read together up to 32, unless FEED_BANKS is given.
  private func machines(_ sizes: AcceleratorSizes) throws -> [AcceleratorSizes] {
    try list(arrays).map { text in
      let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard sides.count == 2, let rows = sides[0], let columns = sides[1], 1...1024 ~= rows,
        1...1024 ~= columns
      else {
        throw UsageError(
          "'\(text)' is not an array; name rows and columns from 1 to 1024, as in 16x16")
      }
      var machine = sizes
      machine.rows = rows
      machine.columns = columns
      machine.banks = accelerator.feedBanks ?? min(8, max(1, 32 / columns))
      return machine
    }
  }

  private var conventionalName: String {
    conventionalModel ?? "the parent's weights with t = 0 (traffic and cycles only)"
  }

  private func request(_ mode: Model.Mode, tasks: [String]) -> AcceleratorRequest {
    var run = VerificationRequest(model: model!, vectors: vectors!)
    if mode == .conventional {
      run.model = conventionalModel ?? run.model
      run.vectors = conventionalVectors ?? run.vectors
    }
    run.parameters = accelerator.given
    run.tasks = tasks
    run.images = .first(images)
    var request = AcceleratorRequest(run)
    request.storesOutputs = false
    request.runsAsConventional = mode == .conventional
    return request
  }

  /// The trained networks; the machines get the widths that they need.
  private func trainedPair(_ name: String, _ settings: inout ClaimSettings) throws -> TrainedPair {
    let names = try Model.load(name).tasks
    let children = tasks.map(list) ?? Array((names.count > 1 ? names[1...] : names[...]).prefix(3))
    let plan = try AcceleratorPlan(request(.mime, tasks: children), countsOnly: true)
    guard plan.model.mode == .mime else {
      throw UsageError("\(name) is a conventional network; name a MIME one with --model")
    }
    let other = try AcceleratorPlan(request(.conventional, tasks: children), countsOnly: true)
    if let conventionalModel {
      guard try Model.load(conventionalModel).mode == .conventional else {
        throw UsageError(
          "\(conventionalModel) is a MIME network; name a conventional one with --conventional-model"
        )
      }
      guard other.model.layers == plan.model.layers else {
        throw UsageError("\(conventionalModel) has other layers than \(name)")
      }
    }
    settings.machines = try machines(plan.shape.sizes)
    let pair = DesignPair(
      mime: try ScenarioEngine(TrainedPair.activity(plan)),
      conventional: try ScenarioEngine(TrainedPair.activity(other)), mimeTasks: plan.tasks,
      conventionalTasks: other.tasks, images: images)
    return TrainedPair(
      name: name, pair: pair, conventionalName: conventionalName,
      stored: (plan.tasks.contains(0) ? [] : [0]) + plan.tasks, settings: settings)
  }
}
