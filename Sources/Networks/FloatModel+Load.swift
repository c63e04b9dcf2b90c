extension FloatModel {
  /// Reads a trained network in the form of docs/quantize.md.
  ///
  /// - Throws: `NetworkError` that names the file and says what is wrong in it: a broken
  ///   safetensors file, unknown metadata, layers that do not follow each other, a tensor that is
  ///   missing or has another shape or type, or a number that is not finite.
  public static func load(_ path: String) throws(NetworkError) -> FloatModel {
    try FloatModel(TensorFile(path: path))
  }

  /// Whether a file says of itself that it is such a network, whole or not.
  public static func isDescribed(in file: TensorFile) -> Bool {
    let metadata = file.metadata
    guard metadata["activation"] == nil, let layers = metadata["layers"] else { return false }
    return metadata["format"] != nil || metadata["input_scale"] != nil
      || !layers.drop(while: { $0 == " " }).hasPrefix("[")
  }

  /// Reads a network of a file that is open.
  public init(_ file: TensorFile) throws(NetworkError) {
    do {
      let metadata = try FloatMetadata(file)
      let reader = FloatModelReader(file: file, metadata: metadata)
      let heads = try reader.heads()
      // Before any number is read: the tensors are checked against these shapes.
      try Model.checkGeometry(layers: metadata.layers, heads: heads, tasks: metadata.tasks)
      try self.init(
        layers: metadata.layers, heads: heads, tasks: metadata.tasks, mode: metadata.mode,
        input: metadata.input, inputScale: metadata.inputScale,
        parameters: try reader.parameters(heads),
        hasThresholds: metadata.tasks.map(metadata.hasThresholds), steps: try reader.steps())
    } catch {
      // What reads tensors names the file already.
      throw error.description.hasPrefix("\(file.path): ") ? error : error.at(file.path)
    }
  }
}

private struct FloatModelReader {
  let file: TensorFile
  let metadata: FloatMetadata

  func heads() throws(NetworkError) -> [Layer] {
    var heads: [Layer] = []
    for task in metadata.tasks {
      let name = "task.\(task).head.bias"
      guard let shape = file.shape(of: name) else {
        throw NetworkError("there is no tensor '\(name)' of shape [classes]")
      }
      guard shape.count == 1, shape[0] > 0 else {
        throw NetworkError("tensor '\(name)' has shape \(shape) and must have [classes]")
      }
      heads.append(
        .head(after: metadata.layers.last, classes: shape[0], averages: metadata.headAverages))
    }
    return heads
  }

  /// [task][layer], the head last; tasks that share weights share their storage.
  func parameters(_ heads: [Layer]) throws(NetworkError) -> [[FloatParameters]] {
    var parents: [FloatParameters] = []
    if metadata.mode == .mime {
      for layer in metadata.layers { parents.append(try numbers(of: layer, under: "parent")) }
    }
    var parameters: [[FloatParameters]] = []
    for (task, head) in zip(metadata.tasks, heads) {
      var own: [FloatParameters] = []
      for (index, layer) in metadata.layers.enumerated() {
        let name = "task.\(task).\(layer.name).threshold"
        guard metadata.hasThresholds(task) else {
          guard !file.contains(name) else {
            throw NetworkError(
              "there is a tensor '\(name)', but task \(task) is a ReLU task and can have none")
          }
          own.append(
            metadata.mode == .mime
              ? parents[index] : try numbers(of: layer, under: "task.\(task)"))
          continue
        }
        own.append(
          FloatParameters(
            weights: parents[index].weights, bias: parents[index].bias,
            thresholds: try file.reals(of: name, shape: layer.outputShape)))
      }
      own.append(
        FloatParameters(
          weights: try file.reals(of: "task.\(task).head.weight", shape: head.weightShape),
          bias: try file.reals(of: "task.\(task).head.bias", shape: [head.outputChannels])))
      parameters.append(own)
    }
    return parameters
  }

  /// Those of every hidden layer, where the metadata says how many levels activations have.
  func steps() throws(NetworkError) -> ActivationSteps? {
    guard let levels = metadata.activationLevels else {
      for layer in metadata.layers where file.contains("parent.\(layer.name).activation_step") {
        throw NetworkError(
          "there is a tensor 'parent.\(layer.name).activation_step', but no 'activation_levels' in the "
            + "metadata; it is the largest activation in steps, such as 255")
      }
      return nil
    }
    var values: [Float] = []
    for layer in metadata.layers {
      values += try file.reals(of: "parent.\(layer.name).activation_step", shape: [1])
    }
    return ActivationSteps(values: values, levels: levels)
  }

  /// Weights and bias of a hidden layer, and thresholds of zero.
  private func numbers(of layer: Layer, under prefix: String) throws(NetworkError)
    -> FloatParameters
  {
    let name = "\(prefix).\(layer.name)"
    return FloatParameters(
      weights: try file.reals(of: "\(name).weight", shape: layer.weightShape),
      bias: try file.reals(of: "\(name).bias", shape: [layer.outputChannels]),
      thresholds: Array(repeating: 0, count: layer.outputCount))
  }
}
