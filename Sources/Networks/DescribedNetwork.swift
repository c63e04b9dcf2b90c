/// A MIME network in a float safetensors file whose metadata only describes it to a reader: its layers
/// and tasks are inferred from the tensors.
///
/// Assumed, as the tensors do not say it: convolutions come before fully connected layers, each kind
/// in the natural order of its names (conv2 before conv10); strides are 1 and paddings half a kernel,
/// so that a map of half the size follows a 2x2 max-pool; images are bytes of 1/255 a step. Tasks are
/// in the order in which the metadata's `tasks` names them.
struct DescribedNetwork {
  private let file: TensorFile
  private let tasks: [String]

  init(_ file: TensorFile) throws(NetworkError) {
    self.file = file
    let names = file.names.filter { $0.hasPrefix("task.") && $0.hasSuffix(".head.bias") }
      .map { String($0.dropFirst("task.".count).dropLast(".head.bias".count)) }
    let text = file.metadata["tasks"] ?? ""
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
      .map(String.init)
    func place(_ task: String) -> Int { words.firstIndex(of: task) ?? words.count }
    tasks = names.sorted { (place($0), $0) < (place($1), $1) }
    guard !tasks.isEmpty else {
      throw NetworkError(
        "'layers' in the metadata is not a JSON list, and there is no tensor 'task.TASK.head.bias' "
          + "to infer the network from")
    }
  }

  func metadata() throws(NetworkError) -> FloatMetadata {
    let layers = try layers()
    let reluTasks = tasks.filter { task in
      !layers.contains { file.contains("task.\(task).\($0.name).threshold") }
    }
    return FloatMetadata(
      layers: layers, tasks: tasks, reluTasks: Set(reluTasks), mode: .mime,
      input: ActivationFormat(width: 8, isSigned: false), inputScale: 1 / 255,
      headAverages: headAverages(after: layers.last!))
  }

  private func layers() throws(NetworkError) -> [Layer] {
    let named = file.names.filter { $0.hasPrefix("parent.") && $0.hasSuffix(".weight") }
      .map { String($0.dropFirst("parent.".count).dropLast(".weight".count)) }
    let ordered = named.sorted(by: Self.naturally)
    func shape(_ name: String) -> [Int] { file.shape(of: "parent.\(name).weight")! }
    if let name = ordered.first(where: { shape($0).count != 4 && shape($0).count != 2 }) {
      throw NetworkError(
        "tensor 'parent.\(name).weight' has shape \(shape(name)) and must have [outputs, inputs], or "
          + "with [ky, kx] of a convolution")
    }
    let convolutions = ordered.filter { shape($0).count == 4 }
    let dense = ordered.filter { shape($0).count == 2 }
    var sizes: [Int] = []
    for name in convolutions { sizes.append(try outputSize(of: name)) }
    // Of the map that the fully connected layers flatten.
    let last = convolutions.last.map { shape($0)[0] }
    let inputs = dense.first.map { shape($0)[1] } ?? file.shape(of: headWeight)?.last
    let isPooledLast = inputs.map { inputs in
      sizes.last.map { size in inputs == last! * (size / 2) * (size / 2) } ?? false
    }
    var layers: [Layer] = []
    for (index, name) in convolutions.enumerated() {
      let shape = shape(name)
      let isPooled =
        index + 1 < sizes.count ? sizes[index + 1] == sizes[index] / 2 : isPooledLast ?? false
      layers.append(
        .convolution(
          name, inputChannels: shape[1], outputChannels: shape[0],
          // An even kernel with half of it as padding gives a map that is 1 larger.
          size: sizes[index] - (shape[2] % 2 == 0 ? 1 : 0), kernel: shape[2], isPooled: isPooled))
    }
    layers += dense.map {
      .fullyConnected($0, inputs: shape($0)[1], outputs: shape($0)[0])
    }
    guard !layers.isEmpty else {
      throw NetworkError(
        "'layers' in the metadata is not a JSON list, and there is no tensor 'parent.LAYER.weight' to "
          + "infer the network from")
    }
    for layer in layers { try layer.check() }
    return layers
  }

  private var headWeight: String { "task.\(tasks[0]).head.weight" }

  /// Of a convolution, by the thresholds of a task that has them.
  private func outputSize(of layer: String) throws(NetworkError) -> Int {
    let names = tasks.map { "task.\($0).\(layer).threshold" }
    guard let name = names.first(where: file.contains), let shape = file.shape(of: name) else {
      throw NetworkError(
        "'layers' in the metadata is not a JSON list, and no task has thresholds of layer \(layer) "
          + "that would say how large its map is")
    }
    guard shape.count == 3, shape[1] == shape[2] else {
      throw NetworkError(
        "tensor '\(name)' has shape \(shape) and must have [channels, size, size]")
    }
    return shape[1]
  }

  private func headAverages(after last: Layer) -> Bool {
    guard let shape = file.shape(of: headWeight), last.kind == .convolution else { return false }
    return shape.last == last.outputChannels && last.pooledSize > 1
  }

  /// Whether `a` is before `b` when runs of digits count as numbers.
  private static func naturally(_ a: String, _ b: String) -> Bool {
    func parts(_ name: String) -> (text: String, number: Int, rest: String) {
      let text = name.prefix { !("0"..."9").contains($0) }
      let digits = name.dropFirst(text.count).prefix { ("0"..."9").contains($0) }
      return (
        String(text), Int(digits) ?? -1, String(name.dropFirst(text.count + digits.count))
      )
    }
    let (x, y) = (parts(a), parts(b))
    guard (x.text, x.number) == (y.text, y.number), !x.rest.isEmpty, !y.rest.isEmpty,
      x.rest != y.rest
    else { return (x.text, x.number, x.rest) < (y.text, y.number, y.rest) }
    return naturally(x.rest, y.rest)
  }
}
