import Formal
import HDL
import Machine

/// Every drained row gets its own threshold: that of its task and position.
extension ProofCatalog {
  static let thresholds: [Proof] = [
    Proof(
      "mime_threshold_feed",
      "With 3 rows and any sizes: the slots of a column block are drained in order, each once, rows "
        + "without one first in a tile; each with the word of its position and the task of its run; a "
        + "block of thresholds is said to end in its last use, and a column block with its last slot.",
      thresholdHarness, by: .induction(depth: 1),
      faults: [
        Fault(
          "rows without a slot last", in: "mime_threshold_feed", "row} < count",
          "row} >= ROWS - count"),
        Fault(
          "the position stays in the next image", in: "mime_threshold_feed",
          "position <= is_last_position ?", "position <= 1'b0 ?"),
        Fault(
          "a tile too few", in: "mime_threshold_feed", "is_last_tile = slots_left <= ",
          "is_last_tile = slots_left <= 1'b1 + "),
        Fault(
          "rows in use of the tile before", in: "mime_threshold_feed", "count <= count_next",
          "count <= count"),
        Fault(
          "kept for one image", in: "mime_threshold_feed", "(!resident || is_last_image)", "1'b1"),
      ]),
    Proof(
      "mime_threshold_feed/covers", "A second column block begins after two tiles.",
      thresholdHarness, by: .cover(depth: 12),
      faults: [
        Fault(
          "never another block", in: "mime_threshold_feed", "slots_left <= slots_left_next",
          "slots_left <= slots")
      ]),
  ]

  private static let thresholdHarness = Module(
    "threshold_proof", "Drained rows, and any slot of their column block."
  ) { m in
    let (rows, slotWidth, blockWidth): (Nat, Nat, Nat) = (3, 11, 4)
    let (indexWidth, imageWidth, runWidth, taskWidth): (Nat, Nat, Nat, Nat) = (21, 3, 2, 2)
    let clk = m.input("clk")
    let rst = m.input("rst")
    let restart = m.input("restart")
    let taken = m.input("taken")
    let available = m.input("available")
    let images = m.input("images", bits(imageWidth))
    let task = m.input("run_task", bits(taskWidth))
    let slots = m.unchanging("slots", bits(slotWidth), on: clk)
    let blocks = m.unchanging("blocks", bits(blockWidth), on: clk)
    let positions = m.unchanging("positions", bits(indexWidth), on: clk)
    let runs = m.unchanging("runs", bits(runWidth), on: clk)
    let hasThresholds = m.unchanging("has_thresholds", on: clk)
    let resident = m.unchanging("resident", on: clk)
    let start = m.wire("start", rst || restart)
    let run = m.wire("run", bits(runWidth))
    let indexNext = m.wire("index_next", bits(indexWidth))
    let position = m.wire("position", bits(indexWidth))
    let image = m.wire("image", bits(imageWidth))
    let left = m.wire("slots_left", bits(slotWidth))
    let blocksLeft = m.wire("blocks_left", bits(blockWidth))
    let row = m.wire("row", bits(2))
    let count = m.wire("count", bits(2))
    let slotTask = m.wire("slot_task", bits(taskWidth))
    let outputs = [
      "in_last_use", "is_end", "takes_word", "valid", "slot_live", "tile_ends", "in_last_tile",
      "in_last_block",
    ]
    let said = Dictionary(uniqueKeysWithValues: outputs.map { ($0, m.wire($0)) })
    m.instance(
      "dut",
      of: machine("mime_threshold_feed").probing(
        "position", "image", "slots_left", "blocks_left", "row", "count"),
      parameters: [
        "ROWS": rows, "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": runWidth, "TASK_WIDTH": taskWidth,
        "SLOT_WIDTH": slotWidth, "BLOCK_WIDTH": blockWidth, "INDEX_WIDTH": indexWidth,
      ],
      ports: [
        "clk": clk, "start": start, "slots": slots, "blocks": blocks, "positions": positions,
        "has_thresholds": hasThresholds, "resident": resident, "run": run, "images": images,
        "run_task": task, "available": available, "index_next": indexNext, "taken": taken,
        "slot_task": slotTask, "probe_position": position, "probe_image": image,
        "probe_slots_left": left, "probe_blocks_left": blocksLeft, "probe_row": row,
        "probe_count": count,
      ] + Connections(outputs.map { ($0, said[$0]!) }))
    m.assumeAtStart(rst)
    let live = said["slot_live"]!

    m.comment("Slots given in the column block, and rows drained in the tile.")
    let given = m.register("given", bits(slotWidth), reset: 0)
    let drained = m.register("drained", bits(2), reset: 0)
    let blocksDone = m.register("blocks_done", bits(blockWidth), reset: 0)
    let gives = m.wire("gives", taken && live)
    let tileEnds = m.wire("tile_is_drained", taken && drained == 2)
    let givenNext = m.wire("given_next", given + gives.extended(to: slotWidth))
    let blockEnds = m.wire("block_ends", tileEnds && givenNext == slots)
    m.clocked(clk, reset: rst) {
      When(taken) {
        drained <== mux(tileEnds, 0, drained + 1)
        given <== mux(blockEnds, 0, givenNext)
        blocksDone <== blocksDone + blockEnds.extended(to: blockWidth)
      }
      When(restart) {
        drained <== 0
        given <== 0
        blocksDone <== 0
      }
    }

    m.comment("The slots of a block are the positions of the images of its runs.")
    let runWas = m.register("run_was", bits(runWidth))
    let imagesWas = m.register("images_was", bits(imageWidth))
    m.clocked(clk) {
      runWas <== run
      imagesWas <== images
    }
    let isLastPosition = m.wire("is_last_position", position + 1 == positions)
    let isLastImage = m.wire("is_last_image", image + 1 == images)
    let isLast = m.wire("is_last", isLastPosition && isLastImage && run + 1 == runs)
    m.assume(
      "sizes", slots.anyBit && blocks.anyBit && positions.anyBit && runs.anyBit && images.anyBit,
      on: clk)
    m.assume("a_run_has_its_images", run != runWas || images == imagesWas, on: clk, reset: rst)
    m.assume("as_many_slots", !live || isLast == (given + 1 == slots), on: clk, reset: rst)
    m.assume("taken_when_valid", !taken || said["valid"]!, on: clk, reset: rst)
    m.assume("blocks_of_the_layer", !taken || blocksDone < blocks, on: clk, reset: rst)

    m.comment("Any slot of the block, and slots as numbers in their order.")
    let any = (
      run: m.unchanging("any_run", bits(runWidth), on: clk),
      images: m.unchanging("any_images", bits(imageWidth), "Of its run.", on: clk),
      image: m.unchanging("any_image", bits(imageWidth), on: clk),
      position: m.unchanging("any_position", bits(indexWidth), on: clk)
    )
    m.assume("images_of_its_run", run != any.run || images == any.images, on: clk, reset: rst)
    m.assume(
      "a_slot", any.run < runs && any.image < any.images && any.position < positions, on: clk)
    let now = m.wire("now", concatenate(run, image, position))
    let slot = m.wire("slot", concatenate(any.run, any.image, any.position))
    let was = m.register("was", now.shape)
    let gave = m.register("gave", reset: 0, "A slot was given, not its block's last.")
    let begins = m.register("begins", reset: 1, "A block begins.")
    let nextWas = m.register("index_next_was", bits(indexWidth), reset: 0)
    m.clocked(clk, reset: rst) {
      gave <== gives && !blockEnds && !restart
      begins <== blockEnds || restart
      nextWas <== mux(restart, 0, indexNext)
    }
    m.clocked(clk) { was <== now }
    let going = m.wire("going", blocksDone < blocks)
    m.assert("begins_with_the_first", !begins || !now.anyBit, on: clk, reset: rst)
    m.assert("goes_on", !gave || now > was, on: clk, reset: rst)
    m.assert("leaves_none_out", !gave || slot <= was || slot >= now, on: clk, reset: rst)
    m.assert("waits", gave || begins || now == was, on: clk, reset: rst)
    m.assert(
      "a_place", position < positions && image < images && run < runs, on: clk, reset: rst)
    m.assert("its_word", nextWas == position, on: clk, reset: rst)

    m.comment("Rows without a slot first: a row has one where no more rows are left than slots.")
    let rest = m.wire("rest", slots - given)
    let rowsLeft = m.wire("rows_left", constant(rows, width: 2) - drained)
    m.assert(
      "live_when_there_are_slots", live == (rest >= rowsLeft.extended(to: slotWidth)), on: clk,
      reset: rst)
    m.assert(
      "ends",
      said["tile_ends"]! == tileEnds && !(taken && said["in_last_tile"]! && tileEnds && !blockEnds)
        && !(blockEnds && !said["in_last_tile"]!)
        && (!going || said["in_last_block"]! == (blocksDone + 1 == blocks)), on: clk, reset: rst)
    let uses = m.wire("uses", live && hasThresholds)
    m.assert(
      "words_of_live_rows",
      said["valid"]! == (!uses || available) && said["takes_word"]! == (gives && hasThresholds)
        && said["in_last_use"]! == (uses && (!resident || isLastImage))
        && said["is_end"]! == (said["in_last_use"]! && isLastPosition) && slotTask == task, on: clk,
      reset: rst)

    m.comment("Where the tile is.")
    let inTile = m.wire("in_tile", given + left - slots, "Slots given in the tile.")
    let idle = m.wire("idle_rows", constant(3, width: 2) - count)
    m.assert(
      "place_in_tile",
      row + drained == 2 && drained < 3 && given < slots && left.anyBit && left <= slots
        && inTile.slice(from: 0, width: 2) == mux(drained > idle, drained - idle, 0) && inTile < 3
        && count == mux(left < 3, left.slice(from: 0, width: 2), 3)
        && blocksLeft + blocksDone == blocks && blocksDone <= blocks, on: clk, reset: rst)
    m.cover(
      "second_block", blocksDone == 1 && slots == 4 && gave && rest == 3, on: clk, reset: rst)
  }
}
