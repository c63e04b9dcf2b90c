/// A statement of a clocked process.
public indirect enum Statement: Sendable {
  case assign(target: Signal, value: Signal, Location?)
  case when(Signal, then: [Statement], otherwise: [Statement], Location)
}

infix operator <== : AssignmentPrecedence

/// Gives `target` the value `value`: at the clock edge inside `clocked`, always inside `drive`.
public func <== (target: Signal, value: Signal) -> Statement {
  .assign(target: target, value: value, nil)
}

/// `if (condition) ... else ...` inside a clocked process.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func When(
  _ condition: Signal, file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ then: () -> [Statement],
  @StatementBuilder else otherwise: () -> [Statement] = { [] }
) -> Statement {
  .when(condition, then: then(), otherwise: otherwise(), Location(file, line))
}

/// Collects statements and gives each its line.
@resultBuilder
public enum StatementBuilder {
  public static func buildExpression(
    _ statement: Statement, file: StaticString = #fileID, line: Int = #line
  ) -> [Statement] {
    if case .assign(let target, let value, nil) = statement {
      return [.assign(target: target, value: value, Location(file, line))]
    }
    return [statement]
  }
  public static func buildArray(_ parts: [[Statement]]) -> [Statement] { parts.flatMap { $0 } }
  public static func buildBlock(_ parts: [Statement]...) -> [Statement] { parts.flatMap { $0 } }
}
