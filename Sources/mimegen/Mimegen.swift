import ArgumentParser
import Machine

/// The command: generates by itself, and has subcommands for what follows.
struct Mimegen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mimegen",
    abstract: "Generates the Verilog of a multi-task MIME accelerator, and proves networks on it.",
    usage: """
      mimegen [generate] [--rows <n>] [--cols <n>] [<option> ...] --output <folder>
      mimegen <subcommand> [<option> ...]
      """,
    discussion: """
      Without a subcommand it generates: the options below are those of `mimegen generate`. The \
      same files serve every size, since all that the options set are the defaults of Verilog \
      parameters.

      Exit status: 0 all is well; 1 a difference, a hang or a failed assertion in the Verilog; \
      2 bad usage, input or environment.
      """,
    version: "mimegen \(Machine.version), interface \(Machine.configurationHashText)",
    subcommands: [
      Generate.self, ImportCommand.self, ExportCommand.self, Quantize.self, Evaluate.self,
      Infer.self, TraceCommand.self, Compile.self, Verify.self, Run.self, EnergyCommand.self,
      Costs.self, ReportCommand.self, ClaimsCommand.self, ExploreCommand.self, MeasureProfile.self,
      CrossValidate.self, ScaleSimInputs.self, ScaleSimCompare.self, Regress.self, Prove.self,
      Bench.self, BenchGolden.self,
    ])

  @OptionGroup var options: GenerateOptions

  func run() throws { try options.generate() }
}

/// `mimegen generate`: the default command under its name.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the Verilog of core and accelerator and what goes with it (default).")

  @OptionGroup var options: GenerateOptions

  func run() throws { try options.generate() }
}
