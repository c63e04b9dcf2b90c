import Mapping
import Networks
import Testing

/// SplitMix64: seeded random numbers, the same on every machine.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }
}

/// An array shape in a table of tests.
struct Shape: Sendable, CustomTestStringConvertible {
  let rows, columns, lanes: Int
  var testDescription: String { "\(rows)x\(columns), \(lanes) lanes" }
  var array: ArrayShape {
    get throws { try ArrayShape(rows: rows, columns: columns, lanes: lanes) }
  }

  static let table = [
    Shape(rows: 1, columns: 1, lanes: 1), Shape(rows: 1, columns: 5, lanes: 5),
    Shape(rows: 3, columns: 1, lanes: 1), Shape(rows: 3, columns: 5, lanes: 2),
    Shape(rows: 4, columns: 8, lanes: 8), Shape(rows: 4, columns: 8, lanes: 1),
    Shape(rows: 7, columns: 11, lanes: 4), Shape(rows: 16, columns: 16, lanes: 16),
    Shape(rows: 16, columns: 16, lanes: 5),
  ]
}

/// One layer, its head, and random numbers for three tasks and five images.
struct Example: Sendable, CustomTestStringConvertible {
  let layer: Layer
  /// The heads take the sum of each channel of the layer's output.
  var headAverages = false
  var testDescription: String { layer.name }

  private static let layers = [
    Layer.convolution("point", inputChannels: 1, outputChannels: 1, size: 1),
    .convolution("odd", inputChannels: 2, outputChannels: 5, size: 3),
    .convolution("pooled", inputChannels: 1, outputChannels: 7, size: 5, isPooled: true),
    .convolution("even", inputChannels: 3, outputChannels: 17, size: 4),
    .convolution("1x1", inputChannels: 3, outputChannels: 4, size: 3, kernel: 1),
    .convolution(
      "unread", inputChannels: 2, outputChannels: 3, size: 6, kernel: 1, stride: 3),
    .convolution("2x2", inputChannels: 2, outputChannels: 3, size: 3, kernel: 2, isPooled: true),
    .convolution(
      "strided", inputChannels: 1, outputChannels: 6, size: 7, stride: 2, padding: 0),
    .convolution(
      "padded", inputChannels: 2, outputChannels: 5, size: 4, kernel: 5, stride: 2, padding: 4,
      isPooled: true),
    .convolution(
      "covering", inputChannels: 1, outputChannels: 2, size: 2, kernel: 7, stride: 2, padding: 3),
    .fullyConnected("step", inputs: 1, outputs: 1),
    .fullyConnected("small", inputs: 7, outputs: 5),
    .fullyConnected("wide", inputs: 33, outputs: 19),
  ]

  static let table =
    layers.map { Example(layer: $0) } + [
      Example(
        layer: .convolution(
          "averaged", inputChannels: 2, outputChannels: 5, size: 6, isPooled: true),
        headAverages: true)
    ]

  static let classes = [3, 5, 2]
  static let batch = Batch(
    images: [(0, 0), (2, 0), (1, 0), (2, 1), (0, 1)].map { BatchImage(task: $0, image: $1) })

  func model(_ mode: Model.Mode, seed: UInt64 = 1) throws -> Model {
    var generator = Generator(state: seed)
    let inputs = layer.outputChannels * layer.pooledSize * layer.pooledSize
    let heads = Self.classes.map { classes in
      headAverages
        ? Layer.averaging(
          "head", inputChannels: layer.outputChannels, size: layer.pooledSize, outputs: classes)
        : .fullyConnected("head", inputs: inputs, outputs: classes)
    }
    let shared = Self.parameters(layer, &generator)
    return try Model(
      layers: [layer], heads: heads, tasks: ["a", "b", "c"], mode: mode,
      input: ActivationFormat(width: 8, isSigned: false),
      activation: ActivationFormat(width: 8, isSigned: false), clamp: 0...255, rounding: .halfEven,
      parameters: heads.map { head in
        let own = Self.parameters(layer, &generator)
        let hidden = LayerParameters(
          weights: mode == .mime ? shared.weights : own.weights,
          bias: mode == .mime ? shared.bias : own.bias,
          multipliers: mode == .mime ? shared.multipliers : own.multipliers,
          shifts: mode == .mime ? shared.shifts : own.shifts, thresholds: own.thresholds)
        let ownHead = Self.parameters(head, &generator)
        return [hidden, LayerParameters(weights: ownHead.weights, bias: ownHead.bias)]
      },
      hasThresholds: [false, true, true].map { $0 && mode == .mime })
  }

  private static func parameters(_ layer: Layer, _ generator: inout Generator) -> LayerParameters {
    func values<T>(_ count: Int, _ draw: (inout Generator) -> T) -> [T] {
      (0..<count).map { _ in draw(&generator) }
    }
    return LayerParameters(
      weights: values(layer.outputChannels * layer.weightsPerOutput) {
        .random(in: -128...127, using: &$0)
      },
      bias: values(layer.outputChannels) { .random(in: -999...999, using: &$0) },
      multipliers: values(layer.outputChannels) { .random(in: 1...65535, using: &$0) },
      shifts: values(layer.outputChannels) { .random(in: 0...63, using: &$0) },
      thresholds: values(layer.outputCount) { .random(in: 0...9999, using: &$0) })
  }

  /// Inputs and masks of the batch through layer number `index`, about half of them zero.
  func values(
    of model: Model, layer index: Int, seed: UInt64 = 2
  ) -> (inputs: [[Int32]], masks: [[Bool]]) {
    var generator = Generator(state: seed)
    let layers = Self.batch.images.map { model.geometry(ofLayer: index, task: $0.task) }
    let inputs = layers.map { layer in
      (0..<layer.inputCount).map { _ in
        generator.chance(0.5) ? 0 : Int32.random(in: 1...255, using: &generator)
      }
    }
    let masks = layers.map { layer in
      (0..<layer.outputCount).map { _ in generator.chance(0.4) }
    }
    return (inputs, masks)
  }
}

/// A network mode and a layer number: what decides how images share tiles.
struct Sharing: Sendable, CustomTestStringConvertible {
  let mode: Model.Mode
  let layer: Int
  var testDescription: String { "\(mode.rawValue), \(layer == 0 ? "hidden" : "head")" }

  static let table = [
    Sharing(mode: .mime, layer: 0), Sharing(mode: .mime, layer: 1),
    Sharing(mode: .conventional, layer: 0),
  ]
}
