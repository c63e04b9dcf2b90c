import Foundation

extension Vectors {
  /// Writes the vectors of `model` to a safetensors file that `load` reads.
  ///
  /// Levels of a trace are written where every traced image has them.
  ///
  /// - Throws: `NetworkError` if the file cannot be written.
  public func write(to path: String, for model: Model) throws(NetworkError) {
    try TensorFile.write(tensors(for: model), metadata: model.metadata, to: path)
  }

  /// The content of that file.
  public func content(for model: Model) -> Data {
    TensorFile.content(tensors(for: model), metadata: model.metadata)
  }

  private func tensors(for model: Model) -> [Tensor] {
    zip(model.tasks, tasks).flatMap { name, vectors in
      vectors.tensors(name: name, layers: model.layers)
    }
  }
}

extension TaskVectors {
  fileprivate func tensors(name: String, layers: [Layer]) -> [Tensor] {
    guard !images.isEmpty else { return [] }
    let input = layers[0]
    let shape =
      input.kind == .convolution
      ? [input.inputChannels, input.size, input.size] : [input.inputChannels]
    var result = [
      Tensor(
        name: "x.\(name)", types: Self.integers, shape: [images.count] + shape,
        values: images.joined())
    ]
    if let labels {
      result.append(
        Tensor(
          name: "label.\(name)", types: Self.integers, shape: [images.count], values: labels))
    }
    if let logits {
      result.append(
        Tensor(
          name: "logits.\(name)", types: ElementType.signedIntegers,
          shape: [images.count, logits[0].count], values: logits.joined()))
    }
    for (index, layer) in layers.enumerated() where !traces.isEmpty {
      let levels: [(String, [[Int64]])] = [
        ("acc", traces.compactMap { $0[index].accumulators }),
        ("mask", traces.compactMap { $0[index].mask?.map { $0 ? 1 : 0 } }),
        ("act", traces.compactMap { $0[index].activations?.map(Int64.init) }),
      ]
      for (level, maps) in levels where maps.count == traces.count {
        result.append(
          Tensor(
            name: "trace.\(name).\(layer.name).\(level)",
            types: level == "mask" ? [.uint8] : ElementType.signedIntegers,
            shape: [traces.count] + layer.outputShape, values: maps.joined()))
      }
    }
    return result
  }

  /// Unsigned types first, as images are mostly unsigned.
  private static let integers = ElementType.unsignedIntegers + ElementType.signedIntegers
}
