import Foundation
import Golden
import Networks
import Testing

/// Convolutions of any kernel, stride and padding: their sizes, and both paths of the golden model.
@Suite struct GeometryTests {
  struct Sizes: CustomTestStringConvertible {
    let size, kernel, stride: Int
    let padding: Int?
    let outputSize, pooledSize: Int
    var testDescription: String {
      "size \(size), kernel \(kernel), stride \(stride), padding \(padding ?? kernel / 2)"
    }
  }

  /// The first layers of ResNet and AlexNet among them.
  @Test(arguments: [
    Sizes(size: 28, kernel: 3, stride: 1, padding: nil, outputSize: 28, pooledSize: 14),
    Sizes(size: 28, kernel: 5, stride: 1, padding: nil, outputSize: 28, pooledSize: 14),
    Sizes(size: 28, kernel: 5, stride: 1, padding: 0, outputSize: 24, pooledSize: 12),
    Sizes(size: 224, kernel: 7, stride: 2, padding: 3, outputSize: 112, pooledSize: 56),
    Sizes(size: 227, kernel: 11, stride: 4, padding: 0, outputSize: 55, pooledSize: 27),
    Sizes(size: 56, kernel: 1, stride: 2, padding: nil, outputSize: 28, pooledSize: 14),
    Sizes(size: 6, kernel: 2, stride: 1, padding: nil, outputSize: 7, pooledSize: 3),
    Sizes(size: 2, kernel: 5, stride: 8, padding: 4, outputSize: 1, pooledSize: 0),
  ])
  func sizesOfAConvolution(_ given: Sizes) {
    for isPooled in [false, true] {
      let layer = Layer.convolution(
        "l", inputChannels: 3, outputChannels: 2, size: given.size, kernel: given.kernel,
        stride: given.stride, padding: given.padding, isPooled: isPooled)
      let pooledSize = isPooled ? given.pooledSize : given.outputSize
      #expect(layer.outputSize == given.outputSize && layer.pooledSize == pooledSize)
      #expect(layer.positions == given.outputSize * given.outputSize)
      #expect(layer.reduction == 3 * given.kernel * given.kernel)
      #expect(layer.inputCount == 3 * given.size * given.size)
      #expect(layer.outputCount == 2 * layer.positions)
      #expect(layer.pooledOutputCount == 2 * pooledSize * pooledSize)
    }
  }

  struct Case: CustomTestStringConvertible {
    let kernel, stride: Int
    var testDescription: String { "kernel \(kernel), stride \(stride)" }
    static let all = [1, 2, 3, 5, 7].flatMap { kernel in
      [1, 2, 3].map { Case(kernel: kernel, stride: $0) }
    }
  }

  /// Every padding of the kernel, over even and odd maps, followed by a layer of another geometry.
  @Test(arguments: Case.all) func fastEqualsExact(_ given: Case) throws {
    var seed: UInt64 = 0
    var isKept = Set<Bool>()
    for padding in 0..<given.kernel {
      let sizes = 1...9 as ClosedRange
      for size in sizes where size + 2 * padding >= given.kernel {
        seed += 1
        let layers = Self.layers(given, size: size, padding: padding)
        let model = try SyntheticModel.make(
          seed: seed, layers: layers, tasks: 1,
          activation: ActivationFormat(width: 8, isSigned: seed % 2 == 0))
        let golden = try GoldenModel(model)
        for image in SyntheticModel.images(for: model, count: 2, seed: seed) {
          let exact = golden.inferExactly(image, task: 0)
          #expect(golden.infer(image, task: 0) == exact, "size \(size), padding \(padding)")
          for (layer, result) in zip(layers, exact.layers) {
            #expect(result.accumulators.count == layer.outputCount)
            #expect(result.pooled.count == layer.pooledOutputCount)
            isKept.formUnion(result.mask)
          }
        }
      }
    }
    #expect(isKept.count == 2)
  }

  /// The layer, pooled where it can be, and a 2x2 convolution.
  private static func layers(_ given: Case, size: Int, padding: Int) -> [Layer] {
    func first(isPooled: Bool) -> Layer {
      .convolution(
        "conv1", inputChannels: 2, outputChannels: 3, size: size, kernel: given.kernel,
        stride: given.stride, padding: padding, isPooled: isPooled)
    }
    let layer = first(isPooled: first(isPooled: false).outputSize > 1)
    return [
      layer,
      .convolution(
        "conv2", inputChannels: 3, outputChannels: 2, size: layer.pooledSize, kernel: 2),
    ]
  }

  /// The whole of a layer by hand: 2x2 kernel, stride 2, one zero around a map of 4 rows, so that a
  /// map of 3 rows comes out and pools to 1.
  @Test func handComputedStride() throws {
    let u8 = ActivationFormat(width: 8, isSigned: false)
    let golden = try GoldenModel(
      Model(
        layers: [
          .convolution(
            "conv1", inputChannels: 1, outputChannels: 1, size: 4, kernel: 2, stride: 2,
            isPooled: true)
        ],
        heads: [.fullyConnected("head", inputs: 1, outputs: 1)], tasks: ["a"], mode: .mime,
        input: u8, activation: u8, clamp: u8.usualClamp, rounding: .halfEven,
        parameters: [
          [
            LayerParameters(
              weights: [1, 10, 3, -2], bias: [0], multipliers: [1], shifts: [0],
              thresholds: [0, 0, 0, 0, 0, 45, 0, 0, 0]),
            LayerParameters(weights: [2], bias: [1]),
          ]
        ], hasThresholds: [true]))
    let image: [Int32] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    for inference in [golden.infer(image, task: 0), golden.inferExactly(image, task: 0)] {
      let layer = inference.layers[0]
      // -2, 6 - 6, 12; 50 - 18, 6 + 70 + 30 - 22, 8 + 36; 130, 14 + 150, 16.
      #expect(layer.accumulators == [-2, 0, 12, 32, 84, 44, 130, 164, 16])
      #expect(layer.activations == [0, 0, 12, 32, 84, 0, 130, 164, 16])
      #expect(layer.pooled == [84])
      #expect(inference.logits == [169])
    }
  }
}
