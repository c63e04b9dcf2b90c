import ArgumentParser
import Foundation
import Networks
import Quantization

/// `mimegen evaluate`: the accuracy of a network.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a network's accuracy on labelled images with the golden model.",
    discussion: """
      With --float the network of real numbers that it was quantized from runs beside it. \
      docs/quantize.md has the forms of the files.
      """)

  @Option(
    help: ArgumentHelp(
      "The network of integers: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(
    help: ArgumentHelp("The network of real numbers, to compare with.", valueName: "file"))
  var float: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more. (default: all)", valueName: "n"),
    transform: wholeNumber)
  var limit: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --float: exit with 1 where a task loses more points of percent.", valueName: "points"))
  var maxLoss: Double?
  @Option(help: ArgumentHelp("Write the counts here.", valueName: "file.json"))
  var report: String?

  func validate() throws {
    if let limit, limit < 1 {
      throw ValidationError("--limit is \(limit) and must be at least 1")
    }
    if let maxLoss, !(maxLoss >= 0) {
      throw ValidationError("--max-loss is \(maxLoss) and must be at least 0")
    }
    guard maxLoss == nil || float != nil else {
      throw ValidationError("--max-loss compares with --float: name that network too")
    }
  }

  func run() throws {
    try OutputFile.check([report].compactMap { $0 })
    let network = try Model.load(model)
    let real = try float.map { try FloatModel.load($0) }
    if let real { try check(real, beside: network) }
    let vectors = try images.load(for: network, limit: limit ?? .max)
    let progress = SharedProgress()
    let start = Date()
    let accuracies = try Accuracy.measure(network, real: real, vectors) { done, total in
      progress.show("\(grouped(done)) of \(grouped(total)) images")
    }
    progress.clear()
    print(Self.table(accuracies).text)
    let count = accuracies.reduce(0) { $0 + $1.images }
    let rate = Double(count) / Date().timeIntervalSince(start)
    print("\n\(grouped(count)) images, \(grouped(Int(rate))) a second.")
    if let report { try OutputFile.write(json(accuracies), to: report) }
    if let maxLoss,
      let worst = accuracies.first(where: { $0.loss! > maxLoss })
    {
      print(
        "FAILED: task \(worst.task) loses \(Self.points(worst.loss!)) points to real numbers, and may lose "
          + "\(maxLoss)")
      throw ExitCode(Status.different.rawValue)
    }
  }

  /// That both networks have the same tasks, images and classes.
  private func check(_ real: FloatModel, beside model: Model) throws {
    func shape(_ network: some MultiTaskNetwork) -> String {
      let layer = network.layers[0]
      let classes = network.tasks.enumerated().map { "\($1) of \(network.classes(of: $0)) classes" }
      return
        "\(network.input) images of \(layer.inputChannels) x \(layer.size) x \(layer.size), tasks "
        + classes.joined(separator: ", ")
    }
    guard shape(real) == shape(model) else {
      throw UsageError(
        "\(float!) is of \(shape(real)), but \(self.model) is of \(shape(model)); both must be the same"
      )
    }
  }

  static func table(_ accuracies: [Accuracy]) -> Table {
    let isCompared = accuracies[0].realCorrect != nil
    var table = Table(
      header: ["task", "images", "integers"]
        + (isCompared ? ["real", "points lost", "same class"] : []))
    table.rows = accuracies.map { accuracy in
      let shares =
        [accuracy.correct, accuracy.realCorrect].compactMap { $0 }.map {
          hundredths($0, of: accuracy.images)
        }
      return [accuracy.task, grouped(accuracy.images)] + shares
        + (isCompared
          ? [points(accuracy.loss!), hundredths(accuracy.agreeing!, of: accuracy.images)] : [])
    }
    return table
  }

  /// In percent with two digits.
  private static func hundredths(_ part: Int, of whole: Int) -> String {
    String(format: "%.2f %%", Double(part) / Double(whole) * 100)
  }

  private static func points(_ loss: Double) -> String {
    String(format: "%.2f", loss == 0 ? 0 : loss)
  }

  private struct Report: Encodable {
    struct Task: Encodable {
      let task: String
      let images, correct: Int
      let realCorrect, sameClass: Int?
    }
    let schema = "mimegen-evaluate/1"
    let model: String
    let float: String?
    let tasks: [Task]
  }

  private func json(_ accuracies: [Accuracy]) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(
      Report(
        model: model, float: float,
        tasks: accuracies.map {
          Report.Task(
            task: $0.task, images: $0.images, correct: $0.correct, realCorrect: $0.realCorrect,
            sameClass: $0.agreeing)
        })) + Data("\n".utf8)
  }
}
