/// Why a file holds no images for a network: one sentence that names it and says what would be right.
public struct ImageError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }

  /// The same, said of a file.
  func at(_ path: String) -> ImageError { ImageError("\(path): \(description)") }
}
