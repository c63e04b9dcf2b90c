extension NetworkShape {
  /// The network of a SCALE-Sim topology: a header line, then a line for each layer with its name,
  /// the input map's height and width (padding included), the filter's, channels, filters, and one
  /// stride or two.
  ///
  /// It has one task. The last layer is its head where its output is one position.
  ///
  /// - Throws: `NetworkError` with the number of the line.
  public init(scaleSimTopology text: some Sequence<UInt8>, name: String) throws(NetworkError) {
    var layers: [LayerShape] = []
    var hasHeader = false
    let lines = String(decoding: Array(text), as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let fields = Self.fields(line)
      guard !fields.isEmpty else { continue }
      guard hasHeader else {
        guard fields.count < 2 || Int(fields[1]) == nil else {
          throw NetworkError(
            "line \(index + 1) is a layer; the first line must be the header that SCALE-Sim skips")
        }
        if fields.dropFirst().map({ $0.lowercased() }) == ["m", "n", "k"] {
          throw NetworkError(
            "line \(index + 1) is the header of a GEMM topology; a convolution topology is needed")
        }
        hasHeader = true
        continue
      }
      do {
        let layer = try Self.layer(fields)
        guard !layers.contains(where: { $0.name == layer.name }) else {
          throw NetworkError("there is a layer '\(layer.name)' above; names must differ")
        }
        layers.append(layer)
      } catch {
        throw NetworkError("line \(index + 1): \(error)")
      }
    }
    guard let last = layers.last else {
      throw NetworkError("there is no layer below a header line")
    }
    let hasHead = layers.count > 1 && last.positions == 1
    self.init(
      name: name, source: "SCALE-Sim topology", layers: hasHead ? layers.dropLast() : layers,
      tasks: [Task(name: "task0", head: hasHead ? last : nil)], mode: .mime,
      modelOnlyReasons: ["a SCALE-Sim topology does not say how layers follow each other"])
  }

  /// The fields of a line without spaces, and without the empty ones behind the last comma.
  private static func fields(_ line: Substring) -> [Substring] {
    var fields = line.split(separator: ",", omittingEmptySubsequences: false).map { field in
      let start = field.drop { $0.isWhitespace }
      let end = start.lastIndex { !$0.isWhitespace }
      return end.map { start[...$0] } ?? ""
    }
    while fields.last?.isEmpty == true { fields.removeLast() }
    return fields
  }

  private static func layer(_ fields: [Substring]) throws(NetworkError) -> LayerShape {
    guard 8...9 ~= fields.count else {
      throw NetworkError(
        "there are \(fields.count) fields; there must be a name, input height and width, filter "
          + "height and width, channels, filters, and one stride or two")
    }
    guard !fields[0].isEmpty else { throw NetworkError("the layer has no name") }
    var numbers: [Int] = []
    for (number, field) in fields.enumerated().dropFirst() {
      guard let value = Int(field), 1...1 << 24 ~= value else {
        throw NetworkError("field \(number + 1) is '\(field)' and must be a whole number above 0")
      }
      numbers.append(value)
    }
    return try LayerShape(
      String(fields[0]), inputChannels: numbers[4], outputChannels: numbers[5],
      size: Extent(numbers[0], numbers[1]), kernel: Extent(numbers[2], numbers[3]),
      stride: Extent(numbers[6], numbers.last!))
  }
}
