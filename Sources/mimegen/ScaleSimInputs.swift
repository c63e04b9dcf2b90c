import ArgumentParser
import Foundation
import Networks
import Programs

/// The network that SCALE-Sim and the model are given.
struct ScaleSimNetwork: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A built-in network, such as vgg16-32, or a file as docs/model.md describes.",
      valueName: "network"))
  var network: String
}

/// `mimegen scalesim-inputs`: a network as SCALE-Sim reads it.
struct ScaleSimInputs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scalesim-inputs",
    abstract: "Write a network for SCALE-Sim: topology.csv, layout.csv and scale.cfg.",
    discussion: """
      The array is output stationary, and its memories hold everything: nothing stalls.
      """)

  @OptionGroup(title: "What runs") var subject: ScaleSimNetwork
  @OptionGroup var folder: FolderOption
  @OptionGroup(title: "Core parameters: SCALE-Sim takes the rows and columns")
  var core: CoreOptions
  @OptionGroup(title: "Accelerator parameters") var accelerator: AcceleratorOptions

  func run() throws {
    let output = try folder.path(
      example: "mimegen scalesim-inputs --network vgg16-32 --rows 32 --cols 32 -o scalesim")
    let shape = try AcceleratorShape(core.given.merging(accelerator.given) { $1 })
    let topology = try NetworkShape.load(subject.network).scaleSimTopology()
    let header = topology.prefix { $0 != "\n" } + "\n"
    try OutputFolder(path: output).write([
      ("topology.csv", Data(topology.utf8)), ("layout.csv", Data(header.utf8)),
      ("scale.cfg", Data(Self.settings(shape).utf8)),
    ])
    print("Wrote topology.csv, layout.csv and scale.cfg to \(output).")
  }

  /// SCALE-Sim's configuration; it must have every one of these.
  private static func settings(_ shape: AcceleratorShape) -> String {
    """
    [general]
    run_name = run
    [architecture_presets]
    ArrayHeight = \(shape.rows)
    ArrayWidth = \(shape.columns)
    IfmapSramSzkB = 65536
    FilterSramSzkB = 65536
    OfmapSramSzkB = 65536
    IfmapOffset = 0
    FilterOffset = 10000000
    OfmapOffset = 20000000
    Dataflow = os
    ReadRequestBuffer = 32
    WriteRequestBuffer = 32
    [layout]
    IfmapCustomLayout = False
    IfmapSRAMBankBandwidth = 10
    IfmapSRAMBankNum = 10
    IfmapSRAMBankPort = 2
    FilterCustomLayout = False
    FilterSRAMBankBandwidth = 10
    FilterSRAMBankNum = 10
    FilterSRAMBankPort = 2
    [sparsity]
    SparsitySupport = false
    [run_presets]
    InterfaceBandwidth = CALC
    UseRamulatorTrace = False

    """
  }
}
