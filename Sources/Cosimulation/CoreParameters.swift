/// The parameters of a `mime_core` instance (docs/core.md lists their ranges).
public struct CoreParameters: Sendable, Equatable {
  public var rows: Int
  public var columns: Int
  public var lanes: Int
  /// Bits of an activation.
  public var actWidth: Int
  /// Whether the core is built with the choice of signed activations.
  public var actSigned: Bool
  /// Bits of a signed weight.
  public var weightWidth: Int
  /// Bits of accumulators, biases and thresholds.
  public var accWidth: Int
  /// Bits of an unsigned multiplier; 0 builds a shift only.
  public var multWidth: Int
  /// The index of the rounding: 0 half-even, 1 half-up, 2 half-away, 3 floor, 4 toward-zero.
  public var rounding: Int
  public var taskWidth: Int
  /// Whether the core is built with its event counters.
  public var countEvents: Bool
  /// Bits of a row's counts of steps in a tile.
  public var countWidth: Int
  /// Registers behind a lane's multiplier.
  public var laneExtra: Int

  /// - Parameter lanes: as many as columns unless given.
  public init(
    rows: Int = 16, columns: Int = 16, lanes: Int? = nil, actWidth: Int = 8,
    actSigned: Bool = false, weightWidth: Int = 8, accWidth: Int = 32, multWidth: Int = 16,
    rounding: Int = 0, taskWidth: Int = 3, countEvents: Bool = true, countWidth: Int = 16,
    laneExtra: Int = 0
  ) {
    self.rows = rows
    self.columns = columns
    self.lanes = lanes ?? columns
    self.actWidth = actWidth
    self.actSigned = actSigned
    self.weightWidth = weightWidth
    self.accWidth = accWidth
    self.multWidth = multWidth
    self.rounding = rounding
    self.taskWidth = taskWidth
    self.countEvents = countEvents
    self.countWidth = countWidth
    self.laneExtra = laneExtra
  }

  /// Column groups G: a lane serves columns `lane * G ..< lane * G + G`.
  public var groups: Int { (columns + lanes - 1) / lanes }

  /// Drain slots D of a tile.
  public var drainSlots: Int { rows * groups }

  /// The Verilog parameters and their values, in the order of docs/core.md.
  public var verilogParameters: [(name: String, value: Int)] {
    [
      ("ROWS", rows), ("COLS", columns), ("LANES", lanes), ("ACT_WIDTH", actWidth),
      ("ACT_SIGNED", actSigned ? 1 : 0), ("WEIGHT_WIDTH", weightWidth), ("ACC_WIDTH", accWidth),
      ("MULT_WIDTH", multWidth), ("ROUNDING", rounding), ("TASK_WIDTH", taskWidth),
      ("COUNT_EVENTS", countEvents ? 1 : 0), ("COUNT_WIDTH", countWidth),
      ("LANE_EXTRA", laneExtra),
    ]
  }
}
