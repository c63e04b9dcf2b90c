import HDL

extension Machine {
  /// `mime_threshold_feed`: which threshold each drained row needs.
  static let thresholdFeed = Module(
    "mime_threshold_feed",
    """
    Follows the drain of tile after tile: rows without a slot come first, then the slots in their order,
    each with its task and with its position's word of thresholds.
    """
  ) { m in
    let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows of the array")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let runWidth = m.parameter("RUN_WIDTH", default: 3, in: 1...8, "bits of a run's number")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let slotWidth = m.parameter("SLOT_WIDTH", default: 24, in: 11...32, "bits of a number of slots")
    let blockWidth = m.parameter(
      "BLOCK_WIDTH", default: 16, in: 4...16, "bits of a number of blocks")
    let indexWide = m.parameter("INDEX_WIDTH", default: 24, in: 21...30, "bits of a word's number")
    let rowWidth = m.constant("ROW_WIDTH", indexWidth(rows))
    let liveWidth = m.constant("LIVE_WIDTH", clog2(rows + 1))
    let highest = m.constant("HIGHEST", rows - 1, "The row that is drained first.")

    let clk = m.input("clk")
    let start = m.input("start", "begin a layer")
    m.comment("The layer.")
    let slots = m.input("slots", bits(slotWidth), "slots of a column block")
    let blocks = m.input("blocks", bits(blockWidth), "column blocks")
    let positions = m.input("positions", bits(indexWide), "output positions of an image")
    let hasThresholds = m.input("has_thresholds", "else they are all zero")
    let resident = m.input("resident", "a run's thresholds stay for all its images")
    m.comment("The runs of images.")
    let run = m.outputRegister("run", bits(runWidth))
    let images = m.input("images", bits(imageWidth), "images of the run")
    let task = m.input("run_task", bits(taskWidth), "and their task")
    m.comment("The words of thresholds.")
    let available = m.input("available")
    let indexNext = m.output("index_next", bits(indexWide))
    let inLastUse = m.output("in_last_use")
    let isEnd = m.output("is_end")
    let takesWord = m.output("takes_word")
    m.comment("The array's drain slots.")
    let valid = m.output("valid")
    let taken = m.input("taken", "the slot is drained")
    let slotTask = m.output("slot_task", bits(taskWidth))
    let slotLive = m.output("slot_live")
    let tileEnds = m.output("tile_ends", "the tile's last slot is drained")
    let inLastTile = m.output("in_last_tile", "the tile is its column block's last")
    let inLastBlock = m.output("in_last_block", "the tile is of the layer's last column block")

    let left = m.register(
      "slots_left", bits(slotWidth), "Of the block, those of this tile included.")
    let blocksLeft = m.register("blocks_left", bits(blockWidth))
    let row = m.register("row", bits(rowWidth))
    let position = m.register("position", bits(indexWide))
    let image = m.register("image", bits(imageWidth))
    let all = m.wire("all_rows", constant(rows, width: slotWidth))
    let isLastTile = m.wire("is_last_tile", left <= all)
    let count = m.register("count", bits(liveWidth), "Rows of the tile that are in use.")
    let isLive = m.wire("is_live", row.extended(to: liveWidth) < count)
    let isLastSlot = m.wire("is_last_slot", row == 0)
    let isLastPosition = m.wire("is_last_position", position + 1 == positions)
    let isLastImage = m.wire("is_last_image", image + 1 == images)
    let uses = m.wire("uses", isLive && hasThresholds)
    let lastUse = m.wire("last_use", uses && (!resident || isLastImage))
    m.drive {
      valid <== !uses || available
      slotLive <== isLive
      slotTask <== task
      inLastUse <== lastUse
      isEnd <== lastUse && isLastPosition
      takesWord <== taken && uses
      indexNext
        <== mux(taken && isLive, mux(isLastPosition, 0, position + 1), position)
      tileEnds <== taken && isLastSlot
      inLastTile <== isLastTile
      inLastBlock <== blocksLeft == 1
    }
    let leftNext = m.wire("slots_left_next", mux(isLastTile, slots, left - all))
    let tileOf = { (name: String, slots: Signal) in
      m.wire(
        name,
        mux(slots <= all, slots.slice(from: 0, width: liveWidth), constant(rows, width: liveWidth)))
    }
    let countNext = tileOf("count_next", leftNext)
    let countFirst = tileOf("count_first", slots)
    m.clocked(clk) {
      When(taken) {
        row <== mux(isLastSlot, constant(highest, width: rowWidth), row - 1)
        When(isLive) {
          position <== mux(isLastPosition, 0, position + 1)
          When(isLastPosition) {
            image <== mux(isLastImage, 0, image + 1)
            When(isLastImage) { run <== run + 1 }
          }
        }
        When(isLastSlot) {
          left <== leftNext
          count <== countNext
          When(isLastTile) {
            run <== 0
            blocksLeft <== blocksLeft - 1
          }
        }
      }
      When(start) {
        left <== slots
        blocksLeft <== blocks
        row <== constant(highest, width: rowWidth)
        count <== countFirst
        position <== 0
        image <== 0
        run <== 0
      }
    }
  }

  /// `mime_block_requests`: the blocks of a layer, each as often as it is streamed.
  static let blockRequests = Module(
    "mime_block_requests",
    "Asks for BLOCKS blocks one after the other, each of them `repeats` times."
  ) { m in
    let indexWide = m.parameter(
      "INDEX_WIDTH", default: 24, in: 21...30, "bits of a number of lines")
    let blockWidth = m.parameter(
      "BLOCK_WIDTH", default: 16, in: 4...16, "bits of a number of blocks")
    let repeatWidth = m.parameter(
      "REPEAT_WIDTH", default: 24, in: 1...32, "bits of a number of times")
    let offsetBits = bits(.literal(Machine.offsetWidth))
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let start = m.input("start")
    let blocks = m.input("blocks", bits(blockWidth))
    let repeats = m.input("repeats", bits(repeatWidth))
    let offset = m.input("offset", offsetBits, "of the first block")
    let step = m.input("step", offsetBits, "bytes from a block to the next")
    let lines = m.input("lines", bits(indexWide), "of a block")
    let request = m.initiator(
      "request",
      .stream(.forward("offset", offsetBits), .forward("lines", bits(indexWide))))
    let busy = m.register("busy", reset: 0)
    let next = m.register("next_offset", offsetBits)
    let blocksLeft = m.register("blocks_left", bits(blockWidth))
    let timesLeft = m.register("times_left", bits(repeatWidth))
    let isLastTime = m.wire("is_last_time", timesLeft == 1)
    let isLastBlock = m.wire("is_last_block", blocksLeft == 1)
    m.drive {
      request.valid <== busy
      request["offset"] <== next
      request["lines"] <== lines
    }
    m.clocked(clk, reset: rst) {
      When(request.fires && isLastTime && isLastBlock) { busy <== 0 }
      When(start) { busy <== 1 }
    }
    m.clocked(clk) {
      When(request.fires) {
        timesLeft <== mux(isLastTime, repeats, timesLeft - 1)
        When(isLastTime) {
          next <== next + step
          blocksLeft <== blocksLeft - 1
        }
      }
      When(start) {
        next <== offset
        blocksLeft <== blocks
        timesLeft <== repeats
      }
    }
  }

  /// `mime_run_requests`: the thresholds of a layer, run by run in each column block.
  static let runRequests = Module(
    "mime_run_requests",
    """
    Asks for the thresholds of each run in each column block: once, or once for each of its images. A
    task's blocks stand one after the other in memory.
    """
  ) { m in
    let indexWide = m.parameter(
      "INDEX_WIDTH", default: 24, in: 21...30, "bits of a number of lines")
    let blockWidth = m.parameter(
      "BLOCK_WIDTH", default: 16, in: 4...16, "bits of a number of blocks")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let runWidth = m.parameter("RUN_WIDTH", default: 3, in: 1...8, "bits of a run's number")
    let offsetBits = bits(.literal(Machine.offsetWidth))
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let start = m.input("start")
    let blocks = m.input("blocks", bits(blockWidth))
    let step = m.input("step", offsetBits, "bytes from a block of a task to the next")
    let lines = m.input("lines", bits(indexWide), "of a block")
    let resident = m.input("resident", "a run's thresholds stay for all its images")
    m.comment("The runs.")
    let runs = m.input("runs", bits(runWidth + 1), "how many")
    let run = m.outputRegister("run", bits(runWidth))
    let images = m.input("images", bits(imageWidth), "images of the run")
    let offset = m.input("offset", offsetBits, "of the first block of the run's task")
    let request = m.initiator(
      "request",
      .stream(.forward("offset", offsetBits), .forward("lines", bits(indexWide))))
    let busy = m.register("busy", reset: 0)
    let ahead = m.register("ahead", offsetBits, "From a task's first block to the present one.")
    let blocksLeft = m.register("blocks_left", bits(blockWidth))
    let image = m.register("image", bits(imageWidth))
    let isLastImage = m.wire("is_last_image", resident || image + 1 == images)
    let isLastRun = m.wire("is_last_run", run.extended(to: runWidth + 1) + 1 == runs)
    let isLastBlock = m.wire("is_last_block", blocksLeft == 1)
    m.drive {
      request.valid <== busy
      request["offset"] <== offset + ahead
      request["lines"] <== lines
    }
    m.clocked(clk, reset: rst) {
      When(request.fires && isLastImage && isLastRun && isLastBlock) { busy <== 0 }
      When(start) { busy <== 1 }
    }
    m.clocked(clk) {
      When(request.fires) {
        image <== mux(isLastImage, 0, image + 1)
        When(isLastImage) {
          run <== mux(isLastRun, 0, run + 1)
          When(isLastRun) {
            ahead <== ahead + step
            blocksLeft <== blocksLeft - 1
          }
        }
      }
      When(start) {
        ahead <== 0
        blocksLeft <== blocks
        image <== 0
        run <== 0
      }
    }
  }
}
