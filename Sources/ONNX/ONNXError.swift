import Networks

/// What is wrong with an ONNX file or a network as one, in one sentence that says what would be right.
public struct ONNXError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  init(_ error: NetworkError) { description = error.description }

  /// The same, said of `place` (a file).
  func at(_ place: String) -> ONNXError { ONNXError("\(place): \(description)") }
}
