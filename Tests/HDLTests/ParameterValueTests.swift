import HDL
import Testing

/// The values that a module's parameters have where some are given.
@Suite struct ParameterValueTests {
  static let module = Module("subject", "") { m in
    let columns = m.parameter("COLS", default: 8, in: 1...64, "columns")
    _ = m.parameter("LANES", default: columns, from: 1, through: columns, "lanes")
    _ = m.parameter("SHARE", default: 8 / (columns - 1), in: 0...8, "")
  }

  @Test(arguments: [
    ([:], ["COLS": 8, "LANES": 8, "SHARE": 1]),
    (["COLS": 5], ["COLS": 5, "LANES": 5, "SHARE": 2]),
    (["LANES": 3], ["COLS": 8, "LANES": 3, "SHARE": 1]),
    (["COLS": 1, "SHARE": 0], ["COLS": 1, "LANES": 1, "SHARE": 0]),
  ]) func defaultsFollowWhatIsGiven(given: Configuration, values: Configuration) throws {
    #expect(try Self.module.parameterValues(given) == values)
  }

  @Test(arguments: [
    (
      ["COL": 5, "LAN": 1],
      ["`subject` has no parameter `COL`", "`subject` has no parameter `LAN`"]
    ),
    (["COLS": 65], ["COLS is 65; it goes from 1 to 64"]),
    (["COLS": 4, "LANES": 5], ["LANES is 5; it goes from 1 to 4"]),
    (
      ["LANES": 0, "SHARE": 9],
      ["LANES is 0; it goes from 1 to 8", "SHARE is 9; it goes from 0 to 8"]
    ),
    (["COLS": 1], ["SHARE or its range has no value, or one too large"]),
  ]) func everyProblemIsASentence(given: Configuration, sentences: [String]) {
    let error = #expect(throws: HDLError.self) { try Self.module.parameterValues(given) }
    #expect(error?.diagnostics.map(\.message) == sentences)
  }
}
