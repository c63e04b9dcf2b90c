import Testing

@testable import Reports

/// Ticks and their labels, computed by hand.
@Suite struct AxisTests {
  @Test(arguments: [
    (0.0, [0, 1.0]), (-3, [0, 1]), (.nan, [0, 1]), (.infinity, [0, 1]),
    (1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (6, [0, 1, 2, 3, 4, 5, 6]), (6.1, [0, 2, 4, 6, 8]),
    (97, [0, 20, 40, 60, 80, 100]), (1e15, [0, 2e14, 4e14, 6e14, 8e14, 1e15]),
    (0.003, [0, 0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003]),
  ]) func hasNiceTicks(largest: Double, ticks: [Double]) {
    let axis = LinearAxis(to: largest)
    #expect(axis.ticks.count == ticks.count)
    for (tick, expected) in zip(axis.ticks, ticks) {
      #expect(abs(tick - expected) <= 1e-12 * max(1, expected))
    }
    #expect(axis.end == axis.ticks.last)
  }

  @Test func labelsTicksWithAsManyDecimalsAsTheStep() {
    #expect(LinearAxis(to: 1).ticks.map(LinearAxis(to: 1).label).last == "1.0")
    let axis = LinearAxis(to: 0.003)
    #expect(axis.ticks.map(axis.label).prefix(3) == ["0.0000", "0.0005", "0.0010"])
    #expect(LinearAxis(to: 60_000).label(20_000) == "20\u{202F}000")
  }

  @Test func spansWholeDecades() {
    #expect(LogAxis([]).decades == 0...1)
    #expect(LogAxis([1]).decades == 0...1)
    #expect(LogAxis([100]).decades == 2...3)
    #expect(LogAxis([0.5, 1000]).decades == -1...3)
    let axis = LogAxis([1, 10_000])
    #expect(axis.position(1) == 0)
    #expect(axis.position(100) == 0.5)
    #expect(axis.position(10_000) == 1)
    #expect(LogAxis([1, 10]).ticks == [1, 2, 5, 10])
    #expect(LogAxis([0.01, 1e7]).ticks.map(LogAxis([0.01, 1e7]).label).last == "1e07")
  }
}
