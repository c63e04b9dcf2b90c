import HDL

extension Machine {
  /// `mime_argmax`: the class of each image of a head.
  static let argmax = Module(
    "mime_argmax",
    """
    Looks at a head's results column by column, one a cycle, and keeps the largest of each image over
    all column blocks, the first on a tie. After the last result it gives the images' classes in order.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let accWidth = m.parameter("ACC_WIDTH", default: 32, in: 5...64, "bits of an accumulator")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let classWidth = m.parameter("CLASS_WIDTH", default: 24, in: 8...32, "bits of a class")
    let columnWidth = m.constant("COLUMN_WIDTH", indexWidth(columns))
    let columnsWidth = m.constant("COLS_WIDTH", clog2(columns + 1))

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let start = m.input("start", "begin a layer")
    let images = m.input("images", bits(imageWidth), "images of the head")
    let valid = m.input("valid", "there is a result")
    let word = m.input("word", bits(columns * accWidth))
    let count = m.input("count", bits(columnsWidth), "its columns in use")
    let done = m.output("done", "it has been looked at")
    let take = m.input("take", "it is taken")
    let last = m.input("last", "and is the layer's last")
    let classes = m.initiator("class", .stream(.forward("data", bits(classWidth))))
    let isLastClass = m.output("is_last_class")

    let image = m.register("image", bits(imageWidth))
    let base = m.register("base", bits(classWidth), "Class of the block's first column.")
    let column = m.register("column", bits(columnWidth), reset: 0)
    let isDone = m.register("is_done", reset: 0)
    let emits = m.register("emits", reset: 0)
    let values = m.memory("values", bits(accWidth), depth: .power(ofTwo: imageWidth))
    let bests = m.memory("bests", bits(classWidth), depth: .power(ofTwo: imageWidth))
    let largest = m.register("largest", bits(accWidth))
    let best = m.register("best", bits(classWidth))
    let isFirst = m.wire("is_first", column == 0)
    let isLastColumn = m.wire("is_last_column", column.extended(to: columnsWidth) + 1 == count)
    let isLastImage = m.wire("is_last_image", image + 1 == images)
    let value = m.wire("value", word.element(at: column, width: accWidth))
    let before = m.wire("largest_before", mux(isFirst, values[image], largest))
    let bestBefore = m.wire("best_before", mux(isFirst, bests[image], best))
    let begins = m.wire("begins", isFirst && base == 0)
    let isLarger = m.wire("is_larger", begins || value.asSigned > before.asSigned)
    let looks = m.wire("looks", valid && !isDone)
    let ownClass = m.wire("own_class", base + column.extended(to: classWidth))
    m.drive {
      done <== isDone
      classes.valid <== emits
      classes["data"] <== bests[image]
      isLastClass <== isLastImage
    }
    m.clocked(clk, reset: rst) {
      When(looks) {
        column <== mux(isLastColumn, 0, column + 1)
        isDone <== isLastColumn
      }
      When(take) {
        isDone <== 0
        emits <== last
      }
      When(classes.fires && isLastImage) { emits <== 0 }
    }
    m.clocked(clk) {
      When(looks) {
        largest <== mux(isLarger, value, before)
        best <== mux(isLarger, ownClass, bestBefore)
      }
      When(take) {
        values[image] <== largest
        bests[image] <== best
      }
      When(take || classes.fires) {
        image <== mux(isLastImage, 0, image + 1)
        When(take && isLastImage) { base <== base + constant(columns, width: classWidth) }
      }
      When(start) {
        image <== 0
        base <== 0
      }
    }
  }

  /// `mime_threshold_words`: thresholds out of a line, exact or packed.
  static let thresholdWords = Module(
    "mime_threshold_words",
    """
    The thresholds of a position: exact ones as they are, or packed ones of 16 or 8 bits, which stand for
    themselves times 2^shift.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let accWidth = m.parameter("ACC_WIDTH", default: 32, in: 5...64, "bits of a threshold")
    let wordsLog2 = m.parameter(
      "WORDS_LOG2", default: 0, in: 0...16, "log2 of a line's exact words")
    let lineWidth = m.constant("LINE_WIDTH", columns * accWidth * .power(ofTwo: wordsLog2))
    let line = m.input("line", bits(lineWidth))
    let number = m.input("number", bits(wordsLog2 + 2), "of the word in its line")
    let exact = m.input("exact", bits(columns * accWidth), "the word, where it is exact")
    let format = m.input("format", bits(2), "0 exact, 1 for 16 bits, 2 for 8 bits")
    let shift = m.input("shift", bits(6))
    let word = m.output("word", bits(columns * accWidth))
    m.given(accWidth >= 32, "all_formats", else: "exact_only") {
      let halves = m.wire(
        "halves", line.slice(from: 0, width: columns * 16 * .power(ofTwo: wordsLog2 + 1)))
      let quarters = m.wire(
        "quarters", line.slice(from: 0, width: columns * 8 * .power(ofTwo: wordsLog2 + 2)))
      let ofHalves = m.wire("of_halves", number.slice(from: 0, width: wordsLog2 + 1))
      let half = m.wire("half", halves.element(at: ofHalves, width: columns * 16))
      let quarter = m.wire("quarter", quarters.element(at: number, width: columns * 8))
      m.given(accWidth > 32, "wide") { m.unused("rest", line) }
      m.forEach("column", index: "c", count: columns) { c in
        let short = m.wire("of_16", half.element(c, signed(16)))
        let tiny = m.wire("of_8", quarter.element(c, signed(8)))
        let packed = m.wire(
          "narrow", mux(format == 1, short.extended(to: accWidth), tiny.extended(to: accWidth)))
        let whole = m.wire("whole", packed.shiftedLeft(by: shift))
        m.drive {
          word.slice(from: c * accWidth, width: accWidth)
            <== mux(
              format == 0, exact.slice(from: c * accWidth, width: accWidth), whole.asUnsigned)
        }
      }
    } else: {
      m.drive { word <== exact }
      m.unused("formats", line, number, format, shift)
    }
  }
}
