import Machine
import Programs
import Testing

@testable import Energy
@testable import Networks

/// Components sum to the total, layers to the network, tasks and what they share to the batch: exactly.
@Suite struct AdditivityTests {
  private static func random(_ generator: inout SeededGenerator) -> Counts {
    var named: [String: [Int]] = [:]
    for counter in Machine.acceleratorCounters {
      named[counter.name] = (0..<(counter.isPerTask ? 2 : 1)).map { _ in
        Int.random(in: 0..<1 << 40, using: &generator)
      }
    }
    // More results than words written, and cycles that contain their parts.
    named["result.beat"]![0] += 1 << 42
    named["cycle.total"]![0] += 1 << 42
    named["cycle.operation"]![0] += 1 << 44
    return counts(named)
  }

  @Test(arguments: ["eyeriss", "horowitz-45nm"], [UInt64(1), 2, 3])
  func everythingAddsUp(table: String, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let model = try EnergyModel(
      .named(table),
      on: smallShape(["ACT_BUFFER_KB": 100, "FEED_BANKS": 3, "MULT_WIDTH": 11, "ACC_WIDTH": 37]),
      gates: seed != 2)
    let first = run(
      (0..<4).map { _ in Self.random(&generator) }, transfers: Self.random(&generator))
    let report = try model.report(first)
    #expect(report.total > 0)
    for name in [report.layerName, report.taskName, { $0.component.rawValue }] {
      let groups = report.groups(by: name)
      #expect(groups.reduce(0) { $0 + $1.energy } == report.total)
      for (group, energy) in groups { #expect(energy == report.sum { name($0) == group }) }
    }
    #expect(
      report.sum { $0.task == nil } + report.sum { $0.task == 0 } + report.sum { $0.task == 1 }
        == report.total)
    for line in report.lines {
      let (charge, price) = report.price(line)
      #expect(
        try report.value(line.energy) == price.value * charge.times * Rational(line.count))
    }
    // Twice the batch is twice the energy, layer by layer.
    var twice = first
    for place in twice.layers.indices { twice.layers[place].counts += first.layers[place].counts }
    twice.transfers += first.transfers
    #expect(try model.report(twice).total == 2 * report.total)
    #expect(
      try model.report(twice).groups(by: report.layerName).map(\.energy)
        == report.groups(by: report.layerName).map { 2 * $0.energy })
  }

  /// Prices with many digits and counts that are large leave 128 bits: one sentence.
  @Test func saysWhereItOverflows() throws {
    let text = CostTable.builtInTexts[0].text
      .replacing("{bits: 16, value: 200,", with: "{bits: 999983, value: 123456789012345678,")
      .replacing("{bits: 16, value: 6,", with: "{bits: 1000003, value: 0.123456789012345678,")
    let table = try CostTable(parsing: text, from: "t.yaml")
    let layer = counts(["dram.weight": [1 << 47]])
    let error = #expect(throws: EnergyError.self) {
      try EnergyModel(table, on: smallShape()).report(run([layer]))
    }
    #expect(error?.description.hasPrefix("the energy needs more than 128 bits") == true)
  }
}
