import ArgumentParser
import HDL
import Networks

/// The core's parameters as options; what is not given takes its default.
struct CoreOptions: ParsableArguments {
  @Option(help: help("ROWS", "rows of the array: output positions of a tile", 1...1024, "16"), transform: whole)
  var rows: Int?
  @Option(help: help("COLS", "columns of the array: output channels of a tile", 1...1024, "16"), transform: whole)
  var cols: Int?
  @Option(help: help("LANES", "threshold and requantize lanes", "1 to cols", "cols"), transform: whole)
  var lanes: Int?
  @Option(help: help("ACT_WIDTH", "bits of an activation", 2...24, "8"), transform: whole)
  var actWidth: Int?
  @Option(help: help("ACT_SIGNED", "1 builds signed activations too, chosen per layer", 0...1, "0"), transform: whole)
  var actSigned: Int?
  @Option(help: help("WEIGHT_WIDTH", "bits of a signed weight", 2...24, "8"), transform: whole)
  var weightWidth: Int?
  @Option(
    help: help("ACC_WIDTH", "bits of accumulator, bias and threshold", "act-width + weight-width + 1 to 64", "32"),
    transform: whole)
  var accWidth: Int?
  @Option(help: help("MULT_WIDTH", "bits of the unsigned requantize multiplier; 0 builds a shift only", 0...32, "16"), transform: whole)
  var multWidth: Int?
  @Option(
    help: help(
      "ROUNDING", "rounding of the requantizer", "half-even, half-up, half-away, floor, toward-zero",
      "half-even"), transform: rounding)
  var rounding: Rounding?
  @Option(help: help("TASK_WIDTH", "bits of a task id; counters are kept for 2^n tasks", 1...8, "3"), transform: whole)
  var taskWidth: Int?
  @Option(help: help("COUNT_EVENTS", "1 builds the event counters", 0...1, "1"), transform: whole)
  var countEvents: Int?
  @Option(
    help: help("COUNT_WIDTH", "bits of the counts beside each accumulator; a tile has fewer than 2^n steps", 4...32, "16"),
    transform: whole)
  var countWidth: Int?

  /// What was given, by parameter name.
  var given: Configuration {
    let values: [(String, Int?)] = [
      ("ROWS", rows), ("COLS", cols), ("LANES", lanes), ("ACT_WIDTH", actWidth),
      ("ACT_SIGNED", actSigned), ("WEIGHT_WIDTH", weightWidth), ("ACC_WIDTH", accWidth),
      ("MULT_WIDTH", multWidth),
      ("ROUNDING", rounding.map { Rounding.allCases.firstIndex(of: $0)! }),
      ("TASK_WIDTH", taskWidth), ("COUNT_EVENTS", countEvents), ("COUNT_WIDTH", countWidth),
    ]
    return Dictionary(
      uniqueKeysWithValues: values.compactMap { name, value in value.map { (name, $0) } })
  }

  private static func help(
    _ parameter: String, _ meaning: String, _ range: ClosedRange<Int>, _ value: String
  ) -> ArgumentHelp {
    help(parameter, meaning, "\(range.lowerBound) to \(range.upperBound)", value)
  }

  private static func help(
    _ parameter: String, _ meaning: String, _ range: String, _ value: String
  ) -> ArgumentHelp {
    ArgumentHelp("\(parameter): \(meaning); \(range). (default: \(value))", valueName: "n")
  }
}

/// A whole number, or one sentence that says what it is instead.
@Sendable func whole(_ text: String) throws -> Int {
  guard let value = Int(text) else { throw UsageError("'\(text)' is not a whole number") }
  return value
}

@Sendable private func rounding(_ text: String) throws -> Rounding {
  guard let value = Rounding(rawValue: text) else {
    throw UsageError(
      "'\(text)' is not a rounding; choose "
        + Rounding.allCases.map(\.rawValue).joined(separator: ", "))
  }
  return value
}
