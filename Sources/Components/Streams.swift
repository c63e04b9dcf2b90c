import HDL

/// Modules that designs are put together from.
public enum Components {
  /// What a stream of words is made of: `valid`, `ready`, `data`.
  public static func words(_ width: Nat) -> Interface { .stream(.forward("data", bits(width))) }

  /// `stream_register`: breaks every path between its two streams and still passes a beat in each
  /// cycle, by a second word for the beat that comes while the first one waits.
  public static let streamRegister = Module(
    "stream_register",
    """
    Two words between two streams: no path leads through, and a beat passes in each cycle.
    """
  ) { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...65536, "bits of a beat")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let into = m.target("in", words(width))
    let out = m.initiator("out", words(width))

    let full = m.register("full", .bit, reset: 0, "The word at the output is a beat.")
    let word = m.register("word", bits(width))
    let spare = m.register("spare", bits(width), "The beat that came while the first one waited.")
    let spareFull = m.register("spare_full", .bit, reset: 0)
    m.drive {
      into.ready <== !spareFull
      out.valid <== full
      out["data"] <== word
    }
    let moves = m.wire("moves", !full || out.ready)
    m.clocked(clk, reset: rst) {
      When(moves) {
        full <== (spareFull || into.valid)
        spareFull <== 0
      } else: {
        When(into.fires) { spareFull <== 1 }
      }
    }
    m.clocked(clk) {
      When(moves) { word <== mux(spareFull, spare, into["data"]) }
      When(into.fires) { spare <== into["data"] }
    }
    m.assert("spare_behind_word", full || !spareFull, on: clk, reset: rst)
  }

  /// `stream_fifo`: a first-in first-out queue between two streams.
  public static let streamFIFO = Module(
    "stream_fifo", "First-in first-out queue of DEPTH beats between two streams."
  ) { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...65536, "bits of a beat")
    let depth = m.parameter("DEPTH", default: 4, in: 1...65536, "beats that it holds")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let into = m.target("in", words(width))
    let out = m.initiator("out", words(width))
    let level = m.outputRegister("level", bits(clog2(depth + 1)), reset: 0, "beats in the queue")
    let indexBits = m.constant("INDEX_WIDTH", indexWidth(depth))
    let levelBits = m.constant("LEVEL_WIDTH", clog2(depth + 1))

    let beats = m.memory("beats", bits(width), depth: depth)
    let head = m.register("head", bits(indexBits), reset: 0, "Where the next beat leaves.")
    let tail = m.register("tail", bits(indexBits), reset: 0, "Where the next beat goes.")
    m.drive {
      into.ready <== (level != depth)
      out.valid <== (level != 0)
      out["data"] <== beats[head]
    }
    let enters = m.wire("enters", into.fires)
    let leaves = m.wire("leaves", out.fires)
    m.clocked(clk, reset: rst) {
      When(enters) { tail <== mux(tail == depth - 1, zero(bits(indexBits)), tail + 1) }
      When(leaves) { head <== mux(head == depth - 1, zero(bits(indexBits)), head + 1) }
      level
        <== level + enters.extended(to: levelBits) - leaves.extended(to: levelBits)
    }
    m.clocked(clk) {
      When(enters) { beats[tail] <== into["data"] }
    }
    m.assert("never_overflows", !(enters && level == depth), on: clk, reset: rst)
    m.cover("full", level == depth, on: clk, reset: rst)
  }
}
