import Networks

/// The sums of one layer in single precision, with its weights laid out for speed.
///
/// Each nonzero input is multiplied by its weights of all output channels, which lie side by side. A
/// layer that averages is a fully connected one of the sums of its input's channels.
struct FloatLayer: Sendable {
  private let layer: Layer
  /// [weightsPerOutput][outputChannels].
  private let weights: [Float]

  init(_ layer: Layer, weights: [Float]) {
    self.layer = layer
    self.weights = (0..<layer.weightsPerOutput).flatMap { k in
      stride(from: k, to: weights.count, by: layer.weightsPerOutput).map { weights[$0] }
    }
  }

  /// [outputChannels][positions] of an input [inputChannels][size][size].
  func sums(_ input: [Float], bias: [Float]) -> [Float] {
    guard layer.averages else { return convolution(layer, input, bias) }
    let positions = layer.size * layer.size
    let sums = (0..<layer.inputChannels).map { channel in
      input[channel * positions..<(channel + 1) * positions].reduce(0, +)
    }
    let dense = Layer.fullyConnected(
      layer.name, inputs: layer.inputChannels, outputs: layer.outputChannels)
    return convolution(dense, sums, bias)
  }

  private func convolution(_ layer: Layer, _ input: [Float], _ bias: [Float]) -> [Float] {
    let channels = layer.outputChannels
    let axis = LayerShape(layer, after: nil).horizontalAxis
    let taps = (0..<layer.kernel).map { axis.outputs(insideAt: $0) }
    var sums: [Float] = []
    sums.reserveCapacity(layer.outputCount)
    for _ in 0..<layer.positions { sums += bias }
    sums.withUnsafeMutableBufferPointer { sums in
      weights.withUnsafeBufferPointer { weights in
        for k in 0..<layer.reduction {
          let (channel, tap) = k.quotientAndRemainder(dividingBy: layer.kernel * layer.kernel)
          let (ky, kx) = tap.quotientAndRemainder(dividingBy: layer.kernel)
          let row = UnsafeBufferPointer(rebasing: weights[k * channels..<(k + 1) * channels])
          for y in taps[ky] {
            let inputRow = channel * layer.size + y * layer.stride + ky - layer.padding
            let inputStart = inputRow * layer.size + kx - layer.padding
            for x in taps[kx] {
              let a = input[inputStart + x * layer.stride]
              guard a != 0 else { continue }
              let start = (y * layer.outputSize + x) * channels
              for output in 0..<channels { sums[start + output] += a * row[output] }
            }
          }
        }
      }
    }
    return (0..<channels).flatMap { channel in
      (0..<layer.positions).map { sums[$0 * channels + channel] }
    }
  }
}
