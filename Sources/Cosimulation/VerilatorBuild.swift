import Testbench
import Verilated

/// A verilated `mime_core` with its harness, built into a library or taken from the cache.
public struct VerilatorBuild: Sendable {
  public let sources: VerilogSources
  public let parameters: CoreParameters
  /// Whether the model can write waves; it is slower then.
  public let writesWaves: Bool

  public init(_ sources: VerilogSources, _ parameters: CoreParameters, writesWaves: Bool = false) {
    self.sources = sources
    self.parameters = parameters
    self.writesWaves = writesWaves
  }

  /// A built library, and whether this call built it.
  public struct Product: Sendable {
    public let path: String
    public let isNew: Bool
  }

  /// Builds the library unless the cache has it.
  ///
  /// - Throws: `RTLError` when Verilator refuses the Verilog or its ports are not a `mime_core`'s;
  ///   `EnvironmentError` when a tool or a folder fails.
  public func product(
    in cache: BuildCache = BuildCache(), with tools: Toolchain? = nil
  ) throws -> Product {
    try build.product(in: cache, with: tools)
  }

  /// All that decides what the library does.
  func fingerprint(_ tools: Toolchain) -> String { build.fingerprint(tools) }

  private var build: HarnessBuild {
    HarnessBuild(
      testbench: .core, sources: sources, top: "mime_core",
      parameters: parameters.verilogParameters, writesWaves: writesWaves
    ) { [parameters] _ in parameters.ports }
  }
}
