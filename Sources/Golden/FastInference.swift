import Networks

/// MIME inference of one task in machine integers.
struct FastInference: Sendable {
  let model: Model
  let task: Int
  /// The hidden layers and the head.
  let layers: [FastLayer]

  func run(_ image: [Int32]) -> Inference {
    var input = image
    var results: [LayerResult] = []
    for index in model.layers.indices {
      let result = run(index, input)
      input = result.pooled
      results.append(result)
    }
    let head = model.parameters(ofLayer: model.layers.count, task: task)
    return Inference(
      layers: results, logits: layers[model.layers.count].accumulators(input, bias: head.bias))
  }

  private func run(_ index: Int, _ input: [Int32]) -> LayerResult {
    let layer = model.layers[index]
    let numbers = model.parameters(ofLayer: index, task: task)
    let accumulators = layers[index].accumulators(input, bias: numbers.bias)
    var mask: [Bool] = []
    var activations: [Int32] = []
    mask.reserveCapacity(layer.outputCount)
    activations.reserveCapacity(layer.outputCount)
    for channel in 0..<layer.outputChannels {
      let requantize = Requantizer(
        multiplier: numbers.multipliers[channel], shift: numbers.shifts[channel],
        rounding: model.rounding, clamp: model.clamp)
      for neuron in channel * layer.positions..<(channel + 1) * layer.positions {
        let y = accumulators[neuron]
        let isKept = y >= numbers.thresholds[neuron]
        mask.append(isKept)
        activations.append(requantize(isKept ? y : 0))
      }
    }
    return LayerResult(
      accumulators: accumulators, mask: mask, activations: activations,
      pooled: layer.isPooled ? layer.maxPooled(activations) : activations)
  }
}
