import Testbench
import Verilated

/// A verilated accelerator with its harness, built into a library or taken from the cache.
///
/// The module has the ports `clk`, `rst`, `irq`, a target of AXI4-Lite `s_axil` with data of 32 bits,
/// and a manager of AXI4 `m_axi`; their widths are taken from the module.
public struct AcceleratorBuild: Sendable {
  public let sources: VerilogSources
  /// The module's name.
  public let top: String
  /// Values for its parameters; what is not named takes its default.
  public let parameters: [(name: String, value: Int)]
  /// Whether the model can write waves; it is slower then.
  public let writesWaves: Bool

  public init(
    _ sources: VerilogSources, top: String = "mime_accelerator",
    parameters: [(name: String, value: Int)] = [], writesWaves: Bool = false
  ) {
    self.sources = sources
    self.top = top
    self.parameters = parameters
    self.writesWaves = writesWaves
  }

  /// Builds the library unless the cache has it.
  ///
  /// - Throws: `RTLError` when Verilator refuses the Verilog or its ports are not an accelerator's;
  ///   `EnvironmentError` when a tool or a folder fails.
  public func product(
    in cache: BuildCache = BuildCache(), with tools: Toolchain? = nil
  ) throws -> VerilatorBuild.Product {
    try build.product(in: cache, with: tools)
  }

  /// All that decides what the library does.
  func fingerprint(_ tools: Toolchain) -> String { build.fingerprint(tools) }

  private var build: HarnessBuild {
    HarnessBuild(
      testbench: .accelerator, sources: sources, top: top, parameters: parameters,
      writesWaves: writesWaves
    ) { [top] in try AcceleratorPorts($0, of: top).all }
  }
}
