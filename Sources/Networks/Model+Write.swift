import Foundation

extension Model {
  /// Writes the model to a safetensors file that `load` reads, each tensor in the narrowest type.
  ///
  /// - Throws: `NetworkError` if the file cannot be written.
  public func write(to path: String) throws(NetworkError) {
    try TensorFile.write(tensors, metadata: metadata, to: path)
  }

  /// The content of that file, with further tensors and metadata that `load` does not read.
  public func content(
    information: [Tensor] = [], metadata further: [String: String] = [:]
  ) -> Data {
    TensorFile.content(
      tensors + information, metadata: metadata.merging(further) { own, _ in own })
  }

  var metadata: [String: String] {
    var metadata = Self.metadata(
      layers: layers, tasks: tasks, mode: mode,
      reluTasks: tasks.indices.filter { !hasThresholds(task: $0) }, head: head(of: 0))
    metadata["input"] = "\(input)"
    metadata["activation"] = "\(activation)"
    metadata["clamp"] = "[\(clamp.lowerBound), \(clamp.upperBound)]"
    metadata["rounding"] = rounding.rawValue
    return metadata
  }

  /// What metadata of integers and of real numbers have in common.
  ///
  /// - Parameter reluTasks: the tasks without thresholds; all of them in conventional mode.
  static func metadata(
    layers: [Layer], tasks: [String], mode: Mode, reluTasks: [Int], head: Layer
  ) -> [String: String] {
    let layers = layers.map { layer in
      JSON.object(
        [
          JSON.Member(name: "name", value: .string(layer.name)),
          JSON.Member(
            name: "kind", value: .string(layer.kind == .convolution ? "conv" : "fc")),
          JSON.Member(name: "cin", value: .integer(layer.inputChannels)),
          JSON.Member(name: "cout", value: .integer(layer.outputChannels)),
          JSON.Member(name: "size", value: .integer(layer.averages ? 1 : layer.size)),
          JSON.Member(name: "pool", value: .boolean(layer.isPooled)),
        ] + layer.unusualGeometry)
    }
    var metadata = [
      "layers": JSON.array(layers).text, "tasks": tasks.joined(separator: ","),
      "mode": mode.rawValue,
    ]
    if mode == .mime, !reluTasks.isEmpty {
      metadata["relu_tasks"] = reluTasks.map { tasks[$0] }.joined(separator: ",")
    }
    if head.averages { metadata["head_input"] = ModelMetadata.HeadInput.average.rawValue }
    return metadata
  }

  var tensors: [Tensor] {
    var result: [Tensor] = []
    for (index, layer) in layers.enumerated() {
      if mode == .mime { result += tensors(of: layer, index, task: 0, under: "parent") }
      for (task, name) in tasks.enumerated() {
        if mode == .conventional {
          result += tensors(of: layer, index, task: task, under: "task.\(name)")
        }
        if hasThresholds(task: task) {
          result.append(
            Tensor(
              name: "task.\(name).\(layer.name).threshold",
              types: ElementType.signedIntegers, shape: layer.outputShape,
              values: parameters(ofLayer: index, task: task).thresholds))
        }
      }
    }
    for (task, name) in tasks.enumerated() {
      let numbers = parameters(ofLayer: layers.count, task: task)
      result += sums(of: head(of: task), numbers, "task.\(name).head")
    }
    return result
  }

  private func tensors(of layer: Layer, _ index: Int, task: Int, under prefix: String) -> [Tensor] {
    let numbers = parameters(ofLayer: index, task: task)
    let name = "\(prefix).\(layer.name)"
    let channels = [layer.outputChannels]
    return sums(of: layer, numbers, name) + [
      Tensor(
        name: "\(name).mult", types: ElementType.unsignedIntegers, shape: channels,
        values: numbers.multipliers),
      Tensor(name: "\(name).shift", types: [.uint8], shape: channels, values: numbers.shifts),
    ]
  }

  private func sums(of layer: Layer, _ numbers: LayerParameters, _ name: String) -> [Tensor] {
    [
      Tensor(
        name: "\(name).weight", types: ElementType.signedIntegers, shape: layer.weightShape,
        values: numbers.weights),
      Tensor(
        name: "\(name).bias", types: ElementType.signedIntegers, shape: [layer.outputChannels],
        values: numbers.bias),
    ]
  }
}

extension Layer {
  /// The members of the metadata that are left out where they have their default.
  fileprivate var unusualGeometry: [JSON.Member] {
    guard kind == .convolution else {
      return averages ? [JSON.Member(name: "average", value: .boolean(true))] : []
    }
    let members = [
      ("kernel", kernel, usual: 3), ("stride", stride, usual: 1),
      ("padding", padding, usual: kernel / 2),
    ]
    return members.filter { $0.1 != $0.usual }
      .map { JSON.Member(name: $0.0, value: .integer($0.1)) }
  }
}
