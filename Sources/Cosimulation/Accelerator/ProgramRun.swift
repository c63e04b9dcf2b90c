import Machine
import Programs

/// A program that ended early: the accelerator's own words for it.
public struct ProgramStop: Error, Equatable, CustomStringConvertible {
  /// Why.
  public let cause: ProgramError
  /// Number of the operation, from 0.
  public let operation: Int

  public var description: String {
    let what =
      switch cause {
      case .none: "nothing"
      case .hash: "its descriptor is for an accelerator of another configuration"
      case .checksum: "its descriptor is damaged: the fields do not sum to zero"
      case .operation: "there is no such operation"
      case .zeroSize: "a size in its descriptor is zero"
      case .address: "a transfer reaches outside the memory's image, or begins inside a beat"
      case .read: "the memory answered a read with an error"
      case .write: "the memory answered a write with an error"
      case .place: "it reaches outside the activation buffer"
      case .stuck:
        "it came to a rest before its end; fields of its descriptor contradict each other"
      case .stopped: "it was stopped"
      }
    return "operation \(operation) of the program ended with error \(cause.rawValue): \(what)"
  }
}

extension SimulatedAccelerator {
  private func offset(_ name: String) -> UInt32 {
    UInt32(Machine.acceleratorRegisters.offset(name)!)
  }

  /// Puts a program into the memory and runs it to its end.
  ///
  /// - Parameter limit: the cycles within which it has to end.
  /// - Returns: the cycles from the start to the interrupt.
  /// - Throws: `ProgramStop` where it ends early; `SimulationError`, `.hangs` among them;
  ///   `RegisterError`.
  @discardableResult
  public func run(_ program: Program, limit: UInt64) throws -> UInt64 {
    program.memory.bytes.withUnsafeBytes { memory.bytes.copyMemory(from: $0) }
    return try start(
      at: UInt32(program.start), image: UInt32(program.memory.bytes.count), limit: limit)
  }

  /// Runs the program at `offset` of the memory's image of `image` bytes.
  @discardableResult
  public func start(at program: UInt32, image: UInt32, limit: UInt64) throws -> UInt64 {
    let base = memory.addresses.lowerBound
    for (name, value) in [
      ("BASE_LOW", UInt32(truncatingIfNeeded: base)), ("BASE_HIGH", UInt32(base >> 32)),
      ("LIMIT", image), ("PROGRAM", program), ("INTERRUPT", 1),
    ] {
      try setRegister(offset(name), to: value)
    }
    try setRegister(offset("CONTROL"), to: 1)
    let cycles = try runUntilInterrupt(limit: limit)
    let status = try register(offset("STATUS"))
    // DONE is cleared by writing 1.
    try setRegister(offset("STATUS"), to: 2)
    let error = Int(status >> 2 & 0xFF)
    guard error == 0 else {
      throw ProgramStop(
        cause: ProgramError(rawValue: error) ?? .none, operation: Int(status >> 10))
    }
    return cycles
  }
}
