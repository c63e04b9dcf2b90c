import Verilated

/// An accelerator that runs in this process, driven by its buses alone.
///
/// Fill the memory, write its registers, `runUntilInterrupt`, and look at the memory. Every rule of
/// AXI is checked on the way. Not for use from two threads at once.
public final class SimulatedAccelerator {
  public let memory: SimulatedMemory
  /// Bytes of a beat of the memory port.
  public var beatBytes: Int { library.beatBytes }
  let library: AcceleratorLibrary
  let accelerator: AcceleratorLibrary.Accelerator
  /// How many ranges `watch` has set.
  var watchedCount = 0

  /// An accelerator after reset.
  ///
  /// - Parameters:
  ///   - memory: what is behind its memory port.
  ///   - xSeed: fills the registers before reset; no result may depend on it.
  /// - Throws: `SimulationError`.
  public init(
    _ library: AcceleratorLibrary, memory: SimulatedMemory, xSeed: UInt32 = 1,
    timing: MemoryTiming = MemoryTiming(), stalls: BusStalls? = nil
  ) throws {
    self.library = library
    self.memory = memory
    accelerator = library.create(xSeed)
    try check(0)
    library.setMemory(
      accelerator, memory.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
      memory.addresses.lowerBound, UInt64(memory.bytes.count))
    setTiming(timing)
    setStalls(stalls)
  }

  deinit { library.destroy(accelerator) }

  // MARK: The surroundings

  /// Sets how fast the memory is from now on.
  public func setTiming(_ timing: MemoryTiming) {
    library.setTiming(
      accelerator, UInt32(timing.readLatency), UInt32(timing.writeLatency),
      UInt32(timing.bandwidth?.bytes ?? 0), UInt32(timing.bandwidth?.cycles ?? 1))
  }

  /// Sets how the channels of both buses hold back from now on; nil for never.
  public func setStalls(_ stalls: BusStalls?) {
    library.setStalls(accelerator, stalls?.probability ?? 0, stalls?.seed ?? 0)
  }

  /// Sets that bursts of different identifiers are answered in an order drawn from `seed`, each up to
  /// 15 cycles late; nil for the order in which they were asked for.
  public func setReorder(seed: UInt64?) {
    library.setReorder(accelerator, seed == nil ? 0 : 1, seed ?? 0)
  }

  /// Sets where the memory answers with SLVERR; beats there read as zeros and change nothing.
  public func setBroken(_ ranges: [Range<UInt64>]) {
    library.clearBroken(accelerator)
    for range in ranges {
      library.setBroken(accelerator, range.lowerBound, UInt64(range.count))
    }
  }

  // MARK: Registers

  /// Writes the register at `address`, and gives the answer.
  ///
  /// - Throws: `SimulationError`.
  public func write(_ value: UInt32, at address: UInt32) throws -> BusResponse {
    var response: UInt32 = 0
    try check(library.writeRegister(accelerator, address, value, &response))
    return BusResponse(response)
  }

  /// Reads the register at `address`, and gives the answer.
  ///
  /// - Throws: `SimulationError`.
  public func read(at address: UInt32) throws -> (value: UInt32, response: BusResponse) {
    var (value, response): (UInt32, UInt32) = (0, 0)
    try check(library.readRegister(accelerator, address, &value, &response))
    return (value, BusResponse(response))
  }

  /// Writes the register at `address`, which has to take it.
  ///
  /// - Throws: `RegisterError` for an answer other than OKAY; `SimulationError`.
  public func setRegister(_ address: UInt32, to value: UInt32) throws {
    let response = try write(value, at: address)
    guard response == .okay else {
      throw RegisterError(isWrite: true, address: address, response: response)
    }
  }

  /// The value of the register at `address`, which has to give it.
  ///
  /// - Throws: `RegisterError` for an answer other than OKAY; `SimulationError`.
  public func register(_ address: UInt32) throws -> UInt32 {
    let (value, response) = try read(at: address)
    guard response == .okay else {
      throw RegisterError(isWrite: false, address: address, response: response)
    }
    return value
  }

  // MARK: Time

  /// Cycles since reset.
  public var cycle: UInt64 { library.cycle(accelerator) }

  /// Whether the interrupt was raised in the last cycle.
  public var interrupt: Bool { library.interrupt(accelerator) != 0 }

  /// Clocks for `cycles`.
  ///
  /// - Throws: `SimulationError`.
  public func run(cycles: UInt64) throws {
    try check(library.run(accelerator, cycles, 0))
  }

  /// Clocks until the interrupt is raised, and gives the cycles that took.
  ///
  /// - Parameter limit: the cycles within which it has to be.
  /// - Throws: `SimulationError`, `.hangs` among them.
  @discardableResult
  public func runUntilInterrupt(limit: UInt64) throws -> UInt64 {
    let start = cycle
    let status = library.run(accelerator, limit, 1)
    try check(status)
    guard status == 1 else {
      throw SimulationError.hangs(
        cycles: limit, state: String(cString: library.state(accelerator)))
    }
    return cycle - start
  }

  /// Turns a failure of the harness into an error.
  func check(_ status: Int32) throws {
    var kind: Int32 = 0
    let message = String(cString: library.failure(accelerator, &kind))
    guard let cause = SimulationError.Cause(rawValue: kind) else { return }
    throw SimulationError.ended(by: cause, message: message, cycle: cycle)
  }
}
