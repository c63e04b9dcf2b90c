/// What is wrong with a model or vector file, in one sentence that says what would be right.
public struct NetworkError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// The same, said of `place` (a file).
  func at(_ place: String) -> NetworkError { NetworkError("\(place): \(description)") }
}
