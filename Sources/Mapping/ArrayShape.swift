/// The size of a systolic array and of its drain: what the cycle law depends on.
public struct ArrayShape: Sendable, Hashable {
  /// Sizes that an array may have along either side.
  public static let range = 1...1024

  /// Row slots: (image, output position) pairs worked on together.
  public let rows: Int
  /// Columns: output channels worked on together.
  public let columns: Int
  /// Threshold and requantize lanes.
  public let lanes: Int
  /// Registers behind a lane's multiplier.
  public let laneExtra: Int

  /// An array of `rows` x `columns` PEs with `lanes` lanes, by default one for each column.
  ///
  /// - Throws: `MappingError.outOfRange` if a number is outside its range.
  public init(rows: Int, columns: Int, lanes: Int? = nil, laneExtra: Int = 0) throws {
    try Self.check(rows, "rows", in: Self.range)
    try Self.check(columns, "columns", in: Self.range)
    let lanes = lanes ?? columns
    try Self.check(lanes, "lanes", in: 1...columns)
    self.rows = rows
    self.columns = columns
    try Self.check(laneExtra, "registers behind a multiplier", in: 0...8)
    self.lanes = lanes
    self.laneExtra = laneExtra
  }

  /// Cycles from the last PE's operands to a result: one for the multiplier's input registers, and
  /// four and the extra ones for a lane.
  public var latency: Int { 5 + laneExtra }

  /// Column groups, G: the columns that one lane serves, one per cycle.
  public var groups: Int { columns.dividedRoundingUp(by: lanes) }

  /// Drain slots of a tile, D: every row, dead or live, once per column group.
  public var drainSlots: Int { rows * groups }

  private static func check(_ value: Int, _ name: String, in range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw MappingError.outOfRange(name: name, value: value, range: range)
    }
  }
}

extension Int {
  func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
