/// A value for each place of a grid, as colours.
public struct HeatMap: Sendable, Equatable {
  /// [row][column], all rows of one length.
  public let values: [[Double]]
  /// What they are, such as "active, % of cycles".
  public let quantity: String

  /// A grid of `values`.
  public init(_ values: [[Double]], quantity: String) {
    precondition(values.allSatisfy { $0.count == values[0].count }, "rows have one length")
    self.values = values
    self.quantity = quantity
  }

  /// Colours from low to high.
  static let levels = 10
  /// Cells that are drawn in a row, and in a column; of a larger grid each is the mean of a block.
  static let mostCells = 64

  func draw(id: String, title: String) -> String {
    var picture = Picture()
    let blocks = Self.blocks(values)
    let all = blocks.cells.flatMap { $0 }
    let (low, high) = (all.min() ?? 0, all.max() ?? 0)
    let columns = blocks.cells.first?.count ?? 0
    let (left, top) = (50.0, 38.0)
    let size = min(26, max(4, 480 / Double(max(1, columns, blocks.cells.count))))
    for (row, cells) in blocks.cells.enumerated() {
      for (column, value) in cells.enumerated() {
        picture.rectangle(
          left + Double(column) * size, top + Double(row) * size, size, size,
          "h\(Self.level(value, low, high))",
          hint: "\(blocks.name("row", row)), \(blocks.name("column", column)): "
            + NumberText.short(value))
      }
    }
    let every = max(1, Int((26 / size).rounded(.up)))
    for row in stride(from: 0, to: blocks.cells.count, by: every) {
      picture.text(
        "\(row * blocks.size)", left - 6, top + (Double(row) + 0.5) * size + 4, .end)
    }
    for column in stride(from: 0, to: columns, by: every) {
      picture.text(
        "\(column * blocks.size)", left + (Double(column) + 0.5) * size, top - 6, .middle)
    }
    let middle = top + Double(blocks.cells.count) * size / 2
    picture.text(
      "row", 12, middle, .middle, turn: "rotate(-90 12 \(coordinate(middle)))")
    picture.text("column", left + Double(columns) * size / 2, 12, .middle)
    drawScale(low, high, x: left + Double(columns) * size + 40, top, &picture)
    let height = max(
      top + Double(blocks.cells.count) * size, top + Double(Self.levels) * 18 + 26)
    return picture.svg(
      height: height + 8, id: id, title: title,
      description: "Heat map of \(values.count) rows and \(values.first?.count ?? 0) columns: "
        + "\(quantity), from \(NumberText.short(low)) to \(NumberText.short(high))")
  }

  private func drawScale(
    _ low: Double, _ high: Double, x: Double, _ top: Double, _ picture: inout Picture
  ) {
    picture.text(quantity, x, top + 4, room: Picture.width - x)
    let isOne = low == high
    for level in 0..<(isOne ? 1 : Self.levels) {
      let y = top + 14 + Double(level) * 18
      let number = isOne ? 0 : Self.levels - 1 - level
      let from = low + (high - low) * Double(number) / Double(Self.levels)
      let to = low + (high - low) * Double(number + 1) / Double(Self.levels)
      picture.rectangle(x, y, 18, 18, "h\(Self.level(isOne ? low : (from + to) / 2, low, high))")
      picture.text(
        isOne
          ? NumberText.short(low) : "\(NumberText.short(from)) – \(NumberText.short(to))",
        x + 25, y + 13)
    }
  }

  /// The colour of `value` between `low` and `high`; the middle one where they are equal.
  static func level(_ value: Double, _ low: Double, _ high: Double) -> Int {
    guard high > low else { return levels / 2 }
    return min(levels - 1, max(0, Int((value - low) / (high - low) * Double(levels))))
  }

  /// A grid of means over square blocks.
  struct Blocks {
    let cells: [[Double]]
    /// Rows, and columns, of a block.
    let size: Int
    let lengths: (rows: Int, columns: Int)

    /// A block's place, such as "rows 4 to 7".
    func name(_ what: String, _ place: Int) -> String {
      let last = min((place + 1) * size, what == "row" ? lengths.rows : lengths.columns) - 1
      return size == 1 ? "\(what) \(place)" : "\(what)s \(place * size) to \(last)"
    }
  }

  static func blocks(_ values: [[Double]]) -> Blocks {
    let (rows, columns) = (values.count, values.first?.count ?? 0)
    let size = max(1, (max(rows, columns) + mostCells - 1) / mostCells)
    let cells = stride(from: 0, to: rows, by: size).map { row in
      stride(from: 0, to: columns, by: size).map { column in
        let block = values[row..<min(row + size, rows)].flatMap {
          $0[column..<min(column + size, columns)].map(drawable)
        }
        return block.reduce(0, +) / Double(block.count)
      }
    }
    return Blocks(cells: cells, size: size, lengths: (rows, columns))
  }
}
