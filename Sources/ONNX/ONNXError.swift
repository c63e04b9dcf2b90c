import Networks

/// What is wrong with an ONNX file or a network as one, in one sentence that says what would be right.
public struct ONNXError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    // Names of a file may hold anything; a sentence is one line.
    self.description = String(
      String.UnicodeScalarView(
        description.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }

  init(_ error: NetworkError) { self.init(error.description) }

  /// The same, said of `place` (a file).
  func at(_ place: String) -> ONNXError { ONNXError("\(place): \(description)") }
}
