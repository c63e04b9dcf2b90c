import HDL
import Machine
import Testing

/// The core breaks no rule of the language, at any of many configurations.
@Suite struct CoreChecksTests {
  @Test(arguments: sizes + widths + variants) func isClean(configuration: Configuration) throws {
    try Machine.top.check(at: [configuration])
  }

  static let sizes: [Configuration] =
    [[:]]
    + [(1, 1), (1, 5), (5, 1), (7, 11), (16, 16), (2, 32)].map { ["ROWS": $0.0, "COLS": $0.1] }
    + (1...5).map { ["ROWS": 3, "COLS": 5, "LANES": $0] }
    + [1, 3, 4].map { ["ROWS": 7, "COLS": 11, "LANES": $0] }

  static let widths: [Configuration] = [
    ["ACT_WIDTH": 2, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 5, "TASK_WIDTH": 1, "COUNT_WIDTH": 4],
    ["ACT_WIDTH": 24, "WEIGHT_WIDTH": 24, "ACC_WIDTH": 64, "TASK_WIDTH": 8, "COUNT_WIDTH": 32],
    ["ACT_WIDTH": 16, "WEIGHT_WIDTH": 16, "ACC_WIDTH": 48],
    ["ACT_WIDTH": 2, "WEIGHT_WIDTH": 24, "ACC_WIDTH": 27],
    ["ACT_WIDTH": 8, "ACC_WIDTH": 64, "MULT_WIDTH": 32],
  ].map { $0.merging(["ROWS": 3, "COLS": 5, "LANES": 4]) { width, _ in width } }

  static let variants: [Configuration] = {
    let one = [
      ("ACT_SIGNED", 0...1), ("MULT_WIDTH", 0...2), ("ROUNDING", 0...4), ("COUNT_EVENTS", 0...1),
    ]
    .flatMap { name, values in values.map { [name: $0] } }
    let size = ["ROWS": 3, "COLS": 5]
    let others = ["ROWS": 1, "COLS": 1, "ACT_SIGNED": 1, "MULT_WIDTH": 0, "COUNT_EVENTS": 0]
    return one.flatMap { variant in [size, others].map { $0.merging(variant) { $1 } } }
  }()

  @Test(arguments: [
    (["ROWS": 0], "ROWS is 0; it goes from 1 to 1024"),
    (["COLS": 4, "LANES": 5], "LANES is 5; it goes from 1 to 4"),
    (["ACT_WIDTH": 24], "ACC_WIDTH is 32; it goes from 33 to 64"),
    (["ROUNDING": 5], "ROUNDING is 5; it goes from 0 to 4"),
    (["COUNT_WIDTH": 3], "COUNT_WIDTH is 3; it goes from 4 to 32"),
    (["ROW": 4], "`mime_core` has no parameter `ROW`"),
  ]) func valueOutsideItsRangeIsOneSentence(values: Configuration, sentence: String) {
    let parameters = #expect(throws: HDLError.self) { try Machine.top.parameterValues(values) }
    #expect(parameters?.diagnostics.map(\.message) == [sentence])
    let files = #expect(throws: HDLError.self) { try CoreFiles(defaults: values) }
    #expect(files?.diagnostics.map(\.message) == [sentence])
  }
}
