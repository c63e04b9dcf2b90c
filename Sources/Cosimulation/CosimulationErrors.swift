/// The machine cannot do what is asked: a tool is missing or too old, or a folder cannot be written.
public struct EnvironmentError: Error, Equatable, CustomStringConvertible {
  /// One sentence: what is wrong, and what would put it right.
  public let description: String
  init(_ description: String) { self.description = description }
}

/// The Verilog given is not a `mime_core` that can be built as asked.
public struct RTLError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and where, with the tool's first error lines where it is a tool that refused.
  public let description: String
  init(_ description: String) { self.description = description }
}

/// A simulation that did not end as it should.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// The Verilog ended the run: `$stop` or a failed assertion, `$fatal` or an error of the
  /// simulator, `$finish`, or a stream that broke its protocol.
  case ended(by: Cause, message: String, cycle: UInt64)
  /// Nothing ended the run before the cycle that it had to end by.
  case cycleLimit(UInt64)

  public enum Cause: Int32, Sendable {
    case stop = 1
    case fatal, finish, protocolViolation
  }

  public var description: String {
    switch self {
    case .ended(let cause, let message, let cycle):
      let what =
        switch cause {
        case .stop: "an assertion or $stop ended the simulation"
        case .fatal: "a fatal error ended the simulation"
        case .finish: "$finish ended the simulation"
        case .protocolViolation: "a stream of mime_core broke its protocol"
        }
      return "\(what) in cycle \(cycle): \(message)"
    case .cycleLimit(let limit):
      return "the core hangs: cycle \(limit) passed, by which the layer had to be done"
    }
  }
}
