import Cosimulation
import Golden
import Machine
import Networks
import Testing

/// Convolutions of other kernels, strides and paddings on the core.
@Suite struct GeometryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let layers: [Layer]
    /// Outputs of all hidden layers, by hand.
    let outputs: Int
  }

  static let cases = [
    Case(
      testDescription: "kernels 1 and 5, odd map pooled",
      layers: [
        .convolution(
          "conv1", inputChannels: 1, outputChannels: 3, size: 7, kernel: 5, isPooled: true),
        .convolution("conv2", inputChannels: 3, outputChannels: 4, size: 3, kernel: 1),
      ], outputs: 3 * 49 + 4 * 9),
    Case(
      testDescription: "kernel 7 of stride 2, as ResNet begins",
      layers: [
        .convolution(
          "conv1", inputChannels: 1, outputChannels: 2, size: 10, kernel: 7, stride: 2,
          isPooled: true),
        .convolution("conv2", inputChannels: 2, outputChannels: 3, size: 2, padding: 2),
        .convolution(
          "conv3", inputChannels: 3, outputChannels: 2, size: 4, kernel: 1, stride: 2),
      ], outputs: 2 * 25 + 3 * 16 + 2 * 4),
    Case(
      testDescription: "kernel 2, values unread, a map that grows",
      layers: [
        .convolution(
          "conv1", inputChannels: 2, outputChannels: 3, size: 5, kernel: 2, stride: 2, padding: 0),
        .convolution(
          "conv2", inputChannels: 3, outputChannels: 2, size: 2, kernel: 2, isPooled: true),
        .fullyConnected("fc1", inputs: 2, outputs: 3),
      ], outputs: 3 * 4 + 2 * 9 + 3),
    Case(
      testDescription: "padding up to the kernel",
      layers: [
        .convolution(
          "conv1", inputChannels: 1, outputChannels: 2, size: 6, kernel: 5, stride: 3, padding: 4)
      ], outputs: 2 * 16),
  ]

  @Test(arguments: cases, [false, true])
  func equalsTheGoldenModel(given: Case, isSigned: Bool) throws {
    let model = try SyntheticModel.make(
      seed: 3, layers: given.layers, activation: isSigned ? Format.s8 : Format.u8)
    // One build serves all.
    var run = NetworkRun(model, images: 2, ["ROWS": 3, "COLS": 2, "LANES": 1, "ACT_SIGNED": 1])
    for stalls in [0, 0.3] {
      run.stallProbability = stalls
      let result = try run.verify()
      #expect(result.failure == nil, "\(result.failure!)")
      #expect(result.compared == 4 * 4 * (given.outputs + 3))
    }
  }

  /// A difference has the row and the column of the output, not of the input: the bottom rows of
  /// the first tile leave first, and position 6, of the second from below, of a 5x5 map is (1, 1).
  @Test func aDifferenceIsNamedWhereItIs() throws {
    let model = try SyntheticModel.make(seed: 3, layers: Self.cases[1].layers, tasks: 1)
    var run = NetworkRun(model, images: 1, ["ROWS": 8, "COLS": 4, "LANES": 1])
    let fault = try #require(
      PlantedFault.all.first { $0.name == "rows after the first have another row's bias" })
    let files: [CoreFiles.File] = try #require(fault.files)
    run.verilog = files
    guard case .mismatch(let difference) = try run.verify().failure else {
      Issue.record("the fault is not found as a mismatch")
      return
    }
    let golden = try GoldenModel(model).infer(run.images[0][0], task: 0)
    #expect(difference.layer == "conv1" && difference.level == .accumulator)
    #expect([difference.channel, difference.row, difference.column] == [1, 1, 1])
    #expect(difference.expected == golden.layers[0].accumulators[25 + 6])
  }
}
