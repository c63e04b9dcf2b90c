import Foundation
import Testing

@testable import Networks
@testable import Programs

/// SCALE-Sim's law, its files, and its figures beside the model's.
@Suite struct ScaleSimTests {
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
    let file = """
      {"schema": "mimegen-network-1", "name": "n", "source": "s",
       "tasks": [{"name": "a", "classes": 3}], "head": "flatten", "layers": [
        {"name": "c1", "kind": "conv", "cin": 2, "cout": 4, "size": [6, 8], "kernel": [3, 1],
         "stride": 2, "padding": [1, 0]},
        {"name": "f_2", "kind": "fc", "cin": 4, "size": [3, 4], "cout": 5}]}
      """
    let network = try NetworkShape(json: file.utf8)
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
}
