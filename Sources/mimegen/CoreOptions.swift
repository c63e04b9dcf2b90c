import ArgumentParser
import HDL
import Networks

/// The core's parameters as options; what is not given takes its default.
struct CoreOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: parameterHelp("ROWS", "rows of the array: output positions of a tile", 1...1024, "16"),
    transform: wholeNumber)
  var rows: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("COLS", "columns of the array: output channels of a tile", 1...1024, "16"),
    transform: wholeNumber)
  var cols: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("LANES", "threshold and requantize lanes", "1 to cols", "cols"),
    transform: wholeNumber
  )
  var lanes: Int?
  @Option(
    parsing: .unconditional, help: parameterHelp("ACT_WIDTH", "bits of an activation", 2...24, "8"),
    transform: wholeNumber)
  var actWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "ACT_SIGNED", "1 builds signed activations too, chosen per layer", 0...1, "0"),
    transform: wholeNumber)
  var actSigned: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("WEIGHT_WIDTH", "bits of a signed weight", 2...24, "8"),
    transform: wholeNumber)
  var weightWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "ACC_WIDTH", "bits of accumulator, bias and threshold", "act-width + weight-width + 1 to 64",
      "32"),
    transform: wholeNumber)
  var accWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "MULT_WIDTH", "bits of the unsigned requantize multiplier; 0 builds a shift only", 0...32,
      "16"), transform: wholeNumber)
  var multWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "ROUNDING", "rounding of the requantizer",
      "half-even, half-up, half-away, floor, toward-zero", "half-even", valueName: "name"),
    transform: roundingNamed)
  var rounding: Rounding?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "TASK_WIDTH", "bits of a task id; counters are kept for 2^n tasks", 1...8, "3"),
    transform: wholeNumber)
  var taskWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("COUNT_EVENTS", "1 builds the event counters", 0...1, "1"),
    transform: wholeNumber)
  var countEvents: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp(
      "COUNT_WIDTH", "bits of a row's counts of steps; a tile has fewer than 2^n steps",
      4...32, "16"),
    transform: wholeNumber)
  var countWidth: Int?
  @Option(
    parsing: .unconditional,
    help: parameterHelp("LANE_EXTRA", "registers behind a lane's multiplier", 0...8, "0"),
    transform: wholeNumber)
  var laneExtra: Int?

  /// That nothing is given which the accelerator has not.
  func checkForAccelerator() throws {
    guard lanes == nil else {
      throw ValidationError("--lanes is for the core alone: the accelerator has a lane a column")
    }
  }

  /// What was given, by parameter name.
  var given: Configuration {
    let values: [(String, Int?)] = [
      ("ROWS", rows), ("COLS", cols), ("LANES", lanes), ("ACT_WIDTH", actWidth),
      ("ACT_SIGNED", actSigned), ("WEIGHT_WIDTH", weightWidth), ("ACC_WIDTH", accWidth),
      ("MULT_WIDTH", multWidth),
      ("ROUNDING", rounding.map { Rounding.allCases.firstIndex(of: $0)! }),
      ("TASK_WIDTH", taskWidth), ("COUNT_EVENTS", countEvents), ("COUNT_WIDTH", countWidth),
      ("LANE_EXTRA", laneExtra),
    ]
    return Dictionary(
      uniqueKeysWithValues: values.compactMap { name, value in value.map { (name, $0) } })
  }
}

/// A whole number, or one sentence that says what it is instead.
@Sendable func wholeNumber(_ text: String) throws -> Int {
  guard let value = Int(text) else { throw UsageError("'\(text)' is not a whole number") }
  return value
}

@Sendable func roundingNamed(_ text: String) throws -> Rounding {
  guard let value = Rounding(rawValue: text) else {
    throw UsageError(
      "'\(text)' is not a rounding; choose "
        + Rounding.allCases.map(\.rawValue).joined(separator: ", "))
  }
  return value
}

func parameterHelp(
  _ parameter: String, _ meaning: String, _ range: ClosedRange<Int>, _ value: String
) -> ArgumentHelp {
  parameterHelp(parameter, meaning, "\(range.lowerBound) to \(range.upperBound)", value)
}

func parameterHelp(
  _ parameter: String, _ meaning: String, _ range: String, _ value: String, valueName: String = "n"
) -> ArgumentHelp {
  ArgumentHelp("\(parameter): \(meaning); \(range). (default: \(value))", valueName: valueName)
}
