/// Packs the operands of a tile into beats for the streams of a core.
///
/// A tile has `rows` live rows 0..<rows and `columns` live columns 0..<columns; the rest of the
/// array is packed as zero and marked dead.
public struct BeatPacker: Sendable {
  let parameters: CoreParameters
  private let activationLayout, weightLayout, channelLayout, thresholdLayout: BeatLayout
  private let activation, weight, accumulator, multiplier, shift: BitPacker

  public init(_ parameters: CoreParameters) {
    self.parameters = parameters
    activationLayout = BeatLayout(.activation, of: parameters)
    weightLayout = BeatLayout(.weight, of: parameters)
    channelLayout = BeatLayout(.channel, of: parameters)
    thresholdLayout = BeatLayout(.threshold, of: parameters)
    activation = BitPacker(width: parameters.actWidth)
    weight = BitPacker(width: parameters.weightWidth)
    accumulator = BitPacker(width: parameters.accWidth)
    multiplier = BitPacker(width: max(parameters.multWidth, 1))
    shift = BitPacker(width: 6)
  }

  /// A beat per reduction step.
  ///
  /// - Parameters:
  ///   - values: `[step][row]`, `rows` of them per step, at least one step.
  ///   - isFinal: whether it is the layer's last tile.
  public func activations(
    _ values: UnsafeBufferPointer<Int32>, rows: Int, isFinal: Bool
  ) -> BeatBlock {
    let layout = activationLayout
    let steps = checkedSteps(values.count, of: rows, most: parameters.rows)
    return BeatBlock(.activation, count: steps, wordsPerBeat: layout.words) { words in
      for step in 0..<steps {
        let beat = Beat(words, step, layout)
        let row = UnsafeBufferPointer(rebasing: values[step * rows..<step * rows + rows])
        activation.pack(row, into: beat.port(0))
        BitPacker.packNonzero(row, into: beat.port(1))
        BitPacker.packOnes(rows, into: beat.port(2))
        beat.setBit(3, step == 0)
        beat.setBit(4, step == steps - 1)
        beat.setBit(5, isFinal && step == steps - 1)
      }
    }
  }

  /// A beat per reduction step.
  ///
  /// - Parameter values: `[step][column]`, `columns` of them per step, at least one step.
  public func weights(_ values: UnsafeBufferPointer<Int32>, columns: Int) -> BeatBlock {
    let layout = weightLayout
    let steps = checkedSteps(values.count, of: columns, most: parameters.columns)
    return BeatBlock(.weight, count: steps, wordsPerBeat: layout.words) { words in
      for step in 0..<steps {
        let beat = Beat(words, step, layout)
        let row = values[step * columns..<step * columns + columns]
        weight.pack(UnsafeBufferPointer(rebasing: row), into: beat.port(0))
        BitPacker.packOnes(columns, into: beat.port(1))
      }
    }
  }

  /// The G beats of a tile's columns.
  ///
  /// - Parameters:
  ///   - bias: one per live column.
  ///   - multipliers: likewise, or empty for a raw layer.
  ///   - shifts: likewise.
  public func channels(
    bias: ArraySlice<Int64>, multipliers: ArraySlice<UInt32>, shifts: ArraySlice<UInt8>
  ) -> BeatBlock {
    let layout = channelLayout
    let groups = parameters.groups
    return BeatBlock(.channel, count: groups, wordsPerBeat: layout.words) { words in
      for group in 0..<groups {
        let beat = Beat(words, group, layout)
        pack(bias, group, accumulator, beat.port(0))
        pack(multipliers, group, multiplier, beat.port(1))
        pack(shifts, group, shift, beat.port(2))
        pack(bias.map { _ in UInt8(1) }[...], group, BitPacker(width: 1), beat.port(3))
      }
    }
  }

  /// The D beats of a tile's rows, the last row first.
  ///
  /// - Parameters:
  ///   - values: `[row][column]` of the live rows and columns; nil for zeros.
  ///   - tasks: the task of each live row.
  public func thresholds(
    _ values: UnsafeBufferPointer<Int64>?, columns: Int, tasks: [Int]
  ) -> BeatBlock {
    precondition(tasks.count <= parameters.rows && columns <= parameters.columns)
    precondition(values == nil || values?.count == tasks.count * columns)
    let layout = thresholdLayout
    let (rows, groups, lanes) = (parameters.rows, parameters.groups, parameters.lanes)
    var ofLanes = [Int64](repeating: 0, count: lanes)
    return BeatBlock(.threshold, count: rows * groups, wordsPerBeat: layout.words) { words in
      for row in 0..<rows {
        for group in 0..<groups {
          let beat = Beat(words, (rows - 1 - row) * groups + group, layout)
          for lane in 0..<lanes {
            let column = lane * groups + group
            let isLive = row < tasks.count && column < columns
            ofLanes[lane] = isLive ? values?[row * columns + column] ?? 0 : 0
          }
          ofLanes.withUnsafeBufferPointer { accumulator.pack($0, into: beat.port(0)) }
          beat.setWord(1, row < tasks.count ? UInt32(tasks[row]) : 0)
          beat.setBit(2, row < tasks.count)
        }
      }
    }
  }

  /// Packs what the lanes serve in cycle `group`: columns `lane * G + group`, zero where dead.
  private func pack<Value: FixedWidthInteger>(
    _ values: ArraySlice<Value>, _ group: Int, _ packer: BitPacker,
    _ words: UnsafeMutableBufferPointer<UInt32>
  ) {
    precondition(values.count <= parameters.columns, "more channels than columns")
    let ofLanes = (0..<parameters.lanes).map { lane in
      let column = lane * parameters.groups + group
      return column < values.count ? values[values.startIndex + column] : 0
    }
    ofLanes.withUnsafeBufferPointer { packer.pack($0, into: words) }
  }

  private func checkedSteps(_ count: Int, of live: Int, most: Int) -> Int {
    precondition(1...most ~= live, "1 to \(most) live rows or columns")
    precondition(count > 0 && count % live == 0, "whole steps, at least one")
    return count / live
  }
}

/// The words of one beat in a block.
private struct Beat {
  let base: UnsafeMutablePointer<UInt32>
  let layout: BeatLayout

  init(_ words: UnsafeMutableBufferPointer<UInt32>, _ beat: Int, _ layout: BeatLayout) {
    base = words.baseAddress! + beat * layout.words
    self.layout = layout
  }

  /// The words of a payload port.
  func port(_ index: Int) -> UnsafeMutableBufferPointer<UInt32> {
    let start = layout.offsets[index]
    let end = index + 1 < layout.offsets.count ? layout.offsets[index + 1] : layout.words
    return UnsafeMutableBufferPointer(start: base + start, count: end - start)
  }

  func setBit(_ index: Int, _ isOne: Bool) { setWord(index, isOne ? 1 : 0) }
  func setWord(_ index: Int, _ value: UInt32) { base[layout.offsets[index]] = value }
}
