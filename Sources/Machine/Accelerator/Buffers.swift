import Components
import HDL

extension Machine {
  /// `mime_act_buffer`: one of the two activation buffers.
  static let actBuffer = Module(
    "mime_act_buffer",
    """
    Activations of a batch, with a bit for each that says whether it is not zero. A place holds a word of
    COLS channels in each bank, which are read together and written one by one.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "channels of a bank's word")
    let banks = m.parameter("FEED_BANKS", default: 1, in: 1...8, "banks")
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let depth = m.parameter("PLACES", default: 2048, in: 2...16_777_216, "places")
    let wordWidth = m.constant("WORD_WIDTH", columns * actWidth)
    let placeWidth = m.constant("PLACE_WIDTH", clog2(depth))
    let clk = m.input("clk")
    let readAddress = m.input("read_address", bits(placeWidth))
    let word = m.output("word", bits(banks * wordWidth))
    let nonzero = m.output("nonzero", bits(banks * columns))
    let write = m.input("write", bits(banks), "banks that are written")
    let writeAddress = m.input("write_address", bits(placeWidth))
    let writeWord = m.input("write_word", bits(wordWidth))
    let writeNonzero = m.input("write_nonzero", bits(columns))
    m.forEach("bank", index: "b", count: banks) { b in
      let words = m.memory("words", bits(wordWidth + columns), depth: depth)
      m.clocked(clk) {
        When(write[b]) { words[writeAddress] <== concatenate(writeNonzero, writeWord) }
      }
      let found = m.wire("found", words[readAddress])
      m.drive {
        word.slice(from: b * wordWidth, width: wordWidth)
          <== found.slice(from: 0, width: wordWidth)
        nonzero.slice(from: b * columns, width: columns)
          <== found.slice(from: wordWidth, width: columns)
      }
    }
  }

  /// `mime_act_buffers`: both of them.
  static let actBuffers = Module(
    "mime_act_buffers",
    """
    Two activation buffers. A layer reads one and writes the other; a load writes, and a store reads, the
    one that a layer would read.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "channels of a bank's word")
    let banks = m.parameter("FEED_BANKS", default: 1, in: 1...8, "banks")
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let depth = m.parameter("PLACES", default: 2048, in: 2...16_777_216, "places of a buffer")
    let wordWidth = m.constant("WORD_WIDTH", columns * actWidth)
    let placeWidth = m.constant(
      "PLACE_WIDTH", clog2(depth + 1), "Of a place, or the one after the last.")
    let bufferWidth = m.constant("BUFFER_WIDTH", clog2(depth))
    let clk = m.input("clk")
    let isSecond = m.input("is_second", "a layer reads buffer 1")
    let isLayer = m.input("is_layer")
    let isLoad = m.input("is_load")
    let isStore = m.input("is_store")
    m.comment("What a layer reads, and what it merges with and writes.")
    let feedAddress = m.input("feed_address", bits(placeWidth))
    let feedWord = m.output("feed_word", bits(banks * wordWidth))
    let feedNonzero = m.output("feed_nonzero", bits(banks * columns))
    let mergeAddress = m.input("merge_address", bits(placeWidth))
    let mergeWord = m.output("merge_word", bits(banks * wordWidth))
    let backWrite = m.input("back_write", bits(banks))
    let backAddress = m.input("back_address", bits(placeWidth))
    let backWord = m.input("back_word", bits(wordWidth))
    let backNonzero = m.input("back_nonzero", bits(columns))
    m.comment("What a load writes; a store reads `feed_word`.")
    let moveAddress = m.input("move_address", bits(placeWidth))
    let loadWrite = m.input("load_write", bits(banks))
    let loadWord = m.input("load_word", bits(wordWidth))
    let loadNonzero = m.input("load_nonzero", bits(columns))

    let buffers = (0..<2).map { number -> (word: Signal, nonzero: Signal) in
      let isInput = m.wire("buffer_\(number)_is_input", number == 0 ? !isSecond : isSecond)
      func ofBuffer(_ name: String, _ value: Signal) -> Signal {
        m.wire("buffer_\(number)_\(name)", value)
      }
      let readAddress = ofBuffer(
        "read_address", mux(isStore, moveAddress, mux(isInput, feedAddress, mergeAddress)))
      let write = ofBuffer("write", mux(isInput, loadWrite, mux(isLayer, backWrite, 0)))
      let writeAddress = ofBuffer("write_address", mux(isLoad, moveAddress, backAddress))
      let writeWord = ofBuffer("write_word", mux(isLoad, loadWord, backWord))
      let writeNonzero = ofBuffer("write_nonzero", mux(isLoad, loadNonzero, backNonzero))
      let word = m.wire("buffer_\(number)_word", bits(banks * wordWidth))
      let nonzero = m.wire("buffer_\(number)_nonzero", bits(banks * columns))
      m.instance(
        "buffer_\(number)", of: actBuffer,
        parameters: [
          "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth, "PLACES": depth,
        ],
        ports: [
          "clk": clk, "read_address": readAddress.slice(from: 0, width: bufferWidth),
          "word": word, "nonzero": nonzero, "write": write,
          "write_address": writeAddress.slice(from: 0, width: bufferWidth),
          "write_word": writeWord, "write_nonzero": writeNonzero,
        ])
      m.unused("buffer_\(number)_places", readAddress, writeAddress)
      return (word, nonzero)
    }
    m.drive {
      feedWord <== mux(isSecond, buffers[1].word, buffers[0].word)
      feedNonzero <== mux(isSecond, buffers[1].nonzero, buffers[0].nonzero)
      mergeWord <== mux(isSecond, buffers[0].word, buffers[1].word)
    }
  }

  /// `mime_packer`: words to beats of the bus.
  static let packer = Module(
    "mime_packer",
    "A word as one beat, or as several with its lowest bits first; bytes past its end are not written."
  ) { m in
    let width = m.parameter("WIDTH", default: 64, in: 1...65536, "bits of a word")
    let size = m.parameter("SIZE", default: 3, in: 2...7, "log2 of a beat's bytes")
    let dataWidth = m.constant("DATA_WIDTH", .power(ofTwo: size + 3))
    let beats = m.constant("BEATS", width.dividedUp(by: dataWidth), "Beats of a word.")
    let bytes = m.constant("BYTES", width.dividedUp(by: 8))
    let beatBytes = m.constant("BEAT_BYTES", dataWidth / 8)
    let all = m.constant("ALL_BYTES", beats * beatBytes)
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let word = m.target("word", Components.words(width))
    let data = m.initiator(
      "data",
      .stream(
        .forward("data", bits(dataWidth)), .forward("strb", bits(beatBytes), "bytes to write")))
    let padded = m.wire("padded", bits(beats * dataWidth))
    m.given(beats * dataWidth > width, "padded_word", else: "whole_word") {
      m.drive { padded <== word["data"].extended(to: beats * dataWidth) }
    } else: {
      m.drive { padded <== word["data"] }
    }
    let strobes = m.wire("strobes", bits(all))
    m.forEach("strobe", index: "i", count: all) { i in
      m.given(i < bytes, "used", else: "unused") {
        m.drive { strobes[i] <== 1 }
      } else: {
        m.drive { strobes[i] <== 0 }
      }
    }
    m.drive { data.valid <== word.valid }
    m.given(beats == 1, "one_beat", else: "several_beats") {
      m.drive {
        data["data"] <== padded
        data["strb"] <== strobes
        word.ready <== data.ready
      }
      m.unused("clocks", clk, rst)
    } else: {
      let number = m.register("number", bits(clog2(beats)), reset: 0)
      let isLast = m.wire("is_last", number == beats - 1)
      m.clocked(clk, reset: rst, enable: data.fires) { number <== mux(isLast, 0, number + 1) }
      m.drive {
        data["data"] <== padded.element(at: number, width: dataWidth)
        data["strb"] <== strobes.element(at: number, width: beatBytes)
        word.ready <== data.ready && isLast
      }
    }
  }
}
