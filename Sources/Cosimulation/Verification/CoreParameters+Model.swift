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
    let needs = ModelNeeds(model)
    var values: Configuration = [
      "ACT_WIDTH": max(8, needs.actWidth), "ACT_SIGNED": needs.isSigned ? 1 : 0,
      "WEIGHT_WIDTH": Self.usual(needs.weightWidth, [8, 16]),
      "MULT_WIDTH": Self.usual(needs.multWidth, [16, 32]),
      "ROUNDING": Rounding.allCases.firstIndex(of: model.rounding)!,
      "TASK_WIDTH": max(3, needs.taskWidth), "COUNT_WIDTH": max(16, needs.countWidth),
    ]
    values["ACC_WIDTH"] = values["ACT_WIDTH"]! + values["WEIGHT_WIDTH"]! <= 16 ? 32 : 48
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
      countWidth: values["COUNT_WIDTH"]!)
    try check(needs)
    try model.checkAccumulator(width: accWidth)
  }

  /// The first of the usual widths that is enough, else just what is needed.
  private static func usual(_ needed: Int, _ widths: [Int]) -> Int {
    widths.first { needed <= $0 } ?? needed
  }

  private func check(_ needs: ModelNeeds) throws {
    let widths = [
      ("activations", needs.actWidth, "ACT_WIDTH", actWidth),
      ("weights", needs.weightWidth, "WEIGHT_WIDTH", weightWidth),
      ("task ids", needs.taskWidth, "TASK_WIDTH", taskWidth),
      ("counts of reduction steps", needs.countWidth, "COUNT_WIDTH", countWidth),
    ]
    for (what, needed, name, value) in widths where value < needed {
      throw FitError("the model's \(what) need \(needed) bits, and \(name) is \(value)")
    }
    if needs.isSigned, !actSigned {
      throw FitError("the model has signed activations, and ACT_SIGNED is 0")
    }
    if multWidth == 0, needs.hasMultipliers {
      throw FitError(
        "the model has requantize multipliers other than 1, and MULT_WIDTH is 0, a shift only")
    }
    if multWidth > 0, multWidth < needs.multWidth {
      throw FitError(
        "the model's multipliers need \(needs.multWidth) bits, and MULT_WIDTH is \(multWidth)")
    }
  }
}

/// The bits that a model's numbers need.
private struct ModelNeeds {
  let actWidth, weightWidth, multWidth, taskWidth, countWidth: Int
  let isSigned, hasMultipliers: Bool

  init(_ model: Model) {
    actWidth = max(model.input.width, model.activation.width)
    isSigned = model.input.isSigned || model.activation.isSigned
    var weights: ClosedRange<Int32> = 0...0
    var multiplier: UInt32 = 1
    var hasMultipliers = false
    var steps = 1
    for task in model.tasks.indices {
      for layer in 0...model.layers.count
      where task == 0 || !model.sharesWeights(inLayer: layer) {
        let numbers = model.parameters(ofLayer: layer, task: task)
        weights =
          min(
            weights.lowerBound, numbers.weights.min() ?? 0)...max(
            weights.upperBound, numbers.weights.max() ?? 0)
        multiplier = max(multiplier, numbers.multipliers.max() ?? 1)
        hasMultipliers = hasMultipliers || numbers.multipliers.contains { $0 != 1 }
        steps = max(steps, model.geometry(ofLayer: layer, task: task).reduction)
      }
    }
    let largest = max(~weights.lowerBound, weights.upperBound)
    weightWidth = max(2, 33 - largest.leadingZeroBitCount)
    multWidth = 32 - multiplier.leadingZeroBitCount
    self.hasMultipliers = hasMultipliers
    taskWidth = max(1, Int.bitWidth - max(model.tasks.count - 1, 0).leadingZeroBitCount)
    countWidth = Int.bitWidth - steps.leadingZeroBitCount
  }
}
