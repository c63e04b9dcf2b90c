/// Where in the designer's Swift a statement stands.
public struct Location: Sendable, Equatable, CustomStringConvertible {
  public let file: String
  public let line: Int
  public init(_ file: StaticString, _ line: Int) {
    self.file = "\(file)"
    self.line = line
  }
  public var description: String { "\(file):\(line)" }
}

/// A rule of the language that a statement breaks: one sentence, and where.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
  public let message: String
  public let location: Location
  public var description: String { "\(location): \(message)" }
}

/// The errors of a module that does not pass its checks.
public struct HDLError: Error, CustomStringConvertible {
  public let diagnostics: [Diagnostic]
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// A demand on elaboration-time numbers that a statement makes.
///
/// What the normal form proves for all parameter values is dropped, what it refutes is an error
/// at once, and what is left is checked at each configuration.
struct Obligation: Sendable {
  let condition: Condition
  let message: String
}
