/// The machine cannot do what is asked: a tool is missing or too old, or a folder cannot be written.
public struct EnvironmentError: Error, Equatable, CustomStringConvertible {
  /// One sentence: what is wrong, and what would put it right.
  public let description: String
  package init(_ description: String) { self.description = description }
}

/// The Verilog given cannot be built as asked, or does not have the ports that it must have.
public struct RTLError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and where, with the tool's first error lines where it is a tool that refused.
  public let description: String
  package init(_ description: String) { self.description = description }
}
