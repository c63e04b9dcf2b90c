import ArgumentParser
import Cosimulation
import Foundation
import Mapping

/// `mimegen verify`: a network on the verilated core, against the golden model.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a network on the verilated core and compare every number with the golden model.",
    discussion: """
      Widths, signedness, rounding and requantizer of the core are the model's unless an option \
      says otherwise. The golden model is itself compared with the vectors first.
      """)

  @OptionGroup(title: "What runs") var what: RunOptions
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions

  @Option(
    help: ArgumentHelp("Write the waves around the first difference here.", valueName: "file.vcd"))
  var trace: String?
  @Option(help: ArgumentHelp("Write what ran and what came out here.", valueName: "file.json"))
  var report: String?
  @Option(help: ArgumentHelp("Write every event count here.", valueName: "file.json|csv"))
  var events: String?
  @Option(help: ArgumentHelp("Write the energy of every event here.", valueName: "file.json"))
  var energy: String?
  @Flag(help: "Print one line where all is equal.")
  var brief = false

  func validate() throws {
    if let events, !events.hasSuffix(".json"), !events.hasSuffix(".csv") {
      throw ValidationError("--events is '\(events)'; its name ends in .json or .csv")
    }
  }

  func run() throws {
    var request = what.request(core.given)
    request.trace = trace
    try OutputFile.check([trace, report, events, energy].compactMap { $0 })
    let plan = try VerificationPlan(request)
    let progress = Progress()
    let verification = try Verification(plan) { progress.show($0) }
    let check = verification.checkGolden()
    if let mismatch = check.mismatch {
      progress.clear()
      print("The golden model differs from \(request.vectors): \(mismatch)")
      throw ExitCode(Status.different.rawValue)
    }
    let result = try verification.run()
    progress.clear()

    let reports = Reports(plan, result)
    let summary = Summary(plan, result, reports.energy, check)
    print(brief && result.failure == nil ? summary.line : summary.text)
    if let report { try OutputFile.write(reports.report(), to: report) }
    if let events {
      try OutputFile.write(
        events.hasSuffix(".csv") ? reports.eventsCSV() : reports.eventsJSON(), to: events)
    }
    if let energy { try OutputFile.write(reports.energyJSON(), to: energy) }
    if let failure = result.failure {
      print("\nFAILED: \(failure)")
      print("To repeat: \(repeating(result.failedBatch!))")
      if let trace, result.hasWaves { print("The waves around it are in \(trace).") }
      throw ExitCode(Status.different.rawValue)
    }
  }

  /// The command that runs the failing batch alone.
  private func repeating(_ batch: Int) -> String {
    let words = commandWords(
      without: ["--batch", "--trace", "--report", "--events", "--energy"])
    return (words + ["--batch", "\(batch)", "--trace", trace ?? "mismatch.vcd"])
      .map(shellQuoted).joined(separator: " ")
  }
}

/// Which network and images run, and in which batches.
struct ScheduleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String
  @Option(
    help: ArgumentHelp("Images, and where present labels, logits and traces.", valueName: "file"))
  var vectors: String
  @OptionGroup var images: BatchOptions
  @Option(
    help: "Order of the images: singular or pipelined (successive images are of different tasks).")
  var mode: TaskMode = .pipelined
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Run only this batch, from 0 on.", valueName: "n"),
    transform: wholeNumber)
  var batch: Int?

  func request(_ parameters: [String: Int]) -> VerificationRequest {
    var request = VerificationRequest(model: model, vectors: vectors)
    request.parameters = parameters
    request.tasks = images.names
    request.mode = mode
    request.images = images.images
    request.batchSize = images.batchSize
    request.onlyBatch = batch
    return request
  }
}

/// What `verify`, `run` and `bench` run.
struct RunOptions: ParsableArguments {
  @OptionGroup var schedule: ScheduleOptions
  @Option(
    help: ArgumentHelp(
      "Verify the Verilog of this folder as it is. (default: what mimegen writes)",
      valueName: "folder"))
  var rtl: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Probability with which a stream holds back in a cycle; 0 to 0.9.", valueName: "p"))
  var stallProbability: Double = 0
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the stalls; 0 to 2^64-1.", valueName: "n"))
  var seed: UInt64 = 1
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of what registers hold before reset; 0 to 2^32-1.", valueName: "n"))
  var xSeed: UInt32 = 1
  @Option(
    help: ArgumentHelp(
      "Folder for builds. (default: $MIMEGEN_CACHE, or mimegen in the user's cache folder)",
      valueName: "folder"))
  var cache: String?

  func request(_ parameters: [String: Int]) -> VerificationRequest {
    var request = schedule.request(parameters)
    request.rtl = rtl
    request.stallProbability = stallProbability
    request.seed = seed
    request.xSeed = xSeed
    request.cache = cache
    return request
  }
}

extension TaskMode: ExpressibleByArgument {}

extension ImageCount: ExpressibleByArgument {
  public init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument) {
      self = .first(count)
    } else {
      return nil
    }
  }

  public var defaultValueDescription: String {
    switch self {
    case .all: "all"
    case .first(let count): "\(count)"
    }
  }
}

/// A word as a shell takes it.
func shellQuoted(_ word: String) -> String {
  let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=./,:+@%".contains($0) }
  return plain && !word.isEmpty
    ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
