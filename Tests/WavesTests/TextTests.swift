import Simulation
import Testing

@testable import Waves

@Suite struct TextTests {
  /// A column of values for each signal, from `first` on; nil where they are not known.
  static func waveform(
    _ signals: [Waveform.Signal], from first: Int = 0, _ values: [[Int?]]
  ) -> Waveform {
    var waveform = Waveform(signals: signals)
    for i in values[0].indices {
      let row = zip(signals, values).map { signal, column in
        column[i].map { BitVector(width: signal.width, $0) }
      }
      waveform.record(row, at: first + i)
    }
    return waveform
  }

  static let stream = waveform(
    [
      .init(path: "valid", width: 1), .init(path: "core.data", width: 8, isSigned: true),
      .init(path: "ready", width: 1),
    ],
    [
      [0, 1, 1, 1, 0, 0, 1, nil, 0], [0, 31, 31, 42, 42, 42, -1, nil, 3],
      [1, 0, 1, 1, 1, 1, 1, 1, 1],
    ])

  @Test func drawsLevelsAndBoxes() throws {
    #expect(
      try Self.stream.text() == """
        cycle       0  1  2  3  4  5  6  7  8
        valid      ▁▁▁╱▔▔▔▔▔▔▔▔╲▁▁▁▁▁╱▔▔xxx╲▁▁
        core.data  │00│1f   │2a      │ff│x │03│
        ready      ▔▔▔╲▁▁╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔
        """)
  }

  /// The edge at the left border is that from the cycle before it.
  @Test func clipsToTheLastCycles() throws {
    #expect(
      try Self.stream.text(signals: ["core.data", "valid"], last: 5) == """
        cycle       4  5  6  7  8
        core.data  │2a   │ff│x │03│
        valid      ╲▁▁▁▁▁╱▔▔xxx╲▁▁
        """)
  }

  @Test func drawsARangeOfCycles() throws {
    #expect(
      try Self.stream.text(signals: ["valid"], cycles: 1..<4) == """
        cycle   1  2  3
        valid  ╱▔▔▔▔▔▔▔▔
        """)
    #expect(
      try Self.stream.text(signals: ["ready"], cycles: 7..<100) == """
        cycle   7  8
        ready  ▔▔▔▔▔▔
        """)
    #expect(try Self.stream.text(cycles: 9..<100) == "no cycles to draw")
    #expect(try Self.stream.text(last: 0) == "no cycles to draw")
    #expect(try Self.stream.text(last: -1) == "no cycles to draw")
    #expect(try Waveform(signals: []).text() == "no cycles to draw")
  }

  @Test func writesDecimalNumbers() throws {
    #expect(
      try Self.stream.text(signals: ["core.data"], last: 4, numbers: .decimal) == """
        cycle       5  6  7  8
        core.data  │42│-1│x │3 │
        """)
    let wide = Self.waveform(
      [
        .init(path: "signed", width: 64, isSigned: true), .init(path: "bits", width: 64),
        .init(path: "byte", width: 8),
      ], [[-5, 7], [-5, 7], [-5, 7]])
    #expect(
      try wide.text(numbers: .decimal) == """
        cycle    0        1
        signed  │-5      │7       │
        bits    │…ffffffb│7       │
        byte    │251     │7       │
        """)
  }

  /// A cell is as wide as the narrowest box has to be, and cycles that do not fit come below.
  @Test func continuesBelow() throws {
    let waveform = Self.waveform(
      [
        .init(path: "core.grid.row[0].col[1].acc", width: 32), .init(path: "valid", width: 1),
        .init(path: "wide", width: 128),
      ], from: 99_995,
      [
        (0..<10).map { 0x1234_5678 &+ $0 * 0x1111_1111 }, (0..<10).map { $0 / 3 % 2 },
        [1, 1, 1, 1, 1, 2, 2, 2, 2, 3],
      ])
    #expect(
      try waveform.text() == """
        cycle                         99995    99996    99997    99998    99999
        core.grid.row[0].col[1].acc  │12345678│23456789│3456789a│456789ab│56789abc│
        valid                        ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁╱▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔
        wide                         │00000000000000000000000000000001            │

        cycle                         100000   100001   100002   100003   100004
        core.grid.row[0].col[1].acc  │6789abcd│789abcde│89abcdef│9abcdf00│abcdf011│
        valid                        ▔▔▔▔▔▔▔▔▔╲▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁╱▔▔▔▔▔▔▔▔
        wide                         │00000000000000000000000000000002   │…0000003│
        """)
  }

  @Test func numbersFewerCyclesWhereThereIsNoRoom() throws {
    let waveform = Self.waveform(
      [.init(path: "toggle", width: 1)], from: 1_234_567, [(0..<29).map { $0 % 2 }])
    #expect(
      try waveform.text(last: 29) == """
        cycle    1234567        1234572        1234577        1234582        1234587        1234592
        toggle  ▁▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁
        """)
  }

  @Test func shortensLongNames() throws {
    let waveform = Self.waveform(
      [
        .init(path: "core.grid.row[10].col[11].accumulator", width: 4),
        .init(path: "core.grid.row[10].col[11].accumul", width: 4),
        .init(path: "core.grid.row[10].col[11].accumu", width: 4),
      ], [[9], [10], [11]])
    #expect(
      try waveform.text() == """
        cycle                              0
        …rid.row[10].col[11].accumulator  │9 │
        …re.grid.row[10].col[11].accumul  │a │
        core.grid.row[10].col[11].accumu  │b │
        """)
  }

  /// A value of 11 digits still widens all cells for itself; of longer ones the last digits do.
  @Test func shortensLongValues() throws {
    let numbers = [0x123_4567_89ab, 0x456_789a_bcde]
    #expect(
      try Self.waveform([.init(path: "a", width: 44)], [numbers]).text() == """
        cycle   0           1
        a      │123456789ab│456789abcde│
        """)
    #expect(
      try Self.waveform([.init(path: "a", width: 45)], [numbers]).text() == """
        cycle   0        1
        a      │…56789ab│…89abcde│
        """)
  }

  /// Whatever the widths, a line fits into 100 columns, and the numbers of cycles stand apart.
  @Test(arguments: [1, 4, 8, 16, 32, 40, 64])
  func fitsIntoItsColumns(width: Int) throws {
    var longest = 0
    for (first, length) in [0, 95, 9_990, 1_234_567].flatMap({ i in (1...40).map { (i, $0) } }) {
      let waveform = Self.waveform(
        [.init(path: String(repeating: "n", count: length), width: width)], from: first,
        [(0..<60).map { $0 * 0x0123_4567 }])
      let lines = try waveform.text(last: 60).split(separator: "\n")
      #expect(lines.count % 2 == 0 && lines.allSatisfy { $0.last != " " })
      longest = max(longest, lines.map(\.count).max()!)
      for ruler in stride(from: 0, to: lines.count, by: 2) {
        let words = lines[ruler].split(separator: " ").dropFirst()
        #expect(!words.isEmpty)
        for word in words { #expect(waveform.cycles.contains(Int(word)!), "\(lines[ruler])") }
      }
    }
    // Levels have no edge on their right.
    #expect(longest == (width == 1 ? 99 : 100))
  }

  @Test func refusesOtherSignals() {
    #expect(throws: TestBenchError("no signal `data` is recorded")) {
      try Self.stream.text(signals: ["valid", "data"])
    }
    #expect(throws: TestBenchError("no signal `data` is recorded")) {
      try Self.stream.text(signals: ["data"], cycles: 0..<1)
    }
  }
}
