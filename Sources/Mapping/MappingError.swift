/// What a caller can get wrong in mapping a network onto an array.
public enum MappingError: Error, Equatable, CustomStringConvertible {
  /// A size is not one that an array or a batch can have.
  case outOfRange(name: String, value: Int, range: ClosedRange<Int>)
  /// A batch without images has no tiles.
  case noImages
  /// A list of numbers does not have the layer's shape.
  case wrongCount(what: String, layer: String, actual: Int, expected: Int)

  public var description: String {
    switch self {
    case .outOfRange(let name, let value, let range):
      range.upperBound == .max
        ? "\(name) is \(value), and must be at least \(range.lowerBound)"
        : "\(name) is \(value), and must be \(range.lowerBound) to \(range.upperBound)"
    case .noImages:
      "a batch has no images, and needs at least one"
    case .wrongCount(let what, let layer, let actual, let expected):
      "layer \(layer) has \(actual) \(what), and needs \(expected)"
    }
  }
}
