import Energy
import Mapping
import Networks
import Testing

@Suite struct EnergyTests {
  @Test func costsAreThoseOfEyeriss() {
    let table = CoreCostTable.eyeriss
    #expect(table.costs.map(\.cost) == [1, 1, 2, 6, 200])
    #expect(table.costs.map(\.component) == CoreComponent.allCases)
    #expect(table.costs.allSatisfy { $0.source.contains("ISCA 2016") })
  }

  /// Every count a different power of ten, so that a wrong charge shows as a wrong digit.
  @Test func handComputedEnergy() {
    var events = LayerEvents(layer: "l", taskCount: 2)
    for task in 0..<2 {
      events[.macActive, task: task] = 1
      events[.macGated, task: task] = 100
      events[.thresholdCompare, task: task] = 10_000
      events[.actWord, task: task] = 1_000_000
      events[.resultWord, task: task] = 100_000_000
    }
    events[.weightWord] = 3
    let report = CoreEnergyModel(storesThresholds: [false, true]).report(
      events: events, traffic: DRAMTraffic(taskCount: 2))
    // An active MAC: 1 + 4 registers + 2 moves of 2; a gated one: the moves.
    #expect(report.energy(ofTask: 0) == 9 + 400 + 6_000_000 + 600_000_000)
    #expect(report.energy(ofTask: 1) == 9 + 400 + 60_000 + 6_000_000 + 600_000_000)
    #expect(report.shared == 18)
    #expect(report.total == report.energy(ofTask: 0) + report.energy(ofTask: 1) + report.shared)
    #expect(report.energy(in: .mac) == 2)
    #expect(report.energy(in: .registerFile) == 8)
    #expect(report.energy(in: .interPE) == 808)
    #expect(report.energy(in: .buffer) == 1_212_060_018)
    #expect(report.energy(in: .dram) == 0)
  }

  /// A layer of 3x2x3x3 = 54 weights and 3x4x4 = 48 thresholds, for a batch of three tasks, the
  /// first without thresholds, and heads of 3, 5 and 2 classes on 48 inputs.
  struct Law: Sendable, CustomTestStringConvertible {
    let sharing: Sharing
    let weights: Int
    let thresholds: [Int]
    var testDescription: String { sharing.testDescription }
  }

  @Test(arguments: [
    Law(sharing: Sharing(mode: .mime, layer: 0), weights: 54, thresholds: [0, 48, 48]),
    Law(sharing: Sharing(mode: .mime, layer: 1), weights: 48 * 10, thresholds: [0, 0, 0]),
    Law(sharing: Sharing(mode: .conventional, layer: 0), weights: 3 * 54, thresholds: [0, 0, 0]),
  ])
  func wordsFromDRAMFollowTheLaw(_ law: Law) throws {
    let example = Example(
      layer: .convolution("l", inputChannels: 2, outputChannels: 3, size: 4))
    let model = try example.model(law.sharing.mode)
    let storesThresholds = model.tasks.indices.map(model.hasThresholds)
    let mapping = try LayerMapping(
      model: model, layer: law.sharing.layer, batch: Example.batch,
      array: ArrayShape(rows: 4, columns: 4))
    var traffic = DRAMTraffic(mapping, storesThresholds: storesThresholds)
    #expect(traffic.weights == law.weights)
    #expect(traffic.thresholds == law.thresholds)
    traffic += traffic
    let report = CoreEnergyModel(storesThresholds: storesThresholds).report(
      events: LayerEvents(layer: "l", taskCount: 3), traffic: traffic)
    #expect(report.shared == 2 * 200 * law.weights)
    #expect((0..<3).map(report.energy(ofTask:)) == law.thresholds.map { 2 * 200 * $0 })
    #expect(report.energy(in: .dram) == report.total)
  }

  /// A report's lines are count x multiplicity x cost, in the order of the charges.
  @Test func linesNameWhatIsCharged() {
    var events = LayerEvents(layer: "l", taskCount: 1)
    events[.macActive, task: 0] = 5
    let report = CoreEnergyModel(storesThresholds: [true]).report(
      events: events, traffic: DRAMTraffic(taskCount: 1))
    #expect(report.lines.map(\.charge) == CoreCharge.all)
    #expect(report.lines.prefix(3).map(\.energy) == [5, 20, 20])
    #expect(
      report.lines.map { "\($0.charge.quantity)" } == [
        "mac.active", "mac.active", "mac.active", "mac.gated", "act.word", "threshold.read",
        "result.word", "dram.threshold", "weight.word", "dram.weight",
      ])
    #expect(
      report.lines.map { $0.task == nil } == Array(repeating: false, count: 8) + [true, true])
  }
}
