/// A simulation that did not end as it should.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// Something in the core ended the run.
  case ended(by: Cause, message: String, cycle: UInt64)
  /// Nothing ended the run before the cycle that it had to end by.
  case cycleLimit(UInt64)

  /// The raw values are the harness's numbers.
  public enum Cause: Int32, Sendable {
    /// `$stop`, `$fatal`, `$error` or a failed assertion.
    case stop = 1
    /// The simulator cannot go on, as when a combinational loop does not settle.
    case fatal
    case finish
    /// A result was withdrawn or changed before it was taken.
    case protocolViolation
  }

  public var description: String {
    switch self {
    case .ended(let cause, let message, let cycle):
      let what =
        switch cause {
        case .stop: "the Verilog stopped the simulation"
        case .fatal: "the simulator cannot go on"
        case .finish: "$finish ended the simulation"
        case .protocolViolation: "the result stream broke its protocol"
        }
      return "\(what) in cycle \(cycle): \(message)"
    case .cycleLimit(let limit):
      return "the core hangs: cycle \(limit) passed, by which the layer had to be done"
    }
  }
}
