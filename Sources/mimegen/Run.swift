import ArgumentParser
import Cosimulation
import Energy
import Foundation
import Machine
import Programs

/// `mimegen run`: a network on the whole accelerator, against the golden model.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a network on the whole accelerator and compare all that it leaves in memory.",
    discussion: """
      The accelerator is driven through its buses alone: a program, the network's numbers and the \
      images in a memory behind AXI4, registers over AXI4-Lite. Every layer's output, the logits and \
      all event counters are compared with the golden model and the exact model.
      """)

  @OptionGroup(title: "What runs") var what: RunOptions
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions

  @OptionGroup(title: "How it runs") var program: ProgramOptions

  @Option(help: "Store every layer's output in memory, and compare it: on or off.")
  var storeOutputs = Switch.on
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Cycles from a read's request to its first beat; 1 to 10000.", valueName: "n"),
    transform: wholeNumber)
  var latency = 1
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Bytes that the memory moves in a cycle; 1 or more. (default: what the bus can carry)",
      valueName: "n"), transform: wholeNumber)
  var bandwidth: Int?
  @Option(
    help: ArgumentHelp("Write what ran and every count here.", valueName: "file.json"))
  var report: String?
  @Option(
    help: ArgumentHelp(
      "Price the counts by this cost table: a built-in one or a file.", valueName: "name|file"))
  var costs: String?
  @Flag(help: "Print one line where all is equal.")
  var brief = false

  func validate() throws {
    guard 1...10_000 ~= latency else {
      throw ValidationError("--latency is \(latency) and must be 1 to 10000")
    }
    if let bandwidth, bandwidth < 1 {
      throw ValidationError("--bandwidth is \(bandwidth) and must be at least 1")
    }
  }

  func run() throws {
    try OutputFile.check([report].compactMap { $0 })
    let table = try costs.map { try CostTable.named($0) }
    let plan = try AcceleratorPlan(request)
    let progress = Progress()
    let verification = try AcceleratorVerification(plan) { progress.show($0) }
    if let mismatch = verification.checkGolden()?.mismatch {
      progress.clear()
      print("The golden model differs from \(what.schedule.vectors): \(mismatch)")
      throw ExitCode(Status.different.rawValue)
    }
    let result = try verification.run()
    progress.clear()
    let summary = AcceleratorSummary(plan, result)
    let energy = try table.map { try MeasuredEnergy(plan, result, $0) }
    print(brief && result.failure == nil ? summary.line : summary.text)
    if let energy { print("\n" + energy.text) }
    if let report {
      try OutputFile.write(AcceleratorReport(plan, result, energy).json(), to: report)
    }
    if let failure = result.failure {
      print("\nFAILED: \(failure)")
      print("To repeat: \(repeating(result.failedBatch!))")
      throw ExitCode(Status.different.rawValue)
    }
    if energy?.isEqual == false { throw ExitCode(Status.different.rawValue) }
  }

  private var request: AcceleratorRequest {
    var request = AcceleratorRequest(
      what.request(core.given.merging(accelerator.given) { $1 }))
    request.storesOutputs = storeOutputs == .on
    program.apply(to: &request)
    request.timing = MemoryTiming(
      readLatency: latency, writeLatency: latency,
      bandwidth: bandwidth.map { .init(bytes: $0) })
    return request
  }

  /// The command that runs the failing batch alone.
  private func repeating(_ batch: Int) -> String {
    (commandWords(without: ["--batch", "--report"]) + ["--batch", "\(batch)"])
      .map(shellQuoted).joined(separator: " ")
  }
}

/// How a network runs on the accelerator.
struct ProgramOptions: ParsableArguments {
  @Option(help: "Leave out steps in which all rows of a tile are zero: on or off.")
  var skip = Switch.off
  @OptionGroup var layout: LayoutOptions
  @Flag(
    help: """
      Run a MIME network's parent with a copy of the weights for each task and without thresholds: \
      for traffic and cycles only.
      """)
  var asConventional = false

  func apply(to request: inout AcceleratorRequest) {
    layout.apply(to: &request)
    request.skips = skip == .on
    request.runsAsConventional = asConventional
  }
}

/// How a network is laid out on the accelerator.
struct LayoutOptions: ParsableArguments {
  @Option(
    help: """
      Slots of pooled layers: windows, rows, or for each layer the one that takes fewer cycles on the \
      first batch, best.
      """)
  var order = Mapper.Choice.windows
  @Option(help: "Thresholds in 16 or 8 bits where that changes none of them: on or off.")
  var packThresholds = Switch.off
  @Option(help: "Keep weights and thresholds in their buffers where they fit: on or off.")
  var resident = Switch.on

  func apply(to request: inout AcceleratorRequest) {
    request.order = order
    request.packsThresholds = packThresholds == .on
    request.keepsResident = resident == .on
  }
}

extension Mapper.Choice: ExpressibleByArgument {}

/// On or off, as an option's value.
enum Switch: String, ExpressibleByArgument, CaseIterable {
  case on, off
}

/// The words of this command without some options and their values.
func commandWords(without options: [String]) -> [String] {
  var words = Array(CommandLine.arguments)
  for option in options {
    while let index = words.firstIndex(where: { $0 == option || $0.hasPrefix(option + "=") }) {
      words.removeSubrange(
        index...min(words[index] == option ? index + 1 : index, words.count - 1))
    }
  }
  return words
}

/// What a run of the accelerator prints.
struct AcceleratorSummary {
  private let plan: AcceleratorPlan
  private let result: AcceleratorResult

  init(_ plan: AcceleratorPlan, _ result: AcceleratorResult) {
    self.plan = plan
    self.result = result
  }

  var text: String {
    [heading, layerTable, memoryTable, taskTable, verdict].joined(separator: "\n\n")
  }

  private var kind: String {
    let mode = plan.model.mode == .mime ? "MIME" : "conventional"
    return plan.request.runsAsConventional ? "\(mode) (traffic and cycles only)" : mode
  }

  /// One line for a run in which all is equal.
  var line: String {
    let images = result.tasks.reduce(0) { $0 + $1.outcome.images }
    return "\(URL(fileURLWithPath: plan.request.run.model).lastPathComponent) on the accelerator "
      + "\(plan.shape.rows)x\(plan.shape.columns), \(kind), \(plan.request.run.mode.rawValue)"
      + "\(plan.request.skips ? ", skip" : ""): \(images) images, \(grouped(result.compared)) "
      + "numbers, \(grouped(Int(result.cycles))) cycles"
      + "\(plan.request.run.stallProbability > 0 ? " with stalls" : ""): all equal"
  }

  private var heading: String {
    let s = plan.shape
    return """
      mime_accelerator \(s.rows)x\(s.columns), \(s.banks) banks, \(s.busWidth)-bit bus, \
      \(s.actWidth)/\(s.weightWidth)/\(s.accWidth) bits; \(kind), \(plan.request.run.mode.rawValue) \
      tasks, \(plan.batches.count) batches, skip \(plan.request.skips ? "on" : "off")
      """
  }

  private var layerTable: String {
    var table = Table(header: [
      "layer", "MACs", "gated", "skipped", "cycles", "waits", "utilization", "weight KB", "events",
    ])
    let places = plan.shape.rows * plan.shape.columns
    func row(_ name: String, _ counts: Counts, _ isEqual: Bool) -> [String] {
      let macs = ["mac.active", "mac.gated", "mac.skipped"].reduce(0) { $0 + counts.total($1) }
      let cycles = counts.total("cycle.total")
      let waits = Counts.ofMemory.dropLast().reduce(0) { $0 + counts.total($1) }
      return [
        name, grouped(macs), percent(counts.total("mac.gated"), of: macs),
        percent(counts.total("mac.skipped"), of: macs), grouped(cycles), grouped(waits),
        percent(macs, of: cycles * places), kilobytes(counts.total("dram.weight")),
        isEqual ? "equal" : "DIFFER",
      ]
    }
    var sum = Counts(tasks: plan.shape.runs)
    for layer in result.layers {
      table.rows.append(
        row(
          layer.name, layer.counted,
          layer.counted.differences(fromExact: layer.exact, tasks: plan.model.tasks).isEmpty))
      sum += layer.counted
    }
    table.footer = [row("all", sum, result.failure == nil)]
    return table.text
  }

  private func kilobytes(_ beats: Int) -> String {
    String(format: "%.1f", Double(beats * plan.shape.busWidth / 8) / 1024)
  }

  private var memoryTable: String {
    var table = Table(header: ["memory", "beats", "KB"])
    let counted = result.rtl.total
    for name in [
      "dram.weight", "dram.threshold", "dram.channel", "dram.activation", "dram.program",
      "dram.write",
    ] {
      let beats = counted.total(name)
      table.rows.append([name, grouped(beats), kilobytes(beats)])
    }
    return table.text
  }

  private var taskTable: String {
    var table = Table(header: ["task", "images", "accuracy"])
    for (_, task) in result.tasks {
      table.rows.append([
        task.name, "\(task.images)",
        plan.request.runsAsConventional
          ? "-" : task.correct.map { percent($0, of: task.images) } ?? "-",
      ])
    }
    return table.text
  }

  private var verdict: String {
    guard result.failure == nil else { return "Stopped at the first operation with a difference." }
    let rate = result.seconds > 0 ? Double(result.cycles) / result.seconds / 1000 : 0
    let outputs = plan.request.storesOutputs ? ", every layer's output among them" : ""
    return "All equal: \(grouped(result.compared)) numbers\(outputs); "
      + "\(grouped(Int(result.cycles))) cycles from start to interrupt, simulated at "
      + "\(Int(rate)) kHz"
  }
}
