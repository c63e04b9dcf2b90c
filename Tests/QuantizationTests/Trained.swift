import Networks

/// Networks of real numbers as training would leave them, drawn by a seed.
enum Trained {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 1, outputChannels: 6, size: 9, isPooled: true),
    .convolution("conv2", inputChannels: 6, outputChannels: 8, size: 4, stride: 2),
    .fullyConnected("fc1", inputs: 32, outputs: 12),
  ]

  static func network(
    seed: UInt64 = 1, layers: [Layer] = layers, mode: Model.Mode = .mime,
    lowestThreshold: Float = 0, reluTasks: Set<Int> = [1], inputScale: Double = 1 / 255,
    steps: ActivationSteps? = nil,
    changing: (_ layer: Int, FloatParameters) -> FloatParameters = { $1 }
  ) throws -> FloatModel {
    var generator = Generator(state: seed)
    let head = Layer.fullyConnected("head", inputs: layers.last!.pooledOutputCount, outputs: 4)
    func sums(_ layer: Layer) -> FloatParameters {
      let spread = (2 / Float(layer.reduction)).squareRoot() * 1.7
      return FloatParameters(
        weights: (0..<layer.outputChannels * layer.weightsPerOutput).map { _ in
          generator.unit() * spread
        }, bias: (0..<layer.outputChannels).map { _ in generator.unit() * 0.1 })
    }
    let parents = layers.enumerated().map { changing($0, sums($1)) }
    var parameters: [[FloatParameters]] = []
    for task in 0..<2 {
      let hidden = layers.enumerated().map { index, layer in
        let own = mode == .mime ? parents[index] : changing(index, sums(layer))
        let hasThresholds = mode == .mime && !reluTasks.contains(task)
        return FloatParameters(
          weights: own.weights, bias: own.bias,
          thresholds: (0..<layer.outputCount).map { _ in
            hasThresholds ? max(lowestThreshold, generator.unit() * 0.2) : 0
          })
      }
      parameters.append(hidden + [sums(head)])
    }
    return try FloatModel(
      layers: layers, heads: [head, head], tasks: ["a", "b"], mode: mode,
      input: ActivationFormat(width: 8, isSigned: false), inputScale: inputScale,
      parameters: parameters,
      hasThresholds: (0..<2).map { mode == .mime && !reluTasks.contains($0) }, steps: steps)
  }

  static func images(
    _ network: FloatModel, count: Int = 6, seed: UInt64 = 9
  ) -> Vectors {
    var generator = Generator(state: seed)
    let size = network.layers[0].inputCount
    return Vectors(
      tasks: network.tasks.map { _ in
        TaskVectors(
          images: (0..<count).map { _ in
            (0..<size).map { _ in Int32(max(0, generator.unit()) * 255) }
          })
      })
  }

  private struct Generator {
    var state: UInt64

    /// From -1 to 1.
    mutating func unit() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }
  }
}
