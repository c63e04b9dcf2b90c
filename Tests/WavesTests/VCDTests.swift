import Foundation
import Simulation
import Testing

@testable import Waves

@Suite struct VCDTests {
  /// The whole text of a small dump.
  @Test func isThisText() {
    var waveform = Waveform(
      signals: [
        .init(path: "start", width: 1),
        .init(path: "core.row[0].col[1].acc", width: 70, isSigned: true),
        .init(path: "core.state", width: 2), .init(path: "core.word[3]", width: 8),
        .init(path: "core.row[1].acc", width: 70),
      ])
    let wide = BitVector(width: 70, words: [0, 1])
    let small = BitVector(width: 70, 6)
    waveform.record([BitVector(width: 1, 1), wide, BitVector(width: 2), nil, wide], at: 2)
    waveform.record(
      [BitVector(width: 1), wide, BitVector(width: 2, 3), BitVector(width: 8, 5), small],
      at: 3)
    waveform.record(
      [BitVector(width: 1), wide, BitVector(width: 2), BitVector(width: 8, 5), nil], at: 5)
    #expect(
      waveform.vcd(top: "top", timescale: Timescale(100, .picoseconds)) == """
        $timescale 100 ps $end
        $scope module top $end
        $var wire 1 ! clock $end
        $var wire 1 " start $end
        $scope module core $end
        $var wire 2 % state [1:0] $end
        $var wire 8 & \\word[3] [7:0] $end
        $scope begin row[0] $end
        $scope begin col[1] $end
        $var wire 70 # acc [69:0] $end
        $upscope $end
        $upscope $end
        $scope begin row[1] $end
        $var wire 70 ' acc [69:0] $end
        $upscope $end
        $upscope $end
        $upscope $end
        $enddefinitions $end
        #20
        $dumpvars
        1!
        1"
        b10000000000000000000000000000000000000000000000000000000000000000 #
        b0 %
        bx &
        b10000000000000000000000000000000000000000000000000000000000000000 '
        $end
        #25
        0!
        #30
        1!
        0"
        b11 %
        b101 &
        b110 '
        #35
        0!
        #40
        1!
        #45
        0!
        #50
        1!
        b0 %
        bx '
        #55
        0!
        #60

        """)
  }

  /// Every value of every cycle, in both halves of the cycle.
  @Test(arguments: 21...28 as ClosedRange<UInt64>)
  func readsBackEqual(seed: UInt64) throws {
    let waves = RandomWaves(seed: seed)
    let file = try VCDFile(waves.waveform.vcd(top: "top"))
    #expect(file.timescale == "1ns")
    try waves.expectEqual(file)
    #expect(
      Set(file.scopes.keys)
        == [
          "top", "top.core", "top.core.row[0]", "top.core.row[0].col[1]", "top.core.row[1]",
          "top.core.row[1].col[1]",
        ])
  }

  @Test func writesTheSameToAFile() throws {
    let folder = FileManager.default.temporaryDirectory
    let url = folder.appending(path: "\(UUID()).vcd")
    defer { try? FileManager.default.removeItem(at: url) }
    // Enough for several pieces.
    var waveform = Waveform(signals: [.init(path: "wide", width: 200)])
    var random = SeededGenerator(seed: 31)
    for cycle in 0..<12_000 {
      waveform.record([BitVector(width: 200, using: &random)], at: cycle)
    }
    #expect(FileManager.default.createFile(atPath: url.path, contents: nil))
    let file = try FileHandle(forWritingTo: url)
    try waveform.writeVCD(to: file, top: "top")
    try file.close()
    let text = waveform.vcd(top: "top")
    #expect(text.utf8.count > 2 << 20)
    #expect(try String(contentsOf: url, encoding: .utf8) == text)
  }

  @Test func theClockTakesThePlaceOfARecordedOne() throws {
    var waveform = Waveform(
      signals: [.init(path: "clk", width: 1), .init(path: "core.clk", width: 1)])
    waveform.record([BitVector(width: 1), BitVector(width: 1)], at: 0)
    let file = try VCDFile(waveform.vcd(top: "top", clock: "clk"))
    #expect(Set(file.variables.keys) == ["top.clk", "top.core.clk"])
    #expect(try file.digits("top.clk", at: 0) == "1")
    #expect(try file.digits("top.clk", at: 5) == "0")
  }

  @Test(arguments: [
    (Timescale(1, .seconds), "1s"), (Timescale(10, .milliseconds), "10ms"),
    (Timescale(100, .microseconds), "100us"), (Timescale(1, .nanoseconds), "1ns"),
    (Timescale(10, .picoseconds), "10ps"), (Timescale(100, .femtoseconds), "100fs"),
  ]) func saysItsTimescale(timescale: Timescale, text: String) throws {
    let waveform = Waveform(signals: [])
    #expect(try VCDFile(waveform.vcd(top: "top", timescale: timescale)).timescale == text)
  }

  @Test func aWaveformWithoutCyclesIsAHeader() throws {
    let file = try VCDFile(Waveform(signals: [.init(path: "a", width: 3)]).vcd(top: "top"))
    #expect(file.variables.count == 2)
    #expect(file.times == [])
  }

  @Test func codesAreVisibleAndDifferent() {
    let codes = (0..<20_000).map { String(decoding: VCDNames.code($0), as: UTF8.self) }
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.utf8.allSatisfy { (33...126).contains($0) && $0 != 36 } })
    #expect(codes[..<93].allSatisfy { $0.count == 1 })
    #expect(codes[93..<(93 * 94)].allSatisfy { $0.count == 2 })
    #expect(codes[0] == "!" && codes[2] == "#" && codes[3] == "%" && codes[92] == "~")
  }

  @Test(arguments: [
    ("row", "row", "row"), ("row[0]", "\\row[0]", "row[0]"),
    ("row[0][12]", "\\row[0][12]", "row[0][12]"), ("row[]", "\\row[]", "\\row[]"),
    ("row[a]", "\\row[a]", "\\row[a]"), ("[0]", "\\[0]", "\\[0]"), ("$end", "\\$end", "\\$end"),
    ("a$b", "a$b", "a$b"), ("4x", "\\4x", "\\4x"), ("\\a+b", "\\a+b", "\\a+b"), ("_", "_", "_"),
  ]) func escapesWhatIsNoIdentifier(name: String, variable: String, scope: String) {
    #expect(VCDNames.variable(name[...]) == variable)
    #expect(VCDNames.scope(name[...]) == scope)
  }
}

extension RandomWaves {
  /// Compares a dump with what was recorded.
  func expectEqual(_ file: VCDFile) throws {
    #expect(file.variables.count == signals.count + 1)
    for (i, signal) in signals.enumerated() {
      let path = "top.\(signal.path)"
      #expect(file.variables[path]?.width == signal.width)
      #expect(file.variables[path]?.range == (signal.width > 1 ? "[\(signal.width - 1):0]" : ""))
      for cycle in waveform.cycles {
        let unknown = String(repeating: "x", count: signal.width)
        let expected = value(i, at: cycle)?.binary ?? unknown
        for half in [0, 5, 9] {
          let digits = try file.digits(path, at: 10 * cycle + half)
          #expect(digits == expected, "\(path) in cycle \(cycle)")
        }
      }
    }
    for cycle in waveform.cycles {
      #expect(try file.digits("top.clock", at: 10 * cycle) == "1")
      #expect(try file.digits("top.clock", at: 10 * cycle + 5) == "0")
    }
    #expect(file.times.first == 10 * waveform.cycles.lowerBound)
    #expect(file.times.last == 10 * waveform.cycles.upperBound)
  }
}
