/// Draws waves in characters: panels of consecutive cycles, each with a ruler and a line a signal.
struct TextWaves {
  /// Widest line, in characters.
  static let columns = 100
  /// Columns a cycle takes, its left edge included: the fewest that show all values.
  private static let cellWidths = 3...12
  /// A value too long for the widest cell asks for this many characters only: all others would have
  /// to grow with it.
  private static let partOfLongValue = 8
  private static let longestLabel = 32

  /// One signal: what is written for each cycle, and whether the value is another than before.
  struct Row {
    let label: String
    /// Levels are drawn, of texts `0`, `1` and `x`; others are written in boxes.
    let isLevel: Bool
    let texts: [String]
    let changes: [Bool]
  }

  private let cycles: Range<Int>
  private let rows: [Row]
  private let labelWidth: Int
  private var cell = Self.cellWidths.upperBound

  init(cycles: Range<Int>, rows: [Row]) {
    self.cycles = cycles
    self.rows = rows.map {
      Row(
        label: Self.shortened($0.label, to: Self.longestLabel), isLevel: $0.isLevel,
        texts: $0.texts, changes: $0.changes)
    }
    labelWidth = (self.rows.map(\.label.count) + ["cycle".count]).max()!
    for width in Self.cellWidths {
      cell = width
      if fits { break }
    }
  }

  /// The last characters of a text, which tell most, after an ellipsis.
  private static func shortened(_ text: String, to length: Int) -> String {
    text.count <= length ? text : "…" + text.suffix(length - 1)
  }

  private var plotWidth: Int { Self.columns - labelWidth - 2 }

  /// Cycles, numbered from the first one drawn, side by side: about as many in each panel. The right
  /// edge takes a column too.
  private var panels: [Range<Int>] {
    let longest = (plotWidth - 1) / cell
    let panels = (cycles.count + longest - 1) / longest
    let length = (cycles.count + panels - 1) / panels
    return stride(from: 0, to: cycles.count, by: length).map {
      $0..<min($0 + length, cycles.count)
    }
  }

  /// Whether all values have room in their boxes.
  private var fits: Bool {
    panels.allSatisfy { panel in
      rows.filter { !$0.isLevel }.allSatisfy { row in
        boxes(row, panel).allSatisfy { box in
          let length = row.texts[box.lowerBound].count
          let isLong = length >= Self.cellWidths.upperBound
          return (isLong ? Self.partOfLongValue : length) < box.count * cell
        }
      }
    }
  }

  /// The runs of cycles of a panel in which the value stays.
  private func boxes(_ row: Row, _ panel: Range<Int>) -> [Range<Int>] {
    let starts = panel.filter { $0 == panel.lowerBound || row.changes[$0] }
    return zip(starts, starts.dropFirst() + [panel.upperBound]).map { $0..<$1 }
  }

  var text: String {
    panels.map { panel in
      let lines = [line("cycle", ruler(panel))] + rows.map { line($0.label, drawing($0, panel)) }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private func line(_ label: String, _ drawing: String) -> String {
    padded(label, to: labelWidth + 2) + drawing
  }

  private func padded(_ text: String, to length: Int) -> String {
    text + String(repeating: " ", count: length - text.count)
  }

  /// Numbers of cycles above the values, of each cycle or of as many as there is room for.
  private func ruler(_ panel: Range<Int>) -> String {
    let digits = String(cycles.lowerBound + panel.upperBound - 1).count
    let step = [1, 2, 5, 10].first { digits < $0 * cell } ?? 20
    var text = ""
    for i in stride(from: panel.lowerBound, to: panel.upperBound, by: step) {
      let column = (i - panel.lowerBound) * cell + 1
      if column + digits <= plotWidth {
        text = padded(text, to: column) + String(cycles.lowerBound + i)
      }
    }
    return text
  }

  private func drawing(_ row: Row, _ panel: Range<Int>) -> String {
    if row.isLevel { return panel.map { level(row, $0) }.joined() }
    return boxes(row, panel).map { box in
      let room = box.count * cell - 1
      return "│" + padded(Self.shortened(row.texts[box.lowerBound], to: room), to: room)
    }.joined() + "│"
  }

  /// A cycle of a signal of one bit, with its edge.
  private func level(_ row: Row, _ cycle: Int) -> String {
    switch row.texts[cycle] {
    case "0": (row.changes[cycle] ? "╲" : "▁") + String(repeating: "▁", count: cell - 1)
    case "1": (row.changes[cycle] ? "╱" : "▔") + String(repeating: "▔", count: cell - 1)
    default: String(repeating: "x", count: cell)
    }
  }
}
