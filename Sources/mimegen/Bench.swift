import ArgumentParser
import Cosimulation
import Foundation

/// `mimegen bench`: the speed of the co-simulation, as a ratio.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the co-simulation beside a bare C++ loop over the same verilated core.",
    discussion: """
      Both run every layer of the first batch in turns, and the best round of each counts. The \
      bare loop's beats are packed before its time starts, and nothing looks at its results.
      """)

  @OptionGroup(title: "What runs") var what: RunOptions
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rounds; 1 or more. (default: 3)", valueName: "n"), transform: wholeNumber)
  var rounds: Int = 3

  func validate() throws {
    guard rounds >= 1 else { throw ValidationError("--rounds is \(rounds); it is 1 or more") }
  }

  func run() throws {
    let plan = try VerificationPlan(what.request(core.given))
    let rows = try Benchmark(plan).run(rounds: rounds)
    var table = Table(header: ["layer", "cycles", "co-simulation", "bare loop", "ratio"])
    func row(_ name: String, _ own: [Benchmark.Time], _ bare: [Benchmark.Time]) -> [String] {
      let cycles = own.reduce(0) { $0 + $1.cycles }
      let ownRate = Double(cycles) / own.reduce(0) { $0 + $1.seconds }
      let bareRate = Double(bare.reduce(0) { $0 + $1.cycles }) / bare.reduce(0) { $0 + $1.seconds }
      return [
        name, grouped(Int(cycles)), String(format: "%.0f kHz", ownRate / 1000),
        String(format: "%.0f kHz", bareRate / 1000), String(format: "%.3f", ownRate / bareRate),
      ]
    }
    table.rows = rows.map { row($0.layer, [$0.cosimulation], [$0.bareLoop]) }
    table.footer = [row("all", rows.map(\.cosimulation), rows.map(\.bareLoop))]
    print(table.text)
    print("peak memory: \(peakMemory()) MB")
  }

  /// Megabytes of the process, at most so far.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
