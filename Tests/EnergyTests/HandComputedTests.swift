import Programs
import Testing

@testable import Energy

/// Energies beside sums that were done by hand, from the tables' own numbers.
@Suite struct HandComputedTests {
  /// A hidden, pooled layer with everything in it.
  static let layer = counts([
    "mac.active": [1000], "mac.gated": [500], "act.word": [300], "weight.word": [70],
    "threshold.beat": [10], "result.word": [40], "threshold.compare": [40], "requantize": [25],
    "result.beat": [20], "act.read": [90], "act.write": [8], "weight.beat": [60],
    "dram.weight": [5], "threshold.read": [12], "dram.threshold": [3], "channel.beat": [4],
    "dram.channel": [2], "dram.program": [1], "cycle.total": [77],
  ])

  @Test func eyeriss() throws {
    let model = try EnergyModel(.named("eyeriss"), on: smallShape())
    let report = try model.report(run([Self.layer]))
    // A multiply of 8x8 bits is 1/4 of 16x16.
    #expect(report.energy(of: .macMultiply) == "250")
    // 8 + 8 + 32 bits written, 32 read, words of 16.
    #expect(report.energy(of: .registerWrite) == "3000")
    #expect(report.energy(of: .registerRead) == "2000")
    // Past 3 columns and 2 rows, 2 for 16 bits.
    #expect(report.energy(of: .operandHop, "act.word") == "900")
    #expect(report.energy(of: .operandHop, "weight.word") == "140")
    // 5 tiles; in each 2 rows take their sums and 1 shifts, of 3 columns and 32 bits: 9 x 4.
    #expect(report.energy(of: .drainShift) == "180")
    #expect(report.energy(of: .laneAdd) == "80")
    #expect(report.energy(of: .laneCompare) == "80")
    // 32x16 bits from 16x16; a shift of 48 bits.
    #expect(report.energy(of: .laneMultiply) == "50")
    #expect(report.energy(of: .laneShift) == "75")
    // 20 words of results, 8 written: 12 compares of 3 channels of 8 bits.
    #expect(report.energy(of: .poolCompare) == "18")
    // A place is 2 words of 3 channels of 8 bits with a zero bit each: 54 bits, 6 for 16.
    #expect(report.energy(of: .activationRead) == "1822.5")
    #expect(report.energy(of: .activationWrite) == "81")
    #expect(report.energy(of: .weightRead) == "540")
    #expect(report.energy(of: .weightWrite) == "120")
    #expect(report.energy(of: .thresholdRead) == "432")
    #expect(report.energy(of: .thresholdWrite) == "72")
    // 3 x (32 + 16 + 6) bits.
    #expect(report.energy(of: .channelRead) == "243")
    #expect(report.energy(of: .channelWrite) == "48")
    // 5 + 3 + 2 + 1 beats of 64 bits, 200 for 16.
    #expect(report.energy(of: .dramRead) == "8800")
    #expect(report.value(report.total).decimal() == "18931.5")
    // 500 gated ones at 0.25 + 3 + 2.
    #expect(try report.energySavedByGating().decimal() == "2625")
    let ungated = try EnergyModel(.named("eyeriss"), on: smallShape(), gates: false)
      .report(run([Self.layer]))
    #expect(ungated.value(ungated.total).decimal() == "21556.5")
    #expect(try ungated.energySavedByGating().decimal() == "2625")
    #expect(try report.perImage()?.decimal() == "6310.5")
  }

  @Test func horowitz() throws {
    let table = try CostTable.named("horowitz-45nm")
    let report = try EnergyModel(table, on: smallShape()).report(run([Self.layer]))
    #expect(report.energy(of: .macMultiply) == "200")
    #expect(report.energy(of: .macAdd) == "100")
    // 0.85 for 16 bits.
    #expect(report.energy(of: .registerWrite) == "2550")
    // 3.1 for 32x32 bits, of which 32x16 are half.
    #expect(report.energy(of: .laneMultiply) == "38.75")
    // 54 bits of 64, at 10 for 8 KB.
    #expect(report.energy(of: .activationRead) == "759.375")
    #expect(report.energy(of: .dramRead) == "21450")
    let wide = try EnergyModel(
      table, on: smallShape(["ACT_WIDTH": 16, "WEIGHT_WIDTH": 16, "ACC_WIDTH": 48])
    ).report(run([Self.layer]))
    #expect(wide.energy(of: .macMultiply) == "800")
    #expect(wide.energy(of: .macAdd) == "150")
  }

  /// A multiplier of no bits is not there.
  @Test func shiftOnly() throws {
    let report = try EnergyModel(.named("eyeriss"), on: smallShape(["MULT_WIDTH": 0]))
      .report(run([Self.layer]))
    #expect(report.energy(of: .laneMultiply) == "0")
    #expect(report.energy(of: .laneShift) == "50")
  }

  @Test func infiniteBuffersHaveNoPrice() throws {
    var sizes = try smallShape().sizes
    sizes.weightBufferKB = nil
    let shape = try AcceleratorShape(modelled: sizes)
    let error = #expect(throws: EnergyError.self) {
      try EnergyModel(.named("eyeriss"), on: shape)
    }
    #expect(
      error?.description
        == "a buffer that holds everything has no price: take AcceleratorShape.priced()")
  }

  /// A head has no pool, whatever it writes.
  @Test func headsDoNotPool() throws {
    let head = counts(["result.beat": [20], "dram.write": [7], "result.word": [40]])
    let report = try EnergyModel(.named("eyeriss"), on: smallShape()).report(run([head]))
    #expect(report.energy(of: .poolCompare) == "0")
    #expect(report.energy(of: .activationRead) == "0")
    #expect(report.energy(of: .dramWrite) == "5600")
  }

  /// Loads fill a buffer and stores empty it; row by row the pool reads what it has written.
  @Test func transfersAndMerges() throws {
    let merged = counts([
      "threshold.compare": [40], "result.beat": [16], "act.write": [8], "act.merge": [4],
    ])
    let transfers = counts(["dram.activation": [6], "dram.write": [9], "dram.program": [2]])
    let report = try EnergyModel(.named("eyeriss"), on: smallShape())
      .report(run([merged], transfers: transfers))
    // 16 results, 8 written, 4 read again: 12 compares of 24 bits.
    #expect(report.energy(of: .poolCompare) == "18")
    #expect(report.energy(of: .activationRead, "act.merge") == "40.5")
    #expect(report.energy(of: .activationWrite, "load.beat") == "144")
    #expect(report.energy(of: .activationRead, "store.beat") == "216")
    #expect(report.energy(of: .dramRead) == "6400")
    #expect(report.energy(of: .dramWrite) == "7200")
    #expect(report.groups(by: report.layerName).map(\.name) == ["layer0", "transfers"])
  }

  /// Static shares go on with the cycles; those that wait for memory are apart.
  @Test func staticShares() throws {
    let text = CostTable.builtInTexts[0].text
      .replacing(
        "{value: 0, source: \"Chen, Emer, Sze, ISCA 2016, gives no",
        with: "{value: 0.5, source: \"no"
      )
      .replacing("{value: 0, source: &leak", with: "{value: 0.25, source: &leak")
      .replacing("{value: 0, source: *leak", with: "{value: 0.125, source: *leak")
    let table = try CostTable(parsing: text, from: "t.yaml")
    let layer = counts([
      "cycle.total": [100], "cycle.stall.hold": [7], "cycle.stall.result": [2],
      "cycle.stall.threshold": [1], "cycle.operation": [130],
    ])
    let report = try EnergyModel(table, on: smallShape()).report(run([layer]))
    // 90 cycles advance and 40 wait; 6 PEs.
    #expect(report.energy(of: .peClock, "cycle.advancing") == "270")
    #expect(report.energy(of: .peClock, "cycle.waiting") == "120")
    #expect(report.energy(of: .controlCycle) == "65")
    #expect(report.energy(of: .peLeakage, "cycle.advancing") == "135")
    // 2 x 8 + 128 + 16 KB.
    #expect(report.energy(of: .bufferLeakage, "cycle.advancing") == "1800")
    let gated = counts(["mac.gated": [10]])
    #expect(
      try EnergyModel(table, on: smallShape()).report(run([gated])).energy(of: .macGated) == "5")
  }
}
