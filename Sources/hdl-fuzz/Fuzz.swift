import ArgumentParser
import Foundation
import HDL
import Lint
import RandomModules
import Verilated

/// `hdl-fuzz`: random modules, compared in simulators and shown to linters.
struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hdl-fuzz",
    abstract: "Random modules of the hardware language: what they mean to other tools.",
    subcommands: [Compare.self, LintRandom.self, Print.self])
}

/// Exit status: 0 nothing found, 1 something found, 2 bad usage or a missing tool.
@main
enum Main {
  static func main() {
    do {
      var command = try Fuzz.parseAsRoot()
      try command.run()
    } catch let status as ExitCode {
      exit(status.rawValue)
    } catch {
      let isHelp = Fuzz.exitCode(for: error) == .success
      let message = Fuzz.fullMessage(for: error) + "\n"
      (isHelp ? FileHandle.standardOutput : .standardError).write(Data(message.utf8))
      exit(isHelp ? 0 : 2)
    }
  }
}

/// Which random modules.
struct Seeds: ParsableArguments {
  @Option(help: "The first seed.") var seed: UInt64 = 0
  @Option(help: "How many modules, each of the next seed.") var modules: UInt64 = 1000
  @Option(help: "Modules of one build.") var batch: UInt64 = 100

  func validate() throws {
    if modules == 0 || batch == 0 {
      throw ValidationError("--modules and --batch must be at least 1.")
    }
  }

  /// Calls `body` for each batch, which returns how many modules it found, and prints the sum.
  ///
  /// - Throws: `ExitCode` 1 where anything was found; `EnvironmentError` where a tool is missing.
  func forEachBatch(_ body: ([RandomModule]) throws -> Int) throws {
    let start = Date()
    var found = 0
    for low in stride(from: seed, to: seed + modules, by: UInt64.Stride(batch)) {
      let seeds = low..<min(low + batch, seed + modules)
      do {
        found += try body(seeds.map { RandomModule(seed: $0) })
      } catch let error as EnvironmentError {
        throw error
      } catch {
        found += 1
        print("seeds \(seeds): \("\(error)".prefix(800))")
      }
      let seconds = Int(Date().timeIntervalSince(start))
      print("\(seeds.upperBound - seed) modules, \(found) with findings, \(seconds) s")
      fflush(nil)
    }
    if found > 0 { throw ExitCode(1) }
  }
}

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run modules in the package's simulator and in another, and report differences.")

  enum Other: String, ExpressibleByArgument, CaseIterable { case verilator, icarus, cxxrtl }

  @Argument(help: "The other simulator: verilator, icarus or cxxrtl.") var other: Other
  @OptionGroup var seeds: Seeds
  @Option(help: "Builds that may be spent on shrinking a difference.") var rounds = 60

  func run() throws {
    let folder = NSTemporaryDirectory() + "hdl-fuzz-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let comparison: Comparison =
      switch other {
      case .verilator: .verilator(BuildCache(folder: folder))
      case .icarus: .icarus
      case .cxxrtl: .cxxrtl
      }
    try seeds.forEachBatch { randoms in
      let differences = try comparison.differences(randoms)
      for difference in differences {
        let shrunk =
          rounds > 0 ? Shrinker(comparison).shrunk(difference, rounds: rounds) : difference
        print("\(difference.random.origin) shrinks to \(shrunk)")
      }
      // What was built is not needed again.
      try? FileManager.default.removeItem(atPath: folder)
      return differences.count
    }
  }
}

struct LintRandom: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Show modules to linters, and report what they say.")

  @OptionGroup var seeds: Seeds

  func run() throws {
    try seeds.forEachBatch { randoms in
      var count = 0
      for random in randoms {
        let findings = try random.module.lint(at: random.configurations)
        for finding in findings { print("\(random.origin), \(finding)") }
        count += findings.isEmpty ? 0 : 1
      }
      return count
    }
  }
}

struct Print: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the Verilog of modules, and the parameter values that they are run at.")

  @Argument(help: "The seeds.") var seeds: [UInt64]

  func run() {
    for random in seeds.map({ RandomModule(seed: $0) }) {
      for configuration in random.configurations {
        let values = configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        print("// at \(values.isEmpty ? "the defaults" : values.joined(separator: " "))")
      }
      print(random.verilog)
    }
  }
}
