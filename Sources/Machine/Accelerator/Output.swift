import Components
import HDL

extension Machine {
  /// Bits of a class.
  static let classWidth = 24

  /// `mime_output`: what goes to memory.
  static let output = Module(
    "mime_output",
    """
    Makes beats of what goes to memory: a head's results and the classes of its images, words of a store,
    and counts. While a program stops, the beats that it still owes are written without a byte.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let accWidth = m.parameter("ACC_WIDTH", default: 32, in: 5...64, "bits of an accumulator")
    let placeBits = m.parameter("PLACE_BITS", default: 128, in: 2...65536, "bits of a place")
    let size = m.parameter("SIZE", default: 3, in: 2...7, "log2 of a beat's bytes")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let slotWidth = m.parameter("SLOT_WIDTH", default: 24, in: 4...30, "bits of a number of slots")
    let blockWidth = m.parameter(
      "BLOCK_WIDTH", default: 16, in: 1...20, "bits of a number of column blocks")
    let dataWidth = m.constant("DATA_WIDTH", .power(ofTwo: size + 3))
    let columnsWidth = m.constant("COLS_WIDTH", clog2(columns + 1))

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let start = m.input("start", "begin a layer")
    let stopping = m.input("stopping")
    let slots = m.input("slots", bits(slotWidth), "results of a column block")
    let blocks = m.input("blocks", bits(blockWidth), "column blocks")
    let lastColumns = m.input("last_columns", bits(columnsWidth), "columns of the last one")
    let images = m.input("images", bits(imageWidth), "images of a head")
    m.comment("Results of a head.")
    let resultValid = m.input("result_valid")
    let resultReady = m.output("result_ready")
    let accumulators = m.input("result_acc", bits(columns * accWidth))
    let live = m.input("result_live", bits(columns))
    let isLast = m.input("result_last")
    let ends = m.output("ends", "the last class goes")
    m.comment("Words of a store, and counts.")
    let stored = m.target("stored", Components.words(placeBits))
    let counts = m.target("counts", Components.words(64))
    let beats = m.initiator(
      "beat",
      .stream(
        .forward("data", bits(dataWidth)),
        .forward("strb", bits(dataWidth / 8), "bytes to write")))

    m.comment("The column block of a result: as many results as there are slots.")
    let taken = m.wire("taken", resultValid && resultReady)
    let resultsLeft = m.register("results_left", bits(slotWidth))
    let blocksLeft = m.register("blocks_left", bits(blockWidth))
    let isLastOfBlock = m.wire("is_last_of_block", resultsLeft == 1)
    m.clocked(clk) {
      When(taken) {
        resultsLeft <== mux(isLastOfBlock, slots, resultsLeft - 1)
        When(isLastOfBlock) { blocksLeft <== blocksLeft - 1 }
      }
      When(start) {
        resultsLeft <== slots
        blocksLeft <== blocks
      }
    }
    let looked = m.wire(
      "looked_columns",
      mux(blocksLeft == 1, lastColumns, constant(columns, width: columnsWidth)))
    let isLooked = m.wire("is_looked")
    let isLastClass = m.wire("is_last_class")
    let classes = m.wires("classes", .stream(.forward("data", bits(.literal(classWidth)))))
    m.instance(
      "argmax", of: argmax,
      parameters: [
        "COLS": columns, "ACC_WIDTH": accWidth, "IMAGE_WIDTH": imageWidth,
        "CLASS_WIDTH": .literal(classWidth),
      ],
      ports: [
        "clk": clk, "rst": rst, "start": start, "images": images, "valid": resultValid,
        "word": accumulators, "count": looked, "done": isLooked, "take": taken, "last": isLast,
        "is_last_class": isLastClass,
      ] + classes.connections(to: "class"))
    let kept = m.wire("kept", bits(columns * accWidth))
    m.forEach("result", index: "c", count: columns) { c in
      m.drive {
        kept.slice(from: c * accWidth, width: accWidth)
          <== mux(live[c], accumulators.slice(from: c * accWidth, width: accWidth), 0)
      }
    }
    let results = m.wires("results", Components.words(columns * accWidth))
    let classWords = m.wires("class_words", Components.words(32))
    m.drive {
      results.valid <== resultValid && isLooked
      results["data"] <== kept
      resultReady <== isLooked && results.ready
      classWords.valid <== classes.valid
      classWords["data"] <== classes["data"].extended(to: 32)
      classes.ready <== classWords.ready
      ends <== classes.fires && isLastClass
    }

    m.comment("Only one of them has words at a time.")
    let sources = [
      ("results", results, columns * accWidth), ("stored", stored, placeBits),
      ("counts", counts, Nat.literal(64)), ("classes", classWords, Nat.literal(32)),
    ].map { name, words, width -> Bundle in
      let data = m.wires("\(name)_beat", beats.interface)
      m.instance(
        "\(name)_packer", of: packer, parameters: ["WIDTH": width, "SIZE": size],
        ports: ["clk": clk, "rst": rst] + words.connections(to: "word")
          + data.connections(to: "data"))
      return data
    }
    func chosen(_ field: String) -> Signal {
      sources.dropFirst().reduce(sources[0][field]) { mux($1.valid, $1[field], $0) }
    }
    m.drive {
      beats.valid <== sources.reduce(stopping) { $0 || $1.valid }
      beats["data"] <== chosen("data")
      beats["strb"] <== mux(stopping, 0, chosen("strb"))
      for source in sources { source.ready <== beats.ready && !stopping }
    }
  }
}
