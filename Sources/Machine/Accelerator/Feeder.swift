import HDL

extension Machine {
  /// `mime_feeder`: im2col by addresses, and the steps in which no row needs its weights left out.
  static let feeder = Module(
    "mime_feeder",
    """
    Reads a row's words out of the activation buffer, one row a cycle, into one of two sets, while the
    other one is issued step by step. A word has the channels of a pixel that FEED_BANKS banks hold side
    by side; padding reads as zeros without a read. With `skip` only those steps are issued in which an
    activation of a row in use is not zero; a tile issues at least one, of zeros where there is none.

    A step waits until it is known whether another one follows in its tile.
    """
  ) { m in
    let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows of the array")
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let banks = m.parameter("FEED_BANKS", default: 1, in: 1...8, "banks of the activation buffer")
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let placeWidth = m.parameter(
      "PLACE_WIDTH", default: 12, in: 1...25, "bits of a buffer's address")
    let mapWidth = m.parameter("MAP_WIDTH", default: 10, in: 2...16, "bits of a map's side")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let indexWide = m.parameter("INDEX_WIDTH", default: 24, in: 21...30, "bits of a step's number")
    let channels = m.constant("CHANNELS", columns * banks, "Of a word.")
    let wordWidth = m.constant("WORD_WIDTH", channels * actWidth)
    let coordinateWidth = m.constant("COORDINATE_WIDTH", mapWidth + 2)
    let rowWidth = m.constant("ROW_WIDTH", indexWidth(rows))
    let liveWidth = m.constant("LIVE_WIDTH", clog2(rows + 1))
    let channelWidth = m.constant("CHANNEL_WIDTH", indexWidth(channels))
    let stepsWidth = m.constant("STEPS_WIDTH", clog2(channels + 1))

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let advance = m.input("advance", "the machine moves in this cycle")
    m.comment("The layer.")
    let skip = m.input("skip", "leave out steps of zeros")
    let resident = m.input("resident", "a column block's weights stay for all its tiles")
    let height = m.input("height", bits(mapWidth), "rows of the input")
    let width = m.input("width", bits(mapWidth))
    let kernelRows = m.input("kernel_rows", bits(mapWidth))
    let kernelColumns = m.input("kernel_columns", bits(mapWidth))
    let pixelWords = m.input("pixel_words", bits(mapWidth), "words of a pixel")
    let lastChannels = m.input("last_channels", bits(stepsWidth), "channels of a pixel's last word")
    let rowStep = m.input("row_step", bits(placeWidth), "places from a row of the map to the next")
    m.comment("The next tile.")
    let tile = m.input("tile", "it is there")
    let take = m.output("take", "it is taken")
    let places = m.input("places", bits(rows * placeWidth))
    let tops = m.input("tops", bits(rows * coordinateWidth))
    let lefts = m.input("lefts", bits(rows * coordinateWidth))
    let tasks = m.input("tasks", bits(rows * taskWidth))
    let live = m.input("live", bits(rows))
    let count = m.input("count", bits(liveWidth))
    let endsBlock = m.input("ends_block")
    let isLastBlock = m.input("is_last_block")
    m.comment("The activation buffer: the word at the address of the cycle before.")
    let address = m.outputRegister("address", bits(placeWidth))
    let word = m.input("word", bits(wordWidth))
    let nonzero = m.input("nonzero", bits(channels))
    let reads = m.outputRegister("reads", reset: 0, "the word is used")
    let readTask = m.outputRegister("read_task", bits(taskWidth), "by a row of this task")
    let comes = m.outputRegister("comes", reset: 0, "a row's word comes, or zeros of its padding")
    m.comment("Steps to the array.")
    let actValid = m.output("act_valid")
    let fires = m.input("fires", "the step is accepted")
    let actData = m.output("act_data", bits(rows * actWidth))
    let actNonzero = m.output("act_nonzero", bits(rows))
    let actLive = m.outputRegister("act_live", bits(rows))
    let actFirst = m.outputRegister("act_first")
    let actLast = m.outputRegister("act_last", reset: 0)
    let actFinal = m.output("act_final")
    let inLastBlock = m.outputRegister(
      "in_last_block", "the step is of the layer's last column block")
    let issued = m.outputRegister("issued", bits(indexWide), "steps of the tile, this one included")
    m.comment("Its weights.")
    let indexNext = m.output("index_next", bits(indexWide), "the step's number in the next cycle")
    let inLastUse = m.output("in_last_use", "of the column block's weights")
    let isEnd = m.output("is_end", "no step after it needs them")

    m.comment("A set of words, its steps that are left, and the tile that it belongs to.")
    let fill = m.register("fill", reset: 0, "The set that is read into.")
    let serve = m.register("serve", reset: 0, "The set that is issued.")
    let full = m.register("full", bits(2), reset: 0)
    let serves = m.wire("serves", full[serve])

    m.comment("The tile that is being read, and the word of its window.")
    let reading = m.register("reading", reset: 0)
    let tilePlaces = m.register("tile_places", bits(rows * placeWidth))
    let tileTops = m.register("tile_tops", bits(rows * coordinateWidth))
    let tileLefts = m.register("tile_lefts", bits(rows * coordinateWidth))
    let tileTasks = m.register("tile_tasks", bits(rows * taskWidth))
    let tileLive = m.register("tile_live", bits(rows))
    let tileCount = m.register("tile_count", bits(liveWidth))
    let tileEndsBlock = m.register("tile_ends_block")
    let tileLastBlock = m.register("tile_last_block")
    let row = m.register("row", bits(rowWidth))
    let kernelRow = m.register("kernel_row", bits(mapWidth))
    let kernelColumn = m.register("kernel_column", bits(mapWidth))
    let pixelWord = m.register("pixel_word", bits(mapWidth))
    let offset = m.register("offset", bits(placeWidth), "Of the window's word.")
    let rowOffset = m.register("row_offset", bits(placeWidth), "Of the kernel row's first word.")
    let begun = m.register("begun", .bit, "Rows of the word have been read.")
    let number = m.register("number", bits(indexWide), "Of the word's first step.")

    let setEnds = m.wire("set_ends")
    let fillEnds = m.wire("fill_ends", setEnds && serve == fill)
    let mayRead = m.wire("may_read", reading && (begun || !full[fill] || fillEnds))
    let lastRow = m.wire("last_row", row.extended(to: liveWidth) + 1 == tileCount)
    let lastPixelWord = m.wire("last_pixel_word", pixelWord + 1 == pixelWords)
    let lastKernelColumn = m.wire("last_kernel_column", kernelColumn + 1 == kernelColumns)
    let lastKernelRow = m.wire("last_kernel_row", kernelRow + 1 == kernelRows)
    let lastWord = m.wire("last_word", lastPixelWord && lastKernelColumn && lastKernelRow)
    let tileRead = m.wire("tile_read", mayRead && lastRow && lastWord)
    let takes = m.wire("takes", tile && (!reading || tileRead))
    m.drive { take <== takes }
    m.clocked(clk, reset: rst, enable: advance) {
      When(takes) {
        reading <== 1
      } else: {
        When(tileRead) { reading <== 0 }
      }
      When(mayRead && lastRow) { fill <== !fill }
    }
    let steps = m.wire(
      "steps", mux(lastPixelWord, lastChannels, constant(channels, width: stepsWidth)))
    let nextOffset = m.wire("next_offset", offset + 1)
    let nextRowOffset = m.wire("next_row_offset", rowOffset + rowStep)
    m.clocked(clk, enable: advance) {
      When(mayRead) {
        begun <== !lastRow
        row <== mux(lastRow, 0, row + 1)
        When(lastRow) {
          number <== number + steps.extended(to: indexWide)
          pixelWord <== mux(lastPixelWord, 0, pixelWord + 1)
          offset <== nextOffset
          When(lastPixelWord) {
            kernelColumn <== mux(lastKernelColumn, 0, kernelColumn + 1)
            When(lastKernelColumn) {
              kernelRow <== kernelRow + 1
              offset <== nextRowOffset
              rowOffset <== nextRowOffset
            }
          }
        }
      }
      When(takes) {
        tilePlaces <== places
        tileTops <== tops
        tileLefts <== lefts
        tileTasks <== tasks
        tileLive <== live
        tileCount <== count
        tileEndsBlock <== endsBlock
        tileLastBlock <== isLastBlock
        row <== 0
        begun <== 0
        kernelRow <== 0
        kernelColumn <== 0
        pixelWord <== 0
        offset <== 0
        rowOffset <== 0
        number <== 0
      }
    }

    m.comment("A row's read: its address now, its word in the next cycle.")
    let y = m.wire(
      "y",
      tileTops.element(at: row, width: coordinateWidth) + kernelRow.extended(to: coordinateWidth))
    let x = m.wire(
      "x",
      tileLefts.element(at: row, width: coordinateWidth)
        + kernelColumn.extended(to: coordinateWidth))
    let isInside = m.wire(
      "is_inside",
      y < height.extended(to: coordinateWidth) && x < width.extended(to: coordinateWidth))
    let comesRow = m.register("comes_row", bits(rowWidth))
    let comesSet = m.register("comes_set")
    let comesFirst = m.register("comes_first")
    let comesLast = m.register("comes_last")
    let comesSteps = m.register("comes_steps", bits(stepsWidth))
    let comesNumber = m.register("comes_number", bits(indexWide))
    let comesTileEnd = m.register("comes_tile_end")
    let comesLive = m.register("comes_live", bits(rows))
    let comesEndsBlock = m.register("comes_ends_block")
    let comesLastBlock = m.register("comes_last_block")
    m.clocked(clk, reset: rst, enable: advance) {
      comes <== mayRead
      reads <== mayRead && isInside
    }
    m.clocked(clk, enable: advance) {
      When(mayRead) {
        address <== tilePlaces.element(at: row, width: placeWidth) + offset
        readTask <== tileTasks.element(at: row, width: taskWidth)
        comesRow <== row
        comesSet <== fill
        comesFirst <== !begun
        comesLast <== lastRow
        comesSteps <== steps
        comesNumber <== number
        comesTileEnd <== lastWord
        comesLive <== tileLive
        comesEndsBlock <== tileEndsBlock
        comesLastBlock <== tileLastBlock
      }
    }

    m.comment("The word goes to its row; the steps at which a row is not zero gather.")
    let rowWord = m.wire("row_word", mux(reads, word, 0))
    let rowNonzero = m.wire("row_nonzero", mux(reads, nonzero, 0))
    let gathered = m.register("gathered", bits(channels))
    let needed = m.wire("needed", mux(comesFirst, rowNonzero, gathered ||| rowNonzero))
    let allSteps = m.wire("all_steps", bits(channels))
    m.forEach("step", index: "k", count: channels) { k in
      let place = m.constant("PLACE", k)
      m.drive { allSteps[k] <== constant(place, width: stepsWidth) < comesSteps }
    }
    let wanted = m.wire("wanted", mux(skip, needed &&& allSteps, allSteps))
    let setComes = m.wire("set_comes", comes && comesLast)
    func ofSets(_ name: String, _ width: Nat, _ value: Signal) -> Signal {
      let sets = m.forEach("\(name)_of_set", index: "s", count: 2) { s in
        let own = m.constant("SET", s)
        let kept = m.register(name, bits(width))
        m.clocked(clk, enable: advance) {
          When(setComes && comesSet == constant(own, width: 1)) { kept <== value }
        }
        return kept
      }
      return m.wire(name, mux(serve, sets.at(1), sets.at(0)))
    }
    let setNumber = ofSets("set_number", indexWide, comesNumber)
    let setTileEnd = ofSets("set_tile_end", 1, comesTileEnd)
    let setLive = ofSets("set_live", rows, comesLive)
    let setEndsBlock = ofSets("set_ends_block", 1, comesEndsBlock)
    let setLastBlock = ofSets("set_last_block", 1, comesLastBlock)

    m.comment("The steps of the set that are left, the lowest first.")
    let moves = m.wire("moves")
    let leftNext = m.wire("left_next", bits(channels))
    let left = m.forEach("left_of_set", index: "s", count: 2) { s in
      let own = m.constant("SET", s)
      let mine = m.wire("mine", comesSet == constant(own, width: 1))
      let serving = m.wire("serving", serve == constant(own, width: 1))
      let left = m.register("left", bits(channels))
      m.clocked(clk, enable: advance) {
        When(moves && serving) { left <== leftNext }
        When(setComes && mine) { left <== wanted }
      }
      return left
    }
    let leftNow = m.wire("left_now", mux(serve, left.at(1), left.at(0)))
    m.drive { leftNext <== leftNow &&& (leftNow - 1) }
    let lowestBit = m.wire("lowest_bit", leftNow ^^^ leftNext)
    let lowest = m.wire("lowest", bits(channelWidth))
    m.drive {
      lowest <== 0
      ForEach("look", index: "c", count: channels) { c in
        When(lowestBit[c]) { lowest <== c }
      }
    }
    let has = m.wire("has", serves && leftNow.anyBit)
    let isLastOfSet = m.wire("is_last_of_set", !leftNext.anyBit)

    m.comment(
      "The step that is offered. One that is not its tile's last goes when the next one comes.")
    let held = m.register("held", reset: 0)
    let started = m.register("started", reset: 0, "The tile's first step has been held.")
    m.drive { actValid <== held && (actLast || has) }
    let isFree = m.wire("is_free", !held || fires)
    m.drive { moves <== has && isFree }
    let isEmpty = m.wire("is_empty", serves && !leftNow.anyBit)
    let closes = m.wire("closes", isEmpty && setTileEnd && started, "The held step is the last.")
    let forces = m.wire("forces", isEmpty && setTileEnd && !started && isFree)
    let drops = m.wire("drops", isEmpty && !setTileEnd)
    m.drive { setEnds <== (moves && isLastOfSet) || closes || forces || drops }
    m.clocked(clk, reset: rst, enable: advance) {
      When(fires) { held <== 0 }
      When(moves) {
        held <== 1
        actLast <== setTileEnd && isLastOfSet
        started <== !(setTileEnd && isLastOfSet)
      }
      When(forces) {
        held <== 1
        actLast <== 1
      }
      When(closes) {
        actLast <== 1
        started <== 0
      }
      When(setEnds) { serve <== !serve }
      full
        <== (full &&& ~(concatenate(setEnds && serve, setEnds && !serve)))
        ||| concatenate(setComes && comesSet, setComes && !comesSet)
    }
    let stepNumber = m.wire("step_number", setNumber + lowest.extended(to: indexWide))
    let heldNumber = m.register("held_number", bits(indexWide))
    let heldEndsBlock = m.register("held_ends_block")
    let loads = m.wire("loads", moves || forces)
    m.drive { indexNext <== mux(loads && advance, stepNumber, heldNumber) }
    let isFirst = m.wire("is_first", !started)
    m.clocked(clk, enable: advance) {
      When(comes) { gathered <== needed }
      When(loads) {
        heldNumber <== stepNumber
        actFirst <== isFirst
        actLive <== setLive
        heldEndsBlock <== setEndsBlock
        inLastBlock <== setLastBlock
        issued <== mux(isFirst, 1, issued + 1)
      }
    }
    m.drive {
      actFinal <== actLast && heldEndsBlock && inLastBlock
      inLastUse <== held && (!resident || heldEndsBlock)
      isEnd <== held && actLast && (!resident || heldEndsBlock)
    }

    m.comment("The rows' words, and the activation of the step that is held.")
    m.forEach("lane", index: "r", count: rows) { r in
      let own = m.constant("ROW", r)
      let mine = m.wire("mine", comes && comesRow == constant(own, width: rowWidth))
      let word0 = m.register("word0", bits(wordWidth))
      let word1 = m.register("word1", bits(wordWidth))
      let nonzero0 = m.register("nonzero0", bits(channels))
      let nonzero1 = m.register("nonzero1", bits(channels))
      m.clocked(clk, enable: advance) {
        When(mine && !comesSet) {
          word0 <== rowWord
          nonzero0 <== rowNonzero
        }
        When(mine && comesSet) {
          word1 <== rowWord
          nonzero1 <== rowNonzero
        }
      }
      let act = m.register("act", bits(actWidth))
      let isNonzero = m.register("is_nonzero")
      m.clocked(clk, enable: advance) {
        When(moves) {
          act
            <== mux(
              serve, word1.element(at: lowest, width: actWidth),
              word0.element(at: lowest, width: actWidth))
          isNonzero <== mux(serve, nonzero1[lowest], nonzero0[lowest]) && setLive[r]
        }
        When(forces) {
          act <== 0
          isNonzero <== 0
        }
      }
      m.drive {
        actData.slice(from: r * actWidth, width: actWidth) <== act
        actNonzero[r] <== isNonzero
      }
    }
  }
}
