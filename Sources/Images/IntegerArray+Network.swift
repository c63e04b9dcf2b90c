import Networks

extension IntegerArray {
  /// The images [channel][row][column] that a network takes.
  ///
  /// - Parameters:
  ///   - path: named in errors.
  ///   - pads: put zeros around smaller images, as many on each side, an odd one below and to the right.
  ///   - limit: of the images that are taken.
  /// - Throws: `ImageError` where they have another shape, or a value outside the network's format.
  public func images(
    for network: some MultiTaskNetwork, path: String, pads: Bool = false, limit: Int = .max
  ) throws(ImageError) -> [[Int32]] {
    let layer = network.layers[0]
    let (channels, size) = (layer.inputChannels, layer.size)
    guard let shape = shape(for: layer) else {
      let taken =
        layer.kind == .convolution
        ? "[images, \(channels), \(size), \(size)]" : "[images, ...] of \(channels) values each"
      throw ImageError("it has dimensions \(dimensions), but the network takes \(taken)").at(path)
    }
    let (count, height, width) = shape
    guard height == size, width == size || layer.kind == .fullyConnected else {
      let isSmaller = height <= size && width <= size
      guard isSmaller && pads else {
        throw ImageError(
          "its images are \(height) x \(width), but the network takes \(size) x \(size)"
            + (isSmaller ? "; --pad puts zeros around them" : "")
        ).at(path)
      }
      return try checked(count, network.input, path, limit).map {
        padded($0, channels, height, width, to: size)
      }
    }
    return try checked(count, network.input, path, limit)
  }

  /// How many images, of which height and width; nil where the channels or the rank do not fit.
  private func shape(for layer: Layer) -> (count: Int, height: Int, width: Int)? {
    guard !dimensions.contains(0) else { return nil }
    let channels = layer.inputChannels
    if layer.kind == .fullyConnected {
      let rest = dimensions.dropFirst().reduce(1, *)
      if dimensions.count > 1, rest == channels { return (dimensions[0], 1, channels) }
      return values.count == channels ? (1, 1, channels) : nil
    }
    switch dimensions.count {
    case 4 where dimensions[1] == channels: return (dimensions[0], dimensions[2], dimensions[3])
    case 3 where channels == 1: return (dimensions[0], dimensions[1], dimensions[2])
    case 3 where dimensions[0] == channels: return (1, dimensions[1], dimensions[2])
    case 2 where channels == 1: return (1, dimensions[0], dimensions[1])
    default: return nil
    }
  }

  private func checked(
    _ count: Int, _ format: ActivationFormat, _ path: String, _ limit: Int
  ) throws(ImageError) -> [[Int32]] {
    let each = values.count / count
    let taken = values[..<(each * min(count, limit))]
    if let value = taken.first(where: { !format.range.contains(Int($0)) }) {
      throw ImageError(
        "it holds \(value), but the network's images (\(format)) hold \(format.range.lowerBound) to "
          + "\(format.range.upperBound)"
      ).at(path)
    }
    return stride(from: 0, to: taken.count, by: each).map { Array(taken[$0..<$0 + each]) }
  }

  private func padded(
    _ image: [Int32], _ channels: Int, _ height: Int, _ width: Int, to size: Int
  ) -> [Int32] {
    var result = [Int32](repeating: 0, count: channels * size * size)
    let (top, left) = ((size - height) / 2, (size - width) / 2)
    for channel in 0..<channels {
      for row in 0..<height {
        let source = (channel * height + row) * width
        let target = (channel * size + row + top) * size + left
        result.replaceSubrange(target..<target + width, with: image[source..<source + width])
      }
    }
    return result
  }

  /// The labels that the values are.
  ///
  /// - Throws: `ImageError` where there are not `count` of them, or one names no class.
  public func labels(
    count: Int, classes: Int, path: String
  ) throws(ImageError) -> [Int] {
    guard dimensions.count == 1 else {
      throw ImageError("it has dimensions \(dimensions), but labels have one").at(path)
    }
    guard values.count == count else {
      throw ImageError("it has \(values.count) labels for \(count) images").at(path)
    }
    let labels = values.map(Int.init)
    if let label = labels.first(where: { !(0..<classes).contains($0) }) {
      throw ImageError("it holds \(label), but the task's classes are 0 to \(classes - 1)").at(path)
    }
    return labels
  }
}
