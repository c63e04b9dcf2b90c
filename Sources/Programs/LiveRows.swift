import Networks

/// How many rows of a row tile read an activation of the map, and not padding, in the steps of a tap.
///
/// Of a layer with many row tiles a sample spread evenly is taken, whose weights sum to all.
struct LiveRows {
  /// Rows of one run of images in a tile.
  struct Share {
    let run: Int
    let rows: Int
    /// Those inside the map.
    let live: Int
  }

  /// Tiles and taps alike.
  struct Entry {
    /// How many (tile, tap) pairs.
    var weight: Double
    let first: Share
    let others: [Share]
  }

  /// Tiles with as many rows in use.
  struct Group {
    let rows: Int
    let tiles: Int
    var entries: [Entry] = []
  }

  /// Row tiles that are looked at.
  private static let sample = 96

  /// The tiles of all rows, and the last one where it has fewer.
  private(set) var groups: [Group]

  init(_ geometry: PassGeometry) {
    let full = geometry.tiles - (geometry.lastRows < geometry.shape.rows ? 1 : 0)
    groups = []
    let walk = Walk(geometry)
    if full > 0 {
      var group = Group(rows: geometry.shape.rows, tiles: full)
      let count = min(full, Self.sample)
      var pure = [Double](repeating: 0, count: geometry.runs.count * (group.rows + 1))
      for number in 0..<count {
        // Of each part of the tiles one, at a place that the golden ratio spreads.
        let (low, high) = (number * full / count, (number + 1) * full / count)
        let golden = Double(number) * 0.618_033_988_749_895
        let tile = low + Int(Double(high - low) * (golden - golden.rounded(.down)))
        walk.add(tile, weight: Double(high - low), to: &group, pure: &pure)
      }
      group.add(pure)
      groups.append(group)
    }
    if full < geometry.tiles {
      var group = Group(rows: geometry.lastRows, tiles: 1)
      var pure = [Double](repeating: 0, count: geometry.runs.count * (group.rows + 1))
      walk.add(full, weight: 1, to: &group, pure: &pure)
      group.add(pure)
      groups.append(group)
    }
  }
}

extension LiveRows.Group {
  /// Adds entries of one run, by run and live rows.
  fileprivate mutating func add(_ pure: [Double]) {
    for (index, weight) in pure.enumerated() where weight > 0 {
      let (run, live) = index.quotientAndRemainder(dividingBy: rows + 1)
      entries.append(
        .init(weight: weight, first: .init(run: run, rows: rows, live: live), others: []))
    }
  }
}

/// Counts live rows of tiles from sums over the slots before.
private struct Walk {
  /// Taps that lie inside the map at the same outputs.
  private struct TapClass {
    let taps: Int
    let rows: Range<Int>
    let columns: Range<Int>
  }

  private let classes: [TapClass]
  private let output: Extent
  private let isInWindows: Bool
  private let rows: Int
  /// The first slot of each run, and the end.
  private var starts = [0]

  init(_ geometry: PassGeometry) {
    let layer = geometry.layer
    func ranges(_ axis: ConvolutionAxis, _ kernel: Int) -> [Range<Int>: Int] {
      (0..<kernel).reduce(into: [:]) { $0[axis.outputs(insideAt: $1), default: 0] += 1 }
    }
    let columns = ranges(layer.horizontalAxis, layer.kernel.width)
    classes = ranges(layer.verticalAxis, layer.kernel.height).flatMap { rows, taps in
      columns.map { TapClass(taps: taps * $1, rows: rows, columns: $0) }
    }
    output = layer.output
    isInWindows = geometry.order == .windows
    rows = geometry.shape.rows
    for run in geometry.runs { starts.append(starts.last! + run.images * output.count) }
  }

  /// Adds row tile number `tile`: to `pure` where its rows are of one run.
  func add(_ tile: Int, weight: Double, to group: inout LiveRows.Group, pure: inout [Double]) {
    let slots = tile * rows..<min((tile + 1) * rows, starts.last!)
    var run = starts.lastIndex { $0 <= slots.lowerBound }!
    if slots.upperBound <= starts[run + 1] {
      for taps in classes {
        let live = live(slots, in: run, taps)
        pure[run * (group.rows + 1) + live] += weight * Double(taps.taps)
      }
      return
    }
    var parts: [(run: Int, slots: Range<Int>)] = []
    var first = slots.lowerBound
    while first < slots.upperBound {
      let end = min(slots.upperBound, starts[run + 1])
      parts.append((run, first..<end))
      first = end
      run += 1
    }
    for taps in classes {
      let shares = parts.map {
        LiveRows.Share(run: $0.run, rows: $0.slots.count, live: live($0.slots, in: $0.run, taps))
      }
      group.entries.append(
        .init(
          weight: weight * Double(taps.taps), first: shares[0], others: Array(shares.dropFirst())))
    }
  }

  private func live(_ slots: Range<Int>, in run: Int, _ taps: TapClass) -> Int {
    before(slots.upperBound - starts[run], taps) - before(slots.lowerBound - starts[run], taps)
  }

  /// Live rows among the first `slots` of a run.
  private func before(_ slots: Int, _ taps: TapClass) -> Int {
    let (images, rest) = slots.quotientAndRemainder(dividingBy: output.count)
    return images * taps.rows.count * taps.columns.count + beforeInImage(rest, taps)
  }

  private func beforeInImage(_ slots: Int, _ taps: TapClass) -> Int {
    func rows(_ end: Int) -> Int { min(max(end - taps.rows.lowerBound, 0), taps.rows.count) }
    func columns(_ end: Int) -> Int {
      min(max(end - taps.columns.lowerBound, 0), taps.columns.count)
    }
    func isLive(_ row: Int, _ column: Int) -> Int {
      taps.rows.contains(row) && taps.columns.contains(column) ? 1 : 0
    }
    let width = output.width
    let row = isInWindows ? slots / (2 * width) * 2 : slots / width
    let rest = slots - row * width
    let whole = rows(row) * taps.columns.count
    guard isInWindows, row + 1 < output.height else {
      return whole + (taps.rows.contains(row) ? columns(rest) : 0)
    }
    // Two rows of windows, the last one of them with one column where the width is odd.
    let (window, place) = rest.quotientAndRemainder(dividingBy: 4)
    let column = 2 * window
    var live = whole + (rows(row + 2) - rows(row)) * columns(column)
    if place > 0 { live += isLive(row, column) }
    if place > 1 { live += isLive(row, column + 1) }
    if place > 2 { live += isLive(row + 1, column) }
    return live
  }
}
