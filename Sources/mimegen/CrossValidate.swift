import ArgumentParser
import Cosimulation
import Foundation
import Networks
import Programs

/// `mimegen crossvalidate`: the statistical model against exact counts.
struct CrossValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crossvalidate",
    abstract: "Print the statistical model's error against exact counts, or the RTL's.",
    discussion: """
      The zeros are measured on the same images with the golden model, or taken from a profile. The \
      model gets of them the fractions of zeros alone (independent), with the mean of what rows have in \
      common (mean), or with its histogram.
      """)

  @OptionGroup(title: "What runs") var what: RunOptions
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @OptionGroup(title: "What the program does") var program: ProgramOptions
  @Option(
    help: ArgumentHelp(
      "Take the zeros of this profile. (default: measure them)", valueName: "file.json"))
  var profile: String?
  @Flag(help: "Run the verilated accelerator, and compare with its counters.")
  var rtlRun = false
  @Option(help: ArgumentHelp("Write every event of every layer here.", valueName: "file.json"))
  var report: String?

  func run() throws {
    try OutputFile.check([report].compactMap { $0 })
    var request = program.request(what.request(core.given.merging(accelerator.given) { $1 }))
    request.storesOutputs = false
    let plan = try AcceleratorPlan(request)
    let progress = Progress()
    defer { progress.clear() }
    let network = plan.networkShape
    let measurement = plan.measure { progress.show($0) }
    let sparsity =
      try profile.map { try SparsityProfile.load($0) }?.sparsity(of: network, on: plan.shape)
      ?? measurement.sparsity
    var reference = measurement.counts
    if rtlRun {
      let result = try AcceleratorVerification(plan) { progress.show($0) }.run()
      if let failure = result.failure {
        progress.clear()
        print("FAILED: \(failure)")
        throw ExitCode(Status.different.rawValue)
      }
      reference = result.rtl
      for layer in reference.layers.indices {
        reference.layers[layer].counts = reference.layers[layer].counts.withoutWaits
      }
    }
    progress.clear()
    let validation = try CrossValidation(
      network, sparsity, on: plan.shape, plan.workload, plan.statisticalOptions,
      reference: reference)
    let summary = CrossValidationSummary(plan, validation)
    print(summary.text)
    if let report { try OutputFile.write(try summary.json(), to: report) }
  }
}
