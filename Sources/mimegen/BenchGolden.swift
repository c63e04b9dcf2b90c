import ArgumentParser
import Foundation
import Golden
import Networks

/// `mimegen bench-golden`: the speed of the golden model on one thread.
struct BenchGolden: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the golden model's batches on one thread.",
    discussion: """
      Runs a task's images again and again; the best round counts. 'make bench' puts it beside \
      onnxruntime.
      """)

  @Option(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String
  @Option(help: ArgumentHelp("The images.", valueName: "file"))
  var vectors: String
  @Option(help: ArgumentHelp("The task. (default: the first with images)", valueName: "name"))
  var task: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rounds; 1 or more. (default: 5)", valueName: "n"), transform: wholeNumber)
  var rounds: Int = 5
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of a round; 1 or more. (default: 160)", valueName: "n"),
    transform: wholeNumber)
  var images: Int = 160
  @Flag(help: "Print the images in a second alone.")
  var brief = false

  func validate() throws {
    guard rounds >= 1, images >= 1 else {
      throw ValidationError("--rounds is \(rounds) and --images \(images); both are 1 or more")
    }
  }

  func run() throws {
    let network = try Model.load(model)
    let given = try Vectors.load(vectors, for: network)
    let task =
      try self.task.map { try network.index(ofTask: $0) }
      ?? given.tasks.firstIndex { !$0.images.isEmpty }!
    let own = given.tasks[task].images
    guard !own.isEmpty else {
      throw UsageError("\(vectors) has no images of task \(network.tasks[task])")
    }
    let golden = try BatchInference(network)
    let repeated = (0..<images).map { own[$0 % own.count] }
    let rates = (0..<rounds).map { _ in
      let start = Date()
      _ = golden.logits(repeated, task: task)
      return Double(images) / Date().timeIntervalSince(start)
    }
    let rate = String(format: "%.1f", rates.max()!)
    print(
      brief
        ? rate
        : "\(rate) images a second on one thread, the best of \(rounds) rounds"
          + (golden.isPacked ? " (products of vectors, \(InstructionSet.best))" : ""))
  }
}
