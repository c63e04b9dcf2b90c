/// What the metadata of a float safetensors file says; the form is that of docs/quantize.md.
struct FloatMetadata {
  var layers: [Layer]
  let tasks: [String]
  /// Tasks without thresholds: t = 0.
  let reluTasks: Set<String>
  let mode: Model.Mode
  let input: ActivationFormat
  let inputScale: Double
  let headAverages: Bool
  /// The largest activation in steps; nil where activations have none.
  var activationLevels: Int?

  /// The value of the metadata's `format`.
  static let format = "float/1"

  /// From the metadata, or where its `layers` is no JSON list from the tensors.
  init(_ file: TensorFile) throws(NetworkError) {
    let metadata = file.metadata
    guard metadata["activation"] == nil else {
      throw NetworkError(
        "this is a network of integers, with 'activation' in its metadata; one of real numbers is "
          + "expected")
    }
    guard let layers = metadata["layers"], layers.drop(while: { $0 == " " }).hasPrefix("[") else {
      self = try DescribedNetwork(file).metadata()
      activationLevels = try Self.activationLevels(metadata)
      return
    }
    guard metadata["format"] ?? Self.format == Self.format else {
      throw NetworkError(
        "format is '\(metadata["format"]!)' in the metadata and must be \(Self.format)")
    }
    guard let tasks = metadata["tasks"] else {
      throw NetworkError("the metadata has no 'tasks'; it is a comma-separated list of task names")
    }
    guard let scale = metadata["input_scale"] else {
      throw NetworkError(
        "the metadata has no 'input_scale'; it is the real value of one step of a stored image, such "
          + "as 0.00392156862745098")
    }
    guard let inputScale = Double(scale), inputScale > 0, inputScale.isFinite else {
      throw NetworkError("input_scale is '\(scale)' in the metadata and must be a number above 0")
    }
    let headInput = try ModelMetadata.choice(
      metadata["head_input"] ?? "flatten", of: [ModelMetadata.HeadInput.flatten, .average],
      named: "head_input")
    self.init(
      layers: try ModelMetadata.layers(layers), tasks: ModelMetadata.names(tasks),
      reluTasks: Set(ModelMetadata.names(metadata["relu_tasks"] ?? "")),
      mode: try ModelMetadata.choice(
        metadata["mode"] ?? "mime", of: [.mime, .conventional], named: "mode"),
      input: try ModelMetadata.format(
        metadata["input"].map { String($0.prefix { $0 != " " }) } ?? "u8", named: "input"),
      inputScale: inputScale, headAverages: headInput == .average)
    activationLevels = try Self.activationLevels(metadata)
    if let unknown = reluTasks.subtracting(self.tasks).min() {
      throw NetworkError("relu_tasks names '\(unknown)', which is not one of tasks")
    }
  }

  init(
    layers: [Layer], tasks: [String], reluTasks: Set<String>, mode: Model.Mode,
    input: ActivationFormat, inputScale: Double, headAverages: Bool
  ) {
    self.layers = layers
    self.tasks = tasks
    self.reluTasks = reluTasks
    self.mode = mode
    self.input = input
    self.inputScale = inputScale
    self.headAverages = headAverages
  }

  private static func activationLevels(_ metadata: [String: String]) throws(NetworkError) -> Int? {
    guard let text = metadata["activation_levels"] else { return nil }
    guard let levels = Int(text) else {
      throw NetworkError(
        "activation_levels is '\(text)' in the metadata and must be a whole number, such as 255")
    }
    return levels
  }

  func hasThresholds(_ task: String) -> Bool { mode == .mime && !reluTasks.contains(task) }
}
