/// Where in the designer's Swift a statement stands.
public struct Location: Sendable, Equatable, CustomStringConvertible {
  // Every driver of a large design holds one: no reference to count.
  private let name: StaticString
  /// From 1; 0 where no line is known.
  public let line: Int

  /// A line of a file, as `#fileID` and `#line` give them.
  public init(_ file: StaticString, _ line: Int) {
    name = file
    self.line = line
  }

  /// Module and file, such as `Machine/Core.swift`; empty where it is not known.
  public var file: String { "\(name)" }
  /// File and line, with a colon between them.
  public var description: String { "\(name):\(line)" }

  /// Whether file and line are the same.
  public static func == (a: Location, b: Location) -> Bool {
    a.line == b.line && a.file == b.file
  }
}

/// A rule of the language that a statement breaks: one sentence, and where.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, with the names and widths as Verilog spells them.
  public let message: String
  /// The statement that breaks the rule.
  public let location: Location
  /// The location, then the message.
  public var description: String { "\(location): \(message)" }
}

/// The errors of a module that does not pass its checks.
public struct HDLError: Error, CustomStringConvertible {
  /// The rules broken, and where.
  public let diagnostics: [Diagnostic]
  package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
  /// The diagnostics, one a line.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// A demand on elaboration-time numbers that a statement makes.
///
/// What the normal form proves for all parameter values is dropped, what it refutes is an error
/// at once, and what is left is checked at each configuration.
struct Obligation: Sendable {
  let condition: Condition
  let message: String
  /// The loops inside statements around it: it has to hold for all their indices.
  var loops: [StatementIndex] = []
}

/// The variable of a loop inside a statement, from 0 to below its count.
struct StatementIndex: Sendable {
  let name: String
  let count: Nat
}
