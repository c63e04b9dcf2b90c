import HDL

extension Machine {
  /// `mime_tile_rows`: the rows of the next tile, ready when the present one has been read.
  static let tileRows = Module(
    "mime_tile_rows",
    """
    Fills the rows of a tile, a slot a cycle: where the slot's window begins in the activation buffer
    and in the map, and its task. The first slot goes to the highest row in use, so that results leave
    the array in the order of slots. A layer's column blocks walk the same slots one after the other.
    """
  ) { m in
    let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows of the array")
    let placeWidth = m.parameter(
      "PLACE_WIDTH", default: 12, in: 1...25, "bits of a buffer's address")
    let mapWidth = m.parameter("MAP_WIDTH", default: 10, in: 2...16, "bits of a map's side")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let runWidth = m.parameter("RUN_WIDTH", default: 3, in: 1...8, "bits of a run's number")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let slotWidth = m.parameter("SLOT_WIDTH", default: 24, in: 8...32, "bits of a number of slots")
    let blockWidth = m.parameter(
      "BLOCK_WIDTH", default: 16, in: 4...16, "bits of a number of blocks")
    let coordinateWidth = m.constant(
      "COORDINATE_WIDTH", mapWidth + 2, "Of places in the padded map, modulo 2^COORDINATE_WIDTH.")
    let liveWidth = m.constant("LIVE_WIDTH", clog2(rows + 1))

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let advance = m.input("advance", "the machine moves in this cycle")
    let start = m.input("start", "begin a layer")
    m.comment("The layer.")
    let windows = m.input("windows", "slots in 2x2 windows")
    let height = m.input("height", bits(mapWidth), "rows of the output before pooling")
    let width = m.input("width", bits(mapWidth))
    let slots = m.input("slots", bits(slotWidth), "slots of a column block")
    let blocks = m.input("blocks", bits(blockWidth), "column blocks")
    let base = m.input("base", bits(placeWidth), "of the first image")
    let padding = m.input("padding", bits(mapWidth))
    let originStep = m.input(
      "origin_step", bits(placeWidth),
      "from an image to its first window, which padding moves before it")
    let stride = m.input("stride", bits(4))
    let columnStep = m.input("column_step", bits(placeWidth), "places from a column to the next")
    let rowStep = m.input("row_step", bits(placeWidth), "places from a row to the next")
    let imageStep = m.input("image_step", bits(placeWidth), "places from an image to the next")
    m.comment("The runs of images.")
    let run = m.output("run", bits(runWidth))
    let images = m.input("images", bits(imageWidth), "images of the run")
    let task = m.input("run_task", bits(taskWidth), "and their task")
    m.comment("The next tile.")
    let take = m.input("take", "it is taken")
    let ready = m.outputRegister("ready", reset: 0)
    let places = m.outputRegister("places", bits(rows * placeWidth))
    let tops = m.outputRegister("tops", bits(rows * coordinateWidth), "first row of the window")
    let lefts = m.outputRegister(
      "lefts", bits(rows * coordinateWidth), "first column of the window")
    let tasks = m.outputRegister("tasks", bits(rows * taskWidth))
    let live = m.outputRegister("live", bits(rows))
    let count = m.outputRegister("count", bits(liveWidth), "rows in use")
    let endsBlock = m.output("ends_block", "it is its column block's last")
    let isLastBlock = m.output("is_last_block", "the column block is the layer's last")

    let filling = m.register("filling", reset: 0)
    let slotsLeft = m.register("slots_left", bits(slotWidth))
    let blocksLeft = m.register("blocks_left", bits(blockWidth))
    let lastBlock = m.wire("last_block", blocksLeft == 1)
    let blockEnds = m.wire("block_ends", slotsLeft == 0)
    let taken = m.wire("taken", take && advance)
    let begins = m.wire("begins_block", taken && blockEnds && !lastBlock)
    let fills = m.wire("fills", filling && advance)
    let isLastSlot = m.wire("is_last_slot", slotsLeft == 1)
    let isLastRow = m.wire("is_last_row", count == rows - 1)
    m.drive {
      endsBlock <== blockEnds
      isLastBlock <== lastBlock
    }

    m.comment("The walk.")
    let first = m.wire("first", start || begins)
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
        "clk": clk, "first": first, "step": fills, "windows": windows, "height": height,
        "width": width, "images": images, "run": run, "odd_column": oddColumn,
        "odd_row": oddRow, "last_row": lastRow, "to_right": toRight, "to_below": toBelow,
        "to_window": toWindow, "to_row": toRow, "to_image": toImage,
      ])
    m.unused("place_in_window", oddColumn, oddRow, lastRow)

    m.comment("Where the slot's window, its row of windows and its image begin.")
    func tracked(
      _ name: String, _ width: Nat, first initial: Signal, right: Signal, below: Signal,
      window: Signal, row: Signal, image: Signal?
    ) -> Signal {
      // `right` moves along the row, `below` down; a pair of each from window to window.
      let place = m.register(name, bits(width))
      let ofWindow = m.register("\(name)_of_window", bits(width))
      let ofRow = m.register("\(name)_of_row", bits(width))
      let nextWindow = m.wire("\(name)_next_window", ofWindow + window)
      let nextRow = m.wire("\(name)_next_row", ofRow + row)
      var nextImage = initial
      if let image {
        let ofImage = m.register("\(name)_of_image", bits(width))
        let next = m.wire("\(name)_next_image", ofImage + image)
        m.clocked(clk) {
          When(first) {
            ofImage <== initial
          } else: {
            When(fills && toImage) { ofImage <== next }
          }
        }
        nextImage = next
      }
      m.clocked(clk) {
        When(first) {
          place <== initial
          ofWindow <== initial
          ofRow <== initial
        } else: {
          When(fills) {
            When(toRight) { place <== place + right }
            When(toBelow) { place <== ofWindow + below }
            When(toWindow) {
              place <== nextWindow
              ofWindow <== nextWindow
            }
            When(toRow) {
              place <== nextRow
              ofWindow <== nextRow
              ofRow <== nextRow
            }
            When(toImage) {
              place <== nextImage
              ofWindow <== nextImage
              ofRow <== nextImage
            }
          }
        }
      }
      return place
    }
    func perWindow(_ name: String, _ step: Signal, _ width: Nat) -> Signal {
      let twice = m.wire(
        "twice_\(name)", concatenate(step.slice(from: 0, width: width - 1), zero(.bit)))
      return m.wire("window_\(name)", mux(windows, twice, step))
    }
    let origin = m.wire("origin", base - originStep)
    let place = tracked(
      "place", placeWidth, first: origin, right: columnStep, below: rowStep,
      window: perWindow("column_step", columnStep, placeWidth),
      row: perWindow("row_step", rowStep, placeWidth), image: imageStep)
    let outside = m.wire(
      "outside", zero(bits(coordinateWidth)) - padding.extended(to: coordinateWidth))
    let step = m.wire("step", stride.extended(to: coordinateWidth))
    let still = m.wire("still", zero(bits(coordinateWidth)))
    let windowStep = perWindow("step", step, coordinateWidth)
    let left = tracked(
      "left", coordinateWidth, first: outside, right: step, below: still, window: windowStep,
      row: still, image: nil)
    let top = m.register("top", bits(coordinateWidth))
    let topOfRow = m.register("top_of_row", bits(coordinateWidth))
    let nextTop = m.wire("next_top", topOfRow + windowStep)
    m.clocked(clk) {
      When(first || (fills && toImage)) {
        top <== outside
        topOfRow <== outside
      } else: {
        When(fills) {
          When(toBelow) { top <== top + step }
          When(toWindow) { top <== topOfRow }
          When(toRow) {
            top <== nextTop
            topOfRow <== nextTop
          }
        }
      }
    }

    m.comment("The rows.")
    func shifted(_ name: String, _ vector: Signal, _ element: Signal, _ width: Nat) -> Signal {
      let all = m.wire("\(name)_and_next", concatenate(vector, element))
      m.unused("\(name)_out", all.slice(from: rows * width, width: width))
      return all.slice(from: 0, width: rows * width)
    }
    let placesNext = shifted("places", places, place, placeWidth)
    let topsNext = shifted("tops", tops, top, coordinateWidth)
    let leftsNext = shifted("lefts", lefts, left, coordinateWidth)
    let tasksNext = shifted("tasks", tasks, task, taskWidth)
    let one = m.wire("one", constant(1, width: 1))
    let liveNext = shifted("live", live, one, 1)
    m.clocked(clk) {
      When(fills) {
        places <== placesNext
        tops <== topsNext
        lefts <== leftsNext
        tasks <== tasksNext
        live <== liveNext
        count <== count + 1
        slotsLeft <== slotsLeft - 1
      }
      When(start || taken) {
        live <== 0
        count <== 0
      }
      When(first) { slotsLeft <== slots }
      When(start) {
        blocksLeft <== blocks
      } else: {
        When(begins) { blocksLeft <== blocksLeft - 1 }
      }
    }
    m.clocked(clk, reset: rst) {
      When(fills && (isLastSlot || isLastRow)) {
        filling <== 0
        ready <== 1
      }
      When(taken) {
        ready <== 0
        filling <== !(blockEnds && lastBlock)
      }
      When(start) { filling <== 1 }
    }
  }
}
