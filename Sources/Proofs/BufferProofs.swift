import Components
import Formal
import HDL
import Machine

/// Words reach memory and the activation buffer as they are.
extension ProofCatalog {
  static let buffers: [Proof] =
    [20, 32, 70].map { width in
      Proof(
        "mime_packer/\(width)",
        "Each byte of a word of \(width) bits is written once, where it belongs, as it is, and none "
          + "past the word's end; the word is taken with its last beat.",
        packerHarness(width), by: width > 32 ? .bounded(depth: 10) : .induction(depth: 1),
        faults: width == 70 ? packerFaults : [])
    } + [
      Proof(
        "mime_act_buffer",
        "Of 3 places in 2 banks each reads as what was written to it last, and whether its channels "
          + "are zero.", bufferHarness, by: .bounded(depth: 6),
        faults: [
          Fault("writes every bank", in: "mime_act_buffer", "if (write[b])", "if (|write)"),
          Fault(
            "another place", in: "mime_act_buffer", "words[read_address]", "words[write_address]"),
          Fault(
            "a channel's bit of another", in: "mime_act_buffer", "found[WORD_WIDTH +: COLS]",
            "{COLS{found[WORD_WIDTH]}}"),
        ])
    ]

  private static let packerFaults = [
    Fault(
      "the word goes early", in: "mime_packer", "data_ready && is_last;", "data_ready;"),
    Fault("writes past its end", in: "mime_packer", "if (i < BYTES)", "if (i <= BYTES)"),
    Fault(
      "the highest beat first", in: "mime_packer", "padded[number *",
      "padded[(BEATS - 1 - number) *"),
    Fault("a beat twice", in: "mime_packer", "data_valid && data_ready", "data_valid"),
  ]

  private static func packerHarness(_ width: Int) -> Module {
    Module("packer_proof", "Memory behind a packer, and any byte of a word.") { m in
      let beats = (width + 31) / 32
      let clk = m.input("clk")
      let rst = m.input("rst")
      let word = m.target("word", Components.words(.literal(width)))
      let ready = m.input("data_ready")
      let valid = m.wire("data_valid")
      let data = m.wire("data", bits(32))
      let strobe = m.wire("strobe", bits(4))
      m.instance(
        "dut", of: machine("mime_packer"), parameters: ["WIDTH": .literal(width), "SIZE": 2],
        ports: [
          "clk": clk, "rst": rst, "data_valid": valid, "data_ready": ready, "data_data": data,
          "data_strb": strobe,
        ] + word.connections(to: "word"))
      m.assumeAtStart(rst)

      m.comment("A word waits until it is taken.")
      let waited = m.register("waited", reset: 0)
      let was = m.register("was", bits(.literal(width)))
      m.clocked(clk, reset: rst) { waited <== word.valid && !word.ready }
      m.clocked(clk) { was <== word["data"] }
      m.assume("word_waits", !waited || (word.valid && word["data"] == was), on: clk, reset: rst)

      m.comment("The memory's byte of a number, written or not by the beats of the present word.")
      let number = m.unchanging(
        "number", bits(4), "Any byte, those past the word's end too.", on: clk)
      let fires = m.wire("fires", valid && ready)
      let beat = m.register("beat", bits(2), reset: 0, "Beats of the word so far.")
      let isWritten = m.register("is_written", reset: 0)
      let written = m.register("written", bits(8))
      let lane = m.wire("lane", number.slice(from: 0, width: 2))
      let hits = m.wire(
        "hits",
        fires && number.slice(from: 2, width: 2) == beat && strobe.element(at: lane, width: 1))
      let writes = m.wire("writes", isWritten || hits)
      let value = m.wire("value", mux(hits, data.element(at: lane, width: 8), written))
      m.clocked(clk, reset: rst) {
        When(fires) {
          beat <== mux(word.ready, 0, beat + 1)
          isWritten <== writes && !word.ready
        }
      }
      m.clocked(clk) { written <== value }
      let padded = m.wire("padded", word["data"].extended(to: 128))
      let bytes: Nat = .literal((width + 7) / 8)
      let own = m.wire("own", padded.element(at: number, width: 8))
      m.assert("a_beat_where_a_word_is", valid == word.valid, on: clk, reset: rst)
      m.assert(
        "taken_with_its_last_beat",
        word.ready == (ready && beat == .literal(beats - 1)) && beat <= .literal(beats - 1),
        on: clk, reset: rst)
      m.assert(
        "each_byte_once",
        !(fires && word.ready) || (writes == (number < bytes) && (!writes || value == own)),
        on: clk,
        reset: rst)
      m.assert(
        "so_far",
        isWritten == (number < bytes && number.slice(from: 2, width: 2) < beat)
          && (!isWritten || written == own) && (!beat.anyBit || waited), on: clk, reset: rst)
      m.assert("not_twice", !(isWritten && hits), on: clk, reset: rst)
    }
  }

  private static let bufferHarness = Module("buffer_proof", "A buffer, and any place of it.") { m in
    let (columns, banks, actWidth, places): (Nat, Nat, Nat, Nat) = (2, 2, 2, 3)
    let clk = m.input("clk")
    let rst = m.input("rst")
    let readAddress = m.input("read_address", bits(2))
    let write = m.input("write", bits(banks))
    let writeAddress = m.input("write_address", bits(2))
    let writeWord = m.input("write_word", bits(columns * actWidth))
    let writeNonzero = m.input("write_nonzero", bits(columns))
    let word = m.wire("word", bits(banks * columns * actWidth))
    let nonzero = m.wire("nonzero", bits(banks * columns))
    m.instance(
      "dut", of: machine("mime_act_buffer"),
      parameters: ["COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth, "PLACES": places],
      ports: [
        "clk": clk, "read_address": readAddress, "word": word, "nonzero": nonzero, "write": write,
        "write_address": writeAddress, "write_word": writeWord, "write_nonzero": writeNonzero,
      ])
    m.assumeAtStart(rst)
    m.assume("places", readAddress < places && writeAddress < places, on: clk)
    let place = m.unchanging("place", bits(2), on: clk)
    let bank = m.unchanging("bank", on: clk)
    let isWritten = m.register("is_written", reset: 0)
    let last = m.register("last", bits(columns * actWidth))
    let lastNonzero = m.register("last_nonzero", bits(columns))
    let writes = m.wire(
      "writes", writeAddress == place && write.element(at: bank, width: 1))
    m.clocked(clk, reset: rst) { When(writes) { isWritten <== 1 } }
    m.clocked(clk) {
      When(writes) {
        last <== writeWord
        lastNonzero <== writeNonzero
      }
    }
    m.assert(
      "reads_what_was_written_last",
      !(isWritten && readAddress == place)
        || (word.element(at: bank, width: columns * actWidth) == last
          && nonzero.element(at: bank, width: columns) == lastNonzero),
      on: clk, reset: rst)
  }
}
