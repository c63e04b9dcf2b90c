import ArgumentParser
import Foundation
import Networks
import ONNX

/// `mimegen export`: a network as ONNX.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", _superCommandName: "mimegen",
    abstract: "Write a network as ONNX, so that a runtime runs what the machine runs.",
    discussion: """
      A graph is of one task, or of all with an input `task` that is the number of one. Its input is \
      `images`, as stored; its output `logits`, the head's sums. docs/onnx.md says which form is bit for \
      bit what. A network of real numbers is written in real numbers.
      """, version: Mimegen.configuration.version)

  @Argument(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "model.safetensors"))
  var model: String
  @Option(
    help: """
      integer: integer operators; qdq: QuantizeLinear and DequantizeLinear around real ones. (default: \
      integer, of a quantized network)
      """)
  var form: ONNXExport.Form?
  @Option(
    help: ArgumentHelp("The task. (default: the only one)", valueName: "name"))
  var task: String?
  @Flag(help: "Write a graph for each task: NAME.TASK.onnx for -o NAME.onnx.")
  var all = false
  @Flag(help: "Write one graph of all tasks, in integer operators.")
  var multiTask = false
  @Flag(help: "Give sums, masks and activations of each layer as outputs too.")
  var trace = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the graph here.", valueName: "file.onnx"))
  var output: String

  func run() throws {
    guard [all, multiTask, task != nil].filter(\.self).count <= 1 else {
      throw UsageError(
        "--task is one task's graph, --all one for each and --multi-task one of all: choose")
    }
    guard output.hasSuffix(".onnx") else {
      throw UsageError("-o is '\(output)'; its name ends in .onnx")
    }
    let file = try TensorFile(path: model)
    if FloatModel.isDescribed(in: file) {
      guard form == nil, !multiTask else {
        throw UsageError(
          "'\(self.model)' is a network of real numbers, which has no --form and no --multi-task")
      }
      let model = try FloatModel(file)
      try write(chosen(from: model.tasks)) { task throws(ONNXError) in
        try FloatExport(model, task: task, traces: trace).content()
      }
      if model.steps != nil {
        print(
          "Activations are real numbers in it: they are not rounded to the steps of '\(self.model)'."
        )
      }
      return
    }
    let model = try Model.load(self.model)
    let form = form ?? .integer
    if multiTask {
      try OutputFile.check([output])
      let content = try ONNXExport(ofAllTasks: model, traces: trace).content(form)
      try OutputFile.write(content, to: output)
      print("Wrote tasks \(model.tasks.joined(separator: ", ")) to \(output).")
      return
    }
    try write(chosen(from: model.tasks)) { task throws(ONNXError) in
      try ONNXExport(model, task: task, traces: trace).content(form)
    }
  }

  /// Writes a graph of each task, all or none.
  private func write(
    _ tasks: [(number: Int, name: String)], content: (Int) throws(ONNXError) -> Data
  ) throws {
    let paths = tasks.map { all ? output.dropLast(4) + "\($0.name).onnx" : output }
    try OutputFile.check(paths)
    var contents: [Data] = []
    for task in tasks { contents.append(try content(task.number)) }
    for (path, content) in zip(paths, contents) { try OutputFile.write(content, to: path) }
    for (task, path) in zip(tasks, paths) { print("Wrote task \(task.name) to \(path).") }
  }

  private func chosen(from tasks: [String]) throws -> [(number: Int, name: String)] {
    if all { return tasks.enumerated().map { ($0, $1) } }
    guard let name = task ?? (tasks.count == 1 ? tasks[0] : nil) else {
      throw UsageError(
        "the model has the tasks \(tasks.joined(separator: ", ")); choose one with --task, or --all"
      )
    }
    guard let task = tasks.firstIndex(of: name) else {
      throw UsageError("the model has no task '\(name)'; it has \(tasks.joined(separator: ", "))")
    }
    return [(task, name)]
  }
}

extension ONNXExport.Form: ExpressibleByArgument {}
