import Networks

/// im2col of one layer: where in a padded input each step of each position's reduction reads.
///
/// The input is padded once, so that a step's place is the position's offset plus the step's.
struct Gatherer: Sendable {
  private let layer: Layer
  private let stepOffsets: [Int]

  init(layer: Layer) {
    self.layer = layer
    let width = layer.size + 2 * layer.padding
    stepOffsets = (0..<layer.inputChannels).flatMap { channel in
      (0..<layer.kernel).flatMap { y in
        (0..<layer.kernel).map { x in (channel * width + y) * width + x }
      }
    }
  }

  /// `input`, [channel][row][column], with a border of zeros around each channel.
  func pad(_ input: [Int32]) -> [Int32] {
    guard layer.padding > 0 else { return input }
    let size = layer.size
    let width = size + 2 * layer.padding
    var padded = [Int32](repeating: 0, count: layer.inputChannels * width * width)
    for line in 0..<layer.inputChannels * size {
      let (channel, y) = line.quotientAndRemainder(dividingBy: size)
      let start = (channel * width + y + layer.padding) * width + layer.padding
      padded.replaceSubrange(start..<start + size, with: input[line * size..<(line + 1) * size])
    }
    return padded
  }

  /// Writes what `position` reads of the padded input into column `row` of [steps][rows].
  func gather(
    _ padded: [Int32], position: Int, row: Int, rows: Int,
    values: inout [Int32], nonzero: inout [Bool]
  ) {
    let (y, x) = position.quotientAndRemainder(dividingBy: layer.outputSize)
    let start = (y * (layer.size + 2 * layer.padding) + x) * layer.stride
    padded.withUnsafeBufferPointer { padded in
      stepOffsets.withUnsafeBufferPointer { offsets in
        values.withUnsafeMutableBufferPointer { values in
          nonzero.withUnsafeMutableBufferPointer { nonzero in
            var place = row
            for offset in offsets {
              let value = padded[start + offset]
              values[place] = value
              nonzero[place] = value != 0
              place += rows
            }
          }
        }
      }
    }
  }
}
