import ArgumentParser
import Foundation
import Networks
import ONNX

/// `mimegen export`: a quantized network as ONNX.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", _superCommandName: "mimegen",
    abstract: "Write a quantized network as ONNX, so that a runtime runs what the machine runs.",
    discussion: """
      A graph is of one task. Its input is `images`, as stored; its output `logits`, the head's sums. \
      docs/onnx.md says which form is bit for bit what.
      """)

  @Argument(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "model.safetensors"))
  var model: String
  @Option(
    help: "integer: integer operators; qdq: QuantizeLinear and DequantizeLinear around real ones.")
  var form = ONNXExport.Form.integer
  @Option(
    help: ArgumentHelp("The task. (default: the only one)", valueName: "name"))
  var task: String?
  @Flag(help: "Write a graph for each task: NAME.TASK.onnx for -o NAME.onnx.")
  var all = false
  @Flag(help: "Give sums, masks and activations of each layer as outputs too.")
  var trace = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the graph here.", valueName: "file.onnx"))
  var output: String

  func run() throws {
    guard !all || task == nil else { throw UsageError("--all writes every task; leave out --task") }
    guard output.hasSuffix(".onnx") else {
      throw UsageError("-o is '\(output)'; its name ends in .onnx")
    }
    let model = try Model.load(model)
    let files = try chosen(from: model).map { task in
      (task: task, path: all ? output.dropLast(4) + "\(model.tasks[task]).onnx" : output)
    }
    try OutputFile.check(files.map(\.path))
    var contents: [Data] = []
    for file in files {
      contents.append(
        try ONNXExport(model, task: file.task, traces: trace).content(form))
    }
    for (file, content) in zip(files, contents) { try OutputFile.write(content, to: file.path) }
    for file in files { print("Wrote task \(model.tasks[file.task]) to \(file.path).") }
  }

  private func chosen(from model: Model) throws -> [Int] {
    if all { return Array(model.tasks.indices) }
    guard let name = task ?? (model.tasks.count == 1 ? model.tasks[0] : nil) else {
      throw UsageError(
        "the model has the tasks \(model.tasks.joined(separator: ", ")); choose one with --task, or --all"
      )
    }
    guard let task = model.tasks.firstIndex(of: name) else {
      throw UsageError(
        "the model has no task '\(name)'; it has \(model.tasks.joined(separator: ", "))")
    }
    return [task]
  }
}

extension ONNXExport.Form: ExpressibleByArgument {}
