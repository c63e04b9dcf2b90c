/// How a library of verilated modules is built.
public struct VerilatedOptions: Sendable, Hashable {
  /// What registers and memories hold before the first edge, and what an `x` in the Verilog is.
  public enum InitialValues: Sendable {
    /// Every bit is 0.
    case zero
    /// Drawn from the seed of each bench.
    case random
  }

  /// What is held before the first edge, and what an `x` is.
  public var initialValues: InitialValues
  /// Whether the compiler optimizes: it then takes up to three times as long, and a step a third
  /// to a tenth of the time.
  public var optimizes: Bool

  /// Initial values of zero and no optimization, where nothing else is said.
  public init(initialValues: InitialValues = .zero, optimizes: Bool = false) {
    self.initialValues = initialValues
    self.optimizes = optimizes
  }

  var verilatorArguments: [String] {
    let value = initialValues == .zero ? "0" : "unique"
    return ["--x-assign", value, "--x-initial", value]
  }

  var optimization: String { optimizes ? "-O1" : "-O0" }
}
