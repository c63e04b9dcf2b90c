import Mapping
import Programs
import Testing

@testable import Exploration

/// Values as they are written, and the designs that they make.
@Suite struct SpaceTests {
  @Test(arguments: [
    ("8", [8]), ("4,1,4", [1, 4]), ("1..4", [1, 2, 3, 4]), ("3..3", [3]), ("4..13:4", [4, 8, 12]),
    ("4..64x2", [4, 8, 16, 32, 64]), ("5..100x3", [5, 15, 45]),
    ("1..3,16,8..10:2", [1, 2, 3, 8, 10, 16]),
    ("9223372036854775807", [Int.max]), ("4611686018427387904..9223372036854775807x2", [1 << 62]),
  ]) func readsValues(text: String, values: [Int]) throws {
    #expect(try NumberList(parsing: text).values == values)
  }

  @Test(arguments: [
    ("", "'' is not a whole number above 0"), ("0", "'0' is not a whole number above 0"),
    ("1,,2", "'' is not a whole number above 0"), ("-1", "'-1' is not a whole number above 0"),
    ("1..", "'' in '1..' is not a whole number above 0"), ("1..x", "'' in '1..x' is not"),
    ("1..8:0", "'0' in '1..8:0' is not a whole number above 0"),
    ("1..8x1", "the factor in '1..8x1' is 1 and must be at least 2"),
    ("16..1", "the range '16..1' is empty: 16 is more than 1"),
    ("9223372036854775808", "'9223372036854775808' is not"),
    ("1..100001", "'1..100001' has more than 100000 values; take a larger step"),
    ("1..9223372036854775807", "has more than 100000 values"),
    ("1..60000,60001..120000", "has more than 100000 values"),
  ]) func refusesWhatIsNoList(text: String, sentence: String) {
    let error = #expect(throws: ExplorationError.self) { try NumberList(parsing: text) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  private static func axes() throws -> DesignSpace.Axes {
    var axes = DesignSpace.Axes()
    axes.rows = try NumberList(parsing: "1..6")
    axes.columns = try NumberList(parsing: "2..12:2")
    axes.elements = 12...24
    axes.banks = try NumberList(parsing: "1,3")
    axes.modes = [.singular, .pipelined]
    axes.skips = [false, true]
    axes.busWidths = try NumberList(parsing: "32..128x2")
    axes.actBuffersKB = try NumberList(parsing: "7,9")
    axes.weightBuffersKB = try NumberList(parsing: "1..3")
    axes.thresholdBuffersKB = try NumberList(parsing: "4,5")
    return axes
  }

  /// Each combination once.
  @Test func hasEveryCombination() throws {
    let space = try DesignSpace(Self.axes())
    var expected: Set<Design> = []
    for rows in 1...6 {
      for columns in [2, 4, 6, 8, 10, 12] where rows * columns >= 12 && rows * columns <= 24 {
        for banks in [1, 3] {
          for mode in TaskMode.allCases {
            for skips in [false, true] {
              for bus in [32, 64, 128] {
                for act in [7, 9] {
                  for weight in [1, 2, 3] {
                    for threshold in [4, 5] {
                      expected.insert(
                        Design(
                          rows: rows, columns: columns, banks: banks, mode: mode, skips: skips,
                          busWidth: bus, actBufferKB: act, weightBufferKB: weight,
                          thresholdBufferKB: threshold))
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    #expect(space.count == expected.count)
    #expect(Set((0..<space.count).map { space[$0] }) == expected)
    // 2 x 7 or 2 x 9, 1 to 3 and 4 or 5 KB.
    let kilobytes = (0..<space.count).map { space[$0].bufferBits / 8192 }
    #expect(Set(kilobytes) == Set(19...26))
  }

  @Test func refusesNoneAndTooMany() throws {
    var axes = try Self.axes()
    axes.elements = 13...13
    #expect(throws: ExplorationError.self) { try DesignSpace(axes) }
    axes.elements = nil
    axes.rows = try NumberList(parsing: "1..5000")
    axes.columns = try NumberList(parsing: "1..5000")
    #expect(throws: ExplorationError.self) { try DesignSpace(axes) }
    axes.columns = NumberList(1)
    axes.weightBuffersKB = try NumberList(parsing: "1..1000")
    #expect(throws: ExplorationError.self) { try DesignSpace(axes) }
    axes.weightBuffersKB = NumberList(1)
    axes.busWidths = NumberList(48)
    #expect(throws: ProgramFailure.self) { try DesignSpace(axes) }
  }

  @Test(arguments: [
    ("0", 0), ("1", 1_000_000), ("12.5", 12_500_000), ("0.000001", 1),
    ("123456789012345678901.234567", Int128("123456789012345678901234567")!),
  ]) func readsMillionths(text: String, value: Int128) {
    #expect(Millionths.parse(text) == value)
    #expect(Millionths.parse(Millionths.text(value)) == value)
  }

  @Test(arguments: ["", ".", "1.", ".5", "1.0000001", "-1", "1e3", "1.2.3", "x"])
  func refusesWhatIsNotInMillionths(text: String) { #expect(Millionths.parse(text) == nil) }
}
