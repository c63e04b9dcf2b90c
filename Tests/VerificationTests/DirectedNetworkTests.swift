import Cosimulation
import Networks
import Testing

/// What real data hardly ever reaches, on the core.
@Suite struct DirectedNetworkTests {
  @Test(arguments: Rounding.allCases, [false, true])
  func rareNumbersAreExact(rounding: Rounding, isSigned: Bool) throws {
    let network = try DirectedNetwork(isSigned: isSigned, rounding: rounding)
    for (what, count) in network.occurrences where isSigned || what != "clamped low" {
      #expect(count > 0, "the images never reach: \(what)")
    }
    // ACC_WIDTH is the least that holds the extremes of 8-bit operands.
    var run = NetworkRun(
      network.model, images: 1,
      ["ROWS": 4, "COLS": 3, "LANES": 2, "ACT_SIGNED": 1, "ACC_WIDTH": isSigned ? 19 : 24])
    run.images = [network.images]
    let result = try run.verify()
    #expect(result.failure == nil, "\(result.failure!)")
    #expect(result.compared == 4 * network.images.count * 102)
  }

  /// A reduction of one step: tiles closer together than their drain takes.
  @Test func tilesOfOneStepWaitForTheDrain() throws {
    let network = try DirectedNetwork(isSigned: false)
    var run = NetworkRun(network.model, images: 1, ["ROWS": 4, "COLS": 3, "LANES": 1])
    run.images = [network.images]
    run.stallProbability = 0.4
    let result = try run.verify()
    #expect(result.failure == nil, "\(result.failure!)")
    #expect(result.layers[0].counted[.cycleStallDrain] > 0)
    #expect(result.layers[0].counted[.cycleStallResult] > 0)
    #expect(result.layers[0].counted[.cycleStallThreshold] > 0)
    #expect(result.layers[0].counted[.cycleStallOperand] > 0)
  }
}
