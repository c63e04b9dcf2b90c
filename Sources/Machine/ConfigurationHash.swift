import HDL

extension Machine {
  /// What a driver of the core relies on, a line for each name: port names, parameter names,
  /// the counters by number, and the generator's version. Neither parameter values nor module
  /// bodies, so that overrides and hand edits stay checkable.
  static let interface: [String] = {
    let shape = describeCore(hash: 0)
    return ["version \(version)"]
      + shape.parameters.map { "parameter \($0.name)" }
      + shape.portNames.map { "port \($0)" }
      + counters.enumerated().map { "counter \($0) \($1.name) \($1.isPerTask ? "task" : "layer")" }
  }()

  /// What a program of the accelerator relies on beside parameter values: the forms of descriptors and
  /// registers, and the counters by number.
  static let acceleratorInterface: [String] =
    ["accelerator \(acceleratorVersion)"]
    + DescriptorField.allCases.map { "field \($0.rawValue) \($0)" }
    + DescriptorFlag.allCases.map { "flag \($0.rawValue) \($0)" }
    + acceleratorRegisters.registers.map { "register \($0.name)" }
    + acceleratorCounters.enumerated().map {
      "counter \($0) \($1.name) \($1.isPerTask ? "task" : "layer")"
    }

  /// The hash of `acceleratorInterface`, which parameter values are mixed into: 32-bit FNV-1a.
  static let acceleratorInterfaceHash = fnv(acceleratorInterface.map { $0 + "\n" }.joined().utf8)

  /// The parameters that a program depends on, in the order in which the hash takes them.
  static let hashedParameters = [
    "ROWS", "COLS", "ACT_WIDTH", "ACT_SIGNED", "WEIGHT_WIDTH", "ACC_WIDTH", "MULT_WIDTH",
    "ROUNDING", "TASK_WIDTH", "FEED_BANKS", "AXI_DATA_WIDTH",
  ]

  /// The hash of the accelerator with `parameters`, which each descriptor of its programs has.
  public static func programHash(_ parameters: Configuration) -> UInt32 {
    hashedParameters.reduce(acceleratorInterfaceHash) { hash, name in
      (hash ^ UInt32(parameters[name]!)) &* 0x0100_0193
    }
  }

  private static func fnv(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { hash, byte in (hash ^ UInt32(byte)) &* 0x0100_0193 }
  }

  /// The hash of `interface` that the core's `config_hash` port shows: 32-bit FNV-1a.
  public static let configurationHash: UInt32 = fnv(
    interface.map { $0 + "\n" }.joined().utf8)
}
