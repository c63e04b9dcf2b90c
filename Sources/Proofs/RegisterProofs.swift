import Components
import Formal
import HDL

/// A map of registers answers every request once, and keeps an answer until it is taken.
extension ProofCatalog {
  static let registers: [Proof] = [
    Proof(
      "registers",
      "Behind AXI4-Lite every write and every read is answered once, after it came, and an answer waits "
        + "unchanged until it is taken; a strobe that is 0 keeps its byte.",
      registersHarness, by: .induction(depth: 1),
      faults: [
        Fault("an answer is withdrawn", in: subject.name, "if (s_axil_bready)", "if (1'b1)"),
        Fault("data are kept", in: subject.name, "has_data <= 1'd0", "has_data <= 1'd1"),
        Fault(
          "an answer is overwritten", in: subject.name, "!read_answers || s_axil_rready", "1'b1"),
        Fault(
          "strobes do not count", in: subject.name, "value & ~write_mask", "16'd0 & ~write_mask"),
      ]),
    Proof(
      "registers/covers", "A write and a read come to their ends, well and with an error.",
      registersHarness, by: .cover(depth: 8),
      faults: [
        Fault("never an error", in: subject.name, "write_fails <= 1'd1", "write_fails <= 1'd0")
      ]),
  ]

  private static let map = RegisterMap(
    "proved", "Three registers of four.",
    [
      RegisterMap.Register(
        "A", "Written.", RegisterMap.Field("value", width: 16, .control(reset: 3), "Bits.")),
      RegisterMap.Register("B", "Read.", RegisterMap.Field("level", width: 4, .status, "Bits.")),
      RegisterMap.Register("C", "Set.", RegisterMap.Field("flag", .sticky, "A bit.")),
    ])
  private static let subject = map.module()

  private static let registersHarness = Module("registers_proof", "Counts requests and answers.") {
    m in
    let clk = m.input("clk")
    let rst = m.input("rst")
    let bus = m.target("bus", .axi4Lite(address: .literal(map.addressWidth)))
    let level = m.input("level", bits(4))
    let flagSet = m.input("flag_set")
    let value = m.wire("value", bits(16))
    let flag = m.wire("flag")
    let inside = ["has_address", "has_data", "write_answers", "read_answers"].map { m.wire($0) }
    let strobe = m.wire("strobe", bits(4))
    m.instance(
      "dut",
      of: subject.probing(
        "has_address", "has_data", "write_answers", "read_answers", "write_strobe"),
      ports: [
        "clk": clk, "rst": rst, "level": level, "flag_set": flagSet, "value": value, "flag": flag,
        "probe_has_address": inside[0], "probe_has_data": inside[1],
        "probe_write_answers": inside[2], "probe_read_answers": inside[3],
        "probe_write_strobe": strobe,
      ] + bus.connections(to: "s_axil"))
    m.assumeAtStart(rst)

    m.comment("Requests that have come and are not answered.")
    func owed(_ name: String, _ comes: Signal, _ goes: Signal) -> Signal {
      let count = m.register(name, bits(2), reset: 0)
      m.clocked(clk, reset: rst) {
        count <== count + comes.extended(to: 2) - goes.extended(to: 2)
      }
      return count
    }
    func fires(_ channel: String) -> Signal { bus["\(channel)valid"] && bus["\(channel)ready"] }
    func sum(_ a: Signal, _ b: Signal) -> Signal { a.extended(to: 2) + b.extended(to: 2) }
    let addresses = owed("addresses", fires("aw"), fires("b"))
    let words = owed("words", fires("w"), fires("b"))
    let reads = owed("reads", fires("ar"), fires("r"))
    m.assert("every_address_is_owed", addresses == sum(inside[0], inside[2]), on: clk, reset: rst)
    m.assert("every_word_is_owed", words == sum(inside[1], inside[2]), on: clk, reset: rst)
    m.assert("every_read_is_owed", reads == inside[3].extended(to: 2), on: clk, reset: rst)
    m.assert("no_answer_before_its_address", !bus["bvalid"] || addresses != 0, on: clk, reset: rst)
    m.assert("no_data_before_their_read", !bus["rvalid"] || reads != 0, on: clk, reset: rst)

    m.comment("What an answer that was not taken was.")
    func waits(_ channel: String, _ payload: Signal) {
      let waited = m.register("\(channel)_waited", reset: 0)
      let was = m.register("\(channel)_was", payload.shape)
      m.clocked(clk, reset: rst) { waited <== bus["\(channel)valid"] && !bus["\(channel)ready"] }
      m.clocked(clk) { was <== payload }
      m.assert(
        "\(channel)_waits", !waited || (bus["\(channel)valid"] && payload == was), on: clk,
        reset: rst)
    }
    waits("b", bus["bresp"])
    waits("r", concatenate(bus["rresp"], bus["rdata"]))

    m.comment("A byte without its strobe.")
    let valueWas = m.register("value_was", bits(16), reset: 3)
    let strobeWas = m.register("strobe_was", bits(4))
    m.clocked(clk, reset: rst) { valueWas <== value }
    m.clocked(clk) { strobeWas <== strobe }
    for byte in 0..<2 {
      let part = (from: Nat.literal(8 * byte), width: Nat(integerLiteral: 8))
      m.assert(
        "byte\(byte)_is_kept",
        strobeWas[.literal(byte)]
          || value.slice(from: part.from, width: part.width)
            == valueWas.slice(from: part.from, width: part.width),
        on: clk, reset: rst)
    }
    m.unused("upper_strobes", strobeWas.slice(from: 2, width: 2))
    m.cover("written", bus["bvalid"] && bus["bresp"] == 0, on: clk, reset: rst)
    m.cover("not_written", bus["bvalid"] && bus["bresp"] == 2, on: clk, reset: rst)
    m.cover("read", bus["rvalid"] && bus["rdata"] == 3, on: clk, reset: rst)
    m.cover("flagged", flag, on: clk, reset: rst)
  }
}
