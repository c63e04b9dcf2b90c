import Components
import HDL

extension Machine {
  /// Log2 of the cycles of rest after which a program is stuck.
  static let patienceLog2 = 14

  /// Words of 128 bits in which a program is read.
  static let programWordWidth = 128

  private enum SequencerState: String, CaseIterable {
    case idle = "IDLE"
    case fetch = "FETCH"
    case descriptor = "DESCRIPTOR"
    case check = "CHECK"
    case fetchRuns = "FETCH_RUNS"
    case runs = "READ_RUNS"
    case checkRuns = "CHECK_RUNS"
    case askResults = "ASK_RESULTS"
    case start = "START"
    case run = "RUN"
    case settle = "SETTLE"
    case select = "ASK_COUNT"
    case count = "WRITE_COUNT"
    case counted = "COUNTED"
    case stop = "STOP"
    case finish = "FINISH"
  }

  /// `mime_sequencer`: reads a program and runs its operations one after the other.
  static let sequencer = Module(
    "mime_sequencer",
    """
    Reads a program's descriptors, checks them, starts the operation, waits for its end, and writes the
    counters. A program ends with its end operation, or early with the number of its error: after that
    nothing more is asked of the memory, and what is on its way comes to its end first.
    """
  ) { m in
    let size = m.parameter("SIZE", default: 3, in: 2...7, "log2 of a beat's bytes")
    let indexWide = m.parameter(
      "INDEX_WIDTH", default: 24, in: 21...30, "bits of a number of lines")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let writeWidth = m.parameter(
      "WRITE_WIDTH", default: 24, in: 16...30, "bits of a number of beats")
    let fieldBits = bits(32)
    let wordWidth = Nat.literal(programWordWidth)
    let runWidth = m.constant("RUN_WIDTH", taskWidth, "There are as many runs as tasks, at most.")
    let runsMost = m.constant("RUNS", .power(ofTwo: runWidth))
    let linesLog2 = m.constant(
      "LINES_LOG2", 3 - (clog2(max(1, .power(ofTwo: size + 3) / wordWidth) + 1) - 1),
      "Lines of a descriptor, log2.")
    let countBeats = m.constant(
      "COUNT_BEATS", .power(ofTwo: max(size, 3)) / .power(ofTwo: size),
      "Beats of a count.")
    let counterTotal = acceleratorCounters.count
    let taskCounters = acceleratorCounters.filter(\.isPerTask).count

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    m.comment("The registers.")
    let go = m.input("go", "run the program at `program_offset`")
    let stop = m.input("stop", "end it early")
    let program = m.input("program_offset", fieldBits, "offset of its first descriptor")
    let limit = m.input("limit", fieldBits, "bytes of the memory's image")
    let hash = m.input("hash", fieldBits, "of this configuration")
    let busy = m.output("busy")
    let done = m.output("done", "the program ends in this cycle")
    let error = m.outputRegister("error", bits(8), reset: 0)
    let operation = m.outputRegister("operation", bits(22), reset: 0)
    m.comment("The program's words.")
    let request = m.initiator(
      "request",
      .stream(.forward("offset", fieldBits), .forward("lines", bits(indexWide))))
    let available = m.input("available")
    let word = m.input("word", bits(wordWidth))
    let take = m.output("take")
    let indexNext = m.output("index_next", bits(indexWide))
    let isEnd = m.output("is_end")
    let lines = m.output("lines", bits(indexWide))
    m.comment("The present operation.")
    let descriptor = m.outputRegister(
      "descriptor", bits(.literal(32 * DescriptorField.allCases.count)))
    let start = m.output("start", "it starts")
    let running = m.output("running", "it runs")
    let ended = m.input("ended", "it has ended, but for what is still on its way")
    let settled = m.input("settled", "nothing is on its way, and no block left to come")
    let quiet = m.input("quiet", "nothing is on its way")
    let rests = m.input("rests", "nothing happens, and the memory has nothing to answer")
    let halt = m.output("halt", "nothing more is to be asked of the memory")
    let stopping = m.output("stopping", "what is to be written is of no use")
    m.comment("The runs of images, for four readers.")
    let readers = 4
    let runNumber = (0..<readers).map { m.input("run_\($0)", bits(runWidth)) }
    let runImages = (0..<readers).map { m.output("images_\($0)", bits(imageWidth)) }
    let runTask = (0..<2).map { m.output("task_\($0)", bits(taskWidth)) }
    let runOffset = m.output("offset_3", fieldBits)
    m.comment("What went wrong, in any cycle.")
    let readFails = m.input("read_fails")
    let writeFails = m.input("write_fails")
    let outside = m.input("outside", "a read is not inside the memory's image")
    let misplaced = m.input("misplaced", "a place is not inside an activation buffer")
    m.comment("The counters.")
    let eventNumber = m.outputRegister("event_number", bits(8))
    let eventTask = m.outputRegister("event_task", bits(taskWidth))
    let fetching = m.output("fetching", "a descriptor is asked for")
    let counting = m.output("counting", "the counters are read here")
    let countValid = m.output("count_valid", "a count is to be written")
    let countReady = m.input("count_ready")
    m.comment("Where what is written goes.")
    let writes = m.initiator(
      "write",
      .stream(.forward("offset", fieldBits), .forward("count", bits(writeWidth), "beats")))

    let state = m.stateMachine("state", SequencerState.self, reset: .idle)
    func field(_ field: DescriptorField) -> Signal {
      descriptor.slice(from: .literal(32 * field.rawValue), width: 32)
    }
    func low(_ field: DescriptorField) -> Signal {
      descriptor.slice(from: .literal(32 * field.rawValue), width: 16)
    }
    func high(_ field: DescriptorField) -> Signal {
      descriptor.slice(from: .literal(32 * field.rawValue + 16), width: 16)
    }
    func flag(_ flag: DescriptorFlag) -> Signal {
      descriptor[.literal(32 * DescriptorField.operation.rawValue + flag.rawValue)]
    }
    let code = m.wire(
      "code", descriptor.slice(from: .literal(32 * DescriptorField.operation.rawValue), width: 8))
    func isOperation(_ operation: ProgramOperation) -> Signal {
      code == .literal(operation.rawValue)
    }

    m.comment("Errors stay until the program ends.")
    let failed = m.register("failed", bits(4), reset: 0)
    m.clocked(clk, reset: rst) {
      failed
        <== mux(go, 0, failed ||| concatenate(misplaced, outside, writeFails, readFails))
    }

    m.comment("Words of the program.")
    let next = m.register("next_descriptor", fieldBits)
    let index = m.register("index", bits(8), reset: 0, "Of the word in its block.")
    let runs = m.wire(
      "runs", descriptor.slice(from: .literal(32 * DescriptorField.runsAndForm.rawValue), width: 8)
    )
    let readsDescriptor = m.wire("reads_descriptor", state.is(.descriptor))
    let readsRuns = m.wire("reads_runs", state.is(.runs))
    let takes = m.wire("takes", (readsDescriptor || readsRuns) && available)
    let isLastWord = m.wire("is_last_word", mux(readsRuns, index + 1 == runs, index == 7))
    let runsUp = m.wire("runs_up", runs.extended(to: 9) + 7)
    m.unused("rest_of_eight", runsUp.slice(from: 0, width: 3))
    let runBlocks = m.wire("run_blocks", runsUp.slice(from: 3, width: 6), "Runs, in eights.")
    let linesOfOne = m.wire("lines_of_one", constant(1, width: 9))
    let blocks = m.wire(
      "blocks", mux(state.is(.fetch) || readsDescriptor, linesOfOne, runBlocks.extended(to: 9)))
    let blockLines = m.wire(
      "block_lines", blocks.shiftedLeft(by: constant(linesLog2, width: 2)).extended(to: indexWide))
    m.drive {
      request.valid <== state.is(.fetch) || state.is(.fetchRuns)
      request["offset"] <== next
      request["lines"] <== blockLines
      lines <== blockLines
      take <== takes
      isEnd <== (readsDescriptor || readsRuns) && isLastWord
      indexNext <== mux(takes, mux(isLastWord, 0, index + 1), index).extended(to: indexWide)
    }
    m.clocked(clk, reset: rst) {
      When(takes) { index <== mux(isLastWord, 0, index + 1) }
      When(go) { index <== 0 }
    }
    let sum = m.register("sum", fieldBits)
    let added = m.wire(
      "added",
      word.slice(from: 0, width: 32) + word.slice(from: 32, width: 32)
        + word.slice(from: 64, width: 32) + word.slice(from: 96, width: 32))
    m.clocked(clk) {
      When(takes && readsDescriptor) {
        descriptor
          <== concatenate(
            word,
            descriptor.slice(
              from: wordWidth,
              width: .literal(32 * DescriptorField.allCases.count - programWordWidth)))
        sum <== mux(index == 0, added, sum + added)
      }
      When(request.fires) {
        next <== next + blocks.extended(to: 32).shiftedLeft(by: constant(7, width: 3))
      }
      When(go && state.is(.idle)) { next <== program }
    }

    m.comment("The runs.")
    let images = m.memory("run_images", bits(imageWidth), depth: runsMost)
    let tasks = m.memory("run_tasks", bits(taskWidth), depth: runsMost)
    let offsets = m.memory("run_offsets", fieldBits, depth: runsMost)
    let runIndex = m.wire("run_index", index.slice(from: 0, width: runWidth))
    m.clocked(clk) {
      When(takes && readsRuns) {
        images[runIndex] <== word.slice(from: 0, width: imageWidth)
        tasks[runIndex] <== word.slice(from: 16, width: taskWidth)
        offsets[runIndex] <== word.slice(from: 32, width: 32)
      }
    }
    m.drive {
      for reader in 0..<readers { runImages[reader] <== images[runNumber[reader]] }
      for reader in 0..<2 { runTask[reader] <== tasks[runNumber[reader]] }
      runOffset <== offsets[runNumber[3]]
    }

    m.comment("What is wrong with a descriptor.")
    let isLayer = m.wire("is_layer", isOperation(.layer))
    let isKnown = m.wire("is_known", code <= .literal(ProgramOperation.store.rawValue))
    m.comment("Sizes as wide as they are read: other bits do not make one.")
    func part(_ field: DescriptorField, _ low: Int, _ width: Nat) -> Signal {
      descriptor.slice(from: .literal(32 * field.rawValue + low), width: width)
    }
    let side = Nat.literal(mapWidth)
    let lineCount = part(.weightLines, 0, indexWide)
    let sizes: [Signal] =
      [low(.blocks), high(.blocks), part(.pixel, 0, side), high(.pixel)]
      + [DescriptorField.inputSize, .outputSize, .kernel].flatMap {
        [part($0, 0, side), part($0, 16, side)]
      } + [
        part(.strideAndPadding, 0, 4), part(.positions, 0, indexWide),
        part(.weightRepeats, 0, indexWide), runs,
      ]
    var layerSizes = sizes[0].anyBit
    for size in sizes.dropFirst() { layerSizes = layerSizes && size.anyBit }
    let hasSizes = m.wire(
      "has_sizes",
      part(.slots, 0, .literal(slotWidth)).anyBit && (!isLayer || layerSizes)
        && (isOperation(.store) || lineCount.anyBit) && runs <= runsMost
        && (!isLayer || !flag(.thresholds) || part(.thresholdLines, 0, indexWide).anyBit))
    let isHead = m.wire("is_head", isLayer && flag(.raw))
    let writesData = m.wire("writes_data", isOperation(.store) || isHead)
    let slots = m.wire(
      "slots",
      descriptor.slice(from: .literal(32 * DescriptorField.slots.rawValue), width: writeWidth))
    let beats = m.wire(
      "beats",
      descriptor.slice(
        from: .literal(32 * DescriptorField.outputBase.rawValue), width: writeWidth))
    func end(_ name: String, _ offset: Signal, _ beats: Signal) -> Signal {
      m.wire(
        name,
        offset.extended(to: 40)
          + beats.extended(to: 40).shiftedLeft(by: constant(size, width: 3)))
    }
    let dataEnd = end("data_end", field(.dataOffset), beats)
    let classEnd = end("class_end", field(.outputPixel), slots)
    let counterBeats = m.constant(
      "COUNTER_BEATS",
      (.literal(counterTotal - taskCounters) + .literal(taskCounters) * .power(ofTwo: taskWidth))
        * countBeats)
    let counterBeatsBits = m.wire("counter_beats", constant(counterBeats, width: writeWidth))
    let counterEnd = end("counter_end", field(.counterOffset), counterBeatsBits)
    let wideLimit = m.wire("wide_limit", limit.extended(to: 40))
    let none = m.wire("no_offset", zero(fieldBits))
    let blockBytes = end("block_bytes", none, lineCount)
    let thresholdBytes = end("threshold_bytes", none, part(.thresholdLines, 0, indexWide))
    func fits(_ field: DescriptorField, _ end: Signal) -> Signal {
      m.wire(
        "\(field)_fits".snakeCased, end <= wideLimit && !part(field, 0, size).anyBit)
    }
    let isAddressed = m.wire(
      "is_addressed",
      (!writesData || (beats.anyBit && fits(.dataOffset, dataEnd)))
        && (!isHead || fits(.outputPixel, classEnd))
        && (!flag(.counters) || fits(.counterOffset, counterEnd))
        && (isOperation(.store) || blockBytes <= wideLimit)
        && (!isLayer || !flag(.thresholds) || thresholdBytes <= wideLimit))

    m.comment("One operation after the other.")
    let isPerTask = m.wire(
      "is_per_task",
      eventNumber < .literal(counters.filter(\.isPerTask).count)
        || (eventNumber >= .literal(counters.count)
          && eventNumber < .literal(counters.count + bufferCounters.filter(\.isPerTask).count))
    )
    let isLastTask = m.wire("is_last_task", !isPerTask || eventTask.allBits)
    let isLastCount = m.wire(
      "is_last_count", eventNumber == .literal(counterTotal - 1) && isLastTask)
    let wait = m.register("wait_cycles", bits(3), reset: 0)
    let asksCounters = m.wire(
      "asks_counters", state.is(.settle) && wait == 7 && settled && !failed.anyBit)
    let asksData = m.wire("asks_data", state.is(.askResults))
    m.comment(
      "Room for classes is asked for while results are on their way, for which it comes later.")
    let classesAsked = m.register("classes_asked", reset: 0)
    let asksClasses = m.wire("asks_classes", state.is(.run) && isHead && !classesAsked)
    m.drive {
      busy <== !state.is(.idle)
      done <== state.is(.finish)
      start <== state.is(.start)
      running <== state.is(.run)
      fetching <== state.is(.fetch)
      counting <== state.is(.select) || state.is(.count)
      countValid <== state.is(.count) && wait == 0
      writes.valid <== asksData || asksClasses || (asksCounters && flag(.counters))
      writes["offset"]
        <== mux(
          asksData, field(.dataOffset),
          mux(asksClasses, field(.outputPixel), field(.counterOffset)))
      writes["count"] <== mux(asksData, beats, mux(asksClasses, slots, counterBeatsBits))
    }
    func fail(_ cause: ProgramError) -> Signal { constant(.literal(cause.rawValue), width: 8) }
    let busError = m.wire(
      "bus_error",
      mux(
        failed[0], fail(.read),
        mux(failed[1], fail(.write), mux(failed[2], fail(.address), fail(.place)))))
    m.clocked(clk, reset: rst) {
      When(asksClasses && writes.ready) { classesAsked <== 1 }
      When(state.is(.start)) { classesAsked <== 0 }
    }
    m.comment("A program that has come to rest before its end will not go on.")
    let rest = m.register("rest_cycles", bits(.literal(patienceLog2)), reset: 0)
    let isStuck = m.wire("is_stuck", rest.allBits)
    let canStop = m.wire(
      "can_stop", !state.is(.idle) && !state.is(.stop) && !state.is(.finish))
    let stops = m.wire(
      "stops", canStop && (stop || isStuck || (state.is(.run) && failed.anyBit)))
    m.clocked(clk, reset: rst) { rest <== mux(rests && canStop, rest + 1, 0) }
    m.drive {
      stopping <== state.is(.stop)
      halt <== !canStop
    }
    let isEndOperation = m.wire("is_end_operation", isOperation(.end))
    let wrong = m.wire(
      "wrong",
      mux(
        sum != 0, fail(.checksum),
        mux(
          field(.hash) != hash, fail(.hash),
          mux(
            !isKnown, fail(.operation),
            mux(
              isEndOperation, fail(.none),
              mux(!hasSizes, fail(.zeroSize), mux(!isAddressed, fail(.address), fail(.none))))))))
    m.clocked(clk, reset: rst) {
      Match(state) { present in
        switch present {
        case .idle:
          When(go) {
            state <== .fetch
            operation <== 0
            error <== 0
          }
        case .fetch: When(request.ready) { state <== .descriptor }
        case .descriptor: When(takes && isLastWord) { state <== .check }
        case .check:
          When(settled) {
            state <== .finish
            When(failed.anyBit) {
              error <== busError
            } else: {
              When(wrong != 0) {
                error <== wrong
              } else: {
                When(isLayer) { state <== .fetchRuns }
                When(isOperation(.load)) { state <== .start }
                When(isOperation(.store)) { state <== .askResults }
              }
            }
          }
        case .fetchRuns: When(request.ready) { state <== .runs }
        case .runs: When(takes && isLastWord) { state <== .checkRuns }
        case .checkRuns:
          When(settled) {
            state <== .start
            When(isHead) { state <== .askResults }
            When(failed.anyBit) {
              state <== .finish
              error <== busError
            }
          }
        case .askResults: When(writes.ready) { state <== .start }
        case .start: state <== .run
        case .run:
          wait <== 0
          When(ended) { state <== .settle }
        case .settle:
          When(wait != 7) { wait <== wait + 1 }
          When(wait == 7 && settled) {
            When(flag(.counters)) {
              When(writes.ready) { state <== .select }
            } else: {
              state <== .fetch
              operation <== operation + 1
            }
            When(failed.anyBit) {
              state <== .finish
              operation <== operation
              error <== busError
            }
          }
        case .select:
          wait <== 2
          state <== .count
        case .count:
          When(wait != 0) {
            wait <== wait - 1
          } else: {
            When(countReady) {
              When(isLastCount) {
                state <== .counted
              } else: {
                state <== .select
              }
            }
          }
        case .counted:
          When(settled) {
            state <== .fetch
            operation <== operation + 1
            When(failed.anyBit) {
              state <== .finish
              operation <== operation
              error <== busError
            }
          }
        case .stop: When(quiet) { state <== .finish }
        case .finish: state <== .idle
        }
      }
      When(stops) {
        state <== .stop
        operation <== operation
        error <== mux(stop, fail(.stopped), mux(failed.anyBit, busError, fail(.stuck)))
      }
    }
    m.clocked(clk) {
      When(state.is(.settle)) {
        eventNumber <== 0
        eventTask <== 0
      }
      When(state.is(.count) && wait == 0 && countReady) {
        When(isLastTask) {
          eventNumber <== eventNumber + 1
          eventTask <== 0
        } else: {
          eventTask <== eventTask + 1
        }
      }
    }
  }
}
