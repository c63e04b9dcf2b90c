import HDL

/// The accelerator's Verilog parameters as plain numbers; defaults are the Verilog's.
public struct AcceleratorSizes: Sendable, Hashable {
  /// ROWS and COLS.
  public var rows = 16
  public var columns = 16
  /// FEED_BANKS.
  public var banks = 2
  public var actWidth = 8
  /// ACT_SIGNED.
  public var hasSignedActivations = false
  public var weightWidth = 8
  public var accWidth = 32
  public var multWidth = 16
  public var rounding = 0
  public var taskWidth = 3
  public var countWidth = 16
  public var laneExtra = 0
  /// COUNT_EVENTS.
  public var countsEvents = true
  /// AXI_DATA_WIDTH.
  public var busWidth = 128
  /// AXI_ADDR_WIDTH.
  public var addressWidth = 32
  /// READ_BURSTS.
  public var readBursts = 4
  /// KB of each of the two activation buffers; nil for one that holds everything.
  public var actBufferKB: Int? = 128
  /// KB of weights; nil for a buffer that holds everything.
  public var weightBufferKB: Int? = 128
  /// KB of thresholds; nil for a buffer that holds everything.
  public var thresholdBufferKB: Int? = 16

  /// The defaults.
  public init() {}

  /// The sizes of an accelerator whose `parameters` all have values.
  init(_ parameters: Configuration) {
    func value(_ name: String) -> Int { parameters[name]! }
    rows = value("ROWS")
    columns = value("COLS")
    banks = value("FEED_BANKS")
    actWidth = value("ACT_WIDTH")
    hasSignedActivations = value("ACT_SIGNED") == 1
    weightWidth = value("WEIGHT_WIDTH")
    accWidth = value("ACC_WIDTH")
    multWidth = value("MULT_WIDTH")
    rounding = value("ROUNDING")
    taskWidth = value("TASK_WIDTH")
    countWidth = value("COUNT_WIDTH")
    laneExtra = value("LANE_EXTRA")
    countsEvents = value("COUNT_EVENTS") == 1
    busWidth = value("AXI_DATA_WIDTH")
    addressWidth = value("AXI_ADDR_WIDTH")
    readBursts = value("READ_BURSTS")
    actBufferKB = value("ACT_BUFFER_KB")
    weightBufferKB = value("WEIGHT_BUFFER_KB")
    thresholdBufferKB = value("THRESHOLD_BUFFER_KB")
  }

  /// The value of each Verilog parameter; infinite buffers have none.
  public var parameters: Configuration {
    var parameters: Configuration = [
      "ROWS": rows, "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth,
      "ACT_SIGNED": hasSignedActivations ? 1 : 0, "WEIGHT_WIDTH": weightWidth,
      "ACC_WIDTH": accWidth, "MULT_WIDTH": multWidth, "ROUNDING": rounding,
      "TASK_WIDTH": taskWidth, "COUNT_WIDTH": countWidth, "LANE_EXTRA": laneExtra,
      "COUNT_EVENTS": countsEvents ? 1 : 0, "AXI_DATA_WIDTH": busWidth,
      "AXI_ADDR_WIDTH": addressWidth, "READ_BURSTS": readBursts,
    ]
    parameters["ACT_BUFFER_KB"] = actBufferKB
    parameters["WEIGHT_BUFFER_KB"] = weightBufferKB
    parameters["THRESHOLD_BUFFER_KB"] = thresholdBufferKB
    return parameters
  }

  /// What is needed for every count to be defined and to fit an integer.
  func check() throws {
    let sizes = 1...1 << 20
    let given: [(String, Int, ClosedRange<Int>)] = [
      ("ROWS", rows, sizes), ("COLS", columns, sizes), ("FEED_BANKS", banks, 1...1 << 10),
      ("ACT_WIDTH", actWidth, 1...64), ("WEIGHT_WIDTH", weightWidth, 1...64),
      ("ACC_WIDTH", accWidth, 1...128), ("MULT_WIDTH", multWidth, 0...64),
      ("TASK_WIDTH", taskWidth, 1...16), ("LANE_EXTRA", laneExtra, 0...1 << 10),
      ("AXI_DATA_WIDTH", busWidth, 8...1024), ("ACT_BUFFER_KB", actBufferKB ?? 1, 1...1 << 40),
      ("WEIGHT_BUFFER_KB", weightBufferKB ?? 1, 1...1 << 40),
      ("THRESHOLD_BUFFER_KB", thresholdBufferKB ?? 1, 1...1 << 40),
    ]
    for (name, value, range) in given where !range.contains(value) {
      throw ProgramFailure(
        "\(name) is \(value); the model takes \(range.lowerBound) to \(range.upperBound)")
    }
    guard busWidth.nonzeroBitCount == 1 else {
      throw ProgramFailure("AXI_DATA_WIDTH is \(busWidth) and must be a power of two")
    }
  }
}
