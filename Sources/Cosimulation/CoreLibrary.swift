import Testbench
import Verilated

/// The functions of a loaded harness library (testbenches/mime_core_harness.cpp).
///
/// A library stays loaded: Verilator's run-time keeps state per thread.
public final class CoreLibrary: Sendable {
  typealias Core = OpaquePointer
  let create: @convention(c) @Sendable (UInt32) -> Core
  let destroy: @convention(c) @Sendable (Core) -> Void
  let failure: @convention(c) @Sendable (Core, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>
  let beatWords: @convention(c) @Sendable (Core, UnsafeMutablePointer<UInt32>) -> Void
  let configHash: @convention(c) @Sendable (Core) -> UInt32
  let setLayer: @convention(c) @Sendable (Core, UInt32, UInt32, UInt64, UInt64) -> Void
  let setStalls: @convention(c) @Sendable (Core, Double, UInt64) -> Void
  let push: @convention(c) @Sendable (Core, UInt32, UnsafePointer<UInt32>?, UInt64) -> Void
  let released: @convention(c) @Sendable (Core, UInt32) -> UInt64
  let run: @convention(c) @Sendable (Core, UInt64, UInt32, UInt32) -> Int32
  let cycle: @convention(c) @Sendable (Core) -> UInt64
  let results:
    @convention(c) @Sendable (Core, UnsafeMutablePointer<UInt64>) -> UnsafePointer<UInt32>?
  let clearResults: @convention(c) @Sendable (Core) -> Void
  let recordPorts: @convention(c) @Sendable (Core, UInt32) -> Void
  let portTrace:
    @convention(c) @Sendable (Core, UnsafeMutablePointer<UInt64>) -> UnsafePointer<UInt16>?
  let clearPortTrace: @convention(c) @Sendable (Core) -> Void
  let clearEvents: @convention(c) @Sendable (Core) -> Int32
  let readEvent:
    @convention(c) @Sendable (Core, UInt32, UInt32, UnsafeMutablePointer<UInt64>) -> Int32
  let dumpWaves: @convention(c) @Sendable (Core, UnsafePointer<CChar>, UInt64, UInt64) -> Int32
  let timeBareLoop:
    @convention(c) @Sendable (
      Core, UnsafePointer<UnsafePointer<UInt32>?>, UnsafePointer<UInt64>, UInt64,
      UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<Double>
    ) -> Int32

  /// Loads the library at `path`.
  ///
  /// - Throws: `EnvironmentError` when it cannot be loaded or is of another version.
  public init(path: String) throws {
    let library = try LoadedLibrary(path: path)
    func function<F>(_ name: String, _: F.Type = F.self) throws -> F {
      try library.function("mime_core_\(name)")
    }
    let version = try function("interface_version", (@convention(c) () -> UInt32).self)()
    guard version == Testbench.core.interfaceVersion else {
      throw EnvironmentError(
        "\(path) has version \(version) of the testbench's interface, and this program needs "
          + "\(Testbench.core.interfaceVersion); remove it and try again.")
    }
    create = try function("create")
    destroy = try function("destroy")
    failure = try function("failure")
    beatWords = try function("beat_words")
    configHash = try function("config_hash")
    setLayer = try function("set_layer")
    setStalls = try function("set_stalls")
    push = try function("push")
    released = try function("released")
    run = try function("run")
    cycle = try function("cycle")
    results = try function("results")
    clearResults = try function("clear_results")
    recordPorts = try function("record_ports")
    portTrace = try function("port_trace")
    clearPortTrace = try function("clear_port_trace")
    clearEvents = try function("clear_events")
    readEvent = try function("read_event")
    dumpWaves = try function("dump_waves")
    timeBareLoop = try function("time_bare_loop")
  }
}
