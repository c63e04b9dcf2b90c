import Networks

/// The outcome of comparing the golden model with given vectors.
public struct VectorCheck: Sendable, Equatable {
  /// Images whose logits were compared, by `BatchInference`.
  public let images: Int
  /// Images whose traces were compared, by the exact path.
  public let tracedImages: Int
  /// The first difference; nothing after it was compared.
  public let mismatch: VectorMismatch?

  public init(images: Int, tracedImages: Int, mismatch: VectorMismatch?) {
    self.images = images
    self.tracedImages = tracedImages
    self.mismatch = mismatch
  }
}

/// A number of the golden model that differs from the vectors.
public struct VectorMismatch: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Level: String, Sendable {
    case accumulator, mask, activation
    /// The layer is the head, the channel the class.
    case logit
  }

  public let task: String
  public let image: Int
  public let layer: String
  public let level: Level
  public let channel, row, column: Int
  /// As in the vectors.
  public let expected: Int64
  /// As the golden model computes it.
  public let actual: Int64

  public var description: String {
    "task \(task), image \(image), layer \(layer), channel \(channel), row \(row), column \(column): "
      + "the \(level.rawValue) is \(expected) in the vectors and \(actual) in the golden model"
  }
}

extension GoldenModel {
  /// Compares what `vectors` hold with this model: traces with the exact path, then logits with
  /// `BatchInference`.
  ///
  /// - Parameter limit: of the images and traced images of each task; nil compares all.
  public func check(_ vectors: Vectors, limit: Int? = nil) -> VectorCheck {
    let batches = BatchInference(self)
    var images = 0
    var tracedImages = 0
    do {
      for (task, given) in vectors.tasks.enumerated() {
        for (image, layers) in given.traces.prefix(limit ?? .max).enumerated() {
          let inference = inferExactly(given.images[image], task: task)
          let place = Place(model: model, task: task, image: image)
          for (layer, trace) in layers.enumerated() {
            try place.compare(inference.layers[layer], with: trace, layer: layer)
          }
          if let logits = given.logits {
            try place.compare(inference.logits, with: logits[image])
          }
          tracedImages += 1
        }
        guard let logits = given.logits else { continue }
        let compared = logits.prefix(limit ?? .max)
        let actual = batches.logits(given.images.prefix(compared.count), task: task)
        for (image, expected) in compared.enumerated() {
          try Place(model: model, task: task, image: image).compare(actual[image], with: expected)
          images += 1
        }
      }
    } catch {
      return VectorCheck(images: images, tracedImages: tracedImages, mismatch: error)
    }
    return VectorCheck(images: images, tracedImages: tracedImages, mismatch: nil)
  }
}

/// The image whose numbers are compared.
private struct Place {
  let model: Model
  let task: Int
  let image: Int

  func compare(
    _ result: LayerResult, with trace: LayerTrace, layer index: Int
  ) throws(VectorMismatch) {
    let layer = model.layers[index]
    if let expected = trace.accumulators {
      try compare(result.accumulators, with: expected, layer, .accumulator)
    }
    if let expected = trace.mask {
      try compare(
        result.mask.map { $0 ? 1 : 0 }, with: expected.map { $0 ? 1 : 0 }, layer, .mask)
    }
    if let expected = trace.activations {
      try compare(result.activations, with: expected, layer, .activation)
    }
  }

  func compare(_ logits: [Int64], with expected: [Int64]) throws(VectorMismatch) {
    try compare(logits, with: expected, model.head(of: task), .logit)
  }

  private func compare<Value: FixedWidthInteger>(
    _ actual: [Value], with expected: [Value], _ layer: Layer, _ level: VectorMismatch.Level
  ) throws(VectorMismatch) {
    guard let index = actual.indices.first(where: { actual[$0] != expected[$0] }) else { return }
    let position = index % layer.positions
    throw VectorMismatch(
      task: model.tasks[task], image: image, layer: layer.name, level: level,
      channel: index / layer.positions, row: position / layer.outputSize,
      column: position % layer.outputSize, expected: Int64(expected[index]),
      actual: Int64(actual[index]))
  }
}
