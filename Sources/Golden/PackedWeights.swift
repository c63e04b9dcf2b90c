import Networks

/// The weights of one layer in the order of the batches' inner loops.
///
/// Sums are taken modulo 2^32, in any order; the model's accumulator bound has shown that they fit. A
/// layer that averages has its weights at every position of the map.
struct PackedWeights<Element: PackedElement>: Sendable {
  /// A map in memory: [size][size][channels].
  struct MapShape: Sendable, Equatable {
    let size: Int
    let channels: Int
    var count: Int { size * size * channels }
  }

  /// Output channels, up to a multiple of 16.
  let channels: Int
  static func padded(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }
  /// The input with its padding.
  let input: MapShape
  /// Elements per tap.
  let run: Int
  /// Where in the input each tap of an output's kernel begins, from where the kernel does.
  let taps: [Int]
  /// Where in the input each output's kernel begins.
  let rows: [Int]
  let weights: [Element.Weight]
  /// Of each channel: its bias less what the offset of stored activations adds.
  let start: [Int32]

  /// The most bytes that a layer's weights may take.
  private static var limit: Int { 1 << 28 }

  /// - Parameters:
  ///   - source: the map that the layer takes: its channels, what these are padded to, and its size.
  ///   - bound: of the layer's sums, over all channels.
  ///   - offset: what is added to stored activations.
  /// - Returns: nil where a number does not fit.
  init?(
    _ layer: Layer, _ numbers: LayerParameters, source: (channels: Int, padded: Int, size: Int),
    bound: AccumulatorBound, offset: Int
  ) {
    guard bound.width <= 32,
      numbers.weights.allSatisfy({ Element.Weight(exactly: $0) != nil })
    else { return nil }
    let flattens = layer.kind == .fullyConnected && !layer.averages
    let (size, kernel) = flattens ? (source.size, source.size) : (layer.size, layer.kernel)
    let inputChannels = flattens ? source.channels : layer.inputChannels
    let padded = source.padded
    let steps = kernel * kernel * padded
    channels = Self.padded(layer.outputChannels)
    guard steps <= Self.limit / channels / MemoryLayout<Element>.size else { return nil }
    input = MapShape(size: size + 2 * layer.padding, channels: padded)
    let width = input.size
    // A tap is a row of the kernel, whose columns lie side by side.
    run = kernel * padded
    taps = (0..<kernel).map { $0 * width * padded }
    let stride = flattens ? 1 : layer.stride
    rows = (0..<layer.outputSize).flatMap { y in
      (0..<layer.outputSize).map { (y * width + $0) * stride * padded }
    }

    var weights = [Element.Weight](repeating: 0, count: steps * channels)
    var totals = [Int](repeating: 0, count: channels)
    for output in 0..<layer.outputChannels {
      // The group of channels, which has `groupWidth` of them, and the place in it.
      let group = output / 64 * 64
      let groupWidth = min(64, channels - group)
      for channel in 0..<inputChannels {
        for position in 0..<kernel * kernel {
          let product = channel * kernel * kernel + position
          let weight = numbers.weights[layer.weightIndex(ofProduct: product, output: output)]
          let step = position * padded + channel
          let (block, part) = step.quotientAndRemainder(dividingBy: Element.steps)
          weights[
            steps * group + (block * groupWidth + output - group) * Element.steps + part] =
            Element.Weight(weight)
          totals[output] += Int(weight)
        }
      }
    }
    self.weights = weights
    start = totals.enumerated().map { output, total in
      let bias = output < layer.outputChannels ? numbers.bias[output] : 0
      return Int32(truncatingIfNeeded: Int(bias) &- offset &* total)
    }
  }
}
