import Cosimulation

/// A tile of random operands, and what the core must make of it by plain arithmetic.
struct DirectedTile {
  let steps, rows, columns: Int
  let activations, weights: [Int32]
  let thresholds, bias: [Int64]
  let multipliers: [UInt32]
  let shifts: [UInt8]
  let tasks: [Int]

  init(
    steps: Int, rows: Int, columns: Int, isSigned: Bool, _ parameters: CoreParameters,
    _ random: inout SplitMix
  ) {
    (self.steps, self.rows, self.columns) = (steps, rows, columns)
    let most = Int32(1) << Int32(parameters.actWidth - (isSigned ? 1 : 0)) - 1
    let weight = Int32(1) << Int32(parameters.weightWidth - 1) - 1
    activations = (0..<steps * rows).map { _ in
      Bool.random(using: &random) ? 0 : .random(in: (isSigned ? -most : 0)...most, using: &random)
    }
    weights = (0..<steps * columns).map { _ in .random(in: -weight...weight, using: &random) }
    let scale = Int64(most) * Int64(weight)
    thresholds = (0..<rows * columns).map { _ in .random(in: -scale...scale, using: &random) }
    bias = (0..<columns).map { _ in .random(in: -scale...scale, using: &random) }
    let bits = min(parameters.multWidth, parameters.actWidth)
    multipliers = (0..<columns).map { _ in .random(in: 1..<1 << UInt32(bits), using: &random) }
    shifts = (0..<columns).map { _ in
      .random(in: 0...UInt8(parameters.weightWidth + bits), using: &random)
    }
    let taskCount = 1 << parameters.taskWidth
    tasks = (0..<rows).map { _ in .random(in: 0..<taskCount, using: &random) }
  }
}

/// A layer of tiles for the core: its beats, and its results by plain arithmetic.
struct DirectedLayer {
  let parameters: CoreParameters
  let isSigned, isRaw: Bool
  let clamp: ClosedRange<Int>
  let tiles: [DirectedTile]

  /// One lane of one result beat.
  struct Result: Equatable {
    let accumulator: Int64
    let mask: Bool
    let activation: Int32
    let task: Int
  }

  /// The blocks of a tile, one for each input stream.
  func blocks(ofTile index: Int) -> [BeatBlock] {
    let packer = BeatPacker(parameters)
    let tile = tiles[index]
    return [
      tile.activations.withUnsafeBufferPointer {
        packer.activations($0, rows: tile.rows, isFinal: index == tiles.count - 1)
      },
      tile.weights.withUnsafeBufferPointer { packer.weights($0, columns: tile.columns) },
      packer.channels(
        bias: tile.bias[...], multipliers: tile.multipliers[...], shifts: tile.shifts[...]),
      tile.thresholds.withUnsafeBufferPointer {
        packer.thresholds($0, columns: tile.columns, tasks: tile.tasks)
      },
    ]
  }

  /// The results of live lanes, in the order of docs/core.md.
  var expected: [Result] {
    tiles.flatMap { tile in
      (0..<tile.rows).reversed().flatMap { row in
        (0..<parameters.groups).flatMap { group in
          (0..<parameters.lanes).map { $0 * parameters.groups + group }
            .filter { $0 < tile.columns }.map { result(tile, row, $0) }
        }
      }
    }
  }

  private func result(_ tile: DirectedTile, _ row: Int, _ column: Int) -> Result {
    var y = tile.bias[column]
    for step in 0..<tile.steps {
      y +=
        Int64(tile.activations[step * tile.rows + row])
        * Int64(tile.weights[step * tile.columns + column])
    }
    let mask = isRaw || y >= tile.thresholds[row * tile.columns + column]
    let product = y * Int64(tile.multipliers[column])
    let scaled = dividedHalfEven(product, Int64(1) << Int64(tile.shifts[column]))
    let activation = mask && !isRaw ? min(max(Int(scaled), clamp.lowerBound), clamp.upperBound) : 0
    return Result(
      accumulator: y, mask: mask, activation: Int32(activation), task: tile.tasks[row])
  }

  /// The nearest integer to the quotient, the even one of two.
  private func dividedHalfEven(_ value: Int64, _ divisor: Int64) -> Int64 {
    var (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    if remainder < 0 { (quotient, remainder) = (quotient - 1, remainder + divisor) }
    let twice = remainder * 2
    return twice > divisor || (twice == divisor && quotient % 2 != 0) ? quotient + 1 : quotient
  }

  /// The law of docs/core.md: cycles from the first accepted operand to the last accepted result.
  var cycles: Int {
    tiles.dropFirst().reduce(tiles[0].steps) { $0 + max($1.steps, parameters.drainSlots) }
      + parameters.drainSlots + parameters.rows + parameters.columns - 2 + 5
  }

  /// What `core` makes of it, as live lanes of the result beats.
  ///
  /// - Parameter tilesAtOnce: how many tiles to push before the core runs again.
  func run(on core: SimulatedCore, tilesAtOnce: Int) throws -> [Result] {
    core.setLayer(isSigned: isSigned, isRaw: isRaw, clamp: clamp)
    var results: [Result] = []
    for first in stride(from: 0, to: tiles.count, by: tilesAtOnce) {
      let end = min(first + tilesAtOnce, tiles.count)
      for block in (first..<end).flatMap(blocks(ofTile:)) { core.push(block) }
      let open: Set<CoreStream> = end == tiles.count ? [] : Set(CoreStream.inputs)
      _ = try core.run(open: open, limit: core.cycle + 100_000)
      let batch = core.takeResults(hasSignedActivations: clamp.lowerBound < 0)
      for i in 0..<batch.count * batch.lanes where batch.live[i] {
        results.append(
          Result(
            accumulator: batch.accumulators[i], mask: batch.masks[i],
            activation: batch.activations[i], task: batch.tasks[i / batch.lanes]))
      }
    }
    return results
  }
}
