extension Vectors {
  /// Reads vectors for `model`, in the form of golden/README.md.
  ///
  /// - Throws: `NetworkError` that names the file and says what is wrong in it: a broken
  ///   safetensors file, a task or layer the model does not have, a tensor of another shape or
  ///   type, or an image value outside the model's input format.
  public static func load(
    _ path: String, for model: some MultiTaskNetwork
  ) throws(NetworkError) -> Vectors {
    let reader = VectorReader(file: try TensorFile(path: path), model: model)
    try reader.checkNames()
    var tasks: [TaskVectors] = []
    for task in model.tasks.indices { tasks.append(try reader.task(task)) }
    guard tasks.contains(where: { !$0.images.isEmpty }) else {
      throw reader.error(
        "there are no images; task \(model.tasks[0]) has its own in 'x.\(model.tasks[0])'")
    }
    return Vectors(tasks: tasks)
  }
}

private struct VectorReader<Network: MultiTaskNetwork> {
  let file: TensorFile
  let model: Network

  private static var traceLevels: [String] { ["acc", "mask", "act"] }
  private static var integers: [ElementType] {
    ElementType.signedIntegers + ElementType.unsignedIntegers
  }

  func error(_ description: String) -> NetworkError { NetworkError(description).at(file.path) }

  /// That no images, labels, logits or traces are left unread because of a name.
  func checkNames() throws(NetworkError) {
    for name in file.names {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard ["x", "label", "logits", "trace"].contains(parts[0]) else { continue }
      let expected = parts[0] == "trace" ? 4 : 2
      guard parts.count == expected else {
        throw error(
          "tensor '\(name)' must be named "
            + (expected == 4 ? "trace.TASK.LAYER.LEVEL" : "\(parts[0]).TASK"))
      }
      guard model.tasks.contains(parts[1]) else {
        throw error(
          "tensor '\(name)' is of task '\(parts[1])', but the model's tasks are "
            + model.tasks.joined(separator: ", "))
      }
      guard file.contains("x.\(parts[1])") else {
        throw error("there is a tensor '\(name)', but no images 'x.\(parts[1])'")
      }
      guard expected == 4 else { continue }
      guard model.layers.contains(where: { $0.name == parts[2] }) else {
        throw error(
          "tensor '\(name)' is of layer '\(parts[2])', but the model's layers are "
            + model.layers.map(\.name).joined(separator: ", "))
      }
      guard Self.traceLevels.contains(parts[3]) else {
        throw error(
          "tensor '\(name)' is of level '\(parts[3])' and must be of "
            + Self.traceLevels.joined(separator: ", "))
      }
    }
  }

  func task(_ task: Int) throws(NetworkError) -> TaskVectors {
    let name = model.tasks[task]
    guard file.contains("x.\(name)") else { return TaskVectors() }
    let images = try images("x.\(name)")
    return TaskVectors(
      images: images,
      labels: try labels("label.\(name)", count: images.count, classes: model.classes(of: task)),
      logits: try logits("logits.\(name)", count: images.count, classes: model.classes(of: task)),
      traces: try traces(of: name, imageCount: images.count))
  }

  private func images(_ name: String) throws(NetworkError) -> [[Int32]] {
    let layer = model.layers[0]
    let shape = file.shape(of: name) ?? []
    let image = Array(shape.dropFirst())
    let isImage =
      switch layer.kind {
      case .convolution:
        image == [layer.inputChannels, layer.size, layer.size]
          || layer.inputChannels == 1 && image == [layer.size, layer.size]
      // Flattened: any shape of as many values.
      case .fullyConnected:
        !image.isEmpty && !image.contains(0)
          && image.reduce(1, *) == layer.inputChannels
      }
    guard isImage else {
      throw error(
        "tensor '\(name)' has shape \(shape), but layer \(layer.name) takes images of shape "
          + "\([layer.inputChannels, layer.size, layer.size])")
    }
    let values: [Int32] = try file.values(of: name, shape: shape, types: Self.integers)
    if let value = values.first(where: { !model.input.range.contains(Int($0)) }) {
      throw error(
        "tensor '\(name)' holds \(value), but \(model.input) images hold "
          + "\(model.input.range.lowerBound) to \(model.input.range.upperBound)")
    }
    return rows(values, count: shape[0])
  }

  private func labels(_ name: String, count: Int, classes: Int) throws(NetworkError) -> [Int]? {
    guard file.contains(name) else { return nil }
    let labels: [Int] = try file.values(of: name, shape: [count], types: Self.integers)
    if let label = labels.first(where: { !(0..<classes).contains($0) }) {
      throw error("tensor '\(name)' holds \(label), but labels are 0 to \(classes - 1)")
    }
    return labels
  }

  private func logits(
    _ name: String, count: Int, classes: Int
  ) throws(NetworkError) -> [[Int64]]? {
    guard file.contains(name) else { return nil }
    return rows(
      try file.values(of: name, shape: [count, classes], types: ElementType.signedIntegers),
      count: count)
  }

  /// [image][layer]; the first trace tensor of the task says how many images are traced.
  private func traces(of task: String, imageCount: Int) throws(NetworkError) -> [[LayerTrace]] {
    let names = model.layers.flatMap { layer in
      Self.traceLevels.map { "trace.\(task).\(layer.name).\($0)" }
    }
    guard let first = names.first(where: file.contains), let count = file.shape(of: first)?.first
    else { return [] }
    guard count <= imageCount else {
      throw error("tensor '\(first)' traces \(count) images, but 'x.\(task)' has \(imageCount)")
    }
    var traces: [[LayerTrace]] = Array(repeating: [], count: count)
    for layer in model.layers {
      let name = "trace.\(task).\(layer.name)"
      let shape = [count] + layer.outputShape
      let accumulators: [[Int64]]? = try level(
        "\(name).acc", shape: shape, types: ElementType.signedIntegers)
      let mask: [[UInt8]]? = try level("\(name).mask", shape: shape, types: [.uint8])
      let activations: [[Int32]]? = try level("\(name).act", shape: shape, types: Self.integers)
      if let bit = mask?.joined().first(where: { $0 > 1 }) {
        throw error("tensor '\(name).mask' holds \(bit), but a mask is 0 or 1")
      }
      for image in traces.indices {
        traces[image].append(
          LayerTrace(
            accumulators: accumulators?[image], mask: mask?[image].map { $0 == 1 },
            activations: activations?[image]))
      }
    }
    return traces
  }

  private func level<Value: FixedWidthInteger>(
    _ name: String, shape: [Int], types: [ElementType]
  ) throws(NetworkError) -> [[Value]]? {
    guard file.contains(name) else { return nil }
    return rows(try file.values(of: name, shape: shape, types: types), count: shape[0])
  }

  private func rows<Value>(_ values: [Value], count: Int) -> [[Value]] {
    (0..<count).map { row in
      Array(values[row * values.count / count..<(row + 1) * values.count / count])
    }
  }
}
