import ArgumentParser
import Energy
import Exploration
import Foundation
import Programs

/// `mimegen explore`: many designs by the statistical model, and those that no other beats.
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", _superCommandName: "mimegen",
    abstract: "Evaluate every design of some ranges, and print those that no other beats.",
    discussion: """
      Values are lists and ranges: 8, or 1,2,4, or 1..16, in steps 4..64:4, by factors 4..64x2. Each \
      design's cycles, energy and buffers come from the statistical model and a cost table; its zeros are \
      taken as independent. No design of the Pareto front is beaten in one of the three by a design that is as \
      good in the others. docs/explore.md has the form of the output.
      """, version: Mimegen.configuration.version)

  @OptionGroup(title: "What is varied") var space: SpaceOptions
  @OptionGroup(title: "What runs") var network: ExploredNetwork

  @Option(help: ArgumentHelp("Cost table: a built-in one or a file.", valueName: "name|file"))
  var costs = "eyeriss"
  @Option(help: "Gated multiply-accumulates are spared; off: they cost what active ones do.")
  var gating = Switch.on
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write a line of JSON for each design here.", valueName: "file.jsonl"))
  var output: String?
  @Flag(help: "Go on with what --output has, as after a kill.")
  var resume = false
  @Option(help: ArgumentHelp("Draw the front here.", valueName: "file.svg"))
  var plot: String?
  @Option(
    help: """
      Designs that may be on the front: those whose activation buffers hold every layer's map, those that the \
      Verilog can do, or all.
      """)
  var front = Candidates.fitting
  @Flag(help: "Run designs of the front on the RTL, and print the model's error.")
  var verifyFront = false
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At most so many of them, spread over the front.", valueName: "n"),
    transform: wholeNumber)
  var verifyLimit = 8
  @Option(
    help: ArgumentHelp(
      "Verify the Verilog of this folder as it is. (default: what mimegen writes)",
      valueName: "folder"))
  var rtl: String?
  @Option(
    help: ArgumentHelp(
      "Folder for builds. (default: $MIMEGEN_CACHE, or mimegen in the user's cache folder)",
      valueName: "folder"))
  var cache: String?

  enum Candidates: String, ExpressibleByArgument, CaseIterable {
    case fitting, rtl, all

    func includes(_ point: DesignPoint) -> Bool {
      switch self {
      case .fitting: point.fits
      case .rtl: point.modelOnlyReasons.isEmpty
      case .all: true
      }
    }
  }

  func validate() throws {
    guard !resume || output != nil else {
      throw ValidationError("--resume goes on with a file: name it with --output")
    }
    guard !verifyFront || network.source.model != nil else {
      throw ValidationError("--verify-front runs a model: give --model and --vectors")
    }
    guard rtl == nil || verifyFront else {
      throw ValidationError("--rtl is what --verify-front runs: give both")
    }
    guard verifyLimit > 0 else {
      throw ValidationError("--verify-limit is \(verifyLimit) and must be at least 1")
    }
  }

  func run() throws {
    try OutputFile.check([output, plot].compactMap { $0 })
    let space = try space.space()
    let table = try CostTable.named(costs)
    let progress = Progress()
    defer { progress.clear() }
    var setting = try network.setting(table) { progress.show($0) }
    setting.gates = gating == .on
    let explorer = try Explorer(space, setting)
    let front = try evaluate(explorer, progress)
    progress.clear()
    let summary = FrontSummary(explorer, front)
    print(summary.text)
    if let plot { try OutputFile.write(Data(summary.picture.utf8), to: plot) }
    if verifyFront {
      let verification = FrontVerification(explorer, network, rtl: rtl, cache: cache)
      print("")
      guard try verification.run(front, limit: verifyLimit, progress) else {
        throw ExitCode(Status.different.rawValue)
      }
    }
  }

  /// Evaluates what the file does not have yet, and says how fast on standard error.
  private func evaluate(_ explorer: Explorer, _ progress: Progress) throws -> [DesignPoint] {
    let candidates = front
    var front = ParetoFront<DesignPoint> { $0.objectives }
    func add(_ points: [DesignPoint]) { front.add(points.lazy.filter(candidates.includes)) }
    let file = try output.map { try DesignFile($0, goesOn: resume, DesignLines(explorer)) }
    defer { file?.discardIfEmpty() }
    let known = try knownDesigns(explorer, file, add)
    var count = known
    let start = ContinuousClock.now
    try explorer.evaluate(from: known) { points in
      try file?.append(points)
      add(points)
      count += points.count
      progress.show("design \(grouped(count)) of \(grouped(explorer.space.count))")
    }
    progress.clear()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let points = front.points()
    guard !points.isEmpty else {
      throw UsageError(
        candidates == .rtl
          ? "no design is left: the Verilog can do none of them; take other values or --front all"
          : "no design is left: the activation buffers of none hold every layer's map; take larger ones, "
            + "fewer images in a batch, or --front all")
    }
    let own = count - known
    FileHandle.standardError.write(
      Data(
        String(
          format: "%@ designs in %.2f s, %@ a second%@\n", grouped(own), seconds,
          grouped(Int(Double(own) / max(seconds, 1e-6))),
          known > 0 ? ", after \(grouped(known)) that were there" : ""
        ).utf8))
    return points
  }

  /// The designs of the file; the last one is evaluated again to see that the model is the same.
  private func knownDesigns(
    _ explorer: Explorer, _ file: DesignFile?, _ add: ([DesignPoint]) -> Void
  ) throws -> Int {
    guard resume, let file else { return 0 }
    var last: DesignPoint?
    let count = try file.read {
      add($0)
      last = $0.last ?? last
    }
    guard let last else { return 0 }
    guard try explorer.points(last.number..<last.number + 1) == [last] else {
      throw UsageError(
        "line \(count) of '\(output!)' has other numbers than the model; begin anew without --resume"
      )
    }
    return count
  }
}
