import Energy
import Golden

/// What `mimegen infer` knows of an image.
struct InferenceResult {
  let image: String
  /// Of the golden model, which those of the accelerator equal.
  let logits: [Int64]
  var rtlClass: Int?
  var cycles: Int?
  var energy: Rational?

  init(image: String, logits: [Int64]) {
    self.image = image
    self.logits = logits
  }

  /// The classes of the largest logits, the lowest first on a tie.
  func best(_ count: Int) -> [Int] {
    Array(
      logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) }.prefix(count))
  }
}

/// What `mimegen infer` prints.
struct InferenceSummary {
  private let results: [InferenceResult]
  private let place: Infer.Place
  private let top: Int
  private let unit: String?

  /// - Parameter unit: of energy; nil where none was asked for.
  init(_ results: [InferenceResult], on place: Infer.Place, top: Int, unit: String?) {
    self.results = results
    self.place = place
    self.top = top
    self.unit = unit
  }

  var text: String {
    var header = ["image"]
    if place != .rtl { header.append("golden") }
    if place != .golden { header += ["rtl", "cycles"] }
    if unit != nil { header.append("energy") }
    let count = min(top, results.map(\.logits.count).max() ?? 0)
    header += (0..<count).map { $0 == 0 ? "largest logits" : "" }
    var table = Table(header: header)
    table.rows = results.map { result in
      var row = [result.image]
      if place != .rtl { row.append("\(result.best(1)[0])") }
      if place != .golden { row += ["\(result.rtlClass!)", grouped(result.cycles!)] }
      if unit != nil { row.append(rounded(result.energy!)) }
      return row + result.best(count).map { "\($0): \(result.logits[$0])" }
    }
    var lines = [table.text]
    if let unit {
      lines.append("energy: \(unit), by the exact model; an image is a batch of its own")
    }
    if place == .both { lines.append("Golden model and accelerator are equal.") }
    return lines.joined(separator: "\n\n")
  }
}
