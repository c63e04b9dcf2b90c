import Mapping
import Testing

@Suite struct TimelineTests {
  /// A cycle of a hand-computed trace: a letter for each bit that is 1, upper case for the driver's
  /// and lower case for the core's, and the cause of the cycle.
  typealias Row = (bits: String, cause: Timeline.Cause?)

  private static let letters: [(Character, PortSample)] = [
    ("A", .actValid), ("a", .actReady), ("W", .weightValid), ("w", .weightReady),
    ("C", .channelValid), ("c", .channelReady), ("T", .thresholdValid), ("t", .thresholdReady),
    ("r", .resultValid), ("R", .resultReady),
  ]

  private func check(_ rows: [Row], on array: ArrayShape, _ tiles: [Timeline.Tile]) throws {
    var timeline = Timeline(array: array, tiles: tiles)
    for (number, row) in rows.enumerated() {
      let sample = PortSample(
        Self.letters.filter { row.bits.contains($0.0) }.map(\.1))
      #expect(!timeline.isFinished, "cycle \(number)")
      let (outputs, cause) = try timeline.step(sample.subtracting(.outputs))
      #expect(outputs == sample.intersection(.outputs), "cycle \(number): \(row.bits)")
      #expect(cause == row.cause, "cycle \(number): \(row.bits)")
    }
    #expect(timeline.isFinished)
    #expect(timeline.causes.sum == timeline.causes.total)
  }

  /// One PE, one step: accepted at 0, at the lane at 0 + R + C = 2, offered 4 later.
  @Test func onePEOneStep() throws {
    try check(
      [
        ("ATCwR", nil), ("WTCaR", nil),
        ("AaWwTCR", .compute), ("TCR", .drain), ("TtCcR", .drain), ("R", .drain), ("R", .drain),
        ("R", .drain), ("rR", .drain),
      ], on: ArrayShape(rows: 1, columns: 1), [.init(steps: 1, liveRows: 1)])
  }

  /// Two rows, one of them dead in the second tile, and D = 2: the second tile's only step waits
  /// a cycle, and its dead row takes a threshold and gives no result.
  @Test func shortTilesWaitForTheDrain() throws {
    try check(
      [
        ("AaWwTCR", .compute), ("AWTCR", .stallDrain), ("AaWwTCR", .compute),
        ("TtCcR", .drain), ("TtCR", .drain), ("TtCcR", .drain), ("TtCR", .drain),
        ("rR", .drain), ("rR", .drain), ("R", .drain), ("rR", .drain),
      ], on: ArrayShape(rows: 2, columns: 1),
      [.init(steps: 1, liveRows: 2), .init(steps: 1, liveRows: 1)])
  }

  /// A missing weight, channel and threshold beat, then a result that is not taken.
  @Test func missingBeatsAreStalls() throws {
    try check(
      [
        ("AaWwR", .compute), ("AwR", .stallOperand), ("AaWwTCR", .compute), ("R", .drain),
        ("TcR", .stallThreshold), ("CtR", .stallThreshold), ("TtCcR", .drain), ("R", .drain),
        ("R", .drain), ("R", .drain), ("TCr", .stallResult), ("TCr", .stallResult), ("rR", .drain),
      ], on: ArrayShape(rows: 1, columns: 1), [.init(steps: 2, liveRows: 1)])
  }

  /// Tiles of one step on one PE follow each other, so that the fifth tile's slot comes with the
  /// first tile's result. While that waits the slot takes nothing; taken in a cycle in which the
  /// slot waits, it is not offered again.
  @Test func resultTakenInAFrozenCycleIsOfferedOnce() throws {
    try check(
      [
        ("AaWwTCR", .compute), ("AaWwTCR", .compute), ("AaWwTtCcR", .compute),
        ("AaWwTtCcR", .compute), ("AaWwTtCcR", .compute), ("TtCcR", .drain),
        ("TCr", .stallResult), ("CtrR", .stallThreshold), ("CtR", .stallThreshold),
        ("TtCcR", .drain), ("rR", .drain), ("r", .stallResult), ("rR", .drain), ("rR", .drain),
        ("rR", .drain),
      ], on: ArrayShape(rows: 1, columns: 1),
      Array(repeating: .init(steps: 1, liveRows: 1), count: 5))
  }

  /// Random tiles, among them tiles of one step and tiles shorter and longer than the drain.
  private func tiles(on array: ArrayShape, seed: UInt64) -> [Timeline.Tile] {
    var generator = Generator(state: seed)
    return (0..<Int.random(in: 1...12, using: &generator)).map { _ in
      Timeline.Tile(
        steps: Int.random(in: 1...array.drainSlots * 2 + 1, using: &generator),
        liveRows: Int.random(in: 1...array.rows, using: &generator))
    }
  }

  @Test(arguments: Shape.table) func cyclesFollowTheLawWithoutStalls(shape: Shape) throws {
    let array = try shape.array
    for seed in 0..<20 as Range<UInt64> {
      let tiles = tiles(on: array, seed: seed)
      var timeline = Timeline(array: array, tiles: tiles)
      var driver = StreamDriver(tiles: tiles, gaps: .init(), seed: seed)
      while !timeline.isFinished {
        let sample = driver.next()
        driver.observe(sample.union(try timeline.step(sample).outputs))
      }
      let law = CycleCauses.unstalled(on: array, runs: tiles.map { ($0.steps, 1) })
      #expect(timeline.causes == law, "seed \(seed)")
      let drain = shape.rows * array.groups
      let page =
        tiles.dropFirst().reduce(tiles[0].steps) { $0 + max($1.steps, drain) }
        + drain + shape.rows + shape.columns - 2 + 5
      #expect(timeline.causes.total == page, "seed \(seed)")
    }
  }

  private static let gaps = [
    StreamDriver.Gaps(operands: 0.3, drain: 0.3, results: 0.3),
    .init(operands: 0.9, drain: 0.1, results: 0.1), .init(operands: 0, drain: 0.8, results: 0.2),
    .init(operands: 0, drain: 0, results: 0.7),
  ]

  @Test(arguments: Shape.table) func handshakesAreThoseOfTheTokens(shape: Shape) throws {
    let array = try shape.array
    for (number, gaps) in Self.gaps.enumerated() {
      for seed in 0..<5 as Range<UInt64> {
        let tiles = tiles(on: array, seed: seed)
        var timeline = Timeline(array: array, tiles: tiles)
        var core = TokenCore(array: array, tiles: tiles)
        var driver = StreamDriver(tiles: tiles, gaps: gaps, seed: seed)
        while !core.isFinished {
          let sample = driver.next()
          let expected = core.step(sample)
          try #require(
            timeline.step(sample).outputs == expected,
            "gaps \(number), seed \(seed), cycle \(timeline.cycle)")
          driver.observe(sample.union(expected))
        }
        #expect(timeline.isFinished)
      }
    }
  }

  @Test(arguments: Shape.table) func stallsLoseNothing(shape: Shape) throws {
    let array = try shape.array
    for gaps in Self.gaps {
      for seed in 0..<5 as Range<UInt64> {
        let tiles = tiles(on: array, seed: seed)
        var timeline = Timeline(array: array, tiles: tiles)
        var driver = StreamDriver(tiles: tiles, gaps: gaps, seed: seed)
        while !timeline.isFinished {
          let sample = driver.next()
          driver.observe(sample.union(try timeline.step(sample).outputs))
        }
        let causes = timeline.causes
        let steps = tiles.reduce(0) { $0 + $1.steps }
        #expect(causes.sum == causes.total)
        #expect(causes.compute == steps)
        #expect(driver.accepted[.actValid] == steps)
        #expect(driver.accepted[.weightValid] == steps)
        #expect(driver.accepted[.channelValid] == tiles.count * array.groups)
        #expect(driver.accepted[.thresholdValid] == tiles.count * array.drainSlots)
        #expect(
          driver.accepted[.resultValid] == tiles.reduce(0) { $0 + $1.liveRows } * array.groups)
        // With operands at hand all stalls freeze the whole machine, and the rest is as without.
        if gaps.operands == 0 {
          var thawed = causes
          thawed.stallResult = 0
          thawed.stallThreshold = 0
          thawed.total = thawed.sum
          #expect(thawed == .unstalled(on: array, runs: tiles.map { ($0.steps, 1) }))
          #expect(causes.total > thawed.total)
        }
      }
    }
  }

  @Test func mappingGivesTheTilesOfTheLayer() throws {
    let model = try Example.table[1].model(.conventional)
    let mapping = try LayerMapping(
      model: model, layer: 0, batch: Example.batch, array: ArrayShape(rows: 4, columns: 3))
    // 2x9 slots, 2x9 and 9 are 5, 5 and 3 row tiles; five channels are two column blocks.
    let rows = [[4, 4, 4, 4, 2], [4, 4, 4, 4, 2], [4, 4, 1]].flatMap { $0 + $0 }
    #expect(
      Timeline.tiles(of: mapping) == rows.map { Timeline.Tile(steps: 18, liveRows: $0) })
  }
}
