import Networks

/// One layer in machine integers, with its weights laid out for speed.
///
/// Each nonzero input is multiplied by its weights of all output channels, which lie side by side.
/// The model's accumulator bound holds for partial sums in any order, so that sums of that width
/// cannot overflow. A layer that averages is a 1x1 convolution of the sums of its input's channels;
/// these may overflow where weights are small or zero, but wrap, and so do the products with them.
struct FastLayer: Sendable {
  /// [weightsPerOutput][outputChannels]; 32 bits where the bound allows them.
  private enum Weights: Sendable {
    case narrow([Int32])
    case wide([Int64])
  }

  private let layer: Layer
  private let weights: Weights

  /// - Parameter accumulatorWidth: bits that hold every partial sum of the layer; at most 64.
  init(_ layer: Layer, weights: [Int32], accumulatorWidth: Int) {
    self.layer = layer
    let count = layer.weightsPerOutput
    self.weights =
      accumulatorWidth <= 32
      ? .narrow(Self.transposed(weights, count)) : .wide(Self.transposed(weights, count))
  }

  private static func transposed<Value: FixedWidthInteger>(
    _ weights: [Int32], _ count: Int
  ) -> [Value] {
    (0..<count).flatMap { k in
      stride(from: k, to: weights.count, by: count).map { Value(weights[$0]) }
    }
  }

  /// [outputChannels][positions] of an input [inputChannels][size][size].
  func accumulators(_ input: [Int32], bias: [Int64]) -> [Int64] {
    switch weights {
    case .narrow(let weights):
      layer.averages
        ? accumulatorsOfSums(input, bias, weights) : accumulators(input, bias, weights)
    case .wide(let weights):
      layer.averages
        ? accumulatorsOfSums(input, bias, weights) : accumulators(input, bias, weights)
    }
  }

  private func accumulatorsOfSums<Sum: FixedWidthInteger>(
    _ input: [Int32], _ bias: [Int64], _ weights: [Sum]
  ) -> [Int64] {
    let positions = layer.size * layer.size
    var sums = bias.map { Sum($0) }
    for channel in 0..<layer.inputChannels {
      let map = input[channel * positions..<(channel + 1) * positions]
      let total = map.reduce(0 as Sum) { $0 &+ Sum(truncatingIfNeeded: $1) }
      let row = weights[channel * layer.outputChannels..<(channel + 1) * layer.outputChannels]
      for (output, weight) in row.enumerated() { sums[output] &+= total &* weight }
    }
    return sums.map { Int64($0) }
  }

  private func accumulators<Sum: FixedWidthInteger>(
    _ input: [Int32], _ bias: [Int64], _ weights: [Sum]
  ) -> [Int64] {
    let channels = layer.outputChannels
    let (size, stride, outputSize) = (layer.size, layer.stride, layer.outputSize)
    let startingSums = bias.map { Sum($0) }
    var sums: [Sum] = []
    sums.reserveCapacity(layer.outputCount)
    for _ in 0..<layer.positions { sums += startingSums }
    sums.withUnsafeMutableBufferPointer { sums in
      weights.withUnsafeBufferPointer { weights in
        for k in 0..<layer.reduction {
          let (channel, tap) = k.quotientAndRemainder(dividingBy: layer.kernel * layer.kernel)
          let (ky, kx) = tap.quotientAndRemainder(dividingBy: layer.kernel)
          let row = UnsafeBufferPointer(rebasing: weights[k * channels..<(k + 1) * channels])
          let columns = outputs(reading: kx)
          for y in outputs(reading: ky) {
            let inputRow = channel * size + y * stride + ky - layer.padding
            let inputStart = inputRow * size + kx - layer.padding
            for x in columns {
              let a = Sum(truncatingIfNeeded: input[inputStart + x * stride])
              guard a != 0 else { continue }
              let start = (y * outputSize + x) * channels
              for output in 0..<channels { sums[start + output] &+= a &* row[output] }
            }
          }
        }
      }
    }
    return (0..<channels).flatMap { channel in
      (0..<layer.positions).map { Int64(sums[$0 * channels + channel]) }
    }
  }

  /// The output rows (or columns) whose kernel row (or column) `tap` lies inside the input.
  private func outputs(reading tap: Int) -> Range<Int> {
    // Output o reads input o * stride + tap - padding, which must be in 0..<size.
    let first = outputs(before: layer.padding - tap)
    let end = min(outputs(before: layer.size + layer.padding - tap), layer.outputSize)
    return first..<max(end, first)
  }

  /// How many outputs o of a map without end have o * stride < `end`.
  private func outputs(before end: Int) -> Int {
    end <= 0 ? 0 : (end + layer.stride - 1) / layer.stride
  }
}
