import ArgumentParser
import Cosimulation
import Energy
import Foundation
import Golden
import Images
import Networks

/// `mimegen infer`: the classes of images.
struct Infer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer", _superCommandName: "mimegen",
    abstract: "Print the classes of images, by the golden model or by the simulated accelerator.",
    discussion: """
      On the accelerator each image is a batch of its own, and its logits, class and event counters are \
      compared with the golden model and the exact model; with both, both classes are printed. Energy is \
      the exact model's, whose counts are the accelerator's.
      """, version: Mimegen.configuration.version)

  @Option(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String
  @Option(
    help: ArgumentHelp(
      "The images' task. (default: the network's, where it has one)", valueName: "name"))
  var task: String?
  @Argument(help: ArgumentHelp("Images: IDX, npy or PNG.", valueName: "file"))
  var files: [String]
  @Flag(help: "Put zeros around images that are smaller than the network's.")
  var pad = false
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each file; 1 or more. (default: all)", valueName: "n"),
    transform: wholeNumber)
  var limit: Int?
  @Option(help: "What computes: golden, rtl or both.")
  var on = Place.golden
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Classes to print with their logits, the best first; 1 or more.", valueName: "n"),
    transform: wholeNumber)
  var top: Int = 3
  @Option(
    help: ArgumentHelp(
      "Price each image by this cost table: a built-in one or a file.", valueName: "name|file"))
  var costs: String?
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @OptionGroup(title: "How it runs on the accelerator") var program: ProgramOptions
  @Option(
    help: ArgumentHelp(
      "Folder for builds. (default: $MIMEGEN_CACHE, or mimegen in the user's cache folder)",
      valueName: "folder"))
  var cache: String?

  enum Place: String, ExpressibleByArgument, CaseIterable { case golden, rtl, both }

  func validate() throws {
    try core.checkForAccelerator()
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit) and must be at least 1")
    }
    guard top >= 1 else { throw ValidationError("--top is \(top) and must be at least 1") }
    guard !program.asConventional else {
      throw ValidationError("--as-conventional gives no classes; leave it away")
    }
  }

  func run() throws {
    let table = try costs.map { try CostTable.named($0) }
    let network = try Model.load(model)
    let task = try index(of: network)
    let (names, images) = try load(for: network)
    let logits = try BatchInference(network).logits(images, task: task)
    var results = names.indices.map { InferenceResult(image: names[$0], logits: logits[$0]) }
    if on != .golden || table != nil {
      let plan = try plan(network, task, images)
      if on != .golden { try simulate(plan, &results) }
      if let table {
        let model = try EnergyModel(table, on: plan.shape)
        for index in results.indices {
          results[index].energy = try model.report(plan.exactCounts(ofBatch: index)).perImage()
        }
      }
    }
    print(InferenceSummary(results, on: on, top: top, unit: table?.unit).text)
  }

  private func index(of network: Model) throws -> Int {
    guard let task else {
      guard network.tasks.count == 1 else {
        throw UsageError(
          "name the images' task with --task; the network's tasks are "
            + network.tasks.joined(separator: ", "))
      }
      return 0
    }
    return try network.index(ofTask: task)
  }

  /// The images of all files, each with what it is called.
  private func load(for network: Model) throws -> (names: [String], images: [[Int32]]) {
    var names: [String] = []
    var images: [[Int32]] = []
    for path in files {
      let own = try ImageFile.read(path, channels: network.layers[0].inputChannels)
        .images(for: network, path: path, pads: pad, limit: limit ?? .max)
      let name = URL(fileURLWithPath: path).lastPathComponent
      names += own.count == 1 ? [name] : own.indices.map { "\(name)[\($0)]" }
      images += own
    }
    return (names, images)
  }

  /// Each image as a batch of its own.
  private func plan(_ network: Model, _ task: Int, _ images: [[Int32]]) throws -> AcceleratorPlan {
    var run = VerificationRequest(model: model, vectors: files.joined(separator: ", "))
    run.parameters = core.given.merging(accelerator.given) { $1 }
    run.images = .first(images.count)
    run.batchSize = 1
    run.cache = cache
    var request = program.request(run)
    request.storesOutputs = false
    let vectors = Vectors(
      tasks: network.tasks.indices.map { $0 == task ? TaskVectors(images: images) : TaskVectors() })
    return try AcceleratorPlan(
      request, model: network, vectors: vectors, countsOnly: on == .golden)
  }

  private func simulate(_ plan: AcceleratorPlan, _ results: inout [InferenceResult]) throws {
    let progress = Progress()
    let result = try AcceleratorVerification(plan) { progress.show($0) }.run()
    progress.clear()
    for (index, batch) in result.batches.enumerated() {
      results[index].cycles = Int(batch.cycles)
      results[index].rtlClass = batch.classes[0]
    }
    guard let failure = result.failure else { return }
    print("FAILED: \(results[result.failedBatch!].image): \(failure)")
    throw ExitCode(Status.different.rawValue)
  }
}
