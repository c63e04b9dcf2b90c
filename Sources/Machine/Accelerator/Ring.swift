import Components
import HDL

extension Machine {
  /// `mime_ring`: words of DRAM, fetched ahead in blocks, read by their number inside the block.
  static let ring = Module(
    "mime_ring",
    """
    A ring of lines between DRAM and a reader. A request names a block of lines; blocks are fetched in
    order, in chunks, each asked for when there is room for all of it, so that data never wait on the bus.
    A line holds 2^WORDS_LOG2 words where a beat does, else one word of several beats.

    The reader names the word of the present block that it wants in the next cycle; `available` says
    whether the word of this cycle is there. In a block's last use lines before that word are given free
    as it goes, and the rest at the block's end; those of it that have not come yet are dropped as they
    come, before the next block begins.
    """
  ) { m in
    let width = m.parameter("WIDTH", default: 128, in: 1...65536, "bits of a word")
    let size = m.parameter("SIZE", default: 3, in: 2...7, "log2 of a beat's bytes")
    let addressWidth = m.parameter("ADDR_WIDTH", default: 32, in: 32...64, "bits of an address")
    let lines = m.parameter("LINES", default: 64, in: 2...1_048_576, "lines of the ring")
    let indexWide = m.parameter("INDEX_WIDTH", default: 24, in: 21...30, "bits of a word's number")
    let chunkMost = m.parameter("CHUNK", default: 8, in: 1...64, "most lines to ask for at once")
    let bursts = m.parameter("BURSTS", default: 4, in: 1...64, "bursts that may be on their way")

    let offsetWidth = Nat.literal(Machine.offsetWidth)
    let dataWidth = m.constant("DATA_WIDTH", .power(ofTwo: size + 3))
    let wordsLog2 = m.constant(
      "WORDS_LOG2", clog2(max(1, dataWidth / width) + 1) - 1, "Words of a line, log2.")
    let beats = m.constant("BEATS", width.dividedUp(by: dataWidth), "Beats of a line.")
    let lineWidth = m.constant("LINE_WIDTH", width * .power(ofTwo: wordsLog2))
    let positionWidth = m.constant("POSITION_WIDTH", clog2(lines))
    let levelWidth = m.constant("LEVEL_WIDTH", clog2(lines + 1))
    let chunk = m.constant("CHUNK_LINES", chunkMost + lines - max(chunkMost, lines))
    let countWidth = m.constant("COUNT_WIDTH", max(9, clog2(chunk * beats + 1)))
    let lineBytes = m.constant("LINE_BYTES", beats * .power(ofTwo: size))

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let base = m.input(
      "base", bits(addressWidth), "address of the memory's image, which begins a beat")
    let limit = m.input("limit", bits(offsetWidth), "bytes of the memory's image")
    let request = m.target(
      "request",
      .stream(
        .forward("offset", bits(offsetWidth), "of a block, which begins a beat"),
        .forward("lines", bits(indexWide), "of the block, at least 1")))
    m.comment("The reader.")
    let indexNext = m.input("index_next", bits(indexWide), "word of the next cycle")
    let inLastUse = m.input("in_last_use", "the present word is read in its block's last use")
    let isEnd = m.input("is_end", "and is the last one to be read of it")
    let take = m.input("take", "the present word is taken")
    let blockLines = m.input("block_lines", bits(indexWide), "lines of the present block")
    let packing = m.input(
      "packing", bits(2), "a line has 2^packing times as many words, which are smaller")
    let available = m.output("available", "the present word is there")
    let word = m.output("word", bits(width))
    let lineOfWord = m.output("line", bits(lineWidth), "its line")
    let numberInLine = m.output("number", bits(wordsLog2 + 2), "and its number there, where packed")
    m.comment("What happens.")
    let beat = m.output("beat", "a beat comes from DRAM")
    let fails = m.output("fails", "a beat comes with an error")
    let outside = m.output(
      "outside", "a chunk is not inside the memory's image, or does not begin a beat")
    let halt = m.input("halt", "nothing more is to be asked for")
    let quiet = m.output("quiet", "nothing is on its way")
    let idle = m.output("idle", "all blocks have come")
    let bus = m.initiator("m_axi", .axi4Read(address: addressWidth, data: dataWidth, id: 1))

    m.comment("A block in chunks, each asked for when there is room for it.")
    let busy = m.register("busy", reset: 0)
    let offset = m.register("offset", bits(offsetWidth))
    let left = m.register("lines_left", bits(indexWide))
    let promised = m.register(
      "promised", bits(levelWidth), reset: 0, "Lines that are there or on their way.")
    let written = m.register("written", bits(levelWidth), reset: 0, "Lines that are there.")
    let isLastChunk = m.wire("is_last_chunk", left <= constant(chunk, width: indexWide))
    let chunkLines = m.wire(
      "chunk_lines",
      mux(
        isLastChunk, left.slice(from: 0, width: levelWidth), constant(chunk, width: levelWidth)))
    let room = m.wire("room", constant(lines, width: levelWidth) - promised)
    let bytes = m.wire(
      "chunk_bytes", chunkLines.extended(to: offsetWidth + 1) * constant(lineBytes, width: 18))
    let end = m.wire(
      "chunk_end",
      offset.extended(to: offsetWidth + 1) + bytes.slice(from: 0, width: offsetWidth + 1))
    m.unused("bytes", bytes.slice(from: offsetWidth + 1, width: 18))
    let beginsBeat = m.wire("begins_beat", !offset.slice(from: 0, width: size).anyBit)
    let isInside = m.wire(
      "is_inside", beginsBeat && end <= limit.extended(to: offsetWidth + 1))
    let reads = m.wires(
      "read",
      .stream(
        .forward("addr", bits(addressWidth)), .forward("count", bits(countWidth))))
    let asks = m.wire("asks", busy && !halt && chunkLines <= room)
    let asked = m.wire("asked", asks && reads.ready)
    let beatsOfChunk = m.wire("chunk_beats", chunkLines * constant(beats, width: 11))
    m.drive {
      request.ready <== !busy
      reads.valid <== asks
      reads["addr"] <== base + mux(isInside, offset, 0).extended(to: addressWidth)
      reads["count"] <== beatsOfChunk.slice(from: 0, width: countWidth)
      outside <== asked && !isInside
    }
    m.given(levelWidth + 11 > countWidth, "spare_beats") {
      m.unused(
        "count", beatsOfChunk.slice(from: countWidth, width: levelWidth + 11 - countWidth))
    }
    m.clocked(clk, reset: rst) {
      When(request.fires) { busy <== 1 }
      When(asked && isLastChunk) { busy <== 0 }
    }
    m.clocked(clk) {
      When(asked) {
        offset <== end.slice(from: 0, width: offsetWidth)
        left <== left - constant(chunk, width: indexWide)
      }
      When(request.fires) {
        offset <== request["offset"]
        left <== request["lines"]
      }
    }

    let data = m.wires("data", .stream(.forward("data", bits(dataWidth)), .forward("last")))
    m.instance(
      "reader", of: Components.axiReader,
      parameters: [
        "SIZE": size, "ADDR_WIDTH": addressWidth, "COUNT_WIDTH": countWidth, "BURSTS": bursts,
      ],
      ports: ["clk": clk, "rst": rst, "fails": fails] + reads.connections(to: "request")
        + data.connections(to: "data") + bus.connections(to: "m_axi"))
    m.unused("end_of_chunk", data["last"])
    m.drive {
      data.ready <== 1
      beat <== data.valid
    }

    m.comment("Beats to lines.")
    let line = m.wire("new_line", bits(lineWidth))
    let lineComes = m.wire("line_comes")
    m.given(beats == 1, "one_beat", else: "several_beats") {
      m.drive {
        line <== data["data"].slice(from: 0, width: lineWidth)
        lineComes <== data.valid
      }
      m.given(dataWidth > lineWidth, "spare") {
        m.unused("rest", data["data"].slice(from: lineWidth, width: dataWidth - lineWidth))
      }
    } else: {
      let earlier = m.register("earlier", bits((beats - 1) * dataWidth), "The beats before.")
      let number = m.register("beat_number", bits(clog2(beats)), reset: 0)
      let isLast = m.wire("is_last", number == beats - 1)
      let all = m.wire("joined", concatenate(data["data"], earlier))
      m.clocked(clk, reset: rst, enable: data.valid) { number <== mux(isLast, 0, number + 1) }
      m.clocked(clk, enable: data.valid) {
        earlier <== all.slice(from: dataWidth, width: (beats - 1) * dataWidth)
      }
      m.drive {
        line <== all.slice(from: 0, width: lineWidth)
        lineComes <== data.valid && isLast
      }
      m.given(beats * dataWidth > lineWidth, "spare") {
        m.unused("rest", all.slice(from: lineWidth, width: beats * dataWidth - lineWidth))
      }
    }

    m.comment("The ring. `gone` are the lines of the present block that have been given free.")
    let memory = m.memory("memory", bits(lineWidth), depth: lines)
    let head = m.register("head", bits(positionWidth), reset: 0, "The oldest line.")
    let tail = m.register("tail", bits(positionWidth), reset: 0, "Where the next one goes.")
    let gone = m.register("gone", bits(indexWide), reset: 0)
    let index = m.register("index", bits(indexWide), reset: 0)
    let allLog2 = m.wire(
      "all_log2", constant(wordsLog2, width: 5) + packing.extended(to: 5))
    let lineOf = { (name: String, word: Signal) in
      m.wire(name, concatenate(zero(bits(1)), word).shiftedRight(by: allLog2))
    }
    let wide = indexWide + 1
    let goneWide = m.wire("gone_wide", gone.extended(to: wide))
    let place = m.wire("place", lineOf("line_now", index) - goneWide)
    let rest = m.wire("rest", blockLines.extended(to: wide) - goneWide)
    let writtenWide = m.wire("written_wide", written.extended(to: wide))
    let isThere = m.wire("is_there", place < writtenWide)
    let restIsThere = m.wire("rest_is_there", rest <= writtenWide)
    let drops = m.register(
      "drops", reset: 0, "The present block has ended, and not all of it has come.")
    m.drive { available <== isThere && !drops }
    let ends = m.wire("ends", (take && isEnd) || drops)
    let endsBlock = m.wire("ends_block", ends && restIsThere)
    let frees = m.wire(
      "frees", inLastUse && !ends && place != 0 && !place[wide - 1] && written != 0)
    let freed = m.wire(
      "freed",
      mux(
        ends, mux(restIsThere, rest.slice(from: 0, width: levelWidth), written),
        frees.extended(to: levelWidth)))
    let goneNext = m.wire(
      "gone_next", mux(endsBlock, 0, goneWide + freed.extended(to: wide)))
    let newLines = m.wire("new_lines", mux(asked, chunkLines, 0))
    m.clocked(clk, reset: rst) {
      promised <== promised + newLines - freed
      written <== written + lineComes.extended(to: levelWidth) - freed
      gone <== goneNext.slice(from: 0, width: indexWide)
      drops <== ends && !restIsThere
    }

    m.comment("Positions go round.")
    let wrapped = { (name: String, sum: Signal) in
      let over = m.wire("\(name)_over", sum - constant(lines, width: levelWidth + 1))
      return m.wire(
        name,
        mux(sum >= constant(lines, width: levelWidth + 1), over, sum)
      )
    }
    let headSum = m.wire(
      "head_sum", head.extended(to: levelWidth + 1) + freed.extended(to: levelWidth + 1))
    let headNext = wrapped("head_next", headSum)
    let placeNext = m.wire("place_next", lineOf("line_next", indexNext) - goneNext)
    m.unused("far", placeNext)
    let addressSum = m.wire(
      "address_sum",
      headNext + placeNext.slice(from: 0, width: levelWidth).extended(to: levelWidth + 1))
    let addressNext = wrapped("address_next", addressSum)
    m.unused("carry", headNext, addressNext)
    let address = m.register("address", bits(positionWidth), reset: 0)
    m.clocked(clk, reset: rst) {
      head <== headNext.slice(from: 0, width: positionWidth)
      address <== addressNext.slice(from: 0, width: positionWidth)
      index <== indexNext
      When(lineComes) { tail <== mux(tail == lines - 1, 0, tail + 1) }
    }
    m.clocked(clk) {
      When(lineComes) { memory[tail] <== line }
    }
    let found = m.wire("found", memory[address])
    m.given(wordsLog2 == 0, "one_word", else: "several_words") {
      m.drive { word <== found }
    } else: {
      let place = m.wire("place_in_line", index.slice(from: 0, width: wordsLog2))
      m.drive { word <== found.element(at: place, width: width) }
    }
    m.drive {
      lineOfWord <== found
      numberInLine <== index.slice(from: 0, width: wordsLog2 + 2)
    }
    m.drive {
      quiet <== promised == written
      idle <== !busy && quiet && !drops
    }
  }
}
