import ArgumentParser
import Cosimulation
import Foundation
import HDL
import Mapping
import Programs

/// `mimegen compile`: a network and a batch as a program of the accelerator.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a network and a batch of images as a program for mime_accelerator.",
    discussion: """
      Writes image.bin, the accelerator's memory with numbers, images and descriptors, and \
      program.json, which says where things are and what the logits must be. Widths, signedness, \
      rounding and requantizer are the model's unless an option says otherwise; the accelerator has \
      to have the same parameters.
      """)

  @Option(
    help: ArgumentHelp(
      "The network: safetensors, as golden/README.md describes.", valueName: "file"))
  var model: String
  @Option(help: ArgumentHelp("The images.", valueName: "file"))
  var vectors: String
  @Option(
    help: ArgumentHelp(
      "Tasks to run, with commas between. (default: all with images)", valueName: "names"))
  var tasks: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of each task; 1 or more, or all.", valueName: "n"))
  var images = ImageCount.first(1)
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images in a batch; 1 or more. (default: all of them)", valueName: "n"),
    transform: wholeNumber)
  var batchSize: Int?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The batch to compile, from 0 on. (default: 0)", valueName: "n"),
    transform: wholeNumber)
  var batch: Int = 0
  @Option(help: "Leave out steps in which all rows of a tile are zero: on or off.")
  var skip = Switch.off
  @Flag(help: "Write the output of every hidden layer to memory too.")
  var storeOutputs = false
  @OptionGroup var folder: FolderOption

  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Further parameters of the accelerator") var accelerator: AcceleratorOptions

  func validate() throws {
    try core.checkForAccelerator()
  }

  func run() throws {
    let output = try folder.path(
      example: "mimegen compile --model m.safetensors --vectors v.safetensors -o program")
    let plan = try VerificationPlan(request)
    let batch = try chosen(from: plan)
    let shape = try shape(plan)
    let network = try NetworkImage(plan.model, on: shape)
    var options = Programs.Program.Options()
    options.skips = skip == .on
    options.storesOutputs = storeOutputs
    let inputs = batch.images.map { plan.vectors.tasks[$0.task].images[$0.image] }
    let program = try Programs.Program(network, batch: batch, inputs: inputs, options: options)
    let logits = zip(batch.images, inputs).map { plan.golden.infer($1, task: $0.task).logits }
    let description = ProgramDescription(program, logits: logits)
    try OutputFolder(path: output).write([
      (ProgramDescription.imageName, Data(program.memory.bytes)),
      (ProgramDescription.name, try description.json()),
    ])
    print(
      "Wrote \(ProgramDescription.imageName), \(grouped(program.memory.bytes.count)) bytes with "
        + "\(program.operations.count) operations for \(batch.images.count) images, and "
        + "\(ProgramDescription.name) to \(output).")
  }

  private var request: VerificationRequest {
    var request = VerificationRequest(model: model, vectors: vectors)
    request.parameters = core.given
    request.tasks =
      tasks?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
    request.images = images
    request.batchSize = batchSize
    return request
  }

  /// The batch that is asked for; without a size all images are one.
  private func chosen(from plan: VerificationPlan) throws -> Batch {
    let batches =
      batchSize == nil
      ? [Batch(images: plan.batches.flatMap(\.batch.images))] : plan.batches.map(\.batch)
    guard batches.indices.contains(batch) else {
      throw UsageError("there is no batch \(batch): they go from 0 to \(batches.count - 1)")
    }
    return batches[batch]
  }

  /// The accelerator: what the model needs, and what is given.
  private func shape(_ plan: VerificationPlan) throws -> AcceleratorShape {
    var values = accelerator.given
    for (name, value) in plan.parameters.verilogParameters where name != "LANES" {
      values[name] = value
    }
    return try inOneSentence { try AcceleratorShape(values) }
  }
}
