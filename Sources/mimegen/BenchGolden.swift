import ArgumentParser
import Foundation
import Golden
import Networks

/// `mimegen bench-golden`: the speed of the golden model on one thread.
struct BenchGolden: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the golden model's batches on one thread.",
    discussion: """
      Runs a task's images again and again, with each set of instructions that this machine has in \
      turns; the best round counts. 'make bench' puts it beside onnxruntime.
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
  @Flag(help: "Print the images in a second of the fastest set alone.")
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
    let repeated = (0..<images).map { own[$0 % own.count] }
    let sets = brief ? [InstructionSet.best] : InstructionSet.allCases.filter(\.isAvailable)
    let golden = try sets.map { try BatchInference(network, $0) }
    var rates = sets.map { _ in 0.0 }
    for _ in 0..<rounds {
      for (index, golden) in golden.enumerated() {
        let start = Date()
        _ = golden.logits(repeated, task: task)
        rates[index] = max(rates[index], Double(images) / Date().timeIntervalSince(start))
      }
    }
    guard !brief else { return print(String(format: "%.1f", rates[0])) }
    guard golden[0].isPacked else {
      let rate = String(format: "%.1f", rates.max()!)
      return print("\(rate) images a second on one thread, the best of \(rounds) rounds")
    }
    var table = Table(header: ["instructions", "images a second", "ratio"])
    for (set, rate) in zip(sets, rates) {
      table.rows.append([
        "\(set)", String(format: "%.1f", rate), String(format: "%.2f", rate / rates.last!),
      ])
    }
    print(table.text)
  }
}
