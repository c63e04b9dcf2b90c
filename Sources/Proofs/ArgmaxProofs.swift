import Formal
import HDL
import Machine

/// The class of an image is that of its first largest result.
extension ProofCatalog {
  static let argmax: [Proof] = [
    Proof(
      "mime_argmax",
      "The class that is given for any image is one whose result came, no result of the image is "
        + "larger, and none before it is as large; the images' classes come in order, and wait.",
      argmaxHarness, by: .induction(depth: 1),
      faults: [
        Fault(
          "the last on a tie", in: "mime_argmax", "$signed(value) > $signed",
          "$signed(value) >= $signed", within: 16),
        Fault(
          "unsigned", in: "mime_argmax", "$signed(value) > $signed(largest_before)",
          "value > largest_before"),
        Fault(
          "forgets earlier blocks", in: "mime_argmax", "begins = is_first &&",
          "begins = is_first ||"),
        Fault(
          "the class in its block", in: "mime_argmax", "own_class = base + ", "own_class = ",
          within: 16),
        Fault(
          "another image's largest", in: "mime_argmax", "is_first ? values[image]",
          "is_first ? values[0]", within: 20),
      ]),
    Proof(
      "mime_argmax/covers", "The classes of two images over two blocks are given.", argmaxHarness,
      by: .cover(depth: 18),
      faults: [Fault("never the last", in: "mime_argmax", "emits <= last", "emits <= 1'b0")]),
  ]

  private static let argmaxHarness = Module(
    "argmax_proof", "A head's results, and any class of any image among them."
  ) { m in
    let (columns, accWidth, imageWidth, classWidth): (Nat, Nat, Nat, Nat) = (3, 5, 2, 8)
    let clk = m.input("clk")
    let rst = m.input("rst")
    let start = m.input("start")
    let valid = m.input("valid")
    let word = m.input("word", bits(columns * accWidth))
    let count = m.input("count", bits(2))
    let take = m.input("take")
    let last = m.input("last")
    let ready = m.input("ready")
    let images = m.unchanging("images", bits(imageWidth), on: clk)
    let watched = m.unchanging("watched", bits(imageWidth), "Any image.", on: clk)
    let rival = m.unchanging("rival", bits(classWidth), "Any class.", on: clk)
    let done = m.wire("done")
    let classValid = m.wire("class_valid")
    let classData = m.wire("class_data", bits(classWidth))
    let isLastClass = m.wire("is_last_class")
    let image = m.wire("image", bits(imageWidth))
    let base = m.wire("base", bits(classWidth))
    let column = m.wire("column", bits(2))
    let largest = m.wire("largest", bits(accWidth))
    let best = m.wire("best", bits(classWidth))
    let keptValue = m.wire("kept_value", bits(accWidth))
    let keptClass = m.wire("kept_class", bits(classWidth))
    m.instance(
      "dut",
      of: machine("mime_argmax").probing(
        "image", "base", "column", "largest", "best", "values", "bests"),
      parameters: [
        "COLS": columns, "ACC_WIDTH": accWidth, "IMAGE_WIDTH": imageWidth,
        "CLASS_WIDTH": classWidth,
      ],
      ports: [
        "clk": clk, "rst": rst, "start": start, "images": images, "valid": valid, "word": word,
        "count": count, "done": done, "take": take, "last": last, "class_valid": classValid,
        "class_ready": ready, "class_data": classData, "is_last_class": isLastClass,
        "probe_image": image, "probe_base": base, "probe_column": column,
        "probe_largest": largest, "probe_best": best, "probe_values_address": watched,
        "probe_values": keptValue, "probe_bests_address": watched, "probe_bests": keptClass,
      ])
    m.assumeAtStart(rst)

    m.comment("A layer's results, image by image in each block, each held until it is taken.")
    let collects = m.register("collects", reset: 0, "Results of a layer come.")
    let imageNow = m.register("image_now", bits(imageWidth), reset: 0)
    let baseNow = m.register("base_now", bits(classWidth), reset: 0)
    let given = m.register("given", bits(imageWidth), reset: 0, "Classes given.")
    let isLastImage = m.wire("is_last_image", imageNow + 1 == images)
    let gives = m.wire("gives", classValid && ready)
    m.clocked(clk, reset: rst) {
      When(take) {
        imageNow <== mux(isLastImage, 0, imageNow + 1)
        When(isLastImage) { baseNow <== baseNow + columns }
        When(last) { collects <== 0 }
      }
      When(gives) { given <== given + 1 }
      When(start) {
        collects <== 1
        imageNow <== 0
        baseNow <== 0
        given <== 0
      }
    }
    let held = m.register("held", reset: 0)
    let beat = m.wire("beat", concatenate(word, count))
    let beatWas = m.register("beat_was", beat.shape)
    m.clocked(clk, reset: rst) { held <== valid && !take }
    m.clocked(clk) { beatWas <== beat }
    m.assume("sizes", watched < images, on: clk)
    m.assume("columns_in_use", count.anyBit, on: clk)
    m.assume("results_wait", !held || (valid && beat == beatWas), on: clk, reset: rst)
    m.assume("results_of_a_layer", !valid || collects, on: clk, reset: rst)
    m.assume("taken_when_done", !take || (valid && done), on: clk, reset: rst)
    m.assume("last_of_a_block", !(take && last) || isLastImage, on: clk, reset: rst)
    m.assume("one_layer_at_a_time", !start || (!collects && !classValid), on: clk, reset: rst)
    m.assume("classes_fit", baseNow < 248, on: clk, reset: rst)

    m.comment("The rival's result of the watched image, once it is taken, or of those looked at.")
    let seen = m.register("seen", reset: 0, "A result of the watched image has been taken.")
    let came = m.register("came", reset: 0, "The rival's has.")
    let rivalWas = m.register("rival_was", bits(accWidth))
    let isWatched = m.wire("is_watched", collects && imageNow == watched)
    let looked = m.wire("looked", mux(done, count, column))
    let rivalColumn = m.wire("rival_column", rival - baseNow)
    let comes = m.wire(
      "comes", isWatched && rivalColumn < looked.extended(to: classWidth))
    let ofRival = m.wire("of_rival", rivalColumn.slice(from: 0, width: 2))
    let rivalNow = m.wire("rival_now", word.element(at: ofRival, width: accWidth))
    m.clocked(clk, reset: rst) {
      When(take && isWatched) {
        seen <== 1
        When(comes) { came <== 1 }
      }
      When(start) {
        seen <== 0
        came <== 0
      }
    }
    m.clocked(clk) { When(take && comes) { rivalWas <== rivalNow } }

    func isFirstLargest(_ best: Signal, _ value: Signal, _ came: Signal, _ rivalValue: Signal)
      -> Signal
    {
      let (a, b) = (value.asSigned, rivalValue.asSigned)
      return (!came || a > b || (a == b && best <= rival))
        && (best != rival || (came && value == rivalValue))
    }
    m.assert(
      "first_largest",
      !(classValid && given == watched) || isFirstLargest(classData, keptValue, came, rivalWas),
      on: clk, reset: rst)
    m.assert(
      "last_class", !classValid || isLastClass == (given + 1 == images), on: clk, reset: rst)
    m.assert("in_order", !classValid || (given < images && image == given), on: clk, reset: rst)
    m.assert("either", !(collects && classValid), on: clk, reset: rst)

    m.comment("Where the walk is.")
    m.assert(
      "same_place",
      !collects || (image == imageNow && base == baseNow && image < images && given == 0), on: clk,
      reset: rst)
    m.assert(
      "looks_at_a_result",
      (!looked.anyBit || !(done || column.anyBit) || held) && (!done || !column.anyBit)
        && (done || !column.anyBit || column < count || !valid), on: clk, reset: rst)
    m.assert(
      "has_been_seen",
      mux(collects, seen == (baseNow.anyBit || imageNow > watched), seen || !classValid), on: clk,
      reset: rst)
    m.assert(
      "rival_came_before",
      !came
        || (seen
          && (classValid || !collects || rival < baseNow
            || (imageNow > watched && rivalColumn < 3))),
      on: clk, reset: rst)
    m.assert(
      "kept",
      !(seen && (collects || classValid)) || isFirstLargest(keptClass, keptValue, came, rivalWas),
      on: clk, reset: rst)
    m.assert(
      "kept_class_came",
      !(seen && collects) || keptClass < baseNow || (imageNow > watched && keptClass - baseNow < 3),
      on: clk, reset: rst)
    let hasLooked = m.wire("has_looked", isWatched && valid && (done || column.anyBit))
    let cameNow = m.wire("came_now", came || comes)
    let rivalValue = m.wire("rival_value", mux(came, rivalWas, rivalNow))
    m.assert(
      "so_far", !hasLooked || isFirstLargest(best, largest, cameNow, rivalValue), on: clk,
      reset: rst)
    m.assert(
      "so_far_came", !hasLooked || best < baseNow + looked.extended(to: classWidth), on: clk,
      reset: rst)
    m.cover(
      "two_of_two", gives && given == 1 && images == 2 && baseNow == 6, on: clk, reset: rst)
  }
}
