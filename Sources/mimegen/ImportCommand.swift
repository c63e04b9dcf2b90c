import ArgumentParser
import Foundation
import Networks
import ONNX

/// `mimegen import`: a network out of ONNX files.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", _superCommandName: "mimegen",
    abstract: "Read a network from ONNX, in real numbers or quantized already.",
    usage: "mimegen import <model.onnx> | <task>=<model.onnx> ... [<option> ...] --output <file>",
    discussion: """
      Writes safetensors: a network of real numbers for `mimegen quantize`, or one of integers, bit for \
      bit what the graph computes. Several files are graphs of a task each; a graph with an integer \
      input is of as many tasks as it selects from. docs/onnx.md lists the operators.
      """)

  @Argument(help: ArgumentHelp("The graph, or one for each task.", valueName: "[task=]model.onnx"))
  var graphs: [String]
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the network here.", valueName: "file"))
  var output: String
  @Option(
    help: ArgumentHelp(
      "Names of the tasks that a graph selects from, with commas between. (default: task0, task1 ...)",
      valueName: "names"))
  var tasks: String?
  @Option(
    help: ArgumentHelp(
      """
      The real number that one step of a stored image is where the graph takes it. (default: 1/255, or 1 \
      where the graph itself scales images)
      """, valueName: "x"))
  var inputScale: Double?
  @Option(
    help: ArgumentHelp("The output that is the logits, where there are several.", valueName: "name")
  )
  var logits: String?
  @Flag(
    help: """
      Take the nearest multiplier where none comes to the same as a quantized graph's scales, and say of \
      how many sums the result differs.
      """)
  var approximate = false

  func validate() throws {
    guard !graphs.isEmpty else {
      throw ValidationError("name a file: mimegen import model.onnx -o model.safetensors")
    }
    if let inputScale, !(inputScale > 0 && inputScale.isFinite) {
      throw ValidationError("--input-scale is \(inputScale) and must be above 0")
    }
  }

  func run() throws {
    let sources = try sources()
    try OutputFile.check([output])
    let imported = try ONNXImport(
      sources,
      taskNames: tasks.map { list in
        list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      },
      options: ImportOptions(
        inputScale: inputScale, output: logits, approximates: approximate))
    for note in imported.notes { print("Note: \(note).") }
    switch imported.network {
    case .real(let model):
      try OutputFile.write(model.content(), to: output)
      report("real numbers", model.layers, model.tasks, model.mode)
    case .integer(let model):
      try OutputFile.write(model.content(), to: output)
      report(
        "integers, activations \(model.activation), accumulators of \(model.accumulatorWidth) bits",
        model.layers, model.tasks, model.mode)
    }
  }

  private func sources() throws -> [ONNXImport.Source] {
    let sources = graphs.map { argument -> ONNXImport.Source in
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // A path may have the sign too, behind a folder.
      guard parts.count == 2, !parts[0].contains("/") else { return .init(path: argument) }
      return .init(task: String(parts[0]), path: String(parts[1]))
    }
    guard sources.count == 1 || sources.allSatisfy({ $0.task != nil }) else {
      throw UsageError(
        "of several graphs each must be named by its task: fashion=a.onnx digits=b.onnx")
    }
    guard sources.count == 1 || tasks == nil else {
      throw UsageError("--tasks names the tasks of one graph; several are named as task=model.onnx")
    }
    return sources
  }

  private func report(
    _ numbers: String, _ layers: [Layer], _ tasks: [String], _ mode: Model.Mode
  ) {
    print(
      "Wrote a network of \(layers.count) hidden layers (\(numbers)) for \(tasks.count == 1 ? "task" : "tasks") "
        + "\(tasks.joined(separator: ", ")), \(mode == .mime ? "MIME" : "conventional"), to \(output)."
    )
  }
}
