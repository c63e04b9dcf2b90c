import HDL

extension Machine {
  /// `mime_write_back`: results to the activation buffer, through the 2x2 max-pool.
  static let writeBack = Module(
    "mime_write_back",
    """
    Takes the results of hidden layers, one row's COLS channels a cycle, and writes them as words of the
    next layer's input. A pooled layer whose slots come in windows is pooled on the way, in a register;
    one whose slots come row by row is pooled along the row in the register, and its odd rows with what
    the even ones have written. Odd last rows and columns are not written.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let banks = m.parameter("FEED_BANKS", default: 1, in: 1...8, "banks of the activation buffer")
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let placeWidth = m.parameter(
      "PLACE_WIDTH", default: 12, in: 1...25, "bits of a buffer's address")
    let mapWidth = m.parameter("MAP_WIDTH", default: 10, in: 2...16, "bits of a map's side")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let runWidth = m.parameter("RUN_WIDTH", default: 3, in: 1...8, "bits of a run's number")
    let slotWidth = m.parameter("SLOT_WIDTH", default: 24, in: 8...32, "bits of a number of slots")
    let wordWidth = m.constant("WORD_WIDTH", columns * actWidth)
    let bankWidth = m.constant("BANK_WIDTH", indexWidth(banks))

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let start = m.input("start", "begin a layer")
    m.comment("The layer.")
    let pooled = m.input("pooled")
    let windows = m.input("windows", "slots in 2x2 windows")
    let isSigned = m.input("is_signed", "the layer's activations are signed")
    let height = m.input("height", bits(mapWidth), "rows of the output before pooling")
    let width = m.input("width", bits(mapWidth))
    let slots = m.input("slots", bits(slotWidth), "slots of a column block")
    let base = m.input("base", bits(placeWidth), "of the first image's output")
    let pixelWords = m.input("pixel_words", bits(placeWidth), "words of a pixel of the output")
    m.comment("The runs of images.")
    let run = m.output("run", bits(runWidth))
    let images = m.input("images", bits(imageWidth), "images of the run")
    m.comment("Results.")
    let valid = m.input("valid", "a result is taken")
    let act = m.input("act", bits(wordWidth))
    let live = m.input("live", bits(columns), "columns in use")
    m.comment("The activation buffer.")
    let readAddress = m.outputRegister("read_address", bits(placeWidth), "of the word to pool with")
    let readWord = m.input("read_word", bits(banks * wordWidth), "the word there")
    let merges = m.output("merges", "it is read")
    let write = m.outputRegister("write", bits(banks), reset: 0, "banks that are written")
    let writeAddress = m.outputRegister("write_address", bits(placeWidth))
    let writeWord = m.output("write_word", bits(wordWidth))
    let writeNonzero = m.output("write_nonzero", bits(columns))

    m.comment("The slot that the result belongs to.")
    let blockStarts = m.wire("block_starts")
    let toRight = m.wire("to_right")
    let toBelow = m.wire("to_below")
    let toWindow = m.wire("to_window")
    let toRow = m.wire("to_row")
    let toImage = m.wire("to_image")
    let oddColumn = m.wire("odd_column")
    let oddRow = m.wire("odd_row")
    let lastRow = m.wire("last_row")
    m.instance(
      "walk", of: Machine.slots,
      parameters: ["MAP_WIDTH": mapWidth, "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": runWidth],
      ports: [
        "clk": clk, "first": blockStarts, "step": valid, "windows": windows, "height": height,
        "width": width, "images": images, "run": run, "odd_column": oddColumn,
        "odd_row": oddRow, "last_row": lastRow, "to_right": toRight, "to_below": toBelow,
        "to_window": toWindow, "to_row": toRow, "to_image": toImage,
      ])
    m.unused("moves", toRight, toBelow, toWindow)
    let left = m.register("slots_left", bits(slotWidth))
    let bank = m.register("bank", bits(bankWidth), "Of the column block.")
    let blockBase = m.register("block_base", bits(placeWidth))
    let blockEnds = m.wire("block_ends", valid && left == 1)
    let lastBank = m.wire("last_bank", bank == banks - 1)
    let nextBase = m.wire("next_base", blockBase + lastBank.extended(to: placeWidth))
    m.drive { blockStarts <== start || blockEnds }
    m.clocked(clk) {
      When(start) {
        left <== slots
        bank <== 0
        blockBase <== base
      } else: {
        When(blockEnds) {
          left <== slots
          bank <== mux(lastBank, 0, bank + 1)
          blockBase <== nextBase
        } else: {
          When(valid) { left <== left - 1 }
        }
      }
    }

    m.comment("What is written where: a word for each pixel, or for each whole window.")
    let endsPair = m.wire("ends_pair", oddColumn, "It is the right one of two.")
    let writes = m.wire("writes")
    m.drive {
      When(!pooled) {
        writes <== 1
      } else: {
        When(windows) {
          writes <== endsPair && oddRow
        } else: {
          writes <== endsPair && (oddRow || !lastRow)
        }
      }
    }
    let merging = m.wire("merging", writes && pooled && !windows && oddRow)
    m.drive { merges <== valid && merging }
    let address = m.register("address", bits(placeWidth))
    let rowBase = m.register("row_base", bits(placeWidth), "Of the pooled row.")
    let next = m.wire("next_address", address + pixelWords)
    let after = m.wire("address_after", mux(writes, next, address))
    let endsRow = m.wire("ends_row", toRow || toImage)
    let again = m.wire(
      "again", pooled && !windows && !oddRow && endsRow, "The pooled row is not done.")
    let drops = m.wire("drops", again && lastRow, "Nor will it be: it is an odd last one.")
    m.clocked(clk) {
      When(start) {
        address <== base
        rowBase <== base
      } else: {
        When(blockEnds) {
          address <== nextBase
          rowBase <== nextBase
        } else: {
          When(valid) {
            address <== mux(again && !drops, rowBase, after)
            When(endsRow && (!again || drops)) { rowBase <== after }
          }
        }
      }
    }

    m.comment("The register of the pool, then the word that was written before.")
    let first = m.wire("first_of_pool")
    let partial = m.register("partial", bits(wordWidth))
    let masked = m.wire("masked", bits(wordWidth))
    let pooledWord = m.wire("pooled_word", bits(wordWidth))
    let written = m.register("written", bits(wordWidth))
    let mergesNow = m.register("merges_now", reset: 0)
    let bankNow = m.register("bank_now", bits(bankWidth))
    let before = m.wire("earlier_word", readWord.element(at: bankNow, width: wordWidth))
    m.drive { first <== !oddColumn && (!windows || !oddRow) }
    func greater(_ name: String, _ a: Signal, _ b: Signal) -> Signal {
      // Signed numbers compare as unsigned ones whose highest bits are inverted.
      let flip = m.wire("\(name)_flip", isSigned)
      let low = actWidth - 1
      let left = m.wire(
        "\(name)_left", concatenate(a[low] ^^^ flip, a.slice(from: 0, width: low)))
      let right = m.wire(
        "\(name)_right", concatenate(b[low] ^^^ flip, b.slice(from: 0, width: low)))
      return left > right
    }
    m.forEach("lane", index: "c", count: columns) { c in
      let own = m.wire("own", bits(actWidth))
      let held = m.wire("held", partial.element(c, bits(actWidth)))
      m.drive {
        own <== mux(live[c], act.element(c, bits(actWidth)), 0)
        masked.slice(from: c * actWidth, width: actWidth) <== own
      }
      let isGreater = m.wire("is_greater", greater("pool", own, held))
      m.drive {
        pooledWord.slice(from: c * actWidth, width: actWidth) <== mux(isGreater || first, own, held)
      }
      let now = m.wire("now", written.element(c, bits(actWidth)))
      let earlier = m.wire("earlier", before.element(c, bits(actWidth)))
      let isLess = m.wire("is_less", greater("merge", earlier, now))
      let result = m.wire("result", mux(mergesNow && isLess, earlier, now))
      m.drive {
        writeWord.slice(from: c * actWidth, width: actWidth) <== result
        writeNonzero[c] <== result.anyBit
      }
    }
    m.clocked(clk) {
      When(valid) {
        partial <== pooledWord
        written <== mux(pooled, pooledWord, masked)
        readAddress <== address
        writeAddress <== address
        bankNow <== bank
      }
    }
    let one = m.wire("one", constant(1, width: banks))
    m.clocked(clk, reset: rst) {
      write <== mux(valid && writes, one.shiftedLeft(by: bank), 0)
      mergesNow <== valid && merging
    }
  }
}
