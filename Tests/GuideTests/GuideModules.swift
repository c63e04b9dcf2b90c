import Components
import Formal
import HDL
import Lint
import Simulation
import Testing
import Verilated
import Waves

/// The code of docs/language.md. What stands between `guide:` and `guide end` is printed there.
enum GuideModules {
  // guide: counter
  static let counter = Module("counter", "Counts to LIMIT and begins anew.") { m in
    let limit = m.parameter("LIMIT", default: 9, in: 1...255, "the largest count")
    let width = m.constant("WIDTH", clog2(limit + 1))
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let enable = m.input("enable")
    let count = m.outputRegister("count", bits(width), reset: 0, "cycles with enable so far")

    let atLimit = m.wire("at_limit", count == limit)
    m.clocked(clk, reset: rst, enable: enable) {
      When(atLimit) {
        count <== 0
      } else: {
        count <== count + 1
      }
    }
  }
  // guide end

  // guide: widths
  static let adder = Module("adder", "A sum that cannot overflow.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...64, "bits of an operand")
    let a = m.input("a", signed(width))
    let b = m.input("b", signed(width))
    let sum = m.output("sum", signed(width + 1))
    m.drive { sum <== a.extended(to: width + 1) + b.extended(to: width + 1) }
  }
  // guide end

  // guide: narrow
  static let tooNarrow = Module("adder", "A sum that is cut off.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...64, "bits of an operand")
    let a = m.input("a", signed(width))
    let b = m.input("b", signed(width))
    let sum = m.output("sum", signed(width + 1))
    m.drive { sum <== a + b }
  }
  // guide end

  // guide: configuration
  static let window = Module("window", "Bits FROM to FROM + 3 of a word.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 4...64, "bits of the word")
    let from = m.parameter("FROM", default: 0, in: 0...60, "the first bit")
    let word = m.input("word", bits(width))
    let part = m.output("part", bits(4))
    m.drive { part <== word.slice(from: from, width: 4) }
    m.given(from != 0, "below") { m.unused("low", word.slice(from: 0, width: from)) }
    m.given(from + 4 < width, "above") {
      m.unused("high", word.slice(from: from + 4, width: width - from - 4))
    }
  }
  // guide end

  // guide: match
  static let unit = Module("logic_unit", "An operation on bits, by number.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...64, "bits")
    let op = m.input("op", bits(2))
    let a = m.input("a", bits(width))
    let b = m.input("b", bits(width))
    let y = m.output("y", bits(width))
    m.drive {
      Match(op) {
        Case(0) { y <== a &&& b }
        Case(1) { y <== a ||| b }
        Default {
          y <== a
          When(op[0]) { y <== ~a }
        }
      }
    }
  }
  // guide end

  // guide: latch
  static let latch = Module("latch", "Forgets to say what y is otherwise.") { m in
    let go = m.input("go")
    let a = m.input("a")
    let y = m.output("y")
    m.drive {
      When(go) { y <== a }
    }
  }
  // guide end

  // guide: states
  enum Light: String, CaseIterable {
    case red = "RED"
    case green = "GREEN"
    case yellow = "YELLOW"
  }

  static let crossing = Module("crossing", "A light that changes when it is asked to.") { m in
    let clk = m.input("clk")
    let rst = m.input("rst")
    let next = m.input("go_on")
    let mayGo = m.output("may_go")
    let light = m.stateMachine("light", Light.self, reset: .red)
    m.clocked(clk, reset: rst, enable: next) {
      Match(light) { state in
        switch state {
        case .red: light <== .green
        case .green: light <== .yellow
        case .yellow: light <== .red
        }
      }
    }
    m.drive { mayGo <== light.is(.green) }
  }
  // guide end

  // guide: memory
  static let bytes = Module("byte_memory", "A memory with a strobe for each byte.") { m in
    let lanes = m.parameter("LANES", default: 4, in: 1...64, "bytes of a word")
    let depth = m.parameter("DEPTH", default: 16, in: 2...65536, "words, a power of two")
    let clk = m.input("clk")
    let address = m.input("address", bits(clog2(depth)))
    let strobe = m.input("strobe", bits(lanes), "bytes that are written")
    let data = m.input("data", bits(8 * lanes))
    let word = m.outputRegister("word", bits(8 * lanes), "what was there a cycle ago")
    let words = m.memory("words", bits(8 * lanes), depth: depth, contents: .zeros)
    m.clocked(clk) {
      word <== words[address]
      ForEach("lane", index: "i", count: lanes) { i in
        When(strobe[i]) {
          words[address].slice(from: 8 * i, width: 8) <== data.slice(from: 8 * i, width: 8)
        }
      }
    }
  }
  // guide end

  // guide: grid
  static let mesh = Module("mesh", "Every cell adds what comes from the west and the north.") { m in
    let rows = m.parameter("ROWS", default: 2, in: 1...16, "rows")
    let columns = m.parameter("COLS", default: 2, in: 1...16, "columns")
    let clk = m.input("clk")
    let west = m.input("west", bits(8 * rows))
    let south = m.output("south", bits(8 * columns))
    let sums = m.forEach(row: "row", "r", rows, column: "col", "c", columns) { cell in
      let sum = m.register("sum", bits(8))
      let fromWest = m.wire("from_west", bits(8))
      m.given(cell.isWestEdge, "west_edge", else: "inner") {
        m.drive { fromWest <== west.element(cell.row, bits(8)) }
      } else: {
        m.drive { fromWest <== cell.west(sum) }
      }
      m.given(cell.isNorthEdge, "top", else: "below") {
        m.clocked(clk) { sum <== fromWest }
      } else: {
        m.clocked(clk) { sum <== fromWest + cell.north(sum) }
      }
      return sum
    }
    m.forEach("bottom", index: "k", count: columns) { k in
      m.drive { south.slice(from: 8 * k, width: 8) <== sums.at(rows - 1, k) }
    }
  }
  // guide end

  // guide: bundle
  static let doubled = Module("two_queues", "A queue behind another one.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...64, "bits of a beat")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let beats = Interface.stream(.forward("data", bits(width)))
    let into = m.target("in", beats)
    let out = m.initiator("out", beats)
    let between = m.wires("between", beats)
    let levels = [m.output("first_level", bits(3)), m.output("second_level", bits(2))]
    m.instance(
      "first", of: Components.streamFIFO, parameters: ["WIDTH": width, "DEPTH": 4],
      ports: ["clk": clk, "rst": rst, "level": levels[0]] + into.connections(to: "in")
        + between.connections(to: "out"))
    m.instance(
      "second", of: Components.streamFIFO, parameters: ["WIDTH": width, "DEPTH": 2],
      ports: ["clk": clk, "rst": rst, "level": levels[1]] + between.connections(to: "in")
        + out.connections(to: "out"))
  }
  // guide end

  // guide: registers
  static let timer = RegisterMap(
    "timer", "Counts down.",
    [
      RegisterMap.Register(
        "CONTROL", "What it does.",
        RegisterMap.Field("enable", .control(reset: 0), "It counts."),
        RegisterMap.Field("reload", .trigger, "It starts anew.")),
      RegisterMap.Register(
        "STATUS", "Where it is.",
        RegisterMap.Field("expired", .sticky, "It has come to 0."),
        RegisterMap.Field("left", width: 16, .status, "Cycles that are left.")),
    ])
  // guide end

  // guide: blackbox
  static let macro = Module("ram_64x8", "A memory macro.", blackBox: true) { m in
    let clk = m.input("clk")
    let write = m.input("write")
    let address = m.input("address", bits(6))
    let data = m.input("data", bits(8))
    let word = m.outputRegister("word", bits(8))
    let words = m.memory("words", bits(8), depth: 64)
    m.clocked(clk) {
      word <== words[address]
      When(write) { words[address] <== data }
    }
  }

  static let scratchpad = Module("scratchpad", "Macros side by side.") { m in
    let count = m.parameter("COUNT", default: 2, in: 1...8, "macros")
    let clk = m.input("clk")
    let write = m.input("write")
    let address = m.input("address", bits(6))
    let data = m.input("data", bits(8 * count))
    let word = m.output("word", bits(8 * count))
    m.forEach("part", index: "i", count: count) { i in
      m.instance(
        "ram", of: macro,
        ports: [
          "clk": clk, "write": write, "address": address,
          "data": data.element(i, bits(8)), "word": word.element(i, bits(8)),
        ])
    }
  }
  // guide end

  // guide: arithmetic
  static let scaler = Module("scaler", "Divides by a power of two and saturates.") { m in
    let wide = m.parameter("WIDE", default: 16, in: 4...64, "bits of the operand")
    let narrow = m.parameter("NARROW", default: 8, from: 2, through: wide - 1, "of the result")
    let value = m.input("value", signed(wide))
    let places = m.input("places", bits(2))
    let result = m.output("result", signed(narrow))
    let rounded = m.rounded("rounded", value, shiftedRightBy: places, .halfEven)
    m.drive { result <== rounded.saturated(to: narrow) }
  }
  // guide end

  // guide: watched
  static let watched = Module("watched", "A counter that is watched.") { m in
    let counted = m.parameter("COUNTED", default: 1, in: 0...1, "1 builds the event counter")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let go = m.input("go")
    let level = m.outputRegister("level", bits(4), reset: 0)
    let moves = m.output("moves", bits(32))
    m.clocked(clk, reset: rst, enable: go) { level <== level + 1 }

    let count = m.event("moved", when: go, on: clk, reset: rst, width: 32, if: counted == 1)
    m.drive { moves <== count }
    m.assert("stays_below_six", level < 6, on: clk, reset: rst)
    m.cover("reaches_five", level == 5, on: clk, reset: rst)
  }
  // guide end

  // guide: bench
  static func countsToTheLimit(_ bench: any TestBench) throws {
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)
    try bench.poke("enable", 1)
    let steps = try bench.run(until: "the limit", limit: 20) { try bench.peek("count") == 4 }
    #expect(steps == 4)
    try bench.step()
    #expect(try bench.peek("count") == 0)
  }
  // guide end

  // guide: benches
  static func onBoth() throws {
    try countsToTheLimit(Simulator(counter, ["LIMIT": 4]))
    try countsToTheLimit(VerilatedBench(counter, at: ["LIMIT": 4]))
    try countsToTheLimit(
      Lockstep(
        Simulator(counter, ["LIMIT": 4]), named: "the simulator",
        VerilatedBench(counter, at: ["LIMIT": 4]), named: "Verilator"))
  }
  // guide end

  // guide: lint
  static func lints() throws {
    let findings = try counter.lint(at: [[:], ["LIMIT": 1], ["LIMIT": 255]])
    #expect(findings.isEmpty)
  }
  // guide end

  // guide: proof
  static let bounded = Module("bounded", "A counter that claims to stay below LIMIT.") { m in
    let limit = m.parameter("LIMIT", default: 10, in: 1...15, "the claim")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let count = m.register("count", bits(4), reset: 0)
    m.assumeAtStart(rst)
    m.clocked(clk, reset: rst) { count <== mux(count != 9, count + 1, 0) }
    m.assert("below_limit", count < limit, on: clk, reset: rst)
  }

  static func proves() throws -> [Verdict] {
    let runner = try ProofRunner(FormalTools())
    return try [10, 4].map { limit in
      let proof = Proof(
        "counter", "It stays below LIMIT.", bounded, at: ["LIMIT": limit], by: .induction(depth: 8))
      return try runner.run(proof).verdict
    }
  }
  // guide end

  // guide: waves
  static func stopsWithWaves() throws {
    let bench = try RecordingBench(Simulator(watched))
    try bench.withWaves { bench in
      try bench.poke("rst", 1)
      try bench.step()
      try bench.poke("rst", 0)
      try bench.poke("go", 1)
      try bench.step(10)
    }
  }
  // guide end
}
