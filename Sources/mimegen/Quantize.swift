import ArgumentParser
import Foundation
import Networks
import Quantization

/// `mimegen quantize`: a trained network as one of integers.
struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize", _superCommandName: "mimegen",
    abstract: "Make a network of integers of a trained one and of images to calibrate with.",
    discussion: """
      Scales of weights come from the weights, those of activations from what the images of each task \
      give in real numbers; thresholds are rounded up exactly, and every accumulator is proved to fit. \
      docs/quantize.md has the formulas and what accuracy was measured.
      """, version: Mimegen.configuration.version)

  @Option(
    help: ArgumentHelp(
      "The trained network: safetensors, as docs/quantize.md describes.", valueName: "file"))
  var model: String
  @OptionGroup(title: "Images to calibrate with") var images: ImageOptions
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more.", valueName: "n"), transform: wholeNumber)
  var limit: Int = 100
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the network here.", valueName: "file"))
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bits of a signed weight; 2 to 24.", valueName: "n"),
    transform: wholeNumber)
  var weightWidth: Int = 8
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Bits of an activation; 2 to 24.", valueName: "n"),
    transform: wholeNumber)
  var activationWidth: Int = 8
  @Option(help: "A scale of weights for each output channel or for each layer: channel or layer.")
  var scalePer = ScalePer.channel
  @Option(
    help: ArgumentHelp(
      """
      Range of activations: trained for what the network was learned with, max, p and a percentile of the \
      nonzero ones, or mse for the least squared error. (default: trained, or mse where it was learned \
      without)
      """, valueName: "trained|max|p99.99|mse"))
  var range: RangeArgument?
  @Option(help: "Requantize by multipliers or by shifts alone: multiplier or power-of-two.")
  var scales = ScalesArgument.multiplier
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Bits of a multiplier; 1 to 32.", valueName: "n"),
    transform: wholeNumber)
  var multiplierWidth: Int = 16
  @Option(
    help: ArgumentHelp(
      "Rounding: \(Rounding.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"),
    transform: roundingNamed)
  var rounding = Rounding.halfEven
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Round thresholds up to so many bits and a common shift for each layer and task. (default: exact)",
      valueName: "n"), transform: wholeNumber)
  var thresholdWidth: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Bits that must hold every accumulator and threshold. (default: 32, or 48 where weights and \
      activations together have more than 16)
      """, valueName: "n"), transform: wholeNumber)
  var accumulatorWidth: Int?

  enum ScalePer: String, ExpressibleByArgument, CaseIterable { case channel, layer }

  enum ScalesArgument: String, ExpressibleByArgument, CaseIterable {
    case multiplier
    case powerOfTwo = "power-of-two"
  }

  struct RangeArgument: ExpressibleByArgument {
    let value: QuantizationOptions.Range

    init?(argument: String) {
      switch argument {
      case "trained": value = .trained
      case "max": value = .maximum
      case "mse": value = .leastSquares
      default:
        guard argument.hasPrefix("p"), let percent = Double(argument.dropFirst()) else {
          return nil
        }
        value = .percentile(percent)
      }
    }
  }

  func validate() throws {
    guard limit >= 1 else { throw ValidationError("--limit is \(limit) and must be at least 1") }
  }

  func run() throws {
    try OutputFile.check([output])
    let network = try FloatModel.load(model)
    guard range?.value != .trained || network.steps != nil else {
      throw UsageError(
        "--range is trained, but '\(model)' was learned without activation_step; max, mse or a percentile "
          + "would do")
    }
    let vectors = try images.load(for: network, limit: limit)
    let count = vectors.tasks.reduce(0) { $0 + $1.images.count }
    let progress = SharedProgress()
    let calibration = try Calibration(network, vectors) { done in
      progress.show("calibration: \(grouped(done)) of \(grouped(count)) images")
    }
    progress.clear()
    let quantized = try Quantizer(network, calibration, options).quantize()
    try OutputFile.write(quantized.content(metadata: provenance(network, calibration)), to: output)
    print(QuantizationSummary(quantized, calibration).text)
  }

  private var options: QuantizationOptions {
    var options = QuantizationOptions()
    options.weightWidth = weightWidth
    options.activationWidth = activationWidth
    options.isPerChannel = scalePer == .channel
    options.range = range?.value ?? .trained
    options.scales =
      scales == .multiplier ? .multipliers(width: multiplierWidth) : .powersOfTwo
    options.rounding = rounding
    options.thresholdWidth = thresholdWidth
    options.accumulatorWidth = accumulatorWidth
    return options
  }

  private func provenance(_ network: FloatModel, _ calibration: Calibration) -> [String: String] {
    if options.range == .trained, network.steps != nil {
      return ["calibration": "none: ranges are those that the network was learned with"]
    }
    let range =
      switch options.range {
      case .maximum: "the largest activation"
      case .trained, .leastSquares: "the least squared error"
      case .percentile(let percent): "p\(percent) of non-zero activations"
      }
    return [
      "calibration":
        "\(range), \(calibration.images.map(String.init).joined(separator: ", ")) images of "
        + "the tasks, max over tasks"
    ]
  }
}
