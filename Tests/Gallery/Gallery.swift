import Components
import HDL

/// Modules that between them use every construct of the language.
public enum Gallery {
  public struct Exhibit: Sendable, CustomStringConvertible {
    public let module: Module
    public let configurations: [Configuration]
    public var description: String { module.name }
  }

  public static let all = [
    Exhibit(module: states, configurations: [[:], ["LENGTH": 1], ["LENGTH": 7]]),
    Exhibit(module: decoder, configurations: [[:], ["WIDTH": 1], ["WIDTH": 70]]),
    Exhibit(module: lanes, configurations: [[:], ["LANES": 1], ["LANES": 9, "DEPTH": 5]]),
    Exhibit(module: numbers, configurations: [[:], ["W": 3, "N": 2], ["W": 90, "N": 65]]),
    Exhibit(module: resets, configurations: [[:], ["W": 1], ["W": 66]]),
    Exhibit(
      module: grid, configurations: [[:], ["R": 1, "C": 1], ["R": 1, "C": 5], ["R": 5, "C": 3]]),
    Exhibit(
      module: queues, configurations: [[:], ["WIDTH": 1, "DEPTH": 1], ["WIDTH": 70, "DEPTH": 5]]),
    Exhibit(module: watched, configurations: [[:], ["COUNTED": 0]]),
    Exhibit(
      module: alternatives, configurations: [[:], ["A": 0], ["B": 0], ["A": 0, "B": 0], ["A": 3]]),
  ]

  enum Phase: String, CaseIterable {
    case idle = "IDLE"
    case load = "LOAD"
    case drain = "DRAIN"
  }

  /// A state machine with a counter.
  public static let states = Module("states", "Loads LENGTH cycles, then drains as many.") { m in
    let length = m.parameter("LENGTH", default: 3, in: 1...100, "cycles of a phase")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let start = m.input("start")
    let busy = m.output("busy")
    let label = m.output("code", bits(2))
    let width = m.constant("WIDTH", indexWidth(length))
    let phase = m.stateMachine("phase", Phase.self, reset: .idle, "What is going on.")
    let count = m.register("count", bits(width), reset: 0)
    let atEnd = m.wire("at_end", count == length - 1)
    m.drive { busy <== !phase.is(.idle) }
    m.drive {
      Match(phase) { state in
        switch state {
        case .idle: label <== 3
        case .load: label <== 1
        case .drain: label <== 2
        }
      }
    }
    m.clocked(clk, reset: rst) {
      count <== mux(!atEnd, count + 1, 0)
      Match(phase) { state in
        switch state {
        case .idle:
          count <== 0
          When(start) { phase <== .load }
        case .load: When(atEnd) { phase <== .drain }
        case .drain: When(atEnd) { phase <== .idle }
        }
      }
    }
  }

  /// `Match` and `ForEach` in `drive`.
  public static let decoder = Module("decoder", "Operations by number, on bits.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...200, "bits")
    let op = m.input("op", bits(3))
    let a = m.input("a", bits(width))
    let b = m.input("b", bits(width))
    let y = m.output("y", bits(width))
    let mirrored = m.output("mirrored", bits(width))
    let ones = m.output("odd")
    m.drive {
      Match(op) {
        Case(0) { y <== a &&& b }
        Case(1, 2) { y <== a ||| b }
        Case(3) { y <== a ^^^ b }
        Case(4) {
          y <== a
          When(b.parity) { y <== ~b }
        }
        Default { y <== 0 }
      }
    }
    m.drive {
      ForEach("bit_by_bit", index: "i", count: width) { i in
        mirrored[i] <== a[width - 1 - i]
      }
    }
    let folded = m.xor("folded", .bit, index: "j", count: width) { j in a[j] }
    m.drive { ones <== folded }
  }

  /// Memories: byte lanes, synchronous read, a table.
  public static let lanes = Module("lanes", "A memory of bytes with a strobe each, and a table.") {
    m in
    let lanes = m.parameter("LANES", default: 4, in: 1...16, "bytes of a word")
    let depth = m.parameter("DEPTH", default: 4, in: 2...64, "words")
    let clk = m.input("clk")
    let strobe = m.input("strobe", bits(lanes))
    let address = m.input("address", bits(clog2(depth)))
    let data = m.input("data", bits(8 * lanes))
    let q = m.outputRegister("q", bits(8 * lanes))
    let now = m.output("now", bits(4))
    let digit = m.output("digit", signed(5))
    let select = m.input("pick", bits(2))
    let words = m.memory("words", bits(8 * lanes), depth: depth, contents: .zeros)
    let digits = m.memory("digits", signed(5), depth: 4, contents: .words([1, 15, 30, 4]))
    let inside = m.wire("in_range", address < depth)
    m.clocked(clk) {
      When(inside) {
        ForEach("lane", index: "l", count: lanes) { l in
          When(strobe[l]) {
            words[address].slice(from: 8 * l, width: 8) <== data.slice(from: 8 * l, width: 8)
          }
        }
        q <== words[address]
      }
    }
    m.drive {
      now <== mux(inside, words[address].slice(from: 2, width: 4), 0)
      digit <== digits[select]
    }
  }

  /// Arithmetic: saturation, every rounding, extension, products.
  public static let numbers = Module("numbers", "Saturates and rounds.") { m in
    let w = m.parameter("W", default: 9, in: 3...100, "bits of the operands")
    let n = m.parameter("N", default: 4, in: 2...99, "bits of the results")
    let a = m.input("a", signed(w))
    let u = m.input("u", bits(w))
    let shift = m.input("shift", bits(2))
    let s = m.output("s", signed(n))
    let t = m.output("t", bits(n))
    let p = m.output("p", signed(2 * w))
    let e = m.output("e")
    m.given(n < w, "narrower", else: "as_wide") {
      m.drive {
        s <== a.saturated(to: n)
        t <== u.saturated(to: n)
      }
    } else: {
      m.drive {
        s <== 0
        t <== 0
      }
    }
    m.drive {
      p <== a * u.asSigned
      e <== u[shift.extended(to: indexWidth(w))]
    }
    for mode in RoundingMode.allCases {
      let y = m.output("y_\(mode.name)", signed(w))
      let z = m.output("z_\(mode.name)", bits(w))
      m.drive {
        y <== m.rounded("a_\(mode.name)", a, shiftedRightBy: shift, mode)
        z <== m.rounded("u_\(mode.name)", u, shiftedRightBy: shift, mode)
      }
    }
  }

  /// Resets of every kind.
  public static let resets = Module("resets", "Counters with resets of every kind.") { m in
    let w = m.parameter("W", default: 4, in: 1...100, "bits")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let arst = m.input("arst")
    let rstN = m.input("rst_n")
    let go = m.input("go")
    let s = m.outputRegister("s", bits(w), reset: 1)
    let a = m.outputRegister("a", bits(w), reset: 1)
    let l = m.outputRegister("l", bits(w), reset: 0)
    m.clocked(clk, reset: rst, enable: go) { s <== s + 1 }
    m.clocked(clk, reset: .asynchronous(arst)) { When(go) { a <== a + 1 } }
    m.clocked(clk, reset: .asynchronousLow(rstN), enable: go) { l <== l - 1 }
  }

  /// A grid of elements that pass their values on.
  public static let grid = Module("grid", "Sums along rows and columns.") { m in
    let rows = m.parameter("R", default: 2, in: 1...8, "rows")
    let columns = m.parameter("C", default: 3, in: 1...8, "columns")
    let clk = m.input("clk")
    let west = m.input("west", bits(8 * rows))
    let north = m.input("north", bits(8 * columns))
    let y = m.output("y", bits(8))
    let totals = m.forEach(row: "row", "r", rows, column: "col", "c", columns) { cell in
      let total = m.register("total", bits(8))
      let fromWest = m.wire("from_west", bits(8))
      let fromNorth = m.wire("from_north", bits(8))
      m.given(cell.isWestEdge, "west_edge", else: "inside_west") {
        m.drive { fromWest <== west.element(cell.row, bits(8)) }
      } else: {
        m.drive { fromWest <== cell.west(total) }
      }
      m.given(cell.isNorthEdge, "north_edge", else: "inside_north") {
        m.drive { fromNorth <== north.element(cell.column, bits(8)) }
      } else: {
        m.drive { fromNorth <== cell.north(total) }
      }
      m.clocked(clk) { total <== fromWest + fromNorth }
      m.given(cell.isEastEdge && cell.row < rows - 1, "east_edge") { m.unused("total", total) }
      return total
    }
    m.drive { y <== totals.at(rows - 1, columns - 1) }
  }

  /// Streams through instances.
  public static let queues = Module("queues", "A queue behind a register.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...100, "bits of a beat")
    let depth = m.parameter("DEPTH", default: 4, in: 1...16, "beats of the queue")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let into = m.target("into", Components.words(width))
    let out = m.initiator("out", Components.words(width))
    let between = m.wires("between", Components.words(width))
    let level = m.output("level", bits(clog2(depth + 1)))
    m.instance(
      "entry", of: Components.streamRegister, parameters: ["WIDTH": width],
      ports: ["clk": clk, "rst": rst] + into.connections(to: "in") + between.connections(to: "out"))
    m.instance(
      "queue", of: Components.streamFIFO, parameters: ["WIDTH": width, "DEPTH": depth],
      ports: ["clk": clk, "rst": rst] + between.connections(to: "in")
        + out.connections(to: "out") + ["level": level])
  }

  /// Conditions of every kind, labels and parts from Swift lists, machines with the same states.
  public static let alternatives = Module("alternatives", "Blocks under conditions of two numbers.")
  {
    m in
    let a = m.parameter("A", default: 1, in: 0...3, "a number")
    let b = m.parameter("B", default: 2, in: 0...3, "another one")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let go = m.input("go", bits(2))
    let x = m.input("x", bits(4))
    let either = m.output("either")
    let neither = m.output("neither")
    let mixed = m.output("mixed")
    let nibbles = m.output("nibbles", bits(12))
    let odd = m.output("odd")
    m.given(a == 1 || b == 2, "one_of_them", else: "none_of_them") {
      m.drive { either <== x[0] }
    } else: {
      m.drive { either <== !x[0] }
    }
    m.given(!(a == 1 || b > 1), "not_one", else: "one") {
      m.drive { neither <== x[1] }
    } else: {
      m.drive { neither <== !x[1] }
    }
    m.given((a > 1 || b == 0) && a != b, "both_ways", else: "not_both_ways") {
      m.drive { mixed <== x[2] }
    } else: {
      m.drive { mixed <== !x[2] }
    }
    m.drive { nibbles <== concatenate((0..<3).map { _ in x }) }
    m.drive {
      odd <== 0
      Match(x) { Case((0..<8).map { .literal(2 * $0 + 1) }) { odd <== 1 } }
    }
    let phases = ["first", "second"].map { m.stateMachine("\($0)_phase", Phase.self, reset: .idle) }
    for (number, phase) in phases.enumerated() {
      let busy = m.output("busy\(number)")
      m.clocked(clk, reset: rst, enable: go[.literal(number)]) {
        Match(phase) { state in
          switch state {
          case .idle: phase <== .load
          case .load: phase <== .drain
          case .drain: phase <== .idle
          }
        }
      }
      m.drive { busy <== !phase.is(.idle) }
    }
  }

  /// Events and properties.
  public static let watched = Module("watched", "Counts what passes, and watches.") { m in
    let counted = m.parameter("COUNTED", default: 1, in: 0...1, "1 builds the counter")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let go = m.input("go")
    let level = m.outputRegister("level", bits(4), reset: 0)
    let passed = m.output("passed", bits(16))
    m.clocked(clk, reset: rst, enable: go && level != 9) { level <== level + 1 }
    let count = m.event("moved", when: go, on: clk, reset: rst, width: 16, if: counted == 1)
    m.drive { passed <== count }
    m.assert("below_ten", level < 10, on: clk, reset: rst)
    m.cover("seven", level == 7, on: clk, reset: rst)
  }
}

extension RoundingMode {
  fileprivate var name: String { "\(self)".lowercased() }
}
