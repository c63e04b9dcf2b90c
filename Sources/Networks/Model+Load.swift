extension Model {
  /// Reads a model in the form of golden/README.md.
  ///
  /// - Throws: `NetworkError` that names the file and says what is wrong in it: a broken
  ///   safetensors file, unknown metadata, layers that do not follow each other, or a tensor that
  ///   is missing or has another shape or type.
  public static func load(_ path: String) throws(NetworkError) -> Model {
    try Model(TensorFile(path: path))
  }

  init(_ file: TensorFile) throws(NetworkError) {
    let metadata: ModelMetadata
    do {
      metadata = try ModelMetadata(file.metadata)
    } catch {
      throw error.at(file.path)
    }
    var reader = ModelReader(file: file, metadata: metadata)
    let (heads, parameters) = try reader.read()
    do {
      try self.init(
        layers: metadata.layers, heads: heads, tasks: metadata.tasks, mode: metadata.mode,
        input: metadata.input, activation: metadata.activation, clamp: metadata.clamp,
        rounding: metadata.rounding, parameters: parameters,
        hasThresholds: metadata.tasks.map(metadata.hasThresholds))
    } catch {
      throw error.at(file.path)
    }
  }
}

extension ModelMetadata {
  func hasThresholds(_ task: String) -> Bool { mode == .mime && !reluTasks.contains(task) }
}

/// Reads the numbers of a model; what tasks share is decoded once.
private struct ModelReader {
  let file: TensorFile
  let metadata: ModelMetadata
  /// The parent's numbers of each layer, with the zero thresholds of ReLU tasks.
  private var parents: [LayerParameters] = []

  init(file: TensorFile, metadata: ModelMetadata) {
    self.file = file
    self.metadata = metadata
  }

  mutating func read() throws(NetworkError) -> (heads: [Layer], parameters: [[LayerParameters]]) {
    var heads: [Layer] = []
    for task in metadata.tasks { heads.append(try head(of: task)) }
    // Before any number is read: the tensors are checked against these shapes.
    do {
      try Model.checkGeometry(layers: metadata.layers, heads: heads, tasks: metadata.tasks)
    } catch {
      throw error.at(file.path)
    }
    if metadata.mode == .mime {
      for layer in metadata.layers { parents.append(try numbers(of: layer, under: "parent")) }
    }
    var parameters: [[LayerParameters]] = []
    for (task, head) in zip(metadata.tasks, heads) {
      var numbers: [LayerParameters] = []
      for index in metadata.layers.indices {
        numbers.append(try hiddenNumbers(ofLayer: index, task: task))
      }
      parameters.append(numbers + [try headNumbers(of: head, task: task)])
    }
    return (heads, parameters)
  }

  private func hiddenNumbers(ofLayer index: Int, task: String) throws(NetworkError)
    -> LayerParameters
  {
    let layer = metadata.layers[index]
    let name = "task.\(task).\(layer.name).threshold"
    guard metadata.hasThresholds(task) else {
      guard !file.contains(name) else {
        throw NetworkError(
          "there is a tensor '\(name)', but task \(task) is a ReLU task and can have none"
        ).at(file.path)
      }
      return metadata.mode == .mime
        ? parents[index] : try numbers(of: layer, under: "task.\(task)")
    }
    let shape = layer.outputShape
    return parents[index].replacingThresholds(
      by: try file.values(of: name, shape: shape, types: ElementType.signedIntegers))
  }

  /// Weights, bias, multipliers and shifts of a hidden layer, and thresholds of zero.
  private func numbers(of layer: Layer, under prefix: String) throws(NetworkError)
    -> LayerParameters
  {
    let name = "\(prefix).\(layer.name)"
    let channels = [layer.outputChannels]
    return LayerParameters(
      weights: try weights(name, shape: layer.weightShape),
      bias: try bias(name, shape: channels),
      multipliers: try file.values(
        of: "\(name).mult", shape: channels, types: [.uint8, .uint16, .uint32]),
      shifts: try file.values(of: "\(name).shift", shape: channels, types: [.uint8]),
      thresholds: Array(repeating: 0, count: layer.outputCount))
  }

  /// The head's geometry; its bias says how many classes there are.
  private func head(of task: String) throws(NetworkError) -> Layer {
    let name = "task.\(task).head.bias"
    guard let shape = file.shape(of: name) else {
      throw NetworkError("there is no tensor '\(name)' of shape [classes]").at(file.path)
    }
    guard shape.count == 1, shape[0] > 0 else {
      throw NetworkError("tensor '\(name)' has shape \(shape) and must have [classes]")
        .at(file.path)
    }
    return .head(after: metadata.layers.last, classes: shape[0], averages: metadata.headAverages)
  }

  private func headNumbers(of head: Layer, task: String) throws(NetworkError) -> LayerParameters {
    let name = "task.\(task).head"
    return LayerParameters(
      weights: try weights(name, shape: head.weightShape),
      bias: try bias(name, shape: [head.outputChannels]))
  }

  private func weights(_ name: String, shape: [Int]) throws(NetworkError) -> [Int32] {
    try file.values(of: "\(name).weight", shape: shape, types: [.int8, .int16, .int32])
  }

  private func bias(_ name: String, shape: [Int]) throws(NetworkError) -> [Int64] {
    try file.values(of: "\(name).bias", shape: shape, types: ElementType.signedIntegers)
  }
}
