import Networks

/// The specification of MIME inference, in integers that cannot overflow.
///
///     y = sum over (channel, ky, kx) of a * w, plus b       the input is padded with zeros; w is
///                                                           w[channel] where the layer averages
///     m = y >= t                                            ties pass
///     z = m ? y : 0
///     q = clamp(round(z * M / 2^S))
///
/// and then a 2x2 max-pool of stride 2 where the layer pools. The head gives y.
struct ExactInference {
  let model: Model
  let task: Int

  func run(_ image: [Int32]) -> Inference {
    var input = image.map { BigInteger(Int($0)) }
    var results: [LayerResult] = []
    for index in model.layers.indices {
      let layer = model.layers[index]
      let numbers = model.parameters(ofLayer: index, task: task)
      let y = accumulators(layer, numbers, input)
      let mask = zip(y, numbers.thresholds).map { $0 >= BigInteger(Int($1)) }
      let q = activations(layer, numbers, y, mask)
      let pooled = layer.isPooled ? maxPooled(layer, q) : q
      results.append(
        LayerResult(
          accumulators: y.map(\.int64), mask: mask, activations: q.map { Int32($0.int64) },
          pooled: pooled.map { Int32($0.int64) }))
      input = pooled
    }
    let head = model.parameters(ofLayer: model.layers.count, task: task)
    let logits = accumulators(model.head(of: task), head, input)
    return Inference(layers: results, logits: logits.map(\.int64))
  }

  private func accumulators(
    _ layer: Layer, _ numbers: LayerParameters, _ input: [BigInteger]
  ) -> [BigInteger] {
    let weights = numbers.weights.map { BigInteger(Int($0)) }
    let (size, kernel) = (layer.size, layer.kernel)
    var result: [BigInteger] = []
    for output in 0..<layer.outputChannels {
      for row in 0..<layer.outputSize {
        for column in 0..<layer.outputSize {
          var sum = BigInteger(Int(numbers.bias[output]))
          for channel in 0..<layer.inputChannels {
            for ky in 0..<kernel {
              for kx in 0..<kernel {
                let y = row * layer.stride + ky - layer.padding
                let x = column * layer.stride + kx - layer.padding
                guard (0..<size).contains(y), (0..<size).contains(x) else { continue }
                let k = (channel * kernel + ky) * kernel + kx
                let weight =
                  layer.averages
                  ? weights[output * layer.inputChannels + channel]
                  : weights[output * layer.reduction + k]
                sum.add(product: input[(channel * size + y) * size + x], weight)
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  private func activations(
    _ layer: Layer, _ numbers: LayerParameters, _ accumulators: [BigInteger], _ mask: [Bool]
  ) -> [BigInteger] {
    let low = BigInteger(model.clamp.lowerBound)
    let high = BigInteger(model.clamp.upperBound)
    return zip(accumulators, mask).enumerated().map { index, neuron in
      let channel = index / layer.positions
      let (y, isKept) = neuron
      let z = isKept ? y : BigInteger(0)
      let rounded = model.rounding.exactQuotient(
        of: z * BigInteger(Int(numbers.multipliers[channel])),
        shift: Int(numbers.shifts[channel]))
      return min(max(rounded, low), high)
    }
  }

  private func maxPooled(_ layer: Layer, _ map: [BigInteger]) -> [BigInteger] {
    var result: [BigInteger] = []
    for channel in 0..<layer.outputChannels {
      for row in 0..<layer.pooledSize {
        for column in 0..<layer.pooledSize {
          let window = [(0, 0), (0, 1), (1, 0), (1, 1)].map { dy, dx in
            map[(channel * layer.outputSize + 2 * row + dy) * layer.outputSize + 2 * column + dx]
          }
          result.append(window.reduce(window[0], max))
        }
      }
    }
    return result
  }
}
