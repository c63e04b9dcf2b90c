import Formal
import HDL
import Machine

/// The rows of a tile are the next slots of the walk, each with the place of its window.
extension ProofCatalog {
  static let tiles: [Proof] = [
    Proof(
      "mime_tile_rows",
      "With 3 rows, addresses modulo 2^5 and any sizes and steps: the slot at row y and column x of "
        + "image i is at place base - origin + i * image_step + y * row_step + x * column_step, its "
        + "window at y * stride - padding and x * stride - padding; a tile has the next slots, the "
        + "first in the highest row, with the tasks of their runs, and is full unless the block ends.",
      tileHarness, by: .induction(depth: 1),
      faults: [
        Fault(
          "a row for an image", in: "mime_tile_rows", "place_next_image = place_of_image",
          "place_next_image = place_of_row"),
        Fault(
          "windows of one column", in: "mime_tile_rows",
          "windows ? twice_column_step : column_step", "column_step"),
        Fault(
          "below the present column", in: "mime_tile_rows", "place <= place_of_window + ",
          "place <= place + "),
        Fault(
          "padding is added", in: "mime_tile_rows", "outside = {COORDINATE_WIDTH{1'b0}} - ",
          "outside = {COORDINATE_WIDTH{1'b0}} + "),
        Fault(
          "the first slot in the lowest row", in: "mime_tile_rows",
          "tasks_and_next = {tasks, run_task}",
          "tasks_and_next = {run_task, run_task, tasks[0 +: (ROWS - 1) * TASK_WIDTH]}"),
        Fault("a tile ends early", in: "mime_tile_rows", "== ROWS - 1", "== ROWS - 2"),
        Fault("a block goes on", in: "mime_tile_rows", "slots_left} == 1", "slots_left} == 0"),
      ]),
    Proof(
      "mime_tile_rows/covers", "A second column block's tile of one slot is taken.", tileHarness,
      by: .cover(depth: 14),
      faults: [
        Fault(
          "one block only", in: "mime_tile_rows", "blocks_left <= blocks;", "blocks_left <= 1'b1;")
      ]),
  ]

  private static let tileHarness = Module("tile_proof", "Rows of tiles beside their equation.") {
    m in
    let (rowCount, placeWidth, mapWidth, slotWidth): (Nat, Nat, Nat, Nat) = (3, 5, 3, 8)
    let (imageWidth, runWidth, taskWidth, blockWidth): (Nat, Nat, Nat, Nat) = (2, 2, 2, 4)
    let coordinateWidth = mapWidth + 2
    let clk = m.input("clk")
    let rst = m.input("rst")
    var ports: Connections<Signal> = ["clk": clk, "rst": rst]
    func input(_ name: String, _ shape: Shape = .bit) -> Signal {
      let signal = m.input(name, shape)
      ports = ports + [name: signal]
      return signal
    }
    func setting(_ name: String, _ shape: Shape = .bit) -> Signal {
      let signal = m.unchanging(name, shape, on: clk)
      ports = ports + [name: signal]
      return signal
    }
    func output(_ name: String, _ shape: Shape = .bit) -> Signal {
      let signal = m.wire(name, shape)
      ports = ports + [name: signal]
      return signal
    }
    var probes: [String] = []
    func probe(_ name: String, _ shape: Shape = .bit) -> Signal {
      let signal = m.wire(name, shape)
      ports = ports + ["probe_\(name)": signal]
      probes.append(name)
      return signal
    }
    let advance = input("advance")
    let start = input("start")
    let windows = setting("windows")
    _ = setting("height", bits(mapWidth))
    _ = setting("width", bits(mapWidth))
    let slots = setting("slots", bits(slotWidth))
    let blocks = setting("blocks", bits(blockWidth))
    let base = setting("base", bits(placeWidth))
    let padding = setting("padding", bits(mapWidth))
    let originStep = setting("origin_step", bits(placeWidth))
    let stride = setting("stride", bits(4))
    let columnStep = setting("column_step", bits(placeWidth))
    let rowStep = setting("row_step", bits(placeWidth))
    let imageStep = setting("image_step", bits(placeWidth))
    _ = input("images", bits(imageWidth))
    let runTask = input("run_task", bits(taskWidth))
    let take = input("take")
    let run = output("run", bits(runWidth))
    let ready = output("ready")
    let places = output("places", bits(rowCount * placeWidth))
    let tops = output("tops", bits(rowCount * coordinateWidth))
    let lefts = output("lefts", bits(rowCount * coordinateWidth))
    let tasks = output("tasks", bits(rowCount * taskWidth))
    let live = output("live", bits(rowCount))
    let count = output("count", bits(2))
    let endsBlock = output("ends_block")
    let isLastBlock = output("is_last_block")
    let fills = probe("fills")
    let filling = probe("filling")
    let first = probe("first")
    let moves = ["to_right", "to_below", "to_window", "to_row", "to_image"].map { probe($0) }
    let oddColumn = probe("odd_column")
    let oddRow = probe("odd_row")
    let slotsLeft = probe("slots_left", bits(slotWidth))
    let blocksLeft = probe("blocks_left", bits(blockWidth))
    let ofPlace = ["place", "place_of_window", "place_of_row", "place_of_image"].map {
      probe($0, bits(placeWidth))
    }
    let ofLeft = ["left", "left_of_window", "left_of_row"].map { probe($0, bits(coordinateWidth)) }
    let ofTop = ["top", "top_of_row"].map { probe($0, bits(coordinateWidth)) }
    m.instance(
      "dut", of: probes.reduce(machine("mime_tile_rows")) { $0.probing($1) },
      parameters: [
        "ROWS": rowCount, "PLACE_WIDTH": placeWidth, "MAP_WIDTH": mapWidth,
        "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": runWidth, "TASK_WIDTH": taskWidth,
        "SLOT_WIDTH": slotWidth, "BLOCK_WIDTH": blockWidth,
      ], ports: ports)
    m.unused("others", run)
    m.assumeAtStart(rst)
    m.assume("sizes", slots.anyBit && blocks.anyBit, on: clk)
    m.assume("taken_when_ready", !take || ready, on: clk, reset: rst)
    m.assume("one_layer_at_a_time", !start || (!filling && !ready), on: clk, reset: rst)

    m.comment("Where the walk is, by its moves.")
    let begun = m.register("begun", reset: 0, "A layer has begun.")
    m.clocked(clk, reset: rst) { When(start) { begun <== 1 } }
    let oddX = m.register("odd_x")
    let oddY = m.register("odd_y")
    func ofOdd(_ odd: Signal, _ step: Signal) -> Signal {
      mux(windows && odd, step, zero(step.shape))
    }
    // The number of columns, rows or images before the slot, times `step`.
    func columns(_ name: String, _ step: Signal) -> (times: Signal, even: Signal) {
      let times = m.register("\(name)_columns", step.shape)
      let even = m.wire("\(name)_even_columns", times - ofOdd(oddX, step))
      m.clocked(clk) {
        When(fills) {
          When(moves[0] || moves[2]) { times <== times + step }
          When(moves[1]) { times <== even }
          When(moves[3] || moves[4]) { times <== 0 }
        }
        When(first) { times <== 0 }
      }
      return (times, even)
    }
    func rows(_ name: String, _ step: Signal) -> (times: Signal, even: Signal) {
      let times = m.register("\(name)_rows", step.shape)
      let even = m.wire("\(name)_even_rows", times - ofOdd(oddY, step))
      m.clocked(clk) {
        When(fills) {
          When(moves[1] || moves[3]) { times <== times + step }
          When(moves[2]) { times <== even }
          When(moves[4]) { times <== 0 }
        }
        When(first) { times <== 0 }
      }
      return (times, even)
    }
    let ofImage = m.register("of_image", bits(placeWidth))
    m.clocked(clk) {
      When(fills) {
        When(moves[0] || moves[2]) { oddX <== !oddX }
        When(moves[1]) { oddX <== oddX && !windows }
        When(moves[1] || moves[3]) { oddY <== !oddY }
        When(moves[2]) { oddY <== oddY && !windows }
        When(moves[3] || moves[4]) { oddX <== 0 }
        When(moves[4]) {
          oddY <== 0
          ofImage <== ofImage + imageStep
        }
      }
      When(first) {
        oddX <== 0
        oddY <== 0
        ofImage <== base - originStep
      }
    }
    let step = m.wire("step", stride.extended(to: coordinateWidth))
    let pad = m.wire("pad", padding.extended(to: coordinateWidth))
    let placeX = columns("place", columnStep)
    let placeY = rows("place", rowStep)
    let leftX = columns("left", step)
    let topY = rows("top", step)
    let place = m.wire(
      "expected_place",
      ofPlace[1] + ofOdd(oddY, rowStep)
        + ofOdd(oddX, columnStep))
    let top = m.wire("expected_top", topY.times - pad)
    let left = m.wire("expected_left", leftX.times - pad)
    m.assert(
      "same_parity", !begun || (oddColumn == oddX && oddRow == oddY), on: clk, reset: rst)
    m.assert("its_place", !begun || ofPlace[0] == place, on: clk, reset: rst)
    m.assert(
      "places_before",
      !begun
        || (ofPlace[1] == ofPlace[2] + placeX.even && ofPlace[2] == ofPlace[3] + placeY.even
          && ofPlace[3] == ofImage),
      on: clk,
      reset: rst)
    m.assert("window", !begun || (ofTop[0] == top && ofLeft[0] == left), on: clk, reset: rst)
    m.assert(
      "windows_before",
      !begun
        || (ofTop[1] == topY.even - pad
          && ofLeft[1] == leftX.even - pad
          && ofLeft[2] == constant(0, width: coordinateWidth) - pad),
      on: clk, reset: rst)

    m.comment("Any slot of a tile.")
    let number = m.unchanging("number", bits(2), on: clk)
    let slot = m.wire("slot", concatenate(place, top, left, runTask))
    let captured = m.register("captured", slot.shape)
    m.clocked(clk) { When(fills && count == number) { captured <== slot } }
    let row = m.wire("row", count - number - 1)
    let found = m.wire(
      "found",
      concatenate(
        places.element(at: row, width: placeWidth), tops.element(at: row, width: coordinateWidth),
        lefts.element(at: row, width: coordinateWidth), tasks.element(at: row, width: taskWidth)))
    m.assert("in_its_row", !(begun && number < count) || found == captured, on: clk, reset: rst)
    let one = m.wire("one", constant(1, width: 4))
    let below = m.wire("rows_below", one.shiftedLeft(by: count) - 1)
    m.unused("past", below)
    m.assert(
      "live_rows", !begun || live == below.slice(from: 0, width: rowCount), on: clk, reset: rst)

    m.comment("Slots of a block, and blocks.")
    let given = m.register("given", bits(slotWidth))
    let block = m.register("block_number", bits(blockWidth), "Blocks begun.")
    m.clocked(clk) {
      When(fills) { given <== given + 1 }
      When(first) {
        given <== 0
        block <== mux(start, 1, block + 1)
      }
    }
    m.assert(
      "slots_of_the_block",
      !begun || (given + slotsLeft == slots && given <= slots && endsBlock == (given == slots)),
      on: clk, reset: rst)
    m.assert(
      "blocks_of_the_layer",
      !begun
        || (block + blocksLeft == blocks + 1 && block.anyBit && block <= blocks
          && isLastBlock == (block == blocks)),
      on: clk, reset: rst)
    m.assert(
      "full_unless_the_block_ends", !ready || (begun && count.anyBit && (count == 3 || endsBlock)),
      on: clk,
      reset: rst)
    m.assert(
      "fills_what_is_left", !filling || (begun && !ready && count < 3 && given < slots), on: clk,
      reset: rst)
    m.assert(
      "tiles", !begun || filling || ready || (given == slots && block == blocks && count == 0),
      on: clk, reset: rst)
    m.cover(
      "second_block", ready && take && advance && block == 2 && count == 1 && slots == 4, on: clk,
      reset: rst)
  }
}
