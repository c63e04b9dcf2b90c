import HDL
import Simulation

/// A module for Verilator: its Verilog, and the ports that it has at the values of its parameters.
public struct VerilatedModule: Sendable, Equatable {
  /// The Verilog of the module and of those that it instantiates.
  public let sources: VerilogSources
  /// The module's name.
  public let top: String
  /// Values for its parameters; what is not named takes its default.
  public let parameters: Configuration
  /// All its ports, in the order in which a bench has them.
  public let ports: [Port]
  /// The inputs that are clocks.
  public let clocks: [String]
  /// The inputs that reset registers as soon as they are 0, which they have to become once for
  /// Verilator to see it.
  let lowResets: [String]

  /// The module `top` of any Verilog, with all the ports that it has at `parameters`.
  public init(
    _ sources: VerilogSources, top: String, parameters: Configuration = [:], ports: [Port],
    clocks: [String]? = nil
  ) {
    self.init(
      sources, top: top, parameters: parameters, ports: ports,
      clocks: clocks
        ?? ports.filter { $0.isInput && $0.width == 1 && $0.name == "clk" }.map(\.name),
      lowResets: [])
  }

  private init(
    _ sources: VerilogSources, top: String, parameters: Configuration, ports: [Port],
    clocks: [String], lowResets: [String]
  ) {
    self.sources = sources
    self.top = top
    self.parameters = parameters
    self.ports = ports
    self.clocks = clocks
    self.lowResets = lowResets
  }

  /// The Verilog that `module` and those that it instantiates print, at `configuration`.
  ///
  /// - Parameter blackBoxes: the Verilog of its black boxes, where it is not their models that are
  ///   to be simulated.
  /// - Throws: `HDLError` where a rule of the language is broken at `configuration`; `RTLError`
  ///   where a black box has neither a model nor Verilog.
  public init(
    _ module: Module, at configuration: Configuration = [:], blackBoxes: [VerilogFile] = []
  ) throws {
    try module.check(at: [configuration])
    if let name = module.portNames.first(where: Self.taken.contains) {
      throw RTLError(
        "the port `\(name)` of `\(module.name)` has a name of the class that Verilator writes; give it "
          + "another one, or instantiate the module in one with other names.")
    }
    if blackBoxes.isEmpty, let box = module.boxesWithoutModel.first {
      throw RTLError(
        "`\(box.name)` is a black box without a model; give its Verilog as one of `blackBoxes`.")
    }
    let ports = zip(module.portSummaries, try module.portWidths(at: configuration)).map {
      Port(name: $0.name, width: $1, isSigned: $0.isSigned, isInput: $0.isInput)
    }
    self.init(
      VerilogSources(module.verilogFiles(models: blackBoxes.isEmpty) + blackBoxes),
      top: module.name, parameters: configuration, ports: ports,
      clocks: module.edgeInputs.clocks, lowResets: module.edgeInputs.lowResets)
  }

  /// Names of members of a verilated model, which ports are members of too.
  private static let taken: Set<String> = [
    "clone", "contextp", "eval", "eval_end_step", "eval_step", "eventsPending", "final", "hierName",
    "modelName", "name", "nextTimeSlot", "rootp", "threads", "trace", "traceCapable", "vlNamep",
    "vlSymsp",
  ]

  /// The parameters given, in an order that does not change.
  var orderedParameters: [(name: String, value: Int)] {
    parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
