import Cosimulation
import Mapping
import Networks
import Testing

/// Whole networks on small arrays, every number and every event against golden and exact model.
@Suite struct SmallShapeTests {
  static let shapes = [
    ["ROWS": 1, "COLS": 1], ["ROWS": 1, "COLS": 5, "LANES": 2], ["ROWS": 3, "COLS": 1],
    ["ROWS": 3, "COLS": 5], ["ROWS": 4, "COLS": 8, "LANES": 3],
  ]

  @Test(arguments: shapes, [false, true])
  func equalsTheGoldenModel(shape: [String: Int], isSigned: Bool) throws {
    // One build serves both: an array for signed activations takes unsigned layers too.
    let parameters = shape.merging(["ACT_SIGNED": 1]) { $1 }
    let model = try Model.small(activation: isSigned ? Format.s8 : Format.u8)
    var run = NetworkRun(model, images: 2, parameters)
    for (mode, stalls) in [(TaskMode.pipelined, 0), (.singular, 0.35)] {
      run.mode = mode
      run.stallProbability = stalls
      let result = try run.verify()
      #expect(result.failure == nil, "\(result.failure!)")
      #expect(result.compared == 4 * 4 * (75 + 24 + 7 + 3))
      #expect(result.cycles > 0)
    }
  }

  @Test(arguments: Rounding.allCases)
  func equalsTheGoldenModelWithEveryRounding(rounding: Rounding) throws {
    let model = try Model.small(
      activation: Format.s8, multiplierWidth: 2, rounding: rounding)
    let result = try NetworkRun(model, images: 2, ["ROWS": 3, "COLS": 4, "LANES": 2]).verify()
    #expect(result.failure == nil, "\(result.failure!)")
  }

  struct Widths: Sendable {
    let activation: ActivationFormat
    let weightWidth, multiplierWidth: Int
    let parameters: [String: Int]
  }

  @Test(arguments: [
    Widths(
      activation: Format.s16, weightWidth: 16, multiplierWidth: 32,
      parameters: ["ROWS": 2, "COLS": 3, "ACC_WIDTH": 48, "MULT_WIDTH": 32]),
    Widths(
      activation: Format.u4, weightWidth: 4, multiplierWidth: 0,
      parameters: ["ROWS": 2, "COLS": 3, "LANES": 2, "WEIGHT_WIDTH": 4, "MULT_WIDTH": 0]),
  ]) func equalsTheGoldenModelAtOtherWidths(widths: Widths) throws {
    let model = try Model.small(
      activation: widths.activation, weightWidth: widths.weightWidth,
      multiplierWidth: widths.multiplierWidth)
    let result = try NetworkRun(model, images: 1, widths.parameters).verify()
    #expect(result.failure == nil, "\(result.failure!)")
  }

  @Test func conventionalNetworksKeepTheirTasksApart() throws {
    let model = try Model.small(tasks: 3, mode: .conventional)
    let result = try NetworkRun(model, images: 1, ["ROWS": 3, "COLS": 5, "ACT_SIGNED": 1]).verify()
    #expect(result.failure == nil, "\(result.failure!)")
  }

  /// What registers hold before reset must not matter: a missing reset shows here.
  @Test func registersBeforeResetDoNotMatter() throws {
    var run = NetworkRun(try .small(), images: 2, ["ROWS": 3, "COLS": 5, "ACT_SIGNED": 1])
    let results = try ([1, 77] as [UInt32]).map { seed in
      run.xSeed = seed
      return try run.verify()
    }
    for result in results { #expect(result.failure == nil) }
    #expect(results[0].layers.map { $0.counted } == results[1].layers.map { $0.counted })
  }
}
