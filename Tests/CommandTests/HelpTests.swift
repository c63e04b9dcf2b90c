import Machine
import Testing

/// What `--help` and `--version` say.
@Suite struct HelpTests {
  /// An option, and what its help has to name besides.
  static let coreOptions: [(option: String, range: String, value: String)] = [
    ("ROWS", "1 to 1024", "16"), ("COLS", "1 to 1024", "16"), ("LANES", "1 to cols", "cols"),
    ("ACT_WIDTH", "2 to 24", "8"), ("ACT_SIGNED", "0 to 1", "0"), ("WEIGHT_WIDTH", "2 to 24", "8"),
    ("ACC_WIDTH", "act-width + weight-width + 1 to 64", "32"), ("MULT_WIDTH", "0 to 32", "16"),
    ("ROUNDING", "half-even, half-up, half-away, floor, toward-zero", "half-even"),
    ("TASK_WIDTH", "1 to 8", "3"), ("COUNT_EVENTS", "0 to 1", "1"),
    ("COUNT_WIDTH", "4 to 32", "16"), ("LANE_EXTRA", "0 to 8", "0"),
  ]

  /// Those of the accelerator beside the core's.
  static let acceleratorOptions: [(option: String, range: String, value: String)] = [
    ("FEED_BANKS", "1 to 8", "2"), ("AXI_DATA_WIDTH", "32, 64, 128, 256 or 512", "128"),
    ("AXI_ADDR_WIDTH", "32 to 64", "32"), ("READ_BURSTS", "1 to 64", "4"),
    ("ACT_BUFFER_KB", "1 to 16384", "128"), ("WEIGHT_BUFFER_KB", "1 to 16384", "128"),
    ("THRESHOLD_BUFFER_KB", "1 to 16384", "16"),
  ]

  /// The help of each option, by its name, without line ends.
  private static func options(of help: String) -> [String: String] {
    var result: [String: String] = [:]
    var option = ""
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.split(separator: " ")
      if line.hasPrefix("  -"), let name = words.first(where: { $0.hasPrefix("--") }) {
        option = String(name)
        result[option] = words.joined(separator: " ")
      } else if line.hasPrefix("      "), !option.isEmpty {
        result[option]! += " " + words.joined(separator: " ")
      } else {
        option = ""
      }
    }
    return result
  }

  private static func help(_ arguments: [String]) throws -> [String: String] {
    let outcome = try Program.run(arguments + ["--help"])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    return options(of: outcome.output)
  }

  @Test(arguments: [
    [], ["generate"], ["compile"], ["verify"], ["run"], ["energy"], ["report"], ["bench"],
  ])
  func explainsEveryCoreParameter(command: [String]) throws {
    #expect(Self.coreOptions.map(\.option) == Machine.top.parameters.map(\.name))
    let help = try Self.help(command)
    for (parameter, range, value) in Self.coreOptions {
      let option = "--" + parameter.lowercased().replacing("_", with: "-")
      let text = try #require(help[option], "\(option) is not in the help")
      #expect(text.contains("\(parameter): "))
      #expect(text.hasSuffix("; \(range). (default: \(value))"), "\(text)")
    }
  }

  @Test(arguments: [[], ["generate"], ["compile"], ["run"], ["energy"], ["report"]])
  func explainsEveryParameterOfTheAccelerator(command: [String]) throws {
    let core = Set(Machine.top.parameters.map(\.name))
    #expect(
      Self.acceleratorOptions.map(\.option)
        == Machine.accelerator.parameters.map(\.name).filter { !core.contains($0) })
    let help = try Self.help(command)
    for (parameter, range, value) in Self.acceleratorOptions {
      let option = "--" + parameter.lowercased().replacing("_", with: "-")
      let text = try #require(help[option], "\(option) is not in the help")
      #expect(text.contains("\(parameter): "))
      #expect(text.hasSuffix("; \(range). (default: \(value))"), "\(text)")
    }
  }

  @Test(arguments: [
    ("--model", "safetensors"), ("--vectors", "logits and traces"),
    ("--rtl", "(default: what mimegen writes)"), ("--tasks", "(default: all with images)"),
    ("--mode", "(values: singular, pipelined; default: pipelined)"),
    ("--images", "1 or more, or all. (default: 4)"),
    ("--batch-size", "1 or more. (default: the number of tasks)"), ("--batch", "from 0 on"),
    ("--stall-probability", "0 to 0.9. (default: 0.0)"), ("--seed", "0 to 2^64-1. (default: 1)"),
    ("--x-seed", "0 to 2^32-1. (default: 1)"), ("--cache", "(default: $MIMEGEN_CACHE"),
    ("--trace", "<file.vcd>"), ("--report", "<file.json>"), ("--events", "<file.json|csv>"),
    ("--energy", "<file.json>"),
  ]) func explainsTheOptionsOfVerify(option: String, part: String) throws {
    #expect(try Self.help(["verify"])[option]?.contains(part) == true)
  }

  @Test func explainsTheRoundsOfBench() throws {
    #expect(
      try Self.help(["bench"])["--rounds"] == "--rounds <n> Rounds; 1 or more. (default: 3)")
  }

  @Test func namesTheSubcommandsAndExitStatuses() throws {
    let help = try Program.run(["--help"]).output
    for name in [
      "generate", "compile", "verify", "run", "energy", "costs", "explore", "regress", "prove",
      "bench", "bench-golden", "quantize", "evaluate", "infer",
    ] {
      #expect(help.contains("\n  \(name) "))
    }
    #expect(help.contains("Exit status: 0 all is well; 1 a difference"))
  }

  @Test(arguments: [["--version"], ["verify", "--version"]])
  func saysItsVersion(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 0)
    #expect(
      outcome.output
        == "mimegen \(Machine.version), interface \(Machine.configurationHashText)\n")
  }
}
