import Formal
import HDL
import Machine

/// Results are written as they are, or as the largest of their window.
extension ProofCatalog {
  static let pooling: [Proof] = [
    Proof(
      "mime_write_back",
      "In any lane what is written is the result, zero in a column not in use; of a pooled layer the "
        + "largest since its window or pair of columns began, signed or not, and in an odd row the "
        + "larger of that and the word that the row before wrote in the same place.",
      poolHarness, by: .induction(depth: 1),
      faults: [
        Fault("the last of a window", in: "mime_write_back", "is_greater || first_of_pool", "1'b1"),
        Fault(
          "signed as unsigned", in: "mime_write_back", "pool_flip = is_signed", "pool_flip = 1'b0"),
        Fault("the odd row alone", in: "mime_write_back", "merges_now && ", "1'b0 && "),
        Fault("columns not in use", in: "mime_write_back", "own = live[c] ?", "own = 1'b1 ?"),
        Fault(
          "the other bank's word", in: "mime_write_back", "read_word[bank_now",
          "read_word[!bank_now"),
      ])
  ]

  private static let poolHarness = Module("pool_proof", "Results, and any lane of them.") { m in
    let (columns, banks, actWidth, placeWidth): (Nat, Nat, Nat, Nat) = (2, 2, 3, 4)
    let (mapWidth, imageWidth, runWidth, slotWidth): (Nat, Nat, Nat, Nat) = (3, 2, 2, 8)
    let wordWidth = columns * actWidth
    let clk = m.input("clk")
    let rst = m.input("rst")
    let restart = m.input("restart")
    let start = m.wire("start", rst || restart)
    let images = m.input("images", bits(imageWidth))
    let valid = m.input("valid")
    let act = m.input("act", bits(wordWidth))
    let live = m.input("live", bits(columns))
    let readWord = m.input("read_word", bits(banks * wordWidth))
    let settings = ["pooled", "windows", "is_signed"].map { m.unchanging($0, on: clk) }
    let (pooled, windows, isSigned) = (settings[0], settings[1], settings[2])
    let height = m.unchanging("height", bits(mapWidth), on: clk)
    let width = m.unchanging("width", bits(mapWidth), on: clk)
    let slots = m.unchanging("slots", bits(slotWidth), on: clk)
    let base = m.unchanging("base", bits(placeWidth), on: clk)
    let pixelWords = m.unchanging("pixel_words", bits(placeWidth), on: clk)
    let run = m.wire("run", bits(runWidth))
    let readAddress = m.wire("read_address", bits(placeWidth))
    let writeAddress = m.wire("write_address", bits(placeWidth))
    let merges = m.wire("merges")
    let write = m.wire("write", bits(banks))
    let writeWord = m.wire("write_word", bits(wordWidth))
    let writeNonzero = m.wire("write_nonzero", bits(columns))
    let oddColumn = m.wire("odd_column")
    let oddRow = m.wire("odd_row")
    let lastRow = m.wire("last_row")
    let partial = m.wire("partial", bits(wordWidth))
    let written = m.wire("written", bits(wordWidth))
    let mergesNow = m.wire("merges_now")
    let bankNow = m.wire("bank_now", bits(1))
    m.instance(
      "dut",
      of: machine("mime_write_back").probing(
        "odd_column", "odd_row", "last_row", "partial", "written", "merges_now", "bank_now"),
      parameters: [
        "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth, "PLACE_WIDTH": placeWidth,
        "MAP_WIDTH": mapWidth, "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": runWidth,
        "SLOT_WIDTH": slotWidth,
      ],
      ports: [
        "clk": clk, "rst": rst, "start": start, "pooled": pooled, "windows": windows,
        "is_signed": isSigned, "height": height, "width": width, "slots": slots, "base": base,
        "pixel_words": pixelWords, "run": run, "images": images, "valid": valid, "act": act,
        "live": live, "read_address": readAddress, "read_word": readWord, "merges": merges,
        "write": write, "write_address": writeAddress, "write_word": writeWord,
        "write_nonzero": writeNonzero, "probe_odd_column": oddColumn, "probe_odd_row": oddRow,
        "probe_last_row": lastRow, "probe_partial": partial, "probe_written": written,
        "probe_merges_now": mergesNow, "probe_bank_now": bankNow,
      ])
    m.unused("others", run)
    m.assumeAtStart(rst)

    m.comment("Any lane, its results as numbers in their order.")
    let lane = m.unchanging("lane", on: clk)
    let isLive = m.wire("is_live", live.element(at: lane, width: 1))
    let own = m.wire("own", mux(isLive, act.element(at: lane, width: actWidth), 0))
    let sign = m.wire("sign", mux(isSigned, constant(4, width: actWidth), 0))
    func larger(_ a: Signal, _ b: Signal) -> Signal {
      mux((a ^^^ sign) > (b ^^^ sign), a, b)
    }
    let begun = m.register("begun", reset: 0, "A result has begun a window or a pair.")
    let largest = m.register("largest", bits(actWidth), "Since then.")
    let last = m.register("last", bits(actWidth), "The result before.")
    let begins = m.wire("begins", !oddColumn && !(windows && oddRow))
    m.clocked(clk, reset: rst) { When(valid && begins) { begun <== 1 } }
    m.clocked(clk) {
      When(valid) {
        largest <== mux(begins, own, larger(own, largest))
        last <== own
      }
    }
    let ends = m.wire(
      "ends", oddColumn && mux(windows, oddRow, oddRow || !lastRow), "A window, or one of its rows."
    )
    let writes = m.register("writes", reset: 0)
    let merged = m.register("merged", reset: 0)
    m.clocked(clk, reset: rst) {
      writes <== valid && (!pooled || ends)
      merged <== merges
    }
    let rowsOfBank = m.wire("bank_of_write", write[1])
    let earlierWord = m.wire("earlier_word", readWord.element(at: rowsOfBank, width: wordWidth))
    let earlier = m.wire("earlier", earlierWord.element(at: lane, width: actWidth))
    let pooledResult = m.wire("pooled_result", mux(merged, larger(earlier, largest), largest))
    let expected = m.wire("expected", mux(pooled, pooledResult, last))
    let found = m.wire("found", writeWord.element(at: lane, width: actWidth))
    m.assert("one_bank", write.anyBit == writes && !write.allBits, on: clk, reset: rst)
    m.assert(
      "what_is_written",
      !writes || !(begun || !pooled)
        || (found == expected && writeNonzero.element(at: lane, width: 1) == expected.anyBit),
      on: clk, reset: rst)
    m.assert(
      "merges_in_odd_rows", merges == (valid && pooled && !windows && oddRow && oddColumn), on: clk,
      reset: rst)
    m.assert("in_the_same_place", !merged || readAddress == writeAddress, on: clk, reset: rst)
    m.assert(
      "so_far",
      (!begun || partial.element(at: lane, width: actWidth) == largest) && mergesNow == merged
        && (!merged || writes) && (!writes || write[1] == bankNow)
        && (!writes || !(begun || !pooled)
          || written.element(at: lane, width: actWidth) == mux(pooled, largest, last)),
      on: clk,
      reset: rst)
  }
}
