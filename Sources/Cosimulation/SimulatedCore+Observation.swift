import Verilated

/// What a run can be asked besides its results.
extension SimulatedCore {
  /// Zeroes every event counter, in one cycle.
  public func clearEvents() throws { try check(library.clearEvents(core)) }

  /// The value of an event counter (docs/core.md numbers them), to be read when the layer is done.
  ///
  /// - Parameter task: for counters kept per task.
  public func event(_ select: Int, task: Int = 0) throws -> UInt64 {
    var count: UInt64 = 0
    try check(library.readEvent(core, UInt32(select), UInt32(task), &count))
    return count
  }

  /// Starts or stops recording the handshakes of each cycle.
  public func recordPorts(_ isOn: Bool) { library.recordPorts(core, isOn ? 1 : 0) }

  /// The handshakes recorded since the last call, one value per cycle: bit 2s is the valid of
  /// stream s, bit 2s + 1 its ready, with s the raw value of `CoreStream`.
  public func takePortTrace() -> [UInt16] {
    var count: UInt64 = 0
    let trace = library.portTrace(core, &count)
    defer { library.clearPortTrace(core) }
    return Array(UnsafeBufferPointer(start: trace, count: Int(count)))
  }

  /// Writes the waves of `cycles`, counted from reset, to a VCD file.
  ///
  /// - Throws: `EnvironmentError` when the file cannot be written or the library was built without
  ///   waves; `SimulationError`.
  public func dumpWaves(to path: String, cycles: Range<UInt64>) throws {
    let status = library.dumpWaves(core, path, cycles.lowerBound, cycles.upperBound)
    try check(status)
    guard status >= 0 else {
      throw EnvironmentError(
        "no waves can be written to \(path): the file cannot be created, or the core was built "
          + "without waves.")
    }
  }

  /// What a bare loop needed for a layer.
  public struct BareTime: Sendable {
    public let cycles: UInt64
    public let seconds: Double
  }

  /// Runs one layer as a plain C++ testbench would, without anything of `run`, and measures it.
  ///
  /// - Parameters:
  ///   - layer: one block for each input stream, with all beats of the layer.
  ///   - limit: the cycles within which it has to end.
  public func timeBareLoop(_ layer: [BeatBlock], limit: UInt64) throws -> BareTime {
    let ordered = CoreStream.inputs.map { stream in layer.first { $0.stream == stream } }
    var (cycles, seconds): (UInt64, Double) = (0, 0)
    let status = library.timeBareLoop(
      core, ordered.map { $0?.words.baseAddress }, ordered.map { UInt64($0?.count ?? 0) }, limit,
      &cycles, &seconds)
    try check(status)
    guard status == 1 else { throw SimulationError.cycleLimit(limit) }
    return withExtendedLifetime(layer) { BareTime(cycles: cycles, seconds: seconds) }
  }
}
