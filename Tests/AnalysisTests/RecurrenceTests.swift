import Networks
import Testing

@testable import Cosimulation
@testable import Programs

/// The recurrence of docs/accelerator.md, step by step as it is written there.
struct Recurrence {
  struct Tile {
    let rows: Int
    let words: [Int]
  }

  var first: Int?
  var last: Int?
  var steps = 0
  var drainStalls = 0

  init(_ tiles: [Tile], drain: Int) {
    var taken = 0
    var ends: [Int] = []
    var read = 0
    for (number, tile) in tiles.enumerated() {
      let ready = (number == 0 ? 0 : taken) + tile.rows + 1
      taken = max(ready, read)
      read = taken
      var arrivals: [Int] = []
      for count in tile.words {
        let set = ends.count < 2 ? 0 : ends[ends.count - 2]
        read = max(read + 1, taken + 1, set) + tile.rows - 1
        let there = max(read + 2, (ends.last ?? 0) + 1)
        var end = there
        for step in 0..<count {
          // The first step of a tile waits until the last of the tile before has been accepted.
          let next = there + step
          let own = arrivals.isEmpty ? max(next, last ?? 0) : max(next, arrivals.last! + 1)
          arrivals.append(own)
          end = own
        }
        ends.append(end)
      }
      if arrivals.isEmpty {
        arrivals = [max(ends.last!, last ?? 0)]
        ends[ends.count - 1] = arrivals[0]
      }
      // A step goes when the next one comes; the last one when the tile is known to be over.
      for next in arrivals.dropFirst() { accept(next) }
      let offered = max(arrivals.last!, ends.last!) + 1
      let accepted = max(offered, last.map { $0 + drain } ?? 0)
      drainStalls += accepted - offered
      accept(accepted)
      last = accepted
    }
  }

  private mutating func accept(_ cycle: Int) {
    steps += 1
    if first == nil { first = cycle }
  }

  var span: Int { last! - first! + 1 }
}

@Suite struct RecurrenceTests {
  /// Tiles of any steps: what is counted word by word is what goes step by step.
  @Test(arguments: 0..<200) func wordsAreTheirSteps(seed: UInt64) {
    var draw = Draw(seed: seed)
    let rows = draw.number(1...9)
    let words = draw.number(1...5)
    let most = draw.number(0...20)
    let tiles = (0..<draw.number(1...12)).map { _ in
      Recurrence.Tile(
        rows: draw.number(1...rows),
        words: (0..<words).map { _ in draw.number(0...most) })
    }
    let expected = Recurrence(tiles, drain: rows)
    var timeline = FeedTimeline(drainSlots: rows, firstRows: tiles[0].rows)
    for (number, tile) in tiles.enumerated() {
      timeline.issue(
        .init(rows: tile.rows, steps: tile.words),
        nextRows: number + 1 < tiles.count ? tiles[number + 1].rows : nil)
    }
    expect(timeline, expected, seed)
  }

  /// What repeats is not done again, and the times are the same.
  @Test(arguments: 0..<300) func repetitionsAreMultiplied(seed: UInt64) throws {
    var draw = Draw(seed: 1000 + seed)
    var sizes = AcceleratorSizes()
    sizes.rows = draw.number(1...20)
    sizes.columns = draw.number(1...6)
    sizes.banks = draw.number(1...3)
    let shape = try AcceleratorShape(modelled: sizes)
    let kernel = draw.number(1...4)
    let layer = try LayerShape(
      "layer", inputChannels: draw.number(1...40), outputChannels: draw.number(1...30),
      size: Extent(draw.number(4...9), draw.number(4...9)),
      kernel: Extent(kernel, draw.number(1...4)),
      stride: Extent(draw.number(1...2), draw.number(1...3)), padding: Extent(draw.number(0...1), 0)
    )
    let pass = PassGeometry(
      layer, on: shape, isFirst: draw.number(0...1) == 0, isHead: false, order: .rows,
      runs: [.init(task: 0, images: draw.number(1...9))], thresholdForm: nil, keepsResident: true)
    var words = [Int](repeating: shape.placeChannels, count: pass.tapPlaces)
    words[pass.tapPlaces - 1] = pass.lastChannels
    let all = (0..<pass.taps).flatMap { _ in words }
    let block = (0..<pass.tiles).map {
      Recurrence.Tile(rows: $0 == pass.tiles - 1 ? pass.lastRows : shape.rows, words: all)
    }
    let expected = Recurrence((0..<pass.blocks).flatMap { _ in block }, drain: shape.rows)
    let causes = pass.denseCauses()
    #expect(all.reduce(0, +) == pass.steps)
    #expect(causes.compute == expected.steps)
    #expect(causes.stallDrain == expected.drainStalls)
    #expect(causes.total - causes.drain == expected.span, "\(layer) on \(sizes.rows) rows")
  }

  private func expect(_ timeline: FeedTimeline, _ expected: Recurrence, _ seed: UInt64) {
    let shape = try! AcceleratorShape()
    let causes = timeline.causes(on: shape)
    #expect(causes.compute == expected.steps, "seed \(seed)")
    #expect(causes.stallDrain == expected.drainStalls, "seed \(seed)")
    #expect(causes.total - causes.drain == expected.span, "seed \(seed)")
  }
}

/// Tiles of one word, whose order gains cycles.
@Suite struct WordOrderTests {
  private static func tiles(_ words: [Int], rows: Int) -> Recurrence {
    Recurrence(words.map { Recurrence.Tile(rows: rows, words: [$0]) }, drain: rows)
  }

  /// Words in any order: the cycles are the words' own without the gains, but for start and end.
  @Test(arguments: 0..<60) func gainsAreTheRecurrences(seed: UInt64) {
    var draw = Draw(seed: seed)
    let (rows, most) = (draw.number(1...12), draw.number(0...40))
    var last = 0
    let words = (0..<500).map { _ in
      if draw.once(in: 3) { last = draw.number(0...most) }
      return draw.once(in: 2) ? last : 0
    }
    var order = WordOrder(rows: rows)
    let sum = words.reduce(0) { $0 + max(rows + 1, $1) - (order.gains(with: $1) ? 1 : 0) }
    #expect(abs(Self.tiles(words, rows: rows).span - sum) <= rows + most)
  }

  /// Independent words: the mean gain is that of a long sequence.
  @Test(arguments: 0..<20) func meanGainsAreThoseOfManyWords(seed: UInt64) {
    var draw = Draw(seed: seed)
    let rows = draw.number(1...8)
    let histogram = (0...rows + 5).map { _ in draw.number(0...9) } + [1]
    let all = histogram.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let words = (0..<200_000).map { _ in draw.one(of: all) }
    var order = WordOrder(rows: rows)
    let gains = words.count { order.gains(with: $0) }
    let mean = WordSteps.measured(histogram).gains(rows: rows)
    #expect(abs(Double(gains) / 200_000 - mean) < 0.005)
  }
}
