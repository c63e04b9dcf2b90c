import Foundation
import Testing

@testable import Networks
@testable import Programs

/// SCALE-Sim's law, its files, and its figures beside the model's.
@Suite struct ScaleSimTests {
  private static let file = """
    {"schema": "mimegen-network/1", "name": "n", "source": "s",
     "tasks": [{"name": "a", "classes": 3}], "head": "flatten", "layers": [
      {"name": "c1", "kind": "conv", "cin": 2, "cout": 4, "size": [6, 8], "kernel": [3, 1],
       "stride": 2, "padding": [1, 0]},
      {"name": "f_2", "kind": "fc", "cin": 4, "size": [3, 4], "cout": 5}]}
    """

  /// 3x3 over a map of 4x4: 4 outputs and 5 filters are 1 and 2 folds, each 4 + 4 + 9 - 2 cycles.
  @Test func aLayerOfTwoFolds() throws {
    let layer = try LayerShape(
      "a", inputChannels: 1, outputChannels: 5, size: Extent(4), kernel: Extent(3))
    let law = FoldLaw(layer, rows: 4, columns: 4)
    #expect(law.rowFolds == 1 && law.columnFolds == 2 && law.steps == 9)
    #expect(law.cycles == 30)
    #expect(law.inputReads == 4 * 9 * 2 && law.filterReads == 5 * 9 && law.outputWrites == 20)
  }

  /// 3x2 with stride 2 over 7x6, padded to 9x6: 4x3 outputs of 18 products.
  @Test func aPaddedLayerWithPartialFolds() throws {
    let layer = try LayerShape(
      "a", inputChannels: 3, outputChannels: 10, size: Extent(7, 6), kernel: Extent(3, 2),
      stride: Extent(2), padding: Extent(1, 0))
    let law = FoldLaw(layer, rows: 5, columns: 3)
    #expect(law.rowFolds == 3 && law.columnFolds == 4 && law.steps == 18 && law.folds == 12)
    #expect(law.cycles == 288)
    #expect(law.inputReads == 864 && law.filterReads == 540 && law.outputWrites == 120)
  }

  /// Four groups of 2 channels and 2 filters: a fold for each.
  @Test func groupsShareNoFold() throws {
    let layer = try LayerShape(
      "a", inputChannels: 8, outputChannels: 8, size: Extent(2), kernel: Extent(1), groups: 4)
    let law = FoldLaw(layer, rows: 4, columns: 16)
    #expect(law.rowFolds == 1 && law.columnFolds == 4 && law.cycles == 4 * 20)
    #expect(law.inputReads == 32 && law.filterReads == 16 && law.outputWrites == 32)
  }

  /// Padding is written as map, and what no window reads is not.
  @Test func topologiesHoldWhatWindowsRead() throws {
    let network = try NetworkShape(json: Self.file.utf8)
    let topology = try network.scaleSimTopology()
    #expect(
      topology == """
        Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
        c1, 7, 7, 3, 1, 2, 4, 2,
        f_2, 3, 4, 3, 4, 4, 5, 1,
        head, 1, 1, 1, 1, 5, 3, 1,

        """)
    let read = try NetworkShape(scaleSimTopology: topology.utf8, name: "n")
    for (own, other) in zip(network.layersOfOneTask, read.layersOfOneTask) {
      #expect(own.output == other.output && own.reduction == other.reduction)
    }
  }

  static let refused: [(name: String, groups: Int, stride: Extent, sentence: String)] = [
    (
      "aDP", 1, Extent(1),
      "layer 'aDP' cannot be written for SCALE-Sim: its name must be of letters, digits and _, without DP"
    ),
    (
      "a,b", 1, Extent(1),
      "layer 'a,b' cannot be written for SCALE-Sim: its name must be of letters, digits and _, without DP"
    ),
    (
      "", 1, Extent(1),
      "layer '' cannot be written for SCALE-Sim: its name must be of letters, digits and _, without DP"
    ),
    (
      "a", 2, Extent(1),
      "layer 'a' cannot be written for SCALE-Sim: it has 2 groups; it must have 1"
    ),
    (
      "a", 1, Extent(1, 2),
      "layer 'a' cannot be written for SCALE-Sim: its strides are 1x2; they must be equal"
    ),
  ]

  @Test(arguments: refused) func whatSCALESimCannotTakeIsRefused(
    name: String, groups: Int, stride: Extent, sentence: String
  ) throws {
    let layer = try LayerShape(
      name, inputChannels: 2, outputChannels: 2, size: Extent(4), kernel: Extent(2),
      stride: stride, groups: groups)
    let network = NetworkShape(
      name: "n", source: "s", layers: [layer], tasks: [.init(name: "t", head: nil)], mode: .mime)
    let error = #expect(throws: NetworkError.self) { try network.scaleSimTopology() }
    #expect(error?.description == sentence)
  }

  /// What SCALE-Sim 3.0.0 reported of that network on 5x3; columns that are not read are left out.
  private static let compute = """
    LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %,
    0, 67195, 71, 0, 27.04225352112676,
    1, 67217, 107, 0, 14.953271028037383,
    2, 67119, 10, 0, 10.0,
    """
  private static let access = """
    LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Reads, SRAM Filter Reads, SRAM OFMAP Writes,
    0, 1.0, 144, 72, 96,
    1, 1.0, 96, 240, 21,
    2, 1.0, 5, 15, 11,
    """

  private static func comparison(_ compute: String, _ access: String) throws -> ScaleSimComparison {
    var sizes = AcceleratorSizes()
    (sizes.rows, sizes.columns) = (5, 3)
    let model = try ScaleSimModel(
      NetworkShape(json: file.utf8), on: AcceleratorShape(modelled: sizes))
    return try ScaleSimComparison(model, ScaleSimReport(compute: compute, access: access))
  }

  /// The equations hold, and would not if any figure of any layer were another.
  @Test func everyFigureIsExplained() throws {
    let comparison = try Self.comparison(Self.compute, Self.access)
    #expect(comparison.isExplained)
    #expect(comparison.tables.allSatisfy { $0.rows.map(\.layer) == ["c1", "f_2", "head"] })
    let figures = [
      ["71, 0,", "107, 0,", "10, 0,"], ["144, 72, 96,", "96, 240, 21,", "5, 15, 11,"],
    ]
    for (report, lines) in figures.enumerated() {
      for line in lines {
        let numbers = line.split(separator: ", ").map { Int($0.filter(\.isNumber))! }
        for place in numbers.indices {
          var changed = numbers
          changed[place] += 1
          let text = changed.map { "\($0)" }.joined(separator: ", ") + ","
          let broken =
            try report == 0
            ? Self.comparison(Self.compute.replacing(" \(line)", with: " \(text)"), Self.access)
            : Self.comparison(Self.compute, Self.access.replacing(" \(line)", with: " \(text)"))
          let wrong = broken.tables.flatMap(\.rows).filter { !$0.isExplained }
          #expect(wrong.count == 1, "\(line) as \(text)")
        }
      }
    }
  }

  static let brokenReports: [(from: String, to: String, sentence: String)] = [
    ("Stall Cycles", "Stalls", "COMPUTE_REPORT.csv has no column 'Stall Cycles'"),
    (
      "71, 0", "71.5, 0",
      "COMPUTE_REPORT.csv, line 2: 'Total Cycles' is missing or no whole number"
    ),
    (
      "10, 0, 10.0,", "", "COMPUTE_REPORT.csv, line 4: 'Total Cycles' is missing or no whole number"
    ),
    (
      "2, 67119, 10, 0, 10.0,", "",
      "COMPUTE_REPORT.csv has 2 layers and DETAILED_ACCESS_REPORT.csv 3; they must have as many"
    ),
    (compute, "", "COMPUTE_REPORT.csv is empty"),
  ]

  @Test(arguments: brokenReports) func brokenReportsAreRefused(
    from: String, to: String, sentence: String
  ) {
    let error = #expect(throws: ProgramFailure.self) {
      try Self.comparison(Self.compute.replacing(from, with: to), Self.access)
    }
    #expect(error?.description == sentence)
  }

  /// A layer whose tiles are one word each: every tile but the first waits for its rows to be read.
  @Test func theFirstLayerOfVGG16WaitsForItsRows() throws {
    var sizes = AcceleratorSizes()
    (sizes.rows, sizes.columns) = (32, 32)
    let model = try ScaleSimModel(
      NetworkShape.load("vgg16-32"), on: AcceleratorShape(modelled: sizes))
    let first = model.layers[0]
    #expect(first.law.cycles == 64 * (32 + 32 + 27 - 2))
    #expect(first.counts("cycle.stall.operand") == 63 * (33 - 27))
    #expect(first.counts("cycle.total") == 64 * 27 + 378 + 2 * 32 + 32 - 2 + 5)
    #expect(model.report.split(separator: "\n").count == 17)
  }
}
