import Testbench
import Verilated

/// The functions of a loaded harness library (testbenches/mime_accelerator_harness.cpp).
///
/// A library stays loaded: Verilator's run-time keeps state per thread.
public final class AcceleratorLibrary: Sendable {
  typealias Accelerator = OpaquePointer
  typealias Number = UnsafeMutablePointer<UInt64>
  typealias Word = UnsafeMutablePointer<UInt32>
  let create: @convention(c) @Sendable (UInt32) -> Accelerator
  let destroy: @convention(c) @Sendable (Accelerator) -> Void
  let failure:
    @convention(c) @Sendable (Accelerator, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>
  let setMemory:
    @convention(c) @Sendable (Accelerator, UnsafeMutablePointer<UInt8>?, UInt64, UInt64) -> Void
  let setBroken: @convention(c) @Sendable (Accelerator, UInt64, UInt64) -> Void
  let clearBroken: @convention(c) @Sendable (Accelerator) -> Void
  let setTiming: @convention(c) @Sendable (Accelerator, UInt32, UInt32, UInt32, UInt32) -> Void
  let setStalls: @convention(c) @Sendable (Accelerator, Double, UInt64) -> Void
  let setReorder: @convention(c) @Sendable (Accelerator, UInt32, UInt64) -> Void
  let run: @convention(c) @Sendable (Accelerator, UInt64, UInt32) -> Int32
  let cycle: @convention(c) @Sendable (Accelerator) -> UInt64
  let interrupt: @convention(c) @Sendable (Accelerator) -> UInt32
  let writeRegister: @convention(c) @Sendable (Accelerator, UInt32, UInt32, Word) -> Int32
  let readRegister: @convention(c) @Sendable (Accelerator, UInt32, Word, Word) -> Int32
  let state: @convention(c) @Sendable (Accelerator) -> UnsafePointer<CChar>
  let readCounts: @convention(c) @Sendable (Accelerator, UInt32, Number, Number) -> Void
  let writeCounts: @convention(c) @Sendable (Accelerator, Number, Number, Number) -> Void
  let clearCounts: @convention(c) @Sendable (Accelerator) -> Void
  let addRange: @convention(c) @Sendable (Accelerator, UInt64, UInt64) -> Int32
  let clearRanges: @convention(c) @Sendable (Accelerator) -> Void
  let traffic: @convention(c) @Sendable (Accelerator, UInt32, Number, Number) -> Void
  let recordPorts: @convention(c) @Sendable (Accelerator, UInt32) -> Void
  let portTrace: @convention(c) @Sendable (Accelerator, Number) -> UnsafePointer<UInt16>?
  let clearPortTrace: @convention(c) @Sendable (Accelerator) -> Void
  let dumpWaves:
    @convention(c) @Sendable (Accelerator, UnsafePointer<CChar>, UInt64, UInt64) -> Int32
  /// Bytes of a beat of the memory port.
  public let beatBytes: Int

  /// Loads the library at `path`.
  ///
  /// - Throws: `EnvironmentError` when it cannot be loaded or is of another version.
  public init(path: String) throws {
    let library = try LoadedLibrary(path: path)
    func function<F>(_ name: String, _: F.Type = F.self) throws -> F {
      try library.function("\(Testbench.accelerator.name)_\(name)")
    }
    let version = try function("interface_version", (@convention(c) () -> UInt32).self)()
    guard version == Testbench.accelerator.interfaceVersion else {
      throw EnvironmentError(
        "\(path) has version \(version) of the testbench's interface, and this program needs "
          + "\(Testbench.accelerator.interfaceVersion); remove it and try again.")
    }
    beatBytes = Int(try function("beat_bytes", (@convention(c) () -> UInt32).self)())
    create = try function("create")
    destroy = try function("destroy")
    failure = try function("failure")
    setMemory = try function("set_memory")
    setBroken = try function("set_broken")
    clearBroken = try function("clear_broken")
    setTiming = try function("set_timing")
    setStalls = try function("set_stalls")
    setReorder = try function("set_reorder")
    run = try function("run")
    cycle = try function("cycle")
    interrupt = try function("interrupt")
    writeRegister = try function("write_register")
    readRegister = try function("read_register")
    state = try function("state")
    readCounts = try function("read_counts")
    writeCounts = try function("write_counts")
    clearCounts = try function("clear_counts")
    addRange = try function("add_range")
    clearRanges = try function("clear_ranges")
    traffic = try function("traffic")
    recordPorts = try function("record_ports")
    portTrace = try function("port_trace")
    clearPortTrace = try function("clear_port_trace")
    dumpWaves = try function("dump_waves")
  }
}
