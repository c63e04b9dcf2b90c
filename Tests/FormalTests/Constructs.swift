import Components
import HDL

/// Modules that between them use the constructs of the language, to be compared with their elaboration.
enum Constructs {
  enum Phase: String, CaseIterable {
    case idle = "IDLE"
    case load = "LOAD"
    case drain = "DRAIN"
  }

  /// A state machine with a counter.
  static let states = Module("states", "Loads LENGTH cycles, then drains as many.") { m in
    let length = m.parameter("LENGTH", default: 3, in: 1...100, "cycles of a phase")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let start = m.input("start")
    let busy = m.output("busy")
    let code = m.output("code", bits(2))
    let width = m.constant("WIDTH", indexWidth(length))
    let phase = m.stateMachine("phase", Phase.self, reset: .idle, "What is going on.")
    let count = m.register("count", bits(width), reset: 0)
    let atEnd = m.wire("at_end", count == length - 1)
    m.drive { busy <== !phase.is(.idle) }
    m.drive {
      Match(phase) { state in
        switch state {
        case .idle: code <== 3
        case .load: code <== 1
        case .drain: code <== 2
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

  /// `Match`, `ForEach` and a reduction.
  static let decoder = Module("decoder", "Operations by number, on bits.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...200, "bits")
    let op = m.input("op", bits(3))
    let a = m.input("a", bits(width))
    let b = m.input("b", bits(width))
    let y = m.output("y", bits(width))
    let mirrored = m.output("mirrored", bits(width))
    let isOdd = m.output("odd")
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
      ForEach("bit_by_bit", index: "i", count: width) { i in mirrored[i] <== a[width - 1 - i] }
    }
    let folded = m.xor("folded", .bit, index: "j", count: width) { j in a[j] }
    m.drive { isOdd <== folded }
  }

  /// Memories: byte lanes, a synchronous and an asynchronous read, a table.
  static let memories = Module("memories", "A memory with a strobe for each byte, and a table.") {
    m in
    let lanes = m.parameter("LANES", default: 2, in: 1...16, "bytes of a word")
    let depth = m.parameter("DEPTH", default: 4, in: 2...64, "words")
    let clk = m.input("clk")
    let strobe = m.input("strobe", bits(lanes))
    let address = m.input("address", bits(clog2(depth)))
    let data = m.input("data", bits(8 * lanes))
    let pick = m.input("pick", bits(2))
    let q = m.outputRegister("q", bits(8 * lanes))
    let now = m.output("now", bits(4))
    let digit = m.output("digit", signed(5))
    let words = m.memory("words", bits(8 * lanes), depth: depth, contents: .zeros)
    let digits = m.memory("digits", signed(5), depth: 4, contents: .words([1, 15, 30, 4]))
    let isInside = m.wire("in_range", address < depth)
    m.clocked(clk) {
      When(isInside) {
        ForEach("lane", index: "l", count: lanes) { l in
          When(strobe[l]) {
            words[address].slice(from: 8 * l, width: 8) <== data.slice(from: 8 * l, width: 8)
          }
        }
        q <== words[address]
      }
    }
    m.drive {
      now <== mux(isInside, words[address].slice(from: 2, width: 4), 0)
      digit <== digits[pick]
    }
  }

  /// Saturation, every rounding, products, elements by number.
  static let numbers = Module("numbers", "Saturates and rounds.") { m in
    let w = m.parameter("W", default: 5, in: 3...100, "bits of the operands")
    let n = m.parameter("N", default: 3, in: 2...99, "bits of the results")
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
      let name = "\(mode)".lowercased()
      let y = m.output("y_\(name)", signed(w))
      let z = m.output("z_\(name)", bits(w))
      m.drive {
        y <== m.rounded("a_\(name)", a, shiftedRightBy: shift, mode)
        z <== m.rounded("u_\(name)", u, shiftedRightBy: shift, mode)
      }
    }
  }

  /// A synchronous reset, and both asynchronous ones.
  static let resets = Module("resets", "Counters with resets of every kind.") { m in
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

  /// A queue behind a register.
  static let queues = Module("queues", "A queue behind a register.") { m in
    let depth = m.parameter("DEPTH", default: 3, in: 1...16, "beats of the queue")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let into = m.target("into", Components.words(2))
    let out = m.initiator("out", Components.words(2))
    let between = m.wires("between", Components.words(2))
    let level = m.output("level", bits(clog2(depth + 1)))
    m.instance(
      "entry", of: Components.streamRegister, parameters: ["WIDTH": 2],
      ports: ["clk": clk, "rst": rst] + into.connections(to: "in") + between.connections(to: "out"))
    m.instance(
      "queue", of: Components.streamFIFO, parameters: ["WIDTH": 2, "DEPTH": depth],
      ports: ["clk": clk, "rst": rst] + between.connections(to: "in")
        + out.connections(to: "out") + ["level": level])
  }
}
