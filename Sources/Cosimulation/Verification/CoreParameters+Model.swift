import HDL
import Machine
import Networks

/// A model and a core that do not fit each other: one sentence, for exit status 2.
public struct FitError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

extension CoreParameters {
  /// The core that a model needs: widths, signedness, rounding and requantizer are the model's
  /// unless `given`, the size that of `size` unless `given`.
  ///
  /// - Parameters:
  ///   - given: values by Verilog parameter name that take precedence over the model's.
  ///   - size: ROWS, COLS and LANES of the Verilog at hand.
  /// - Throws: `FitError` where a given value is outside its range or too small for the model;
  ///   `NetworkError` where the worst case of an accumulator does not fit.
  public init(
    for model: Model, given: Configuration = [:], size: Configuration = [:]
  ) throws {
    let taskWidth = max(1, Int.bitWidth - (model.tasks.count - 1).leadingZeroBitCount)
    let countWidth = Int.bitWidth - model.longestReduction.leadingZeroBitCount
    var values: Configuration = [
      "ACT_WIDTH": max(8, model.activationWidth), "ACT_SIGNED": model.hasSignedActivations ? 1 : 0,
      "WEIGHT_WIDTH": Self.usual(model.weightWidth, [8, 16]),
      "MULT_WIDTH": Self.usual(model.multiplierWidth, [0, 16, 32]),
      "ROUNDING": Rounding.allCases.firstIndex(of: model.rounding)!,
      "TASK_WIDTH": max(3, taskWidth), "COUNT_WIDTH": max(16, countWidth),
    ]
    let productWidth = values["ACT_WIDTH"]! + values["WEIGHT_WIDTH"]!
    values["ACC_WIDTH"] = productWidth <= 16 ? 32 : productWidth <= 32 ? 48 : 64
    values["ROWS"] = size["ROWS"]
    values["COLS"] = size["COLS"]
    if given["COLS"] == nil || given["COLS"] == size["COLS"] { values["LANES"] = size["LANES"] }
    values.merge(given) { $1 }
    do {
      values = try Machine.top.parameterValues(values)
    } catch let error as HDLError {
      // The first: a wrong value may make the range of the next one wrong.
      throw FitError(error.diagnostics[0].message)
    }
    self.init(
      rows: values["ROWS"]!, columns: values["COLS"]!, lanes: values["LANES"]!,
      actWidth: values["ACT_WIDTH"]!, actSigned: values["ACT_SIGNED"] == 1,
      weightWidth: values["WEIGHT_WIDTH"]!, accWidth: values["ACC_WIDTH"]!,
      multWidth: values["MULT_WIDTH"]!, rounding: values["ROUNDING"]!,
      taskWidth: values["TASK_WIDTH"]!, countEvents: values["COUNT_EVENTS"] == 1,
      countWidth: values["COUNT_WIDTH"]!, laneExtra: values["LANE_EXTRA"]!)
    try check(model, taskWidth: taskWidth, countWidth: countWidth)
    try model.checkAccumulator(width: accWidth)
  }

  /// The first of the usual widths that is enough, else just what is needed.
  private static func usual(_ needed: Int, _ widths: [Int]) -> Int {
    widths.first { needed <= $0 } ?? needed
  }

  private func check(_ model: Model, taskWidth neededTasks: Int, countWidth neededCount: Int) throws
  {
    let widths = [
      ("activations", model.activationWidth, "ACT_WIDTH", actWidth),
      ("weights", model.weightWidth, "WEIGHT_WIDTH", weightWidth),
      ("task ids", neededTasks, "TASK_WIDTH", taskWidth),
      ("counts of reduction steps", neededCount, "COUNT_WIDTH", countWidth),
    ]
    for (what, needed, name, value) in widths where value < needed {
      throw FitError("the model's \(what) need \(needed) bits, and \(name) is \(value)")
    }
    if model.hasSignedActivations, !actSigned {
      throw FitError("the model has signed activations, and ACT_SIGNED is 0")
    }
    if multWidth < model.multiplierWidth {
      throw FitError(
        multWidth == 0
          ? "the model has requantize multipliers other than 1, and MULT_WIDTH is 0, a shift only"
          : "the model's multipliers need \(model.multiplierWidth) bits, and MULT_WIDTH is "
            + "\(multWidth)")
    }
  }
}

extension Model {
  fileprivate var hasSignedActivations: Bool { input.isSigned || activation.isSigned }

  /// Steps of the longest reduction.
  fileprivate var longestReduction: Int {
    (layers + tasks.indices.map(head)).map(\.reduction).max() ?? 1
  }
}
