/// Why designs cannot be explored: one sentence.
public struct ExplorationError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Values of a parameter as they are written: `8`, `1,2,4`, `1..16`, `4..64:4` in steps of 4, `4..64x2` each
/// twice the one before.
public struct NumberList: Sendable, Equatable, CustomStringConvertible {
  /// In rising order, each once; at least one.
  public let values: [Int]

  /// More values than that of one parameter are refused.
  public static let limit = 100_000

  /// The list of one value.
  public init(_ value: Int) { values = [value] }

  /// The values of `text`.
  ///
  /// - Throws: `ExplorationError` that names the part that is wrong.
  public init(parsing text: String) throws(ExplorationError) {
    var values: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      values.formUnion(try Self.values(ofPart: part))
      guard values.count <= Self.limit else { throw Self.tooMany(text) }
    }
    self.values = values.sorted()
  }

  public var description: String { values.map(String.init).joined(separator: ",") }

  private static func values(ofPart part: Substring) throws(ExplorationError) -> [Int] {
    guard let dots = part.firstRange(of: "..") else { return [try number(part, in: part)] }
    let rest = part[dots.upperBound...]
    let mark = rest.firstIndex { $0 == ":" || $0 == "x" }
    let first = try number(part[..<dots.lowerBound], in: part)
    let last = try number(rest[..<(mark ?? rest.endIndex)], in: part)
    guard first <= last else {
      throw ExplorationError("the range '\(part)' is empty: \(first) is more than \(last)")
    }
    let change = try mark.map { mark throws(ExplorationError) in
      try number(rest[rest.index(after: mark)...], in: part)
    }
    if let mark, rest[mark] == "x" { return try powers(from: first, to: last, change!, part) }
    let step = change ?? 1
    guard (last - first) / step < limit else { throw tooMany(part) }
    return Array(stride(from: first, through: last, by: step))
  }

  private static func powers(
    from first: Int, to last: Int, _ factor: Int, _ part: Substring
  ) throws(ExplorationError) -> [Int] {
    guard factor > 1 else {
      throw ExplorationError("the factor in '\(part)' is \(factor) and must be at least 2")
    }
    var values = [first]
    while values.last! <= last / factor { values.append(values.last! * factor) }
    return values
  }

  private static func number(
    _ text: Substring, in part: Substring
  ) throws(ExplorationError) -> Int {
    guard let value = Int(text), value > 0 else {
      let place = text == part ? "" : " in '\(part)'"
      throw ExplorationError(
        "'\(text)'\(place) is not a whole number above 0; write 8, 1,2,4, 1..16, 4..64:4 or 4..64x2"
      )
    }
    return value
  }

  private static func tooMany(_ text: some StringProtocol) -> ExplorationError {
    ExplorationError("'\(text)' has more than \(limit) values; take a larger step")
  }
}
