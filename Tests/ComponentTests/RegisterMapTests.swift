import Components
import HDL
import Lint
import Simulation
import Testing
import Verilated
import Waves

/// One map of registers: its hardware, its C header and its page say the same.
@Suite struct RegisterMapTests {
  typealias Register = RegisterMap.Register
  typealias Field = RegisterMap.Field

  static let map = RegisterMap(
    "widget", "A design under test.",
    [
      Register(
        "ID", "What this is.", Field("id_revision", width: 8, .constant(0x21), "Revision."),
        Field("id_magic", width: 24, .constant(0xc0ffee), "A number to know it by.")),
      Register(
        "CONTROL", "What to do.", Field("start", .trigger, "Starts."),
        Field("mode", width: 3, .control(reset: 5), "How."),
        Field("speed", width: 16, .control(reset: 0x1234), "How fast.")),
      Register(
        "STATUS", "What is going on.", Field("busy", .status, "It works."),
        Field("level", width: 9, .status, "How full it is."),
        Field("done", .sticky, "It has ended."), Field("failed", .sticky, "It has failed.")),
      Register(
        "ADDRESS", "Where to begin.", Field("address", width: 32, .control(reset: 0), "In bytes.")),
      Register("COUNT", "How much was done.", Field("count", width: 32, .status, "Things.")),
    ])

  static let maps = [
    map,
    RegisterMap(
      "lone", "One register.",
      [Register("A", "It.", Field("a", width: 4, .control(reset: 0xf), "It."))]),
    RegisterMap(
      "complete", "As many as the address holds.",
      (0..<4).map {
        Register("R\($0)", "One.", Field("r\($0)", width: 32, .control(reset: 7), "It."))
      }),
  ]

  @Test(
    .enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"),
    arguments: maps.map(\.name))
  func printsCleanVerilog(name: String) throws {
    let map = try #require(Self.maps.first { $0.name == name })
    for finding in try map.module().lint(at: [[:]]) { Issue.record("\(finding)") }
  }

  // MARK: The hardware

  /// What software, and the design around it, should see.
  struct Model {
    var mode = 5
    var speed = 0x1234
    var address = 0
    var done = 0
    var failed = 0

    mutating func write(_ offset: Int, _ data: Int, _ strobe: Int) -> (fails: Bool, start: Bool) {
      let mask = (0..<4).reduce(0) { $0 | (strobe >> $1 & 1) * 0xff << (8 * $1) }
      let ones = data & mask
      switch offset / 4 {
      case 1:
        mode = (mode & ~(mask >> 1) | ones >> 1) & 7
        speed = (speed & ~(mask >> 4) | ones >> 4) & 0xffff
        return (false, ones & 1 == 1)
      case 2:
        done &= ~(ones >> 10)
        failed &= ~(ones >> 11)
        return (false, false)
      case 3: address = address & ~mask | ones
      case 0, 4: break
      default: return (true, false)
      }
      return (false, false)
    }

    func read(_ offset: Int, busy: Int, level: Int, count: Int) -> (fails: Bool, data: Int) {
      switch offset / 4 {
      case 0: return (false, 0xc0ff_ee21)
      case 1: return (false, mode << 1 | speed << 4)
      case 2: return (false, busy | level << 1 | done << 10 | failed << 11)
      case 3: return (false, address)
      case 4: return (false, count)
      default: return (true, 0)
      }
    }
  }

  /// A master that sends one request after the other, with pauses everywhere.
  final class Master {
    let bench: any TestBench
    var random: SeededGenerator
    var starts = 0

    init(_ bench: any TestBench, seed: UInt64) throws {
      self.bench = bench
      random = SeededGenerator(seed: seed)
      try bench.poke("rst", 1)
      try bench.step()
      try bench.poke("rst", 0)
    }

    private func chance() -> Bool { Bool.random(using: &random) }

    func step() throws {
      try bench.step()
      starts += try bench.peek("start")
    }

    /// The response.
    func write(_ offset: Int, _ data: Int, _ strobe: Int) throws -> Int {
      var (address, word) = (true, true)
      try bench.poke("s_axil_awaddr", offset)
      try bench.poke("s_axil_wdata", data)
      try bench.poke("s_axil_wstrb", strobe)
      for _ in 0..<100 {
        let (sendsAddress, sendsWord) = (address && chance(), word && chance())
        let takes = !address && !word && chance()
        try bench.poke("s_axil_awvalid", sendsAddress ? 1 : 0)
        try bench.poke("s_axil_wvalid", sendsWord ? 1 : 0)
        try bench.poke("s_axil_bready", takes ? 1 : 0)
        let ready = (try bench.peek("s_axil_awready"), try bench.peek("s_axil_wready"))
        let answers = try bench.peek("s_axil_bvalid")
        let response = try bench.peek("s_axil_bresp")
        try step()
        if sendsAddress, ready.0 == 1 { address = false }
        if sendsWord, ready.1 == 1 { word = false }
        if takes, answers == 1 {
          try bench.poke("s_axil_bready", 0)
          return response
        }
      }
      throw TestBenchError("no answer to a write")
    }

    /// The response and the data.
    func read(_ offset: Int) throws -> (Int, Int) {
      var isAsked = false
      try bench.poke("s_axil_araddr", offset)
      for _ in 0..<100 {
        let (asks, takes) = (!isAsked && chance(), isAsked && chance())
        try bench.poke("s_axil_arvalid", asks ? 1 : 0)
        try bench.poke("s_axil_rready", takes ? 1 : 0)
        let ready = try bench.peek("s_axil_arready")
        let answers = try bench.peek("s_axil_rvalid")
        let result = (try bench.peek("s_axil_rresp"), try bench.peek("s_axil_rdata"))
        try step()
        if asks, ready == 1 { isAsked = true }
        if takes, answers == 1 {
          try bench.poke("s_axil_rready", 0)
          return result
        }
      }
      throw TestBenchError("no answer to a read")
    }
  }

  @Test func readsAndWrites() throws {
    let bench = try RecordingBench(
      Lockstep(
        Simulator(Self.map.module()), named: "the simulator", VerilatedBench(Self.map.module()),
        named: "Verilator"))
    try bench.withWaves { bench in
      let master = try Master(bench, seed: 11)
      var model = Model()
      var starts = 0
      var random = SeededGenerator(seed: 12)
      for _ in 0..<600 {
        let offset =
          4 * Int.random(in: 0..<8, using: &random) + Int.random(in: 0..<4, using: &random)
        if Bool.random(using: &random) {
          let data = Int(UInt32.random(in: 0...UInt32.max, using: &random))
          let strobe = Int.random(in: 0..<16, using: &random)
          let expected = model.write(offset, data, strobe)
          starts += expected.start ? 1 : 0
          #expect(try master.write(offset, data, strobe) == (expected.fails ? 2 : 0))
          try master.step()
        } else {
          let busy = Int.random(in: 0...1, using: &random)
          let level = Int.random(in: 0..<512, using: &random)
          let count = Int(UInt32.random(in: 0...UInt32.max, using: &random))
          for (name, value) in [("busy", busy), ("level", level), ("count", count)] {
            try bench.poke(name, value)
          }
          let sets = (Int.random(in: 0...3, using: &random), Int.random(in: 0...3, using: &random))
          try bench.poke("done_set", sets.0 == 0 ? 1 : 0)
          try bench.poke("failed_set", sets.1 == 0 ? 1 : 0)
          try master.step()
          try bench.poke("done_set", 0)
          try bench.poke("failed_set", 0)
          if sets.0 == 0 { model.done = 1 }
          if sets.1 == 0 { model.failed = 1 }
          let expected = model.read(offset, busy: busy, level: level, count: count)
          #expect(try master.read(offset) == (expected.fails ? 2 : 0, expected.data))
        }
        #expect(try bench.peek("mode") == model.mode)
        #expect(try bench.peek("speed") == model.speed)
        #expect(try bench.peek("address") == model.address)
        #expect(try bench.peek("done") == model.done)
        #expect(try bench.peek("failed") == model.failed)
        #expect(master.starts == starts)
      }
    }
  }

  /// What is set in the cycle in which it is cleared stays set.
  @Test func aSetIsNotLost() throws {
    let bench = try Simulator(Self.map.module())
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)
    for (name, value) in [
      ("s_axil_awaddr", 8), ("s_axil_wdata", 1 << 10), ("s_axil_wstrb", 15), ("s_axil_awvalid", 1),
      ("s_axil_wvalid", 1), ("s_axil_bready", 1),
    ] { try bench.poke(name, value) }
    try bench.step()
    try bench.poke("s_axil_awvalid", 0)
    try bench.poke("s_axil_wvalid", 0)
    try bench.poke("done_set", 1)
    try bench.step()
    #expect(try bench.peek("done") == 1)
  }

  // MARK: The texts

  /// A C program that includes the header prints what the map says.
  @Test func theHeaderIsTheMap() throws {
    var expected: [String] = []
    var prints: [String] = []
    func value(_ macro: String, _ number: Int) {
      expected.append("\(macro) \(number)")
      prints.append("printf(\"\(macro) %u\\n\", \(macro));")
    }
    for register in Self.map.registers {
      let macro = "WIDGET_\(register.name)"
      value(macro, try #require(Self.map.offset(register.name)))
      for (field, low) in register.places {
        let name = "\(macro)_\(field.name.uppercased())"
        value("\(name)_SHIFT", low)
        value("\(name)_MASK", (1 << field.width - 1) << low)
        if case .constant(let number) = field.access { value("\(name)_VALUE", Int(number)) }
      }
    }
    try Scratch.with { folder in
      let program = """
        #include <stdio.h>
        #include "widget.h"
        int main(void) { \(prints.joined(separator: " ")) return 0; }
        """
      try writeFiles(
        [("widget.h", Array(Self.map.cHeader.utf8)), ("main.c", Array(program.utf8))], to: folder)
      func run(_ arguments: [String]) throws -> String {
        let run = try Subprocess.run(
          "/usr/bin/env", arguments, in: folder, environment: Tools.environment)
        try #require(run.status == 0, "\(run.output)")
        return run.output
      }
      _ = try run([
        "cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o", "main", "main.c",
      ])
      let printed = try run(["./main"]).split(separator: "\n").map(String.init)
      #expect(printed == expected)
    }
  }

  @Test func thePageIsTheMap() {
    let rows = Self.map.markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
    let fields = Self.map.registers.flatMap(\.fields)
    #expect(rows.count == Self.map.registers.count + fields.count)
    #expect(Self.map.markdown.contains("| `0x04` | `CONTROL` | | | | | What to do. |"))
    #expect(
      Self.map.markdown.contains("| | | 19:4 | `speed` | read, write | `0x1234` | How fast. |"))
    #expect(
      Self.map.markdown.contains(
        "| | | 10 | `done` | read, write 1 to clear | `0x0` | It has ended. |"))
  }

  @Test func fieldsThatDoNotFitAreReported() {
    let map = RegisterMap(
      "wide", "Too wide.",
      [
        Register(
          "A", "It.", Field("a", width: 30, .status, "It."), Field("b", width: 3, .status, "It."))
      ])
    #expect(throws: HDLError.self) { try map.module().check(at: [[:]]) }
  }
}
