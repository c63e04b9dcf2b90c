import Components
import Formal
import HDL
import Machine

/// The ring hands out the lines of its blocks by their numbers, as DRAM gave them.
extension ProofCatalog {
  static let ring: [Proof] =
    [(width: 32, beats: 1), (width: 16, beats: 1), (width: 40, beats: 2)].map { width, beats in
      Proof(
        "mime_ring/\(width)",
        "A ring of 3 lines, words of \(width) bits, 32 a beat: each line of a block is asked for once, "
          + "in order, at its address inside the image, where there is room for it; a word that is said "
          + "to be there is the one of its number in its block, as it came; it stays there until it is "
          + "taken, and no line from it on is given free before its block's end.",
        ringHarness(width: width, beats: beats),
        by: width == 32 ? .induction(depth: 1) : .bounded(depth: 6),
        faults: beats == 1 ? (width == 32 ? ringFaults : wordFaults) : lineFaults)
    } + [
      Proof(
        "mime_ring/covers",
        "A second block is read to its end, and one is left before all of it has come.",
        ringHarness(width: 32, beats: 1), by: .cover(depth: 14),
        faults: [Fault("drops nothing", in: "mime_ring", "drops <= ends", "drops <= 1'b0")])
    ]

  private static let ringFaults = [
    Fault(
      "asks without room", in: "mime_ring", "busy && !halt && (chunk_lines <= room)",
      "busy && !halt"),
    Fault("asks on", in: "mime_ring", "busy && !halt", "busy"),
    Fault(
      "there before it comes", in: "mime_ring", "place < written_wide", "place <= written_wide"),
    Fault(
      "frees the present line", in: "mime_ring", "(place != {(1 + INDEX_WIDTH){1'b0}})", "1'b1"),
    Fault(
      "the end does not wait", in: "mime_ring", "drops <= ends && !rest_is_there", "drops <= 1'b0"),
    Fault("writes at the head", in: "mime_ring", "memory[tail] <=", "memory[head] <="),
    Fault("forgets what was freed", in: "mime_ring", "gone <= gone_next", "gone <= gone"),
    Fault("reads past the image", in: "mime_ring", "is_inside ? offset : 32'd0", "offset"),
    Fault("the same chunk again", in: "mime_ring", "offset <= chunk_end", "offset <= offset"),
  ]
  private static let wordFaults = [
    Fault(
      "always the line's first word", in: "mime_ring", "found[place_in_line * WIDTH",
      "found[0 * WIDTH"),
    Fault("packed as exact ones", in: "mime_ring", "+ {{3{1'b0}}, packing}", ""),
  ]
  private static let lineFaults = [
    Fault("a line after its first beat", in: "mime_ring", "data_valid && is_last", "data_valid"),
    Fault(
      "the beats of half a line", in: "mime_ring", "chunk_beats[COUNT_WIDTH - 1:0]",
      "chunk_beats[COUNT_WIDTH:1]"),
  ]

  private static func ringHarness(width: Int, beats: Int) -> Module {
    Module("ring_proof", "A ring between a memory and a reader, and any line of it.") { m in
      let perLine = Swift.max(1, 32 / width)
      let wordsLog2 = perLine - 1
      let (wordBits, lineBits): (Nat, Nat) = (.literal(width), .literal(width * perLine))
      let (lines, chunk, level): (Nat, Nat, Nat) = (3, 2, 2)
      let (indexWidth, wide): (Nat, Nat) = (21, 22)
      let clk = m.input("clk")
      let rst = m.input("rst")
      let base = m.unchanging("base", bits(32), on: clk)
      let limit = m.unchanging("limit", bits(32), on: clk)
      let blockLines = m.unchanging("block_lines", bits(indexWidth), on: clk)
      let packing = m.unchanging("packing", bits(2), on: clk)
      let requestValid = m.input("request_valid")
      let requestOffset = m.input("request_offset", bits(32))
      let indexNext = m.input("index_next", bits(indexWidth))
      let inLastUse = m.input("in_last_use")
      let isEnd = m.input("is_end")
      let take = m.input("take")
      let halt = m.input("halt")
      let bus = m.initiator("bus", .axi4Read(address: 32, data: 32, id: 1))
      let requestReady = m.wire("request_ready")
      let available = m.wire("available")
      let word = m.wire("word", bits(wordBits))
      let line = m.wire("line", bits(lineBits))
      let number = m.wire("number", bits(.literal(wordsLog2 + 2)))
      let events = ["beat", "fails", "outside", "idle", "asked", "busy", "drops", "ends"].map {
        m.wire($0)
      }
      let (beat, outside, asked, busy) = (events[0], events[2], events[4], events[5])
      let (idle, drops, ends) = (events[3], events[6], events[7])
      let quiet = m.wire("quiet")
      let levels = ["promised", "written", "freed", "chunk_lines", "head", "tail", "address"].map {
        m.wire($0, bits(level))
      }
      let (promised, written, freed, chunkLines) = (levels[0], levels[1], levels[2], levels[3])
      let (head, tail, address) = (levels[4], levels[5], levels[6])
      let index = m.wire("index", bits(indexWidth))
      let gone = m.wire("gone", bits(indexWidth))
      let left = m.wire("lines_left", bits(indexWidth))
      let offset = m.wire("offset", bits(32))
      let readAddress = m.wire("read_addr", bits(32))
      let readCount = m.wire("read_count", bits(9))
      let lookedAt = m.wire("looked_at", bits(level), "Where the watched line is.")
      let stored = m.wire("stored", bits(lineBits))
      m.instance(
        "dut",
        of: machine("mime_ring").probing(
          "asked", "busy", "drops", "ends", "promised", "written", "freed", "chunk_lines", "head",
          "tail", "address", "index", "gone", "lines_left", "offset", "read_addr", "read_count",
          "memory"),
        parameters: [
          "WIDTH": wordBits, "SIZE": 2, "ADDR_WIDTH": 32, "LINES": lines,
          "INDEX_WIDTH": indexWidth, "CHUNK": chunk, "BURSTS": 1,
        ],
        ports: [
          "clk": clk, "rst": rst, "base": base, "limit": limit, "request_valid": requestValid,
          "request_ready": requestReady, "request_offset": requestOffset,
          "request_lines": blockLines, "index_next": indexNext, "in_last_use": inLastUse,
          "is_end": isEnd, "take": take, "block_lines": blockLines, "packing": packing,
          "available": available, "word": word, "line": line, "number": number, "beat": beat,
          "fails": events[1], "outside": outside, "halt": halt, "quiet": quiet, "idle": idle,
          "probe_asked": asked,
          "probe_busy": busy, "probe_drops": drops, "probe_ends": ends,
          "probe_promised": promised, "probe_written": written, "probe_freed": freed,
          "probe_chunk_lines": chunkLines, "probe_head": head, "probe_tail": tail,
          "probe_address": address, "probe_index": index, "probe_gone": gone,
          "probe_lines_left": left, "probe_offset": offset, "probe_read_addr": readAddress,
          "probe_read_count": readCount, "probe_memory_address": lookedAt,
          "probe_memory": stored,
        ] + bus.connections(to: "m_axi"))
      m.assumeAtStart(rst)

      m.comment("Lines asked for, come, and given free, modulo 2^8; beats that DRAM owes.")
      let totals = ["asked_lines", "come_lines", "freed_lines"].map {
        m.register($0, bits(8), reset: 0)
      }
      let (askedLines, comeLines, freedLines) = (totals[0], totals[1], totals[2])
      let owed = m.register("owed", bits(8), reset: 0)
      let comes = m.wire("comes", bus["rvalid"])
      let (lineComes, data, come) = joined(m, clk, rst, comes, bus["rdata"], beats, lineBits)
      let beatsAsked = m.wire("beats_asked", readCount.slice(from: 0, width: 8))
      m.clocked(clk, reset: rst) {
        owed <== owed + mux(asked, beatsAsked, 0) - comes.extended(to: 8)
        askedLines <== askedLines + mux(asked, chunkLines.extended(to: 8), 0)
        comeLines <== comeLines + lineComes.extended(to: 8)
        freedLines <== freedLines + freed.extended(to: 8)
      }
      m.assume("data_were_asked_for", !comes || owed.anyBit, on: clk, reset: rst)

      m.comment("The reader: words of the block, forward in its last use.")
      let allLog2 = m.wire("all_log2", packing + .literal(wordsLog2))
      let lineOf = { (name: String, word: Signal) in
        m.wire(name, word.extended(to: wide).shiftedRight(by: allLog2))
      }
      let lineNow = lineOf("line_now", index)
      let lineNext = lineOf("line_next", indexNext)
      let goneWide = m.wire("gone_wide", gone.extended(to: wide))
      let blockWide = m.wire("block_wide", blockLines.extended(to: wide))
      let isLast = m.register("is_last", reset: 0, "The present block's last use has begun.")
      let leaves = m.wire("leaves", take && isEnd)
      m.clocked(clk, reset: rst) { isLast <== (isLast || inLastUse) && !leaves && !drops }
      m.assume(
        "sizes",
        blockLines.anyBit && packing <= .literal(wordsLog2)
          && !base.slice(from: 0, width: 2).anyBit, on: clk)
      m.assume("words_of_the_block", lineNext < blockWide, on: clk)
      m.assume("takes_what_is_there", !take || available, on: clk, reset: rst)
      m.assume("ends_in_last_use", !isEnd || inLastUse, on: clk, reset: rst)
      m.assume(
        "forward_in_last_use", !(isLast || inLastUse) || leaves || drops || lineNext >= lineNow,
        on: clk,
        reset: rst)

      let beatsOf = { (lines: Signal) in
        beats == 1 ? lines : concatenate(lines, zero(.bit))
      }

      m.comment("A request's lines.")
      let expected = m.register("expected", bits(32), "Where the next chunk is.")
      let done = m.register("done_lines", bits(indexWidth), "Lines asked for.")
      let bytes = m.wire("bytes", concatenate(chunkLines, zero(bits(.literal(beats + 1)))))
      let end = m.wire("chunk_end", expected.extended(to: 33) + bytes.extended(to: 33))
      m.clocked(clk) {
        When(asked) {
          done <== done + chunkLines.extended(to: indexWidth)
          expected <== expected + bytes.extended(to: 32)
        }
        When(requestValid && requestReady) {
          done <== 0
          expected <== requestOffset
        }
      }
      m.assert(
        "asks_for_what_is_left",
        !busy || (left.anyBit && left + done == blockLines && done < blockLines), on: clk,
        reset: rst)
      m.assert(
        "all_of_it",
        !asked
          || (done + chunkLines.extended(to: indexWidth) <= blockLines && chunkLines.anyBit
            && chunkLines <= chunk),
        on: clk, reset: rst)
      m.assert("at_its_offset", !busy || offset == expected, on: clk, reset: rst)
      m.assert(
        "address_of_the_line",
        !asked
          || mux(
            end <= limit.extended(to: 33) && !expected.slice(from: 0, width: 2).anyBit,
            readAddress == base + expected && !outside,
            readAddress == base && outside),
        on: clk, reset: rst)
      m.assert(
        "beats_of_the_lines", !asked || readCount == beatsOf(chunkLines).extended(to: 9), on: clk,
        reset: rst)
      m.assert("data_never_wait", bus["rready"] && beat == comes, on: clk, reset: rst)

      m.comment("The ring is a queue of the lines that came.")
      let count = m.wire("count", comeLines - freedLines)
      let onTheWay = m.wire("on_the_way", askedLines - comeLines)
      let beatsOnTheWay = m.wire("beats_on_the_way", beatsOf(onTheWay).extended(to: 9))
      m.unused("carry", beatsOnTheWay)
      m.assert(
        "levels",
        written.extended(to: 8) == count && promised.extended(to: 8) == askedLines - freedLines
          && written <= promised && promised <= lines, on: clk, reset: rst)
      m.assert(
        "owes_what_was_asked_for",
        owed + come.extended(to: 8) == beatsOnTheWay.slice(from: 0, width: 8),
        on: clk, reset: rst)
      m.assert(
        "idle_when_all_came", idle == (!busy && !onTheWay.anyBit && !drops), on: clk, reset: rst)
      m.assert("quiet_when_nothing_comes", quiet == !onTheWay.anyBit, on: clk, reset: rst)
      m.assert("asks_nothing_more", !asked || !halt, on: clk, reset: rst)
      m.assert("never_full", !lineComes || written < lines, on: clk, reset: rst)
      let round = { (name: String, sum: Signal) in
        let sum = m.wire("\(name)_sum", sum)
        return m.wire(name, mux(sum < lines, sum, sum - lines))
      }
      let tailAt = round("tail_at", head.extended(to: 3) + written.extended(to: 3))
      m.assert("goes_round", head < lines && tail.extended(to: 3) == tailAt, on: clk, reset: rst)
      let watched = m.unchanging("watched", bits(8), "Any line, by its number.", on: clk)
      let captured = m.register("captured", bits(lineBits))
      m.clocked(clk) { When(lineComes && comeLines == watched) { captured <== data } }
      let distance = m.wire("distance", watched - freedLines)
      let isInside = m.wire("is_inside", distance < count)
      let watchedAt = round(
        "watched_at", head.extended(to: 3) + distance.slice(from: 0, width: 2).extended(to: 3))
      m.drive { lookedAt <== watchedAt.slice(from: 0, width: level) }
      m.unused("past", watchedAt)
      m.assert("keeps", !isInside || stored == captured, on: clk, reset: rst)

      m.comment("The present block begins with the line after the last one of the block before.")
      let first = m.register("first_line", bits(8), reset: 0)
      let freedNow = m.wire("freed_now", goneWide + freed.extended(to: wide))
      let endsBlock = m.wire("ends_block", ends && freedNow == blockWide)
      m.clocked(clk, reset: rst) {
        When(endsBlock) { first <== first + blockLines.slice(from: 0, width: 8) }
      }
      let lineHere = m.wire("line_here", first + lineNow.slice(from: 0, width: 8))
      m.unused("others", lineNow, line, number, bus["arready"], events[1])
      m.assert(
        "gone_of_the_block",
        gone < blockLines && freedLines == first + gone.slice(from: 0, width: 8)
          && (!gone.anyBit || isLast || drops), on: clk, reset: rst)
      m.assert(
        "frees_what_is_there", freed <= written && freedNow <= blockWide, on: clk, reset: rst)
      m.assert(
        "inside_its_block", lineNow < blockWide && !(isLast && drops), on: clk, reset: rst)
      m.assert("not_gone", drops || lineNow >= goneWide, on: clk, reset: rst)
      m.assert("frees_lines_before", ends || lineNow >= freedNow, on: clk, reset: rst)
      let place = m.wire("place", lineNow - goneWide)
      let addressAt = round(
        "address_at", head.extended(to: 3) + place.slice(from: 0, width: 2).extended(to: 3))
      m.assert(
        "looks_there", place >= 3 || address.extended(to: 3) == addressAt, on: clk, reset: rst)
      var wordOfLine = captured
      if perLine > 1 {
        let inLine = m.wire("in_line", index.slice(from: 0, width: .literal(wordsLog2)))
        wordOfLine = captured.element(at: inLine, width: wordBits)
      }
      m.assert(
        "the_word_of_its_number",
        !(available && lineHere == watched) || (isInside && line == captured && word == wordOfLine),
        on: clk, reset: rst)
      m.assert(
        "its_number", number == index.slice(from: 0, width: .literal(wordsLog2 + 2)), on: clk,
        reset: rst)

      m.comment("A word that is there stays until it is taken.")
      let waited = m.register("waited", reset: 0)
      m.clocked(clk, reset: rst) { waited <== available && !take && indexNext == index }
      m.assert("stays", !waited || available, on: clk, reset: rst)
      let blocks = m.register("blocks", bits(2), reset: 0)
      m.clocked(clk, reset: rst) {
        When(endsBlock && blocks != 3) { blocks <== blocks + 1 }
      }
      m.cover("second_block", blocks == 2 && blockLines == 2, on: clk, reset: rst)
      m.cover("left_before_its_end", blocks == 1 && drops, on: clk, reset: rst)
    }
  }

  /// The beats of DRAM as lines: whether one is whole, its data, and its beats that came before.
  private static func joined(
    _ m: ModuleBuilder, _ clk: Signal, _ rst: Signal, _ comes: Signal, _ data: Signal, _ beats: Int,
    _ width: Nat
  ) -> (comes: Signal, line: Signal, before: Signal) {
    if beats == 1 { return (comes, data, zero(.bit)) }
    let half = m.register("half", reset: 0, "The first of two beats has come.")
    let first = m.register("first_beat", bits(32))
    m.clocked(clk, reset: rst, enable: comes) { half <== !half }
    m.clocked(clk, enable: comes) { first <== data }
    let both = m.wire("both", concatenate(data, first))
    m.unused("past_the_line", both)
    return (
      m.wire("is_whole", comes && half), m.wire("whole", both.slice(from: 0, width: width)), half
    )
  }
}
