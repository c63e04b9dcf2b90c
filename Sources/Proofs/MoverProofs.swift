import Components
import Formal
import HDL

/// The burst splitter asks for what it was asked for, and no burst crosses the boundary of its longest.
extension ProofCatalog {
  static let movers: [Proof] = [
    Proof(
      "axi_burst_splitter",
      "The bursts of a request have all its beats, one after the other, none crosses a multiple of the "
        + "longest burst, and one that is offered waits unchanged.",
      splitterHarness, by: .induction(depth: 1),
      faults: [
        Fault("a burst over the boundary", in: splitter.name, "is_last ? left[", "1'b1 ? left["),
        Fault(
          "a beat too many", in: splitter.name, "wire is_last = left <= ", "wire is_last = left < "),
        Fault(
          "the same beats again", in: splitter.name, "next_beat <= next_beat + ", "next_beat <= "),
        Fault("a burst is withdrawn", in: splitter.name, "(!asks || burst_ready)", "1'b1"),
      ]),
    Proof(
      "axi_burst_splitter/covers", "A request of several bursts is asked for.", splitterHarness,
      by: .cover(depth: 10),
      faults: [Fault("never a burst", in: splitter.name, "asks <= 1'd1", "asks <= 1'd0")]),
  ]

  private static let splitter = Components.axiBurstSplitter

  private static let splitterHarness = Module("splitter_proof", "Counts beats asked and offered.") {
    m in
    let (size, longest): (Nat, Nat) = (2, 2)
    let clk = m.input("clk")
    let rst = m.input("rst")
    let requestValid = m.input("request_valid")
    let requestAddress = m.input("request_addr", bits(16))
    let requestCount = m.input("request_count", bits(9))
    let burstReady = m.input("burst_ready")
    let requestReady = m.wire("request_ready")
    let burstValid = m.wire("burst_valid")
    let burstAddress = m.wire("burst_addr", bits(16))
    let burstLength = m.wire("burst_len", bits(8))
    let busy = m.wire("busy")
    let left = m.wire("left", bits(9))
    let next = m.wire("next_beat", bits(14))
    m.instance(
      "dut", of: splitter.probing("busy", "left", "next_beat"),
      parameters: ["SIZE": size, "ADDR_WIDTH": 16, "COUNT_WIDTH": 9, "BURST_LOG2": longest],
      ports: [
        "clk": clk, "rst": rst, "request_valid": requestValid, "request_ready": requestReady,
        "request_addr": requestAddress, "request_count": requestCount, "burst_valid": burstValid,
        "burst_ready": burstReady, "burst_addr": burstAddress, "burst_len": burstLength,
        "probe_busy": busy, "probe_left": left, "probe_next_beat": next,
      ])
    m.assumeAtStart(rst)
    m.assume(
      "well_formed",
      !requestAddress.slice(from: 0, width: 2).anyBit && requestCount.anyBit, on: clk, reset: rst)

    let taken = m.wire("taken", requestValid && requestReady)
    let asked = m.wire("asked", burstValid && burstReady)
    let beats = m.wire("beats", burstLength.extended(to: 9) + 1)
    let beat = m.wire("beat", burstAddress.slice(from: 2, width: 14))

    m.comment("Beats requested and not asked for, modulo 2^9.")
    let owed = m.register("owed", bits(9), reset: 0)
    m.clocked(clk, reset: rst) {
      owed <== owed + mux(taken, requestCount, 0) - mux(asked, beats, 0)
    }
    let inside = m.wire("held_back", mux(busy, left, 0) + mux(burstValid, beats, 0))
    m.assert("every_beat_once", owed == inside, on: clk, reset: rst)
    m.assert("something_is_left", !busy || left.anyBit, on: clk, reset: rst)

    m.comment("Where a burst ends.")
    let end = m.wire("block_end", beat.slice(from: 0, width: 2).extended(to: 9) + beats)
    m.assert("within_a_block", !burstValid || (end <= 4 && end != 0), on: clk, reset: rst)
    m.assert(
      "begins_a_beat", !burstAddress.slice(from: 0, width: 2).anyBit, on: clk, reset: rst)

    m.comment("The next burst of the same request goes on where this one ends.")
    let isNew = m.register("is_new", reset: 0, "The beats that are left are of a newer request.")
    m.clocked(clk, reset: rst) {
      When(taken) {
        isNew <== 1
      } else: {
        When(busy && (!burstValid || burstReady)) { isNew <== 0 }
      }
    }
    m.assert(
      "one_after_the_other",
      !(busy && burstValid) || isNew || next == beat + beats.extended(to: 14), on: clk, reset: rst)

    m.comment("A burst that waits.")
    let waited = m.register("waited", reset: 0)
    let was = m.register("was", bits(24))
    let offered = m.wire("offered", concatenate(burstAddress, burstLength))
    m.clocked(clk, reset: rst) { waited <== burstValid && !burstReady }
    m.clocked(clk) { was <== offered }
    m.assert("waits", !waited || (burstValid && offered == was), on: clk, reset: rst)
    m.cover("second_burst", asked && busy && !isNew, on: clk, reset: rst)
  }
}
