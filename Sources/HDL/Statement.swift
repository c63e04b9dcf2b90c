/// A statement of `drive` or of a clocked process.
public struct Statement: Sendable {
  indirect enum Node: Sendable {
    case assign(target: Signal, value: Signal)
    case when(Signal, then: [Statement], otherwise: [Statement])
    case match(MatchStatement)
    case loop(StatementLoop)
  }

  let node: Node
  /// Nil for an assignment until the block around it gives it its line.
  let location: Location!
}

/// `case (subject)` and its branches.
struct MatchStatement: Sendable {
  struct Branch: Sendable {
    let labels: [Signal]
    let statements: [Statement]
    let location: Location
  }
  let subject: Signal
  let branches: [Branch]
  /// What is done where no label fits; nil where that is nothing.
  let otherwise: [Statement]?
  /// The states of a state machine, all of them: the last branch serves any other bits too.
  let isExhaustive: Bool
}

/// `for` inside a process.
struct StatementLoop: Sendable {
  let label: String
  let index: String
  let count: Nat
  let body: [Statement]
}

infix operator <== : AssignmentPrecedence

/// Gives `target` the value `value`: at the clock edge inside `clocked`, always inside `drive`.
public func <== (target: Signal, value: Signal) -> Statement {
  Statement(node: .assign(target: target, value: value), location: nil)
}

/// Gives `target` a number, in the target's shape.
public func <== (target: Signal, number: Nat) -> Statement {
  target <== Signal(number: number, target.shape)
}

/// `if (condition) ... else ...`.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func When(
  _ condition: Signal, file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ then: () -> [Statement],
  @StatementBuilder else otherwise: () -> [Statement] = { [] }
) -> Statement {
  Statement(
    node: .when(condition, then: then(), otherwise: otherwise()), location: Location(file, line))
}

/// `case (subject)`: the branch of `Case` whose label the subject equals, else that of `Default`.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Match(
  _ subject: Signal, file: StaticString = #fileID, line: Int = #line,
  @CaseBuilder _ cases: () -> [MatchCase]
) -> Statement {
  let cases = cases()
  let branches = cases.filter { !$0.isDefault }.map { branch in
    MatchStatement.Branch(
      labels: branch.labels.map { Signal(number: $0, subject.shape) },
      statements: branch.statements, location: branch.location)
  }
  var checked = subject
  if cases.dropLast().contains(where: \.isDefault) {
    checked.problems.append("`Default` is not the last branch of a `Match`; put it last")
  }
  return Statement(
    node: .match(
      MatchStatement(
        subject: checked, branches: branches,
        otherwise: cases.first(where: \.isDefault)?.statements,
        isExhaustive: false)),
    location: Location(file, line))
}

/// A branch of `Match`.
public struct MatchCase: Sendable {
  let labels: [Nat]
  let isDefault: Bool
  let statements: [Statement]
  let location: Location
}

/// A branch of `Match` for one or several numbers.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Case(
  _ labels: Nat..., file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ statements: () -> [Statement]
) -> MatchCase {
  MatchCase(
    labels: labels, isDefault: false, statements: statements(), location: Location(file, line))
}

/// A branch of `Match` for each of a list of numbers.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Case(
  _ labels: [Nat], file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ statements: () -> [Statement]
) -> MatchCase {
  MatchCase(
    labels: labels, isDefault: false, statements: statements(), location: Location(file, line))
}

/// The branch of `Match` for every other number.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Default(
  file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ statements: () -> [Statement]
) -> MatchCase {
  MatchCase(labels: [], isDefault: true, statements: statements(), location: Location(file, line))
}

/// The statements for every `index` in `0..<count`, in order: a `for` loop inside a process.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func ForEach(
  _ label: String, index: String, count: Nat, file: StaticString = #fileID, line: Int = #line,
  @StatementBuilder _ statements: (Nat) -> [Statement]
) -> Statement {
  Statement(
    node: .loop(
      StatementLoop(label: label, index: index, count: count, body: statements(.index(index)))),
    location: Location(file, line))
}

/// Collects statements and gives each its line.
@resultBuilder
public enum StatementBuilder {
  /// A statement, which takes this line if it has none of its own.
  public static func buildExpression(
    _ statement: Statement, file: StaticString = #fileID, line: Int = #line
  ) -> [Statement] {
    guard statement.location == nil else { return [statement] }
    return [Statement(node: statement.node, location: Location(file, line))]
  }
  /// The statements in order.
  public static func buildBlock(_ parts: [Statement]...) -> [Statement] { parts.flatMap { $0 } }
  /// The statements of every turn of a Swift `for`, in order.
  public static func buildArray(_ parts: [[Statement]]) -> [Statement] { parts.flatMap { $0 } }
  /// The statements of a Swift `if`; none where it does not hold.
  public static func buildOptional(_ part: [Statement]?) -> [Statement] { part ?? [] }
  /// The statements of the branch that Swift takes.
  public static func buildEither(first part: [Statement]) -> [Statement] { part }
  /// The statements of the branch that Swift takes.
  public static func buildEither(second part: [Statement]) -> [Statement] { part }
}

/// Collects the branches of a `Match`.
@resultBuilder
public enum CaseBuilder {
  /// The branches in order.
  public static func buildBlock(_ parts: [MatchCase]...) -> [MatchCase] { parts.flatMap { $0 } }
  /// One branch.
  public static func buildExpression(_ branch: MatchCase) -> [MatchCase] { [branch] }
  /// The branches of every turn of a Swift `for`, in order.
  public static func buildArray(_ parts: [[MatchCase]]) -> [MatchCase] { parts.flatMap { $0 } }
}

extension [Statement] {
  /// Calls `body` with every assignment, those inside other statements among them, in order.
  func forEachAssignment(_ body: (_ target: Signal, _ value: Signal, Location) -> Void) {
    for statement in self {
      switch statement.node {
      case .assign(let target, let value): body(target, value, statement.location)
      case .when(_, let then, let otherwise):
        then.forEachAssignment(body)
        otherwise.forEachAssignment(body)
      case .match(let match):
        for branch in match.branches { branch.statements.forEachAssignment(body) }
        match.otherwise?.forEachAssignment(body)
      case .loop(let loop): loop.body.forEachAssignment(body)
      }
    }
  }

  /// The names that the statements assign, each once, in order.
  var targets: [Declaration] {
    var result: [Declaration] = []
    forEachAssignment { target, _, _ in
      if let root = target.root, !result.contains(where: { $0 === root }) { result.append(root) }
    }
    return result
  }
}
