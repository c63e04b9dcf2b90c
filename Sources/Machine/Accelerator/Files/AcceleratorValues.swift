import HDL

extension Machine {
  /// A field of the registers that reads as the parameters say.
  public struct RegisterValue: Sendable {
    /// The register.
    public let register: String
    /// The field.
    public let field: String
    /// The value in terms of the parameters.
    public let formula: String
    /// The value.
    public let value: UInt32
  }

  /// The fields of `acceleratorRegisters` that read as the parameters say, in the registers' order.
  ///
  /// - Parameter parameters: a value for each parameter of `accelerator`.
  public static func acceleratorValues(_ parameters: Configuration) -> [RegisterValue] {
    func of(_ register: String, _ field: String, _ parameter: String) -> RegisterValue {
      RegisterValue(
        register: register, field: field, formula: parameter, value: UInt32(parameters[parameter]!))
    }
    func value(_ register: String, _ field: String, _ formula: String, _ value: Int)
      -> RegisterValue
    {
      RegisterValue(register: register, field: field, formula: formula, value: UInt32(value))
    }
    let sizes = AcceleratorSizes(parameters)
    return [
      value(
        "HASH", "PROGRAM_HASH", "see [Hash](#hash)", Int(programHash(parameters))),
      of("ARRAY", "ARRAY_ROWS", "ROWS"), of("ARRAY", "ARRAY_COLUMNS", "COLS"),
      of("WIDTHS", "ACTIVATION_BITS", "ACT_WIDTH"), of("WIDTHS", "WEIGHT_BITS", "WEIGHT_WIDTH"),
      of("WIDTHS", "ACCUMULATOR_BITS", "ACC_WIDTH"), of("WIDTHS", "MULTIPLIER_BITS", "MULT_WIDTH"),
      value(
        "FEATURES", "BUS_BYTES", "AXI_DATA_WIDTH / 8", parameters["AXI_DATA_WIDTH"]! / 8),
      of("FEATURES", "BANKS", "FEED_BANKS"), of("FEATURES", "TASK_BITS", "TASK_WIDTH"),
      of("FEATURES", "SIGNED_ACTIVATIONS", "ACT_SIGNED"),
      of("FEATURES", "COUNTERS_BUILT", "COUNT_EVENTS"),
      value("WEIGHT_LINES", "LINES_OF_WEIGHTS", AcceleratorSizes.weights, sizes.weightLines),
      value(
        "THRESHOLD_LINES", "LINES_OF_THRESHOLDS", AcceleratorSizes.thresholds,
        sizes.thresholdLines),
      value("PLACES", "PLACES_OF_ACTIVATIONS", AcceleratorSizes.activations, sizes.places),
    ]
  }
}

/// The sizes of the accelerator's memories, and how they follow from the parameters.
struct AcceleratorSizes {
  let parameters: Configuration

  init(_ parameters: Configuration) { self.parameters = parameters }

  static let activations = "max(2, floor(ACT_BUFFER_KB * 8192 / (FEED_BANKS * COLS * ACT_WIDTH)))"
  static let weights = "max(2, floor(WEIGHT_BUFFER_KB * 8192 / (words * COLS * WEIGHT_WIDTH)))"
  static let thresholds = "max(2, floor(THRESHOLD_BUFFER_KB * 8192 / (words * COLS * ACC_WIDTH)))"

  private subscript(name: String) -> Int { parameters[name]! }

  /// Words of `width` bits that a line of a beat holds; 1 where a word takes several beats.
  private func words(_ width: Int) -> Int {
    var words = 1
    while 2 * words * width <= self["AXI_DATA_WIDTH"] { words *= 2 }
    return words
  }

  private func lineWidth(_ width: Int) -> Int { words(width) * width }

  /// Places of an activation buffer.
  var places: Int {
    max(2, self["ACT_BUFFER_KB"] * 8192 / (self["FEED_BANKS"] * self["COLS"] * self["ACT_WIDTH"]))
  }
  /// Lines of the weight buffer.
  var weightLines: Int {
    max(2, self["WEIGHT_BUFFER_KB"] * 8192 / lineWidth(self["COLS"] * self["WEIGHT_WIDTH"]))
  }
  /// Lines of the threshold buffer.
  var thresholdLines: Int {
    max(2, self["THRESHOLD_BUFFER_KB"] * 8192 / lineWidth(self["COLS"] * self["ACC_WIDTH"]))
  }

  /// A memory of the Verilog.
  struct Memory {
    let what: String
    let instance: String
    let depth: Int
    let width: Int
    let copies: Int
    var bits: Int { depth * width * copies }
  }

  /// The memories, the large ones first.
  var memories: [Memory] {
    let columns = self["COLS"]
    let channel = columns * (self["ACC_WIDTH"] + max(self["MULT_WIDTH"], 1) + 6)
    func ring(_ what: String, _ name: String, _ depth: Int, _ width: Int) -> Memory {
      Memory(
        what: what, instance: "\(name)_ring.memory", depth: depth, width: lineWidth(width),
        copies: 1)
    }
    return [
      Memory(
        what: "activations, with a bit for each that is not zero", instance: "buffer_*.words",
        depth: places, width: columns * (self["ACT_WIDTH"] + 1), copies: 2 * self["FEED_BANKS"]),
      ring("weights", "weight", weightLines, columns * self["WEIGHT_WIDTH"]),
      ring("thresholds", "threshold", thresholdLines, columns * self["ACC_WIDTH"]),
      ring("biases, multipliers, shifts", "channel", 2, channel),
      ring("images on their way in", "load", 32, columns * self["ACT_WIDTH"]),
      ring("descriptors", "program", 8, Machine.programWordWidth),
      Memory(
        what: "a head's largest result of each image", instance: "argmax.values",
        depth: 1 << Machine.imageWidth, width: self["ACC_WIDTH"], copies: 1),
      Memory(
        what: "and its class", instance: "argmax.bests", depth: 1 << Machine.imageWidth, width: 24,
        copies: 1),
    ]
  }
}
