import ArgumentParser
import Cosimulation
import Energy
import Foundation
import HDL
import Mapping
import Networks
import Programs
import Reports

/// `mimegen report`: a page of pictures of what a network's run on the accelerator does and costs.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page of energy, work, cycles, memory and traffic, MIME beside conventional.",
    discussion: """
      Runs the exact model for MIME and for conventional inference, for singular and pipelined tasks, with and \
      without skip, all on one accelerator and on the same images, and writes index.html: one page that needs \
      no other file and no network. Counts that 'mimegen run --report' has measured take the place of the \
      model's with --counts. docs/report.md describes the page.
      """)

  @OptionGroup(title: "What runs") var what: ReportSchedule
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @OptionGroup(title: "How it runs") var layout: LayoutOptions
  @Option(
    help: """
      Store every layer's output in memory, as 'mimegen run' does unless it is told otherwise: on or off.
      """)
  var storeOutputs = Switch.off

  @Option(help: ArgumentHelp("Cost table: a built-in one or a file.", valueName: "name|file"))
  var costs = "eyeriss"
  @Option(
    help: ArgumentHelp(
      """
      Take the counts of this report of 'mimegen run' for the design that it is of; once for each report.
      """, valueName: "report.json"))
  var counts: [String] = []
  @OptionGroup var folder: FolderOption

  /// The name of the page.
  static let page = "index.html"

  func validate() throws {
    try core.checkForAccelerator()
  }

  func run() throws {
    let output = try folder.path(example: "mimegen report -o report")
    let table = try CostTable.named(costs)
    let measured = try counts.map { try MeasuredCounts($0) }
    let designs = try ReportDesigns(requests(), table, measured)
    let html = ReportBuilder(designs).content().html()
    try OutputFolder(path: output).write([(Self.page, Data(html.utf8))])
    print("Wrote \(output)/\(Self.page).")
  }

  private func requests() throws -> ReportDesigns.Requests {
    let files = try what.files()
    func request(_ model: String, _ vectors: String) -> AcceleratorRequest {
      var request = AcceleratorRequest(
        what.request(
          model: model, vectors: vectors, core.given.merging(accelerator.given) { $1 }))
      layout.apply(to: &request)
      request.storesOutputs = storeOutputs == .on
      return request
    }
    var conventional = request(files.conventional?.model ?? files.model, files.vectors)
    if let own = files.conventional { conventional.run.vectors = own.vectors }
    conventional.runsAsConventional = true
    return .init(
      mime: request(files.model, files.vectors), conventional: conventional,
      isCopy: files.conventional == nil)
  }
}

/// Which networks and images a report is of.
struct ReportSchedule: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A MIME network: safetensors, as golden/README.md describes. (default: the network of five tasks in \
      golden/small, with the conventional one there)
      """, valueName: "file"))
  var model: String?
  @Option(help: ArgumentHelp("Its images.", valueName: "file"))
  var vectors: String?
  @Option(
    help: ArgumentHelp(
      """
      The conventional network beside it, with weights of its own for each task. (default: the MIME network's \
      weights for each task, for traffic and cycles only)
      """, valueName: "file"))
  var conventionalModel: String?
  @Option(help: ArgumentHelp("Its images. (default: those of --vectors)", valueName: "file"))
  var conventionalVectors: String?
  @Option(
    help: ArgumentHelp(
      "Tasks to run, with commas between. (default: all with images in both networks)",
      valueName: "names"))
  var tasks: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more.", valueName: "n"), transform: wholeNumber)
  var images = 4
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Images that go through the network together; 1 or more. (default: as many as --images, so that singular \
      and pipelined have equally many batches)
      """, valueName: "n"), transform: wholeNumber)
  var batchSize: Int?

  /// The files of the networks.
  struct Files {
    let model: String
    let vectors: String
    let conventional: (model: String, vectors: String)?
  }

  func files() throws -> Files {
    if conventionalModel == nil, conventionalVectors != nil {
      throw UsageError("--conventional-vectors is for --conventional-model: name that too")
    }
    switch (model, vectors) {
    case (let model?, let vectors?):
      return Files(
        model: model, vectors: vectors,
        conventional: conventionalModel.map { ($0, conventionalVectors ?? vectors) })
    case (nil, nil):
      let small = "golden/small"
      return Files(
        model: "\(small)/model.safetensors", vectors: "\(small)/golden.safetensors",
        conventional: (
          conventionalModel ?? "\(small)/finetuned.safetensors",
          conventionalVectors ?? "\(small)/finetuned.golden.safetensors"
        ))
    default:
      throw UsageError("--model and --vectors go together: name both, or none for golden/small")
    }
  }

  func request(
    model: String, vectors: String, _ parameters: Configuration
  ) -> VerificationRequest {
    var request = VerificationRequest(model: model, vectors: vectors)
    request.parameters = parameters
    request.tasks =
      tasks?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    request.images = .first(images)
    request.batchSize = batchSize ?? images
    return request
  }
}
