import Components
import Formal
import HDL

/// The arbiter of reads offers a burst until it is taken, and gives everybody a turn.
extension ProofCatalog {
  static let arbiter: [Proof] = [
    Proof(
      "axi_read_arbiter",
      "A burst that is offered waits unchanged, it is that of a reader who asks, one reader at a time is "
        + "served, and no other is served twice while one waits.", arbiterHarness,
      by: .induction(depth: 1),
      faults: [
        Fault(
          "an offer is replaced", in: "axi_read_arbiter", "is_held <= asks && !m_axi_arready",
          "is_held <= 1'b0"),
        Fault(
          "the highest first", in: "axi_read_arbiter", "is_below ? below : highest", "highest"),
        Fault(
          "served without asking", in: "axi_read_arbiter", "assign ar_ready[k] = ",
          "assign ar_ready[k] = m_axi_arready || "),
      ]),
    Proof(
      "axi_read_arbiter/covers", "The last of three readers is served while the others ask.",
      arbiterHarness, by: .cover(depth: 8),
      faults: [Fault("nobody asks", in: "axi_read_arbiter", "asks = ", "asks = 1'b0 & ")]),
  ]

  private static let arbiterHarness = Module("arbiter_proof", "Three readers who wait.") { m in
    let readers: Nat = 3
    let clk = m.input("clk")
    let rst = m.input("rst")
    let valid = m.input("valid", bits(3))
    let address = m.input("addr", bits(48))
    let length = m.input("len", bits(24))
    let dataReady = m.input("data_ready", bits(3))
    let bus = m.initiator("bus", .axi4Read(address: 16, data: 32, id: 2))
    let ready = m.wire("ready", bits(3))
    let dataValid = m.output("data_valid", bits(3))
    let data = m.output("data", bits(32))
    let response = m.output("resp", bits(2))
    let last = m.output("last")
    let lastReader = m.wire("last_reader", bits(2))
    let isHeld = m.wire("is_held")
    let held = m.wire("held", bits(2))
    m.instance(
      "dut", of: Components.axiReadArbiter.probing("last_reader", "is_held", "held"),
      parameters: ["READERS": readers, "SIZE": 2, "ADDR_WIDTH": 16],
      ports: [
        "clk": clk, "rst": rst, "ar_valid": valid, "ar_ready": ready, "ar_addr": address,
        "ar_len": length, "r_valid": dataValid, "r_ready": dataReady, "r_data": data,
        "r_resp": response, "r_last": last, "probe_last_reader": lastReader,
        "probe_is_held": isHeld, "probe_held": held,
      ] + bus.connections(to: "m_axi"))
    m.assumeAtStart(rst)

    m.comment("A reader waits with its burst until it is served.")
    let waited = m.register("waited", bits(3), reset: 0)
    let addressWas = m.register("addr_was", bits(48))
    let lengthWas = m.register("len_was", bits(24))
    m.clocked(clk, reset: rst) { waited <== valid &&& ~ready }
    m.clocked(clk) {
      addressWas <== address
      lengthWas <== length
    }
    m.assume("they_wait", (waited &&& ~valid) == 0, on: clk, reset: rst)
    for reader in 0..<3 {
      let (bit, number) = (Nat.literal(reader), Nat.literal(reader))
      m.assume(
        "reader\(reader)_stays",
        !waited[bit]
          || (address.slice(from: 16 * number, width: 16)
            == addressWas.slice(from: 16 * number, width: 16)
            && length.slice(from: 8 * number, width: 8)
              == lengthWas.slice(from: 8 * number, width: 8)),
        on: clk, reset: rst)
    }

    m.comment("What was offered and not taken.")
    let offered = m.wire("offered", concatenate(bus["arid"], bus["araddr"], bus["arlen"]))
    let offeredWas = m.register("offered_was", bits(26))
    let waits = m.register("waits", reset: 0)
    m.clocked(clk, reset: rst) { waits <== bus["arvalid"] && !bus["arready"] }
    m.clocked(clk) { offeredWas <== offered }
    m.assert(
      "waits_unchanged", !waits || (bus["arvalid"] && offered == offeredWas), on: clk, reset: rst)
    m.assert(
      "held_is_what_waits",
      isHeld == waits && (!isHeld || held == offeredWas.slice(from: 24, width: 2)),
      on: clk, reset: rst)
    let waitedHeld = m.wire("waited_held", waited.element(at: held, width: 1))
    m.assert("held_one_waits", !isHeld || (held < 3 && waitedHeld), on: clk, reset: rst)

    m.comment("Who is served.")
    let served = m.wire("served", valid &&& ready)
    m.assert(
      "one_at_a_time", (served &&& (served - 1)) == 0 && (ready &&& ~valid) == 0, on: clk,
      reset: rst)
    m.assert(
      "the_one_that_is_offered",
      !bus["arvalid"] || !bus["arready"]
        || (served.anyBit && bus["arid"] < 3 && served.element(at: bus["arid"], width: 1)), on: clk,
      reset: rst)
    m.assert("a_reader_was_last", lastReader < 3, on: clk, reset: rst)

    m.comment("How often the others are served while reader 1 waits.")
    let rivals = m.register("rivals", bits(2), reset: 0)
    let waitsOne = m.wire("waits_one", valid[1] && !ready[1])
    let another = m.wire("another", waitsOne && served.anyBit)
    m.clocked(clk, reset: rst) {
      rivals <== mux(waitsOne, rivals + another.extended(to: 2), 0)
    }
    m.assert("each_other_once", rivals <= 2, on: clk, reset: rst)
    m.assert(
      "then_it_is_its_turn",
      rivals == 0 || (waited[1] && (lastReader == 2 || (lastReader == 0 && rivals == 1))), on: clk,
      reset: rst)
    m.assert(
      "nobody_again", rivals == 0 || !isHeld || held == 1 || (lastReader == 0 && held == 2),
      on: clk, reset: rst)
    m.unused("request", bus["arsize"], bus["arburst"])
    m.cover("first_of_all", served[0] && valid[1] && valid[2], on: clk, reset: rst)
  }
}
