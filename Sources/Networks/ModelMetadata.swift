/// What the metadata of a model file says; the forms are those of golden/README.md.
struct ModelMetadata {
  /// What heads do with the map before them.
  enum HeadInput: String { case flatten, average }

  let layers: [Layer]
  let tasks: [String]
  /// Tasks without thresholds: t = 0.
  let reluTasks: Set<String>
  let mode: Model.Mode
  let input: ActivationFormat
  let activation: ActivationFormat
  let clamp: ClosedRange<Int>
  let rounding: Rounding
  let headAverages: Bool

  init(_ metadata: [String: String]) throws(NetworkError) {
    func field(_ name: String, _ form: String) throws(NetworkError) -> String {
      guard let value = metadata[name] else {
        throw NetworkError("the metadata has no '\(name)'; it is \(form)")
      }
      return value
    }
    layers = try Self.layers(field("layers", "a JSON list of layers"))
    tasks = Self.names(try field("tasks", "a comma-separated list of task names"))
    reluTasks = Set(Self.names(metadata["relu_tasks"] ?? ""))
    if let unknown = reluTasks.subtracting(tasks).min() {
      throw NetworkError("relu_tasks names '\(unknown)', which is not one of tasks")
    }
    mode = try Self.choice(metadata["mode"] ?? "mime", of: [.mime, .conventional], named: "mode")
    // The first word of a free text: "uint8 28x28, scale 1/255".
    input = try Self.format(
      metadata["input"].map { String($0.prefix { $0 != " " }) } ?? "u8", named: "input")
    activation = try Self.format(field("activation", "u8, s8 or the like"), named: "activation")
    clamp = try Self.clamp(field("clamp", "[low, high]"))
    rounding = try Self.choice(
      field("rounding", "one of \(Rounding.allCases.map(\.rawValue).joined(separator: ", "))"),
      of: Rounding.allCases, named: "rounding")
    let headInput = try Self.choice(
      metadata["head_input"] ?? "flatten", of: [HeadInput.flatten, .average], named: "head_input")
    headAverages = headInput == .average
  }

  static func names(_ list: String) -> [String] {
    list.isEmpty
      ? []
      : list.split(separator: ",", omittingEmptySubsequences: false).map { part in
        String(part.drop { $0 == " " })
      }
  }

  static func choice<Choice: RawRepresentable<String>>(
    _ word: String, of choices: [Choice], named name: String
  ) throws(NetworkError) -> Choice {
    guard let choice = choices.first(where: { $0.rawValue == word }) else {
      let known = choices.map(\.rawValue).joined(separator: ", ")
      throw NetworkError("\(name) is '\(word)' in the metadata and must be one of \(known)")
    }
    return choice
  }

  static func format(_ word: String, named name: String) throws(NetworkError)
    -> ActivationFormat
  {
    guard let format = ActivationFormat(word) else {
      throw NetworkError(
        "\(name) is '\(word)' in the metadata and must be u and a width of 2 to 31 or s and a "
          + "width of 2 to 32, such as u8")
    }
    return format
  }

  private static func clamp(_ text: String) throws(NetworkError) -> ClosedRange<Int> {
    let bounds = (try? JSON(parsing: text.utf8))?.array?.compactMap(\.integer) ?? []
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw NetworkError("clamp is '\(text)' in the metadata and must be [low, high]")
    }
    return bounds[0]...bounds[1]
  }

  static func layers(_ text: String) throws(NetworkError) -> [Layer] {
    let list: [JSON]?
    do {
      list = try JSON(parsing: text.utf8).array
    } catch {
      throw NetworkError("'layers' in the metadata is not JSON: \(error)")
    }
    guard let list else { throw NetworkError("'layers' in the metadata is not a JSON list") }
    var layers: [Layer] = []
    for (index, json) in list.enumerated() {
      let layer: Layer
      do {
        layer = try Self.layer(json, after: layers.last)
      } catch {
        throw NetworkError("element \(index) of 'layers' in the metadata \(error)")
      }
      try layer.check()
      layers.append(layer)
    }
    return layers
  }

  /// One layer; errors continue the sentence "element N of 'layers' ...".
  private static func layer(_ json: JSON, after last: Layer?) throws(NetworkError) -> Layer {
    func integer(_ name: String) throws(NetworkError) -> Int {
      guard let value = json[name]?.integer else { throw NetworkError("has no integer '\(name)'") }
      return value
    }
    func optional(_ name: String) throws(NetworkError) -> Int? {
      guard let value = json[name] else { return nil }
      guard let integer = value.integer else {
        throw NetworkError("has a '\(name)' that is not an integer")
      }
      return integer
    }
    guard let name = json["name"]?.string else { throw NetworkError("has no string 'name'") }
    guard let isPooled = json["pool"]?.boolean else {
      throw NetworkError("has no 'pool' that is true or false")
    }
    let average = json["average"] ?? .boolean(false)
    guard let averages = average.boolean else {
      throw NetworkError("has an 'average' that is not true or false")
    }
    let kernel = try optional("kernel")
    let stride = try optional("stride") ?? 1
    let padding = try optional("padding")
    let kind = json["kind"]?.string
    switch kind {
    case "conv":
      guard !averages else {
        throw NetworkError("is of kind 'conv': only a layer of kind 'fc' can average")
      }
      return .convolution(
        name, inputChannels: try integer("cin"), outputChannels: try integer("cout"),
        size: try integer("size"), kernel: kernel ?? 3, stride: stride, padding: padding,
        isPooled: isPooled)
    case "fc":
      guard try integer("size") == 1, !isPooled else {
        throw NetworkError("is of kind 'fc': its size must be 1 and its pool false")
      }
      guard (kernel ?? 1, stride, padding ?? 0) == (1, 1, 0) else {
        throw NetworkError("is of kind 'fc': it can have no kernel, stride or padding")
      }
      let (inputs, outputs) = (try integer("cin"), try integer("cout"))
      // Where there is no map, the check of the geometry says so.
      return averages
        ? .averaging(name, inputChannels: inputs, size: last?.pooledSize ?? 1, outputs: outputs)
        : .fullyConnected(name, inputs: inputs, outputs: outputs)
    default:
      throw NetworkError("has the kind '\(kind ?? "")' and must have 'conv' or 'fc'")
    }
  }
}
