import ArgumentParser
import Cosimulation

/// `mimegen profile`: the zeros of a network, for the statistical model.
struct MeasureProfile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measure a network's zeros with the golden model, and write them to a file.",
    discussion: """
      The file has the fractions of zero activations and masked results of each layer and task, and \
      for the array's rows the fractions of steps that are needed, as docs/model.md describes.
      """)

  @OptionGroup(title: "What is measured") var what: ScheduleOptions
  @OptionGroup(title: "Core parameters (by default what the model needs)") var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions
  @OptionGroup(title: "What the program does") var program: ProgramOptions
  @OptionGroup var folder: FolderOption

  func run() throws {
    let output = try folder.file(
      example: "mimegen profile --model m.safetensors --vectors v.safetensors -o profile.json")
    try OutputFile.check([output])
    var request = program.request(what.request(core.given.merging(accelerator.given) { $1 }))
    request.storesOutputs = false
    let plan = try AcceleratorPlan(request, countsOnly: true)
    let progress = Progress()
    let measurement = plan.measure { progress.show($0) }
    progress.clear()
    try OutputFile.write(try plan.profile(measurement).json(), to: output)
    print(
      "Wrote the zeros of \(plan.model.layers.count + 1) layers over "
        + "\(measurement.counts.images.reduce(0, +)) images, for \(plan.shape.rows) rows and words of "
        + "\(plan.shape.placeChannels) channels, to \(output).")
  }
}
