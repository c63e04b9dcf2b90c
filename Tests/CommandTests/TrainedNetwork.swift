import Foundation

@testable import Networks

/// A network of real numbers with two tasks of three classes, and a file of images with labels.
enum TrainedNetwork {
  static let modelFile = "trained.safetensors"
  static let vectorsFile = "images.safetensors"
  static let images = 40

  /// Classes by the mean of each third of a 6x6 image; its first layer sums 2x2 windows.
  static func network() throws -> FloatModel {
    let layers: [Layer] = [
      .convolution(
        "conv1", inputChannels: 1, outputChannels: 2, size: 6, kernel: 2, stride: 2, padding: 0)
    ]
    let head = Layer.fullyConnected("head", inputs: 18, outputs: 3)
    let hidden = FloatParameters(
      weights: [0.25, 0.25, 0.25, 0.25, 0.5, 0, 0, 0], bias: [0.01, 0],
      thresholds: (0..<18).map { Float($0) * 0.002 })
    let rows: [[Float]] = (0..<3).map { row in
      (0..<18).map { (input: Int) -> Float in
        if input < 9, input / 3 == row { return 1 }
        return input % 2 == 0 ? 0 : 0.05
      }
    }
    let classes = FloatParameters(weights: rows.flatMap { $0 }, bias: [0, 0.01, -0.01])
    return try FloatModel(
      layers: layers, heads: [head, head], tasks: ["a", "b"], mode: .mime,
      input: ActivationFormat(width: 8, isSigned: false), inputScale: 1 / 255,
      parameters: [[hidden, classes], [hidden.withoutThresholds, classes]],
      hasThresholds: [true, false])
  }

  /// Image n is bright in its third n % 3.
  static func pixels(_ number: Int) -> [UInt8] {
    (0..<36).map { (pixel: Int) -> UInt8 in
      let light = pixel / 12 == number % 3 ? 170 : 40
      let texture = (number * 31 + pixel * 17) % 80
      return UInt8(light + texture)
    }
  }

  static func write(to folder: String) throws {
    try network().write(to: "\(folder)/\(modelFile)")
    let tensors = ["a", "b"].flatMap { task in
      [
        Tensor(
          name: "x.\(task)", types: [.uint8], shape: [images, 6, 6],
          values: (0..<images).flatMap(pixels)),
        Tensor(
          name: "label.\(task)", types: [.uint8], shape: [images],
          values: (0..<images).map { $0 % 3 }),
      ]
    }
    try TensorFile.write(tensors, metadata: [:], to: "\(folder)/\(vectorsFile)")
  }

  /// Images as an IDX file.
  static func idx(_ count: Int, size: Int = 6) -> Data {
    Data([0, 0, 8, 3, 0, 0, 0, UInt8(count), 0, 0, 0, UInt8(size), 0, 0, 0, UInt8(size)])
      + Data((0..<count).flatMap { pixels($0).prefix(size * size) })
  }

  /// Their labels.
  static func labels(_ count: Int) -> Data {
    Data([0, 0, 8, 1, 0, 0, 0, UInt8(count)]) + Data((0..<count).map { UInt8($0 % 3) })
  }
}

extension FloatParameters {
  fileprivate var withoutThresholds: FloatParameters {
    FloatParameters(weights: weights, bias: bias, thresholds: thresholds.map { _ in 0 })
  }
}

/// Runs `body` in a new folder with the files of the network.
func withTrainedNetwork<Result>(_ body: (String) throws -> Result) throws -> Result {
  try withFolder { folder in
    try TrainedNetwork.write(to: folder)
    return try body(folder)
  }
}
