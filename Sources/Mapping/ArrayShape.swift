/// The size of a systolic array and of its drain: what the cycle law depends on.
public struct ArrayShape: Sendable, Hashable {
  /// Sizes that an array may have along either side.
  public static let range = 1...1024

  /// Cycles from the last PE's operands to a result: one for the multiplier's input registers and
  /// four for a lane.
  public static let latency = 5

  /// Row slots: (image, output position) pairs worked on together.
  public let rows: Int
  /// Columns: output channels worked on together.
  public let columns: Int
  /// Threshold and requantize lanes.
  public let lanes: Int

  /// An array of `rows` x `columns` PEs with `lanes` lanes, by default one for each column.
  ///
  /// - Throws: `MappingError.outOfRange` if a number is outside its range.
  public init(rows: Int, columns: Int, lanes: Int? = nil) throws {
    try Self.check(rows, "rows", in: Self.range)
    try Self.check(columns, "columns", in: Self.range)
    let lanes = lanes ?? columns
    try Self.check(lanes, "lanes", in: 1...columns)
    self.rows = rows
    self.columns = columns
    self.lanes = lanes
  }

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
