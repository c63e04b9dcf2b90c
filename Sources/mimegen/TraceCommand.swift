import ArgumentParser
import Foundation
import Golden
import Networks

/// `mimegen trace`: what the golden model computes of images.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", _superCommandName: "mimegen",
    abstract: "Write what the golden model computes of images: sums, masks, activations, logits.",
    discussion: """
      Writes vectors in the form of golden/README.md, with traces of every image, for comparison with \
      other implementations. By default they come from the exact path.
      """)

  @Option(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String
  @Option(help: ArgumentHelp("The images.", valueName: "file"))
  var vectors: String
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more. (default: all)", valueName: "n"),
    transform: wholeNumber)
  var limit: Int?
  @Flag(help: "By the fast path.")
  var fast = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the vectors here.", valueName: "file"))
  var output: String

  func run() throws {
    if let limit, limit < 1 { throw UsageError("--limit is \(limit) and must be at least 1") }
    try OutputFile.check([output])
    let network = try Model.load(model)
    let given = try Vectors.load(vectors, for: network)
    let golden = try GoldenModel(network)
    let progress = Progress()
    let tasks = given.tasks.enumerated().map { task, own in
      let images = Array(own.images.prefix(limit ?? .max))
      let results = images.enumerated().map { index, image in
        progress.show("task \(network.tasks[task]), image \(index + 1) of \(images.count)")
        return fast ? golden.infer(image, task: task) : golden.inferExactly(image, task: task)
      }
      return TaskVectors(
        images: images, labels: own.labels.map { Array($0.prefix(images.count)) },
        logits: results.map(\.logits),
        traces: results.map { result in
          result.layers.map {
            LayerTrace(accumulators: $0.accumulators, mask: $0.mask, activations: $0.activations)
          }
        })
    }
    progress.clear()
    try OutputFile.write(Vectors(tasks: tasks).content(for: network), to: output)
    print("Wrote \(tasks.reduce(0) { $0 + $1.images.count }) traced images to \(output).")
  }
}
