/// Columns of text, the first to the left and the others to the right.
struct Table {
  let header: [String]
  var rows: [[String]] = []
  /// Rows that stand below a line.
  var footer: [[String]] = []

  var text: String {
    let all = [header] + rows + footer
    let widths = header.indices.map { column in all.map { $0[column].count }.max()! }
    func line(_ cells: [String]) -> String {
      cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    var lines = [line(header), rule] + rows.map(line)
    if !footer.isEmpty { lines += [rule] + footer.map(line) }
    return lines.map { $0.trimmingSuffix { $0 == " " } }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, isTrimmed(last) { text.removeLast() }
    return String(text)
  }
}

/// A count with a space between thousands.
func grouped(_ count: Int) -> String {
  var digits = String(count.magnitude)
  var parts: [String] = []
  while digits.count > 3 {
    parts.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return (count < 0 ? "-" : "") + ([digits] + parts).joined(separator: " ")
}

/// `part / whole` in percent with one digit, or a dash where there is nothing to divide by.
func percent(_ part: Int, of whole: Int) -> String {
  guard whole > 0 else { return "-" }
  let tenths = (part * 1000 + whole / 2) / whole
  return "\(tenths / 10).\(tenths % 10) %"
}
