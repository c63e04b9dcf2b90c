import Networks

/// A model in the order of the batches' inner loops.
struct PackedNetwork<Element: PackedElement>: Sendable {
  struct Hidden: Sendable {
    let weights: PackedWeights<Element>
    let requantizer: PackedRequantizer
  }

  let model: Model
  let set: InstructionSet
  /// What is added to images and to hidden activations to store them.
  let inputOffset, offset: Int
  /// [task][layer]; what tasks share is stored once.
  let hidden: [[Hidden]]
  /// [task][layer], each [positions][channels].
  let thresholds: [[[Int32]]]
  /// [task].
  let heads: [PackedWeights<Element>]

  /// - Returns: nil where a number does not fit; other paths then compute the model.
  init?(_ model: Model, _ set: InstructionSet) {
    guard let inputOffset = Element.offset(storing: model.input.range),
      let offset = Element.offset(storing: model.clamp)
    else { return nil }
    self.model = model
    self.set = set
    self.inputOffset = inputOffset
    self.offset = offset
    func weights(_ index: Int, _ task: Int) -> PackedWeights<Element>? {
      let layer = model.geometry(ofLayer: index, task: task)
      let last = index > 0 ? model.layers[index - 1] : nil
      return PackedWeights(
        layer, model.parameters(ofLayer: index, task: task),
        source: last.map {
          ($0.outputChannels, PackedWeights<Element>.padded($0.outputChannels), $0.pooledSize)
        } ?? (layer.inputChannels, (layer.inputChannels + 3) / 4 * 4, 1),
        bound: model.accumulatorBounds(ofLayer: index, task: task)
          .reduce(AccumulatorBound(low: 0, high: 0)) { $0.union($1) },
        offset: index == 0 ? inputOffset : offset)
    }
    func hidden(_ index: Int, _ task: Int) -> Hidden? {
      guard let weights = weights(index, task),
        let requantizer = PackedRequantizer(
          model.parameters(ofLayer: index, task: task),
          bounds: model.accumulatorBounds(ofLayer: index, task: task), rounding: model.rounding,
          padded: weights.channels)
      else { return nil }
      return Hidden(weights: weights, requantizer: requantizer)
    }
    var layers: [[Hidden]] = []
    var thresholds: [[[Int32]]] = []
    var heads: [PackedWeights<Element>] = []
    for task in model.tasks.indices {
      var own: [Hidden] = []
      var ownThresholds: [[Int32]] = []
      for index in model.layers.indices {
        let shared = model.sharesWeights(inLayer: index) ? layers.first?[index] : nil
        guard let layer = shared ?? hidden(index, task),
          let values = PackedRequantizer.thresholds(
            model.parameters(ofLayer: index, task: task).thresholds,
            positions: model.layers[index].positions, padded: layer.weights.channels)
        else { return nil }
        own.append(layer)
        ownThresholds.append(values)
      }
      guard let head = weights(model.layers.count, task) else { return nil }
      layers.append(own)
      thresholds.append(ownThresholds)
      heads.append(head)
    }
    self.hidden = layers
    self.thresholds = thresholds
    self.heads = heads
  }
}
