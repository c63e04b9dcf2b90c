/// What the abstract of the paper says, and figures that bear on it.
struct Claim {
  /// Where the statements come from; nothing else is the paper's.
  static let source = "abstract of arXiv 2204.05274, DAC 2022"

  /// What it is called.
  let name: String
  /// What the abstract says.
  let statement: String
  /// Ratios that reproduce it.
  let range: ClosedRange<Double>
  /// The range in words.
  let rangeText: String
  var sections: [Section] = []

  /// Figures of one kind.
  struct Section {
    /// How its table is printed.
    enum Layout {
      /// Every row.
      case rows
      /// The ratios of rows that agree in `keys`, lowest to highest, for each value of `across`.
      case ranges(keys: [String], across: String)
    }

    let title: String
    let layout: Layout
    /// Whether its ratios are of what the abstract speaks of, so that there is a verdict.
    var hasVerdict = true
    var rows: [Row]
  }

  /// A ratio with all that it is assumed under.
  struct Row {
    /// By name; names have their units.
    var assumptions: [(name: String, value: String)]
    /// How the figures were obtained.
    let provenance: String
    /// Why the accelerator cannot run it, and it is only modelled; empty where it can.
    var modelOnlyReasons: [String] = []
    /// By name with unit.
    let figures: [(name: String, value: Double)]
    /// Conventional over MIME: above 1 MIME is better.
    let ratio: Double

    /// How the figures were obtained, and whether the machine is there.
    var mark: String { provenance + (modelOnlyReasons.isEmpty ? "" : ", model-only machine") }

    subscript(name: String) -> String { assumptions.first { $0.name == name }?.value ?? "-" }
  }
}

extension Claim.Section {
  /// The names of assumptions, in the order of the first row.
  var names: [String] { rows.first?.assumptions.map(\.name) ?? [] }

  /// The values of an assumption, in the order in which they appear.
  func values(of name: String) -> [String] {
    var seen: Set<String> = []
    return rows.map { $0[name] }.filter { seen.insert($0).inserted }
  }

  /// What the rows say about ratios in `range`: sentences.
  func verdict(_ range: ClosedRange<Double>) -> [String] {
    func ratios(_ rows: [Claim.Row]) -> String {
      let ratios = rows.map(\.ratio)
      return "\(decimal(ratios.min()!)) to \(decimal(ratios.max()!))"
    }
    let inside = rows.filter { range.contains($0.ratio) }
    var never: [String] = []
    var always: [String] = []
    for name in names where values(of: name).count > 1 {
      for value in values(of: name) {
        let own = rows.filter { $0[name] == value }
        let count = own.count { range.contains($0.ratio) }
        let text = "\(readable(name)) \(value) (\(ratios(own)))"
        if count == 0 { never.append(text) }
        if count == own.count { always.append(text) }
      }
    }
    var sentences = [
      "\(inside.count) of \(rows.count) combinations give it; all are \(ratios(rows))."
    ]
    guard !inside.isEmpty, inside.count < rows.count else { return sentences }
    if !always.isEmpty { sentences.append("Always with \(always.joined(separator: "; ")).") }
    if !never.isEmpty { sentences.append("Never with \(never.joined(separator: "; ")).") }
    return sentences
  }
}

/// A name as people read it.
func readable(_ name: String) -> String { name.replacing("_", with: " ") }
