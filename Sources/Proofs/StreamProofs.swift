import Components
import Formal
import HDL

/// The streams never drop, duplicate or reorder a beat.
///
/// Beats are numbered by counters of 8 bits that wrap around, so that a number stands for every beat
/// of that number modulo 256, of which at most one is inside at a time.
extension ProofCatalog {
  private static let claim =
    "a beat of any number leaves once, in its order, with the data that it entered with; the output "
    + "waits for `ready` unchanged"

  static let streamFIFO: [Proof] =
    [1, 2, 3, 4, 5].map { depth in
      Proof(
        "stream_fifo/\(depth)", "Of \(depth) beats: \(claim), and the level is what is inside.",
        fifoHarness, at: ["WIDTH": 3, "DEPTH": depth], by: .induction(depth: 2),
        faults: depth == 3
          ? [
            Fault("head does not wrap", in: "stream_fifo", "head <= (", "head <= 1'b0 & ("),
            Fault(
              "one beat too many", in: "stream_fifo", "assign in_ready = ",
              "assign in_ready = 1'b1 | "),
            Fault("writes at the head", in: "stream_fifo", "beats[tail] <=", "beats[head] <="),
            Fault("level keeps what leaves", in: "stream_fifo", "- {{", "- 1'b0 & {{"),
          ] : [])
    } + [
      Proof(
        "stream_fifo/covers", "A queue of 3 beats gets full, and empty again.", fifoHarness,
        at: ["WIDTH": 3, "DEPTH": 3], by: .cover(depth: 10),
        faults: [
          Fault(
            "never full", in: "stream_fifo", "assign in_ready = ",
            "assign in_ready = level != 2'd2 && ")
        ])
    ]

  static let streamRegister: [Proof] = [
    Proof(
      "stream_register", "The register of two words: \(claim).", registerHarness, at: ["WIDTH": 3],
      by: .induction(depth: 2),
      faults: [
        Fault(
          "ready while the spare is full", in: "stream_register", "= !spare_full",
          "= !spare_full || out_ready"),
        Fault(
          "the spare is forgotten", in: "stream_register", "spare_full ? spare : in_data", "in_data"
        ),
        Fault(
          "valid is withdrawn", in: "stream_register", "moves = !full || out_ready", "moves = 1'b1"),
      ]),
    Proof(
      "stream_register/covers", "Both words get full, and empty again.", registerHarness,
      at: ["WIDTH": 3], by: .cover(depth: 8),
      faults: [
        Fault("never both", in: "stream_register", "spare_full <= 1'd1", "spare_full <= 1'd0")
      ]),
  ]

  /// What watches a stream component: the counts of beats, and the data of the watched one.
  private struct Watch {
    let number, captured, entered, left, inside, distance: Signal
  }

  /// Asserts of a component between `into` and `out` all that its ports show.
  private static func watch(
    _ m: ModuleBuilder, _ clk: Signal, _ rst: Signal, _ width: Nat, into: Bundle, out: Bundle,
    capacity: Nat
  ) -> Watch {
    let number = m.unchanging("number", bits(8), "Of the watched beat: any.", on: clk)
    let captured = m.register("captured", bits(width), "Its data.")
    let entered = m.register("entered", bits(8), reset: 0, "Beats that have entered.")
    let left = m.register("left", bits(8), reset: 0, "Beats that have left.")
    m.assumeAtStart(rst)
    m.clocked(clk, reset: rst) {
      When(into.fires) { entered <== entered + 1 }
      When(out.fires) { left <== left + 1 }
    }
    m.clocked(clk) {
      When(into.fires && entered == number) { captured <== into["data"] }
    }
    let count = m.wire("count", entered - left, "Beats inside.")
    let distance = m.wire("distance", number - left, "Beats that leave before the watched one.")
    let inside = m.wire("is_inside", distance < count)
    m.assert("no_more_than_fit", count <= constant(capacity, width: 8), on: clk, reset: rst)
    m.assert("none_from_nowhere", !out.valid || count != 0, on: clk, reset: rst)
    m.assert("offered_when_inside", out.valid || count == 0, on: clk, reset: rst)
    m.assert(
      "same_data", !(out.valid && left == number) || out["data"] == captured, on: clk, reset: rst)

    let waited = m.register("waited", .bit, reset: 0, "The output has waited for `ready`.")
    let before = m.register("data_before", bits(width))
    m.clocked(clk, reset: rst) { waited <== (out.valid && !out.ready) }
    m.clocked(clk) { before <== out["data"] }
    m.assert(
      "waits_unchanged", !waited || (out.valid && out["data"] == before), on: clk, reset: rst)

    let filled = m.register("filled", .bit, reset: 0)
    m.clocked(clk, reset: rst) {
      When(count == constant(capacity, width: 8)) { filled <== 1 }
    }
    m.cover("gets_full", filled, on: clk, reset: rst)
    m.cover("gets_empty_again", filled && count == 0, on: clk, reset: rst)
    return Watch(
      number: number, captured: captured, entered: entered, left: left, inside: inside,
      distance: distance)
  }

  private static let fifoHarness = Module(
    "fifo_proof", "A queue, and where its beats have to be."
  ) { m in
    let width = m.parameter("WIDTH", default: 3, in: 1...64, "bits of a beat")
    let depth = m.parameter("DEPTH", default: 4, in: 1...64, "beats that it holds")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let into = m.target("in", Components.words(width))
    let out = m.initiator("out", Components.words(width))
    let indexBits = m.constant("INDEX_WIDTH", indexWidth(depth))
    let levelBits = m.constant("LEVEL_WIDTH", clog2(depth + 1))
    let level = m.wire("level", bits(levelBits))
    let head = m.wire("head", bits(indexBits))
    let tail = m.wire("tail", bits(indexBits))
    let place = m.wire("place", bits(indexBits), "Where the watched beat is.")
    let stored = m.wire("stored", bits(width))
    m.instance(
      "dut", of: Components.streamFIFO.probing("head", "tail", "beats"),
      parameters: ["WIDTH": width, "DEPTH": depth],
      ports: ["clk": clk, "rst": rst] + into.connections(to: "in") + out.connections(to: "out")
        + [
          "level": level, "probe_head": head, "probe_tail": tail, "probe_beats_address": place,
          "probe_beats": stored,
        ])
    let watch = watch(m, clk, rst, width, into: into, out: out, capacity: depth)
    func wrapped(_ name: String, _ sum: Signal) -> Signal {
      let sum = m.wire(name, sum)
      return m.wire(
        "\(name)_wrapped",
        mux(sum < constant(depth, width: 9), sum, sum - constant(depth, width: 9)))
    }
    let wide: Nat = 9
    let target = wrapped("target", head.extended(to: wide) + watch.distance.extended(to: wide))
    let end = wrapped("end_of_beats", head.extended(to: wide) + level.extended(to: wide))
    m.drive { place <== target.slice(from: 0, width: indexBits) }
    m.unused("target", target)
    let count = watch.entered - watch.left
    m.assert("level_is_count", level.extended(to: 8) == count, on: clk, reset: rst)
    m.assert(
      "head_in_range", head.extended(to: 32) < constant(depth, width: 32), on: clk, reset: rst)
    m.assert("tail_after_beats", tail.extended(to: wide) == end, on: clk, reset: rst)
    m.assert("stored_at_place", !watch.inside || stored == watch.captured, on: clk, reset: rst)
  }

  private static let registerHarness = Module(
    "register_proof", "A stream register, and where its beats have to be."
  ) { m in
    let width = m.parameter("WIDTH", default: 3, in: 1...64, "bits of a beat")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let into = m.target("in", Components.words(width))
    let out = m.initiator("out", Components.words(width))
    let full = m.wire("full")
    let word = m.wire("word", bits(width))
    let spare = m.wire("spare", bits(width))
    let spareFull = m.wire("spare_full")
    m.instance(
      "dut", of: Components.streamRegister.probing("full", "word", "spare", "spare_full"),
      parameters: ["WIDTH": width],
      ports: ["clk": clk, "rst": rst] + into.connections(to: "in") + out.connections(to: "out")
        + [
          "probe_full": full, "probe_word": word, "probe_spare": spare,
          "probe_spare_full": spareFull,
        ])
    let watch = watch(m, clk, rst, width, into: into, out: out, capacity: 2)
    let held = full.extended(to: 8) + spareFull.extended(to: 8)
    m.assert("holds_the_count", held == watch.entered - watch.left, on: clk, reset: rst)
    let stored = mux(watch.distance == 0, word, spare)
    m.assert("stored_in_order", !watch.inside || stored == watch.captured, on: clk, reset: rst)
  }
}
