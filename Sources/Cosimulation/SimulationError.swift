/// A simulation that did not end as it should.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// Something in the simulated hardware ended the run.
  case ended(by: Cause, message: String, cycle: UInt64)
  /// Nothing ended the run before the cycle that it had to end by.
  case cycleLimit(UInt64)
  /// An accelerator raised no interrupt in as many cycles; `state` is what its memory port was doing.
  case hangs(cycles: UInt64, state: String)

  /// The raw values are the harness's numbers.
  public enum Cause: Int32, Sendable {
    /// `$stop`, `$fatal`, `$error` or a failed assertion.
    case stop = 1
    /// The simulator cannot go on, as when a combinational loop does not settle.
    case fatal
    case finish
    /// A port broke a rule, as when a result changes before it is taken.
    case protocolViolation
    /// An access to a register was not answered.
    case noAnswer
  }

  public var description: String {
    switch self {
    case .ended(let cause, let message, let cycle):
      let what =
        switch cause {
        case .stop: "the Verilog stopped the simulation"
        case .fatal: "the simulator cannot go on"
        case .finish: "$finish ended the simulation"
        case .protocolViolation: "a port broke its protocol"
        case .noAnswer: "a register does not answer"
        }
      return "\(what) in cycle \(cycle): \(message)"
    case .cycleLimit(let limit):
      return "the core hangs: cycle \(limit) passed, by which the layer had to be done"
    case .hangs(let cycles, let state):
      return "the accelerator hangs: no interrupt within \(cycles) cycles; \(state)"
    }
  }
}
