import ArgumentParser
import Foundation
import Networks
import Programs

/// What SCALE-Sim and the model are given.
struct ScaleSimSubject: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A built-in network, such as vgg16-32, or a file of docs/model.md.", valueName: "network"))
  var network: String
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Rows of the array.", valueName: "n"),
    transform: wholeNumber)
  var rows = 32
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Columns of the array.", valueName: "n"),
    transform: wholeNumber)
  var cols = 32

  func shape() throws -> AcceleratorShape {
    var sizes = AcceleratorSizes()
    sizes.rows = rows
    sizes.columns = cols
    (sizes.actBufferKB, sizes.weightBufferKB, sizes.thresholdBufferKB) = (nil, nil, nil)
    return try AcceleratorShape(modelled: sizes)
  }
}

/// `mimegen scalesim-inputs`: a network as SCALE-Sim reads it.
struct ScaleSimInputs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scalesim-inputs",
    abstract: "Write a network for SCALE-Sim: topology.csv, layout.csv and scale.cfg.",
    discussion: """
      The array is output stationary, and its memories hold everything: nothing stalls.
      """)

  @OptionGroup var subject: ScaleSimSubject
  @Option(name: [.short, .long], help: ArgumentHelp("Write them here.", valueName: "folder"))
  var output: String

  func run() throws {
    let shape = try subject.shape()
    let topology = try NetworkShape.load(subject.network).scaleSimTopology()
    let header = topology.prefix { $0 != "\n" } + "\n"
    try OutputFolder(path: output).write([
      ("topology.csv", Data(topology.utf8)), ("layout.csv", Data(header.utf8)),
      ("scale.cfg", Data(Self.settings(shape).utf8)),
    ])
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
