import Foundation

extension NetworkShape {
  /// The form of network files.
  public static let schema = "mimegen-network/1"

  /// The networks that are built in, by name.
  public static let builtIn: [String] = files.map(\.name)

  private static let files: [(name: String, bytes: [UInt8])] = [
    ("vgg16-32", PackageResources.vgg16_32_json), ("vgg16-64", PackageResources.vgg16_64_json),
    ("vgg16-224", PackageResources.vgg16_224_json),
    ("resnet18-224", PackageResources.resnet18_224_json),
    ("mobilenetv1-224", PackageResources.mobilenetv1_224_json),
  ]

  /// A built-in network by its name, or one of a file: `.json` of the form in docs/model.md, or a
  /// `.csv` topology of SCALE-Sim.
  ///
  /// - Throws: `NetworkError` that names the file and says what is wrong in it.
  public static func load(_ nameOrPath: String) throws(NetworkError) -> NetworkShape {
    if let file = files.first(where: { $0.name == nameOrPath }) {
      return try NetworkShape(json: file.bytes)
    }
    guard nameOrPath.hasSuffix(".json") || nameOrPath.hasSuffix(".csv") else {
      throw NetworkError(
        "'\(nameOrPath)' is no network; name one of \(builtIn.joined(separator: ", ")), or a file "
          + "that ends in .json or .csv")
    }
    guard let data = FileManager.default.contents(atPath: nameOrPath) else {
      throw NetworkError("\(nameOrPath) cannot be read")
    }
    do {
      guard nameOrPath.hasSuffix(".csv") else { return try NetworkShape(json: data) }
      let file = URL(fileURLWithPath: nameOrPath).deletingPathExtension().lastPathComponent
      return try NetworkShape(scaleSimTopology: data, name: file)
    } catch {
      throw error.at(nameOrPath)
    }
  }

  /// The network of a JSON text.
  ///
  /// - Throws: `NetworkError` that names the member and what belongs there.
  public init(json text: some Sequence<UInt8>) throws(NetworkError) {
    let file = try JSONReader(parsing: text)
    try file.allow([
      "schema", "name", "source", "notes", "mode", "tasks", "layers", "head", "precision",
    ])
    guard try file["schema"].string() == Self.schema else {
      throw file["schema"].wrong("'\(Self.schema)'")
    }
    var reader = LayerReader()
    for element in try file["layers"].elements() { try reader.read(element) }
    guard let last = reader.layers.last else { throw file["layers"].wrong("a list of layers") }
    let mode = file["mode"].isPresent ? Model.Mode(rawValue: try file["mode"].string()) : .mime
    guard let mode else { throw file["mode"].wrong("mime or conventional") }
    let head = file["head"]
    let averages = head.isPresent ? try Self.averages(head) : nil
    var tasks: [Task] = []
    for element in try file["tasks"].elements() {
      try element.allow(["name", "classes", "thresholds"])
      let name = try element["name"].string()
      guard !tasks.contains(where: { $0.name == name }) else {
        throw element["name"].wrong("another name than that of the other tasks")
      }
      var layer: LayerShape?
      if let averages {
        layer = try LayerShape(
          "head", inputChannels: last.outputChannels,
          outputChannels: element["classes"].integer(1...1 << 24), size: last.pooled,
          kernel: last.pooled, averages: averages)
      }
      tasks.append(
        Task(
          name: name, head: layer,
          storesThresholds: try element["thresholds"].boolean(absent: mode == .mime)))
    }
    guard !tasks.isEmpty else { throw file["tasks"].wrong("a list of tasks") }
    self.init(
      name: try file["name"].string(), source: try file["source"].string(), layers: reader.layers,
      tasks: tasks, mode: mode, precision: try Self.precision(file["precision"]),
      modelOnlyReasons: reader.branches.map { "layer \($0) does not take the layer before" })
  }

  private static func averages(_ head: JSONReader) throws(NetworkError) -> Bool {
    switch try head.string() {
    case "flatten": return false
    case "average": return true
    default: throw head.wrong("flatten or average")
    }
  }

  private static func precision(_ file: JSONReader) throws(NetworkError) -> Precision? {
    guard file.isPresent else { return nil }
    try file.allow(["activation", "weight", "accumulator", "multiplier"])
    return Precision(
      activation: try file["activation"].integer(1...64),
      weight: try file["weight"].integer(1...64),
      accumulator: try file["accumulator"].integer(1...128),
      multiplier: try file["multiplier"].integer(0...64))
  }
}

/// Reads layers, each of which takes what another gives.
private struct LayerReader {
  private(set) var layers: [LayerShape] = []
  /// Layers that do not take the output of the one before.
  private(set) var branches: [String] = []

  private static let members = [
    "name", "kind", "cin", "cout", "size", "kernel", "stride", "padding", "groups", "pool", "after",
  ]

  mutating func read(_ file: JSONReader) throws(NetworkError) {
    try file.allow(Self.members)
    let name = try file["name"].string()
    guard name != "head", !layers.contains(where: { $0.name == name }) else {
      throw file["name"].wrong("another name than 'head' and those of the other layers")
    }
    let channels = 1...1 << 24
    let inputs = try file["cin"].integer(channels)
    let outputs = try file["cout"].integer(channels)
    let kind = try file["kind"].string()
    let layer: LayerShape
    do {
      switch kind {
      case "conv":
        let kernel = try extent(file["kernel"], 1, absent: 3)
        layer = try LayerShape(
          name, inputChannels: inputs, outputChannels: outputs, size: extent(file["size"], 1),
          kernel: kernel, stride: extent(file["stride"], 1, absent: 1),
          padding: file["padding"].isPresent
            ? extent(file["padding"], 0) : Extent(kernel.height / 2, kernel.width / 2),
          groups: file["groups"].isPresent ? file["groups"].integer(channels) : 1,
          pool: pool(file["pool"]))
      case "fc":
        try file.allow(["name", "kind", "cin", "cout", "size", "after"])
        let size = try extent(file["size"], 1, absent: 1)
        layer = try LayerShape(
          name, inputChannels: inputs, outputChannels: outputs, size: size, kernel: size)
      default: throw file["kind"].wrong("conv or fc")
      }
    } catch {
      throw NetworkError("'\(file.place)': \(error)")
    }
    let last = try last(file["after"], of: layer)
    layers.append(try Self.joined(layer, to: last))
  }

  /// What gives the layer its input: the layer before, or the one that `after` names.
  private mutating func last(
    _ after: JSONReader, of layer: LayerShape
  ) throws(NetworkError) -> LayerShape? {
    guard after.isPresent else { return layers.last }
    let name = try after.string()
    guard let last = layers.first(where: { $0.name == name }) else {
      throw after.wrong("the name of a layer above")
    }
    if last != layers.last { branches.append(layer.name) }
    return last
  }

  /// The layer as it takes what `last` gives: one that takes a flattened map reads the map.
  private static func joined(
    _ layer: LayerShape, to last: LayerShape?
  ) throws(NetworkError) -> LayerShape {
    guard let last else { return layer }
    if layer.inputChannels == last.outputChannels && layer.size == last.pooled { return layer }
    guard layer.size.count == 1, layer.kernel.count == 1,
      layer.inputChannels == last.outputChannels * last.pooled.count
    else {
      throw NetworkError(
        "layer \(layer.name) takes \(layer.inputChannels) channels of size \(layer.size), but "
          + "layer \(last.name) gives \(last.outputChannels) of size \(last.pooled)")
    }
    return try LayerShape(
      layer.name, inputChannels: last.outputChannels, outputChannels: layer.outputChannels,
      size: last.pooled, kernel: last.pooled)
  }

  private func extent(
    _ file: JSONReader, _ least: Int, absent: Int? = nil
  ) throws(NetworkError) -> Extent {
    let range = least...1 << 16
    if let absent, !file.isPresent { return Extent(absent) }
    guard let sides = file.list else { return Extent(try file.integer(range)) }
    guard sides.count == 2 else { throw file.wrong("one number, or [height, width]") }
    return Extent(try sides[0].integer(range), try sides[1].integer(range))
  }

  private func pool(_ file: JSONReader) throws(NetworkError) -> LayerShape.Pool? {
    guard file.isPresent, file.boolean != false else { return nil }
    if file.boolean == true { return .halving }
    try file.allow(["kernel", "stride", "padding"])
    return LayerShape.Pool(
      kernel: try file["kernel"].integer(1...1 << 16),
      stride: try file["stride"].integer(1...1 << 16),
      padding: file["padding"].isPresent ? try file["padding"].integer(0...1 << 16) : 0)
  }
}
