import Components
import HDL

extension Machine {
  /// `mime_accelerator`: the core with its memories, run by a program in DRAM.
  ///
  /// docs/accelerator.md is the contract of its parameters, registers, programs and cycles.
  public static let accelerator = Module(
    "mime_accelerator",
    """
    MIME accelerator: reads a program from memory over AXI4, runs its layers for a batch of images of
    several tasks, and leaves results and event counters in memory. Array, lanes, feeder and write-back
    advance or freeze as one: they freeze while a step waits for its weights, a drained row for its
    thresholds, and a head's result for the bus.
    """
  ) { m in
    // MARK: Parameters
    let rows = m.parameter("ROWS", default: 16, in: 1...256, "rows: output positions of a tile")
    let columns = m.parameter(
      "COLS", default: 16, in: 1...256, "columns: output channels of a tile")
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let actSigned = m.parameter(
      "ACT_SIGNED", default: 0, in: 0...1, "1: a layer chooses; 0: activations are unsigned")
    let weightWidth = m.parameter("WEIGHT_WIDTH", default: 8, in: 2...24, "bits of a signed weight")
    let accWidth = m.parameter(
      "ACC_WIDTH", default: 32, from: actWidth + 1 + weightWidth, through: 64,
      "bits of accumulator, bias and threshold")
    let multWidth = m.parameter(
      "MULT_WIDTH", default: 16, in: 0...32, "bits of the unsigned multiplier, 0 for a shift only")
    let rounding = m.parameter(
      "ROUNDING", default: 0, in: 0...4,
      "0 half-even, 1 half-up, 2 half-away, 3 floor, 4 toward-zero")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let countEvents = m.parameter(
      "COUNT_EVENTS", default: 1, in: 0...1, "1 builds the event counters")
    let countWidth = m.parameter(
      "COUNT_WIDTH", default: 16, in: 4...32, "bits of a row's counts of steps in a tile")
    let laneExtra = m.parameter(
      "LANE_EXTRA", default: 0, in: 0...8, "registers behind a lane's multiplier")
    let banks = m.parameter(
      "FEED_BANKS", default: 2, in: 1...8, "words of COLS channels read at once for a row")
    let busWidth = m.parameter(
      "AXI_DATA_WIDTH", default: 128, in: 32...512, "bits of a beat, a power of two")
    let addressWidth = m.parameter("AXI_ADDR_WIDTH", default: 32, in: 32...64, "bits of an address")
    let bursts = m.parameter(
      "READ_BURSTS", default: 4, in: 1...64, "bursts of a reader that may be on their way")
    let actKB = m.parameter(
      "ACT_BUFFER_KB", default: 128, in: 1...16384, "KB of each of the two activation buffers")
    let weightKB = m.parameter("WEIGHT_BUFFER_KB", default: 128, in: 1...16384, "KB of weights")
    let thresholdKB = m.parameter(
      "THRESHOLD_BUFFER_KB", default: 16, in: 1...16384, "KB of thresholds")

    let size = m.constant("SIZE", clog2(busWidth / 8), "log2 of a beat's bytes.")
    let dataWidth = m.constant("DATA_WIDTH", .power(ofTwo: size + 3))
    let beatBytes = m.constant("BEAT_BYTES", dataWidth / 8)
    func perLine(_ width: Nat) -> Nat {
      .power(ofTwo: clog2(max(1, dataWidth / width) + 1) - 1)
    }
    let kilobyte = Nat.literal(8192)
    let actWord = m.constant("ACT_WORD", columns * actWidth)
    let weightWord = m.constant("WEIGHT_WORD", columns * weightWidth)
    let thresholdWord = m.constant("THRESHOLD_WORD", columns * accWidth)
    let multiplierWidth = m.constant("MULTIPLIER_WIDTH", max(multWidth, 1))
    let channelWord = m.constant("CHANNEL_WORD", columns * (accWidth + multiplierWidth + 6))
    let depth = m.constant(
      "PLACES", max(2, actKB * kilobyte / (banks * actWord)), "Of an activation buffer.")
    let placeWidth = m.constant(
      "PLACE_WIDTH", clog2(depth + 1), "Of a place, or the one after the last.")
    let weightLines = m.constant(
      "WEIGHT_LINES", max(2, weightKB * kilobyte / (weightWord * perLine(weightWord))))
    let thresholdLines = m.constant(
      "THRESHOLD_LINES", max(2, thresholdKB * kilobyte / (thresholdWord * perLine(thresholdWord))))
    let mapWidth = Nat.literal(mapWidth)
    let imageWidth = Nat.literal(imageWidth)
    let slotWidth = Nat.literal(slotWidth)
    let blockWidth = Nat.literal(16)
    let indexWide = Nat.literal(24)
    let writeWidth = Nat.literal(24)
    let coordinateWidth = mapWidth + 2
    let liveWidth = m.constant("LIVE_WIDTH", clog2(rows + 1))
    let columnsWidth = m.constant("COLS_WIDTH", clog2(columns + 1))
    let stepsWidth = m.constant("STEPS_WIDTH", clog2(columns * banks + 1))
    let tilesLog2 = m.constant(
      "TILES_LOG2", clog2((columns + rows + laneExtra) / rows + 5),
      "Tiles on their way to the drain, log2.")

    // MARK: Ports
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let irq = m.output("irq", "a program has ended")
    let bus = m.target("s_axil", .axi4Lite(address: .literal(acceleratorRegisters.addressWidth)))
    let memory = m.initiator("m_axi", .axi4(address: addressWidth, data: dataWidth, id: 3))

    // MARK: Registers
    m.comment(
      "The hash of the interface with the parameters that a program depends on: 32-bit FNV-1a.")
    let interfaceHash = m.pattern(
      "INTERFACE_HASH", width: 32, value: UInt64(acceleratorInterfaceHash))
    let prime = m.constant("FNV_PRIME", .literal(0x0100_0193))
    var hash = m.wire("hash_0", interfaceHash)
    let hashed = [
      rows, columns, actWidth, actSigned, weightWidth, accWidth, multWidth, rounding, taskWidth,
      banks, dataWidth,
    ]
    for (number, value) in hashed.enumerated() {
      let mixed = m.wire("mixed_\(number)", hash ^^^ constant(value, width: 32))
      let product = m.wire("product_\(number)", mixed * constant(prime, width: 32))
      m.unused("high_\(number)", product.slice(from: 32, width: 32))
      hash = m.wire("hash_\(number + 1)", product.slice(from: 0, width: 32))
    }
    let go = m.wire("go")
    let stopAsked = m.wire("stop_asked")
    let busy = m.wire("busy")
    let programEnds = m.wire("program_ends")
    let isDone = m.wire("is_done")
    let interrupt = m.wire("interrupt")
    let error = m.wire("error", bits(8))
    let operation = m.wire("operation", bits(22))
    let baseLow = m.wire("base_low", bits(32))
    let baseHigh = m.wire("base_high", bits(32))
    let limit = m.wire("limit", bits(32))
    let program = m.wire("program_offset", bits(32))
    let askedNumber = m.wire("asked_number", bits(8))
    let askedTask = m.wire("asked_task", bits(8))
    let count = m.wire("count", bits(.literal(counterWidth)))
    let allBase = m.wire("all_base", concatenate(baseHigh, baseLow))
    m.unused("high_base", allBase)
    let base = m.wire(
      "base",
      concatenate(allBase.slice(from: size, width: addressWidth - size), zero(bits(size))))
    func number(_ value: Nat, _ width: Nat) -> Signal { constant(value, width: width) }
    m.instance(
      "registers", of: acceleratorRegisters.module(),
      ports: [
        "clk": clk, "rst": rst, "program_hash": hash, "array_rows": number(rows, 16),
        "array_columns": number(columns, 16), "activation_bits": number(actWidth, 8),
        "weight_bits": number(weightWidth, 8), "accumulator_bits": number(accWidth, 8),
        "multiplier_bits": number(multWidth, 8), "bus_bytes": number(beatBytes, 8),
        "banks": number(banks, 8), "task_bits": number(taskWidth, 8),
        "signed_activations": number(actSigned, 1), "counters_built": number(countEvents, 1),
        "lines_of_weights": number(weightLines, 32),
        "lines_of_thresholds": number(thresholdLines, 32),
        "places_of_activations": number(depth, 32), "start": go, "stop": stopAsked,
        "busy": busy,
        "done_set": programEnds, "done": isDone, "error": error, "operation": operation,
        "interrupt_enable": interrupt, "image_base_low": baseLow, "image_base_high": baseHigh,
        "image_limit": limit, "program_offset": program, "event_number": askedNumber,
        "event_task": askedTask, "event_count_low": count.slice(from: 0, width: 32),
        "event_count_high": count.slice(from: 32, width: 16),
      ] + bus.connections(to: "s_axil"))
    m.drive { irq <== isDone && interrupt }
    m.comment("A program begins afresh, whatever the one before it left behind.")
    let startsProgram = m.wire("starts_program", go && !busy)
    let clear = m.wire("clear", rst || startsProgram)
    let halt = m.wire("halt")

    // MARK: The bus
    let readers = 5
    let (programReader, loadReader, weightReader, thresholdReader, channelReader) = (0, 1, 2, 3, 4)
    let read = Interface.axi4Read(address: addressWidth, data: dataWidth, id: 1)
    let names = ["program", "load", "weight", "threshold", "channel"]
    let reads = names.map { m.wires("\($0)_bus", read) }
    let arValid = m.wire("ar_valid", bits(.literal(readers)))
    let arReady = m.wire("ar_ready", bits(.literal(readers)))
    let arAddress = m.wire("ar_addr", bits(.literal(readers) * addressWidth))
    let arLength = m.wire("ar_len", bits(.literal(readers * 8)))
    let rValid = m.wire("r_valid", bits(.literal(readers)))
    let rReady = m.wire("r_ready", bits(.literal(readers)))
    let rData = m.wire("r_data", bits(dataWidth))
    let rResponse = m.wire("r_resp", bits(2))
    let rLast = m.wire("r_last")
    m.drive {
      arValid <== concatenate(reads.reversed().map { $0["arvalid"] })
      arAddress <== concatenate(reads.reversed().map { $0["araddr"] })
      arLength <== concatenate(reads.reversed().map { $0["arlen"] })
      rReady <== concatenate(reads.reversed().map { $0["rready"] })
      for (number, reader) in reads.enumerated() {
        reader["arready"] <== arReady[.literal(number)]
        reader["rvalid"] <== rValid[.literal(number)]
        reader["rid"] <== 0
        reader["rdata"] <== rData
        reader["rresp"] <== rResponse
        reader["rlast"] <== rLast
      }
    }
    for (name, reader) in zip(names, reads) {
      m.unused(
        "\(name)_request", reader["arid"], reader["arsize"], reader["arburst"])
    }
    func channels(_ prefixes: [String]) -> Connections<Signal> {
      var connections: Connections<Signal> = [:]
      for field in memory.interface.fields.map(\.name)
      where prefixes.contains(where: field.hasPrefix) {
        connections = connections + ["m_axi_\(field)": memory[field]]
      }
      return connections
    }
    m.instance(
      "arbiter", of: Components.axiReadArbiter,
      parameters: ["READERS": .literal(readers), "SIZE": size, "ADDR_WIDTH": addressWidth],
      ports: [
        "clk": clk, "rst": rst, "ar_valid": arValid, "ar_ready": arReady, "ar_addr": arAddress,
        "ar_len": arLength, "r_valid": rValid, "r_ready": rReady, "r_data": rData,
        "r_resp": rResponse, "r_last": rLast,
      ] + channels(["ar", "r"]))

    struct Reading {
      let request: Bundle
      let indexNext, inLastUse, isEnd, take, blockLines, packing, available, word, line, number,
        beat, fails, outside, quiet, idle: Signal
    }
    func ring(_ number: Int, word width: Nat, lines: Nat) -> Reading {
      let name = names[number]
      let reading = Reading(
        request: m.wires(
          "\(name)_request",
          .stream(.forward("offset", bits(32)), .forward("lines", bits(indexWide)))),
        indexNext: m.wire("\(name)_index_next", bits(indexWide)),
        inLastUse: m.wire("\(name)_in_last_use"), isEnd: m.wire("\(name)_is_end"),
        take: m.wire("\(name)_take"), blockLines: m.wire("\(name)_lines", bits(indexWide)),
        packing: m.wire("\(name)_packing", bits(2)),
        available: m.wire("\(name)_available"), word: m.wire("\(name)_word", bits(width)),
        line: m.wire("\(name)_line", bits(width * perLine(width))),
        number: m.wire("\(name)_number", bits(clog2(perLine(width)) + 2)),
        beat: m.wire("\(name)_beat"), fails: m.wire("\(name)_fails"),
        outside: m.wire("\(name)_outside"), quiet: m.wire("\(name)_quiet"),
        idle: m.wire("\(name)_idle"))
      m.instance(
        "\(name)_ring", of: Machine.ring,
        parameters: [
          "WIDTH": width, "SIZE": size, "ADDR_WIDTH": addressWidth, "LINES": lines,
          "INDEX_WIDTH": indexWide, "BURSTS": bursts,
        ],
        ports: [
          "clk": clk, "rst": clear, "base": base, "limit": limit,
          "index_next": reading.indexNext, "in_last_use": reading.inLastUse,
          "is_end": reading.isEnd, "take": reading.take, "block_lines": reading.blockLines,
          "packing": reading.packing, "available": reading.available, "word": reading.word,
          "line": reading.line, "number": reading.number, "beat": reading.beat,
          "fails": reading.fails, "outside": reading.outside, "halt": halt,
          "quiet": reading.quiet, "idle": reading.idle,
        ] + reading.request.connections(to: "request")
          + reads[number].connections(to: "m_axi"))
      return reading
    }
    let programRing = ring(
      programReader, word: .literal(programWordWidth), lines: 8)
    let loadRing = ring(loadReader, word: actWord, lines: 32)
    let weightRing = ring(weightReader, word: weightWord, lines: weightLines)
    let thresholdRing = ring(thresholdReader, word: thresholdWord, lines: thresholdLines)
    let channelRing = ring(channelReader, word: channelWord, lines: 2)
    let rings = [programRing, loadRing, weightRing, thresholdRing, channelRing]

    for (name, ring) in zip(names, rings) where name != "threshold" {
      m.drive { ring.packing <== 0 }
      m.unused("\(name)_in_line", ring.line, ring.number)
    }

    let writes = m.wires(
      "write", .stream(.forward("offset", bits(32)), .forward("count", bits(writeWidth))))
    let writer = m.wires(
      "writer", .stream(.forward("addr", bits(addressWidth)), .forward("count", bits(writeWidth))))
    let beats = m.wires(
      "beat", .stream(.forward("data", bits(dataWidth)), .forward("strb", bits(dataWidth / 8))))
    let writeFails = m.wire("write_fails")
    let writerIdle = m.wire("writer_idle")
    let writerWaits = m.wire("writer_waits")
    m.drive {
      writer.valid <== writes.valid
      writes.ready <== writer.ready
      writer["addr"] <== base + writes["offset"].extended(to: addressWidth)
      writer["count"] <== writes["count"]
    }
    let writeIdentifier = m.wires(
      "write_bus", .axi4Write(address: addressWidth, data: dataWidth, id: 1))
    m.instance(
      "writer", of: Components.axiWriter,
      parameters: ["SIZE": size, "ADDR_WIDTH": addressWidth, "COUNT_WIDTH": writeWidth],
      ports: [
        "clk": clk, "rst": rst, "fails": writeFails, "idle": writerIdle, "waits": writerWaits,
      ]
        + writer.connections(to: "request") + beats.connections(to: "data")
        + writeIdentifier.connections(to: "m_axi"))
    m.drive {
      for field in writeIdentifier.interface.fields.map(\.name)
      where !["awid", "bid"].contains(field) {
        if ["awready", "wready", "bvalid", "bresp"].contains(field) {
          writeIdentifier[field] <== memory[field]
        } else {
          memory[field] <== writeIdentifier[field]
        }
      }
      memory["awid"] <== writeIdentifier["awid"].extended(to: 3)
      writeIdentifier["bid"] <== memory["bid"][0]
    }
    m.unused("write_identifier", memory["bid"].slice(from: 1, width: 2))

    // MARK: The sequencer
    let descriptor = m.wire("descriptor", bits(.literal(32 * DescriptorField.allCases.count)))
    m.unused("fields", descriptor)
    func field(_ field: DescriptorField, _ low: Int = 0, _ width: Nat = 32) -> Signal {
      descriptor.slice(from: .literal(32 * field.rawValue + low), width: width)
    }
    func flag(_ flag: DescriptorFlag) -> Signal {
      m.wire(
        "is_\(flag)".snakeCased,
        descriptor[.literal(32 * DescriptorField.operation.rawValue + flag.rawValue)])
    }
    let isSkipped = flag(.skip)
    let isRaw = flag(.raw)
    let isSignedInput = flag(.signedInput)
    let isSignedOutput = flag(.signedOutput)
    let isPooled = flag(.pooled)
    let inWindows = flag(.windows)
    let hasThresholds = flag(.thresholds)
    let keepsWeights = flag(.weightsResident)
    let keepsThresholds = flag(.thresholdsResident)
    let isSecond = flag(.secondBuffer)
    let code = m.wire("code", field(.operation, 0, 8))
    let isLoad = m.wire("is_load", code == .literal(ProgramOperation.load.rawValue))
    let isLayer = m.wire("is_layer", code == .literal(ProgramOperation.layer.rawValue))
    let isStore = m.wire("is_store", code == .literal(ProgramOperation.store.rawValue))
    let starts = m.wire("starts")
    let running = m.wire("running")
    let ended = m.wire("ended")
    let settled = m.wire("settled")
    let startsLoad = m.wire("starts_load", starts && isLoad)
    let startsLayer = m.wire("starts_layer", starts && isLayer)
    let startsStore = m.wire("starts_store", starts && isStore)
    let runNumber = (0..<4).map { m.wire("run_\($0)", bits(taskWidth)) }
    let runImages = (0..<4).map { m.wire("images_\($0)", bits(imageWidth)) }
    let runTask = (0..<2).map { m.wire("task_\($0)", bits(taskWidth)) }
    let runOffset = m.wire("run_offset", bits(32))
    let misplaced = m.wire("misplaced")
    let eventNumber = m.wire("event_number", bits(8))
    let eventTask = m.wire("event_task", bits(taskWidth))
    let fetching = m.wire("fetching")
    let counting = m.wire("counting")
    let countValid = m.wire("count_valid")
    let countReady = m.wire("count_ready")
    let quiet = m.wire("quiet")
    let rests = m.wire("rests")
    let stopping = m.wire("stopping")
    func any(_ name: String, _ signals: [Signal]) -> Signal {
      m.wire(name, signals.dropFirst().reduce(signals[0]) { $0 || $1 })
    }
    func all(_ name: String, _ signals: [Signal]) -> Signal {
      m.wire(name, signals.dropFirst().reduce(signals[0]) { $0 && $1 })
    }
    let readFails = any("read_fails", rings.map(\.fails))
    let outside = any("outside", rings.map(\.outside))
    m.instance(
      "sequencer", of: Machine.sequencer,
      parameters: [
        "SIZE": size, "INDEX_WIDTH": indexWide, "IMAGE_WIDTH": imageWidth,
        "TASK_WIDTH": taskWidth, "WRITE_WIDTH": writeWidth,
      ],
      ports: [
        "clk": clk, "rst": rst, "go": startsProgram, "program_offset": program, "limit": limit,
        "hash": hash, "busy": busy, "done": programEnds, "error": error,
        "operation": operation, "available": programRing.available, "word": programRing.word,
        "take": programRing.take, "index_next": programRing.indexNext,
        "is_end": programRing.isEnd, "lines": programRing.blockLines,
        "descriptor": descriptor, "start": starts, "running": running, "ended": ended,
        "stop": stopAsked, "settled": settled, "quiet": quiet, "rests": rests, "halt": halt,
        "stopping": stopping, "run_0": runNumber[0], "run_1": runNumber[1],
        "run_2": runNumber[2], "run_3": runNumber[3], "images_0": runImages[0],
        "images_1": runImages[1], "images_2": runImages[2], "images_3": runImages[3],
        "task_0": runTask[0], "task_1": runTask[1], "offset_3": runOffset,
        "read_fails": readFails, "write_fails": writeFails, "outside": outside,
        "misplaced": misplaced, "event_number": eventNumber, "event_task": eventTask,
        "fetching": fetching, "counting": counting, "count_valid": countValid,
        "count_ready": countReady,
      ] + programRing.request.connections(to: "request") + writes.connections(to: "write"))
    m.drive { programRing.inLastUse <== 1 }

    // MARK: Weights and what goes with channels
    let slots = m.wire("slots", field(.slots, 0, slotWidth))
    let blocks = m.wire("blocks", field(.blocks, 0, blockWidth))
    let lastColumns = m.wire("last_columns", field(.blocks, 16, columnsWidth))
    func requests(
      _ name: String, _ ring: Reading, repeats: Signal, offset: Signal, step: Signal, lines: Signal
    ) {
      m.instance(
        name, of: Machine.blockRequests,
        parameters: [
          "INDEX_WIDTH": indexWide, "BLOCK_WIDTH": blockWidth, "REPEAT_WIDTH": indexWide,
        ],
        ports: [
          "clk": clk, "rst": clear, "start": startsLayer, "blocks": blocks, "repeats": repeats,
          "offset": offset, "step": step, "lines": lines,
        ] + ring.request.connections(to: "request"))
      m.drive { ring.blockLines <== lines }
    }
    let channelBytes = m.constant("CHANNEL_BYTES", channelWord.dividedUp(by: dataWidth) * beatBytes)
    let once = m.wire("once", constant(1, width: indexWide))
    requests(
      "weight_requests", weightRing, repeats: field(.weightRepeats, 0, indexWide),
      offset: field(.weightOffset), step: field(.weightStep),
      lines: m.wire("lines_of_weights", field(.weightLines, 0, indexWide)))
    requests(
      "channel_requests", channelRing, repeats: once, offset: field(.channelOffset),
      step: constant(channelBytes, width: 32), lines: once)
    m.instance(
      "threshold_requests", of: Machine.runRequests,
      parameters: [
        "INDEX_WIDTH": indexWide, "BLOCK_WIDTH": blockWidth, "IMAGE_WIDTH": imageWidth,
        "RUN_WIDTH": taskWidth,
      ],
      ports: [
        "clk": clk, "rst": clear,
        "start": m.wire("starts_thresholds", startsLayer && hasThresholds),
        "blocks": blocks, "step": field(.thresholdStep),
        "lines": thresholdRing.blockLines, "resident": keepsThresholds,
        "runs": field(.runsAndForm, 0, taskWidth + 1), "run": runNumber[3],
        "images": runImages[3], "offset": runOffset,
      ] + thresholdRing.request.connections(to: "request"))
    m.drive { thresholdRing.blockLines <== field(.thresholdLines, 0, indexWide) }

    // MARK: The feeder
    let advances = m.wire("advances")
    let tile = m.wire("tile")
    let takesTile = m.wire("takes_tile")
    let places = m.wire("places", bits(rows * placeWidth))
    let tops = m.wire("tops", bits(rows * coordinateWidth))
    let lefts = m.wire("lefts", bits(rows * coordinateWidth))
    let tasks = m.wire("tasks", bits(rows * taskWidth))
    let live = m.wire("live", bits(rows))
    let liveCount = m.wire("live_count", bits(liveWidth))
    let endsBlock = m.wire("ends_block")
    let isLastBlock = m.wire("is_last_block")
    m.instance(
      "rows_of_tile", of: Machine.tileRows,
      parameters: [
        "ROWS": rows, "PLACE_WIDTH": placeWidth, "MAP_WIDTH": mapWidth,
        "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": taskWidth, "TASK_WIDTH": taskWidth,
        "SLOT_WIDTH": slotWidth, "BLOCK_WIDTH": blockWidth,
      ],
      ports: [
        "clk": clk, "rst": clear, "advance": advances, "start": startsLayer,
        "windows": inWindows, "height": field(.outputSize, 0, mapWidth),
        "width": field(.outputSize, 16, mapWidth), "slots": slots, "blocks": blocks,
        "base": field(.inputBase, 0, placeWidth),
        "padding": field(.strideAndPadding, 16, mapWidth),
        "origin_step": field(.originStep, 0, placeWidth),
        "stride": field(.strideAndPadding, 0, 4), "column_step": field(.columnStep, 0, placeWidth),
        "row_step": field(.rowStep, 0, placeWidth), "image_step": field(.imageStep, 0, placeWidth),
        "run": runNumber[0], "images": runImages[0], "run_task": runTask[0], "take": takesTile,
        "ready": tile, "places": places, "tops": tops, "lefts": lefts, "tasks": tasks,
        "live": live, "count": liveCount, "ends_block": endsBlock,
        "is_last_block": isLastBlock,
      ])
    let feedAddress = m.wire("feed_address", bits(placeWidth))
    let feedWord = m.wire("feed_word", bits(banks * actWord))
    let feedNonzero = m.wire("feed_nonzero", bits(banks * columns))
    let feedReads = m.wire("feed_reads")
    let feedTask = m.wire("feed_task", bits(taskWidth))
    let feedComes = m.wire("feed_comes")
    let actValid = m.wire("act_valid")
    let actReady = m.wire("act_ready")
    let actData = m.wire("act_data", bits(rows * actWidth))
    let actNonzero = m.wire("act_nonzero", bits(rows))
    let actLive = m.wire("act_live", bits(rows))
    let actFirst = m.wire("act_first")
    let actLast = m.wire("act_last")
    let actFinal = m.wire("act_final")
    let stepInLastBlock = m.wire("step_in_last_block")
    let issued = m.wire("issued", bits(indexWide))
    let fires = m.wire("fires", actValid && actReady)
    m.instance(
      "feeder", of: Machine.feeder,
      parameters: [
        "ROWS": rows, "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth,
        "PLACE_WIDTH": placeWidth, "MAP_WIDTH": mapWidth, "TASK_WIDTH": taskWidth,
        "INDEX_WIDTH": indexWide,
      ],
      ports: [
        "clk": clk, "rst": clear, "advance": advances, "skip": isSkipped,
        "resident": keepsWeights, "height": field(.inputSize, 0, mapWidth),
        "width": field(.inputSize, 16, mapWidth), "kernel_rows": field(.kernel, 0, mapWidth),
        "kernel_columns": field(.kernel, 16, mapWidth),
        "pixel_words": field(.pixel, 0, mapWidth),
        "last_channels": field(.pixel, 16, stepsWidth),
        "row_step": field(.kernelRowStep, 0, placeWidth), "tile": tile, "take": takesTile,
        "places": places, "tops": tops, "lefts": lefts, "tasks": tasks, "live": live,
        "count": liveCount, "ends_block": endsBlock, "is_last_block": isLastBlock,
        "address": feedAddress, "word": feedWord, "nonzero": feedNonzero, "reads": feedReads,
        "read_task": feedTask, "comes": feedComes, "act_valid": actValid, "fires": fires,
        "act_data": actData,
        "act_nonzero": actNonzero, "act_live": actLive, "act_first": actFirst,
        "act_last": actLast, "act_final": actFinal, "in_last_block": stepInLastBlock,
        "issued": issued, "index_next": weightRing.indexNext,
        "in_last_use": weightRing.inLastUse, "is_end": weightRing.isEnd,
      ])
    m.drive { weightRing.take <== fires }

    // MARK: The core
    let lastMask = m.wire("last_mask", bits(columns))
    m.forEach("column", index: "c", count: columns) { c in
      let own = m.constant("COLUMN", c)
      m.drive { lastMask[c] <== constant(own, width: columnsWidth) < lastColumns }
    }
    let allMask = m.wire("all_mask", ~zero(bits(columns)))
    let hold = m.wire("hold", actValid && !weightRing.available)
    let channelReady = m.wire("channel_ready")
    let channelBias = m.wire(
      "channel_bias", channelRing.word.slice(from: 0, width: columns * accWidth))
    let channelMult = m.wire(
      "channel_mult",
      channelRing.word.slice(from: columns * accWidth, width: columns * multiplierWidth))
    let channelShift = m.wire(
      "channel_shift",
      channelRing.word.slice(
        from: columns * (accWidth + multiplierWidth), width: columns * 6))
    let slotValid = m.wire("slot_valid")
    let slotReady = m.wire("slot_ready")
    let slotTaken = m.wire("slot_taken", slotValid && slotReady)
    let slotTask = m.wire("slot_task", bits(taskWidth))
    let slotLive = m.wire("slot_live")
    let tileDrains = m.wire("tile_drains")
    let inLastTile = m.wire("in_last_tile")
    let drainsLastBlock = m.wire("drains_last_block")
    m.instance(
      "threshold_feed", of: Machine.thresholdFeed,
      parameters: [
        "ROWS": rows, "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": taskWidth,
        "TASK_WIDTH": taskWidth, "SLOT_WIDTH": slotWidth, "BLOCK_WIDTH": blockWidth,
        "INDEX_WIDTH": indexWide,
      ],
      ports: [
        "clk": clk, "start": startsLayer, "slots": slots, "blocks": blocks,
        "positions": field(.positions, 0, indexWide), "has_thresholds": hasThresholds,
        "resident": keepsThresholds, "run": runNumber[1], "images": runImages[1],
        "run_task": runTask[1], "available": thresholdRing.available,
        "index_next": thresholdRing.indexNext, "in_last_use": thresholdRing.inLastUse,
        "is_end": thresholdRing.isEnd, "takes_word": thresholdRing.take, "valid": slotValid,
        "taken": slotTaken, "slot_task": slotTask, "slot_live": slotLive,
        "tile_ends": tileDrains, "in_last_tile": inLastTile,
        "in_last_block": drainsLastBlock,
      ])
    m.drive {
      channelRing.indexNext <== 0
      channelRing.inLastUse <== inLastTile
      channelRing.isEnd <== inLastTile
      channelRing.take <== channelReady && channelRing.available
    }
    let weightLive = m.wire("weight_live", mux(stepInLastBlock, lastMask, allMask))
    let channelLive = m.wire("channel_live", mux(drainsLastBlock, lastMask, allMask))
    let thresholdFormat = m.wire("threshold_format", field(.runsAndForm, 8, 2))
    let thresholdShift = m.wire("threshold_shift", field(.runsAndForm, 10, 6))
    let unpacked = m.wire("unpacked", bits(thresholdWord))
    m.drive { thresholdRing.packing <== thresholdFormat }
    m.instance(
      "threshold_words", of: thresholdWords,
      parameters: [
        "COLS": columns, "ACC_WIDTH": accWidth, "WORDS_LOG2": clog2(perLine(thresholdWord)),
      ],
      ports: [
        "line": thresholdRing.line, "number": thresholdRing.number,
        "exact": thresholdRing.word, "format": thresholdFormat, "shift": thresholdShift,
        "word": unpacked,
      ])
    let thresholds = m.wire("thresholds", mux(hasThresholds, unpacked, 0))
    let resultValid = m.wire("result_valid")
    let resultReady = m.wire("result_ready")
    let resultAcc = m.wire("result_acc", bits(columns * accWidth))
    let resultMask = m.wire("result_mask", bits(columns))
    let resultAct = m.wire("result_act", bits(actWord))
    let resultNonzero = m.wire("result_nonzero", bits(columns))
    let resultLive = m.wire("result_live", bits(columns))
    let resultTask = m.wire("result_task", bits(taskWidth))
    let resultLast = m.wire("result_last")
    let coreHash = m.wire("core_hash", bits(32))
    let coreCount = m.wire("core_count", bits(.literal(counterWidth)))
    let selected = m.wire("selected", mux(counting, eventNumber, askedNumber))
    let selectedTask = m.wire(
      "selected_task", mux(counting, eventTask, askedTask.slice(from: 0, width: taskWidth)))
    let weightReady = m.wire("weight_ready")
    m.instance(
      "core", of: core,
      parameters: [
        "ROWS": rows, "COLS": columns, "LANES": columns, "ACT_WIDTH": actWidth,
        "ACT_SIGNED": actSigned, "WEIGHT_WIDTH": weightWidth, "ACC_WIDTH": accWidth,
        "MULT_WIDTH": multWidth, "ROUNDING": rounding, "TASK_WIDTH": taskWidth,
        "COUNT_EVENTS": countEvents, "COUNT_WIDTH": countWidth, "LANE_EXTRA": laneExtra,
      ],
      ports: [
        "clk": clk, "rst": clear, "config_hash": coreHash, "layer_signed": isSignedInput,
        "layer_raw": isRaw,
        "layer_clamp_low": field(.clampLow, 0, actWidth + 1).asSigned,
        "layer_clamp_high": field(.clampHigh, 0, actWidth + 1).asSigned,
        "act_valid": actValid, "act_ready": actReady, "act_data": actData,
        "act_nonzero": actNonzero, "act_live": actLive, "act_first": actFirst,
        "act_last": actLast, "act_final": actFinal, "weight_valid": weightRing.available,
        "weight_ready": weightReady, "weight_data": weightRing.word,
        "weight_live": weightLive, "channel_valid": channelRing.available,
        "channel_ready": channelReady, "channel_bias": channelBias,
        "channel_mult": channelMult, "channel_shift": channelShift,
        "channel_live": channelLive, "threshold_valid": slotValid,
        "threshold_ready": slotReady, "threshold_data": thresholds,
        "threshold_task": slotTask, "threshold_live": slotLive, "result_valid": resultValid,
        "result_ready": resultReady, "result_acc": resultAcc, "result_mask": resultMask,
        "result_act": resultAct, "result_nonzero": resultNonzero, "result_live": resultLive,
        "result_task": resultTask, "result_last": resultLast, "hold": hold,
        "advances": advances, "event_clear": starts,
        "event_select": selected.slice(
          from: 0, width: 5), "event_task": selectedTask, "event_count": coreCount,
      ])
    m.unused("core_outputs", coreHash, weightReady, resultMask, resultNonzero)

    // MARK: The activation buffers
    let resultTaken = m.wire("result_taken", resultValid && resultReady)
    let hiddenTaken = m.wire("hidden_taken", resultTaken && !isRaw)
    let mergeAddress = m.wire("merge_address", bits(placeWidth))
    let mergeWord = m.wire("merge_word", bits(banks * actWord))
    let merges = m.wire("merges")
    let backWrite = m.wire("back_write", bits(banks))
    let backAddress = m.wire("back_address", bits(placeWidth))
    let backWord = m.wire("back_word", bits(actWord))
    let backNonzero = m.wire("back_nonzero", bits(columns))
    m.instance(
      "write_back", of: Machine.writeBack,
      parameters: [
        "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth, "PLACE_WIDTH": placeWidth,
        "MAP_WIDTH": mapWidth, "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": taskWidth,
        "SLOT_WIDTH": slotWidth,
      ],
      ports: [
        "clk": clk, "rst": clear, "start": startsLayer, "pooled": isPooled,
        "windows": inWindows, "is_signed": isSignedOutput,
        "height": field(.outputSize, 0, mapWidth), "width": field(.outputSize, 16, mapWidth),
        "slots": slots, "base": field(.outputBase, 0, placeWidth),
        "pixel_words": field(.outputPixel, 0, placeWidth), "run": runNumber[2],
        "images": runImages[2], "valid": hiddenTaken, "act": resultAct, "live": resultLive,
        "read_address": mergeAddress, "read_word": mergeWord, "merges": merges,
        "write": backWrite, "write_address": backAddress, "write_word": backWord,
        "write_nonzero": backNonzero,
      ])

    m.comment("Loads and stores.")
    let moving = m.wire("moving")
    let moveEnds = m.wire("move_ends")
    let moveAddress = m.wire("move_address", bits(placeWidth))
    let loadWrite = m.wire("load_write", bits(banks))
    let loadNonzero = m.wire("load_nonzero", bits(columns))
    let stored = m.wires("stored", Components.words(banks * actWord))
    m.instance(
      "mover", of: Machine.mover,
      parameters: [
        "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth, "PLACE_WIDTH": placeWidth,
        "INDEX_WIDTH": indexWide, "SLOT_WIDTH": slotWidth,
      ],
      ports: [
        "clk": clk, "rst": clear, "starts_load": startsLoad, "starts_store": startsStore,
        "is_load": isLoad, "is_store": isStore, "words": slots,
        "first": field(.inputBase, 0, placeWidth), "moving": moving, "ends": moveEnds,
        "offset": field(.dataOffset), "lines": field(.weightLines, 0, indexWide),
        "available": loadRing.available, "word": loadRing.word, "take": loadRing.take,
        "index_next": loadRing.indexNext, "is_end": loadRing.isEnd,
        "in_last_use": loadRing.inLastUse, "block_lines": loadRing.blockLines,
        "store_valid": stored.valid, "store_ready": stored.ready, "address": moveAddress,
        "write": loadWrite, "nonzero": loadNonzero,
      ] + loadRing.request.connections(to: "request"))
    m.instance(
      "act_buffers", of: actBuffers,
      parameters: [
        "COLS": columns, "FEED_BANKS": banks, "ACT_WIDTH": actWidth, "PLACES": depth,
      ],
      ports: [
        "clk": clk, "is_second": isSecond, "is_layer": isLayer, "is_load": isLoad,
        "is_store": isStore, "feed_address": feedAddress, "feed_word": feedWord,
        "feed_nonzero": feedNonzero, "merge_address": mergeAddress, "merge_word": mergeWord,
        "back_write": backWrite, "back_address": backAddress, "back_word": backWord,
        "back_nonzero": backNonzero, "move_address": moveAddress, "load_write": loadWrite,
        "load_word": loadRing.word, "load_nonzero": loadNonzero,
      ])
    let end = m.wire("places_end", constant(depth, width: placeWidth))
    let wideEnd = m.wire("wide_end", constant(depth, width: 32))
    let writesBuffer = m.wire("writes_buffer", isLayer && !isRaw)
    m.drive {
      stored["data"] <== feedWord
      misplaced
        <== (feedReads && feedAddress >= end) || (backWrite.anyBit && backAddress >= end)
        || (moving && moveAddress >= end)
        || (starts
          && (field(.inputBase) >= wideEnd || (writesBuffer && field(.outputBase) >= wideEnd)))
    }

    // MARK: What is written to memory
    let counts = m.wires("counts", Components.words(64))
    let rawValid = m.wire("raw_valid", resultValid && isRaw)
    let rawReady = m.wire("raw_ready")
    let classesEnd = m.wire("classes_end")
    m.drive {
      resultReady <== !isRaw || rawReady
      counts.valid <== countValid
      counts["data"] <== count.extended(to: 64)
      countReady <== counts.ready
    }
    m.instance(
      "to_memory", of: Machine.output,
      parameters: [
        "COLS": columns, "ACC_WIDTH": accWidth, "PLACE_BITS": banks * actWord, "SIZE": size,
        "IMAGE_WIDTH": imageWidth, "SLOT_WIDTH": slotWidth, "BLOCK_WIDTH": blockWidth,
      ],
      ports: [
        "clk": clk, "rst": clear, "start": startsLayer, "stopping": stopping, "slots": slots,
        "blocks": blocks, "last_columns": lastColumns, "images": field(.slots, 0, imageWidth),
        "result_valid": rawValid, "result_ready": rawReady, "result_acc": resultAcc,
        "result_live": resultLive, "result_last": resultLast, "ends": classesEnd,
      ] + stored.connections(to: "stored") + counts.connections(to: "counts")
        + beats.connections(to: "beat"))

    // MARK: The end of an operation, and the counters
    let layerEnds = m.wire("layer_ends", classesEnd || (hiddenTaken && resultLast))
    let ringsQuiet = all("rings_quiet", rings.map(\.quiet))
    m.drive {
      ended <== layerEnds || moveEnds
      settled <== writerIdle && all("rings_idle", rings.map(\.idle))
      quiet <== writerIdle && ringsQuiet
      rests
        <== ringsQuiet
        && !any(
          "goes_on",
          [
            writerWaits, fires, resultTaken, slotTaken, beats.fires, programRing.take,
            loadRing.take, stored.fires, feedComes && advances,
          ])
    }
    m.given(countEvents == 1, "counted", else: "uncounted") {
      let bufferCount = m.wire("buffer_count", bits(.literal(counterWidth)))
      let first = Nat.literal(counters.count)
      let bufferNumber = m.wire("buffer_number", selected - first)
      let isBuffer = m.register("is_buffer")
      m.clocked(clk) { isBuffer <== selected >= first }
      let tileIssued = m.wire("tile_issued", fires && actLast)
      let skipped = m.wire("skipped", field(.steps, 0, indexWide) - issued)
      let slotColumns = m.wire(
        "slot_columns",
        mux(drainsLastBlock, lastColumns, constant(columns, width: columnsWidth)))
      let written = m.wire("written", backWrite.anyBit)
      let writtenTask = m.register("written_task", bits(taskWidth))
      m.clocked(clk) { When(hiddenTaken) { writtenTask <== resultTask } }
      let busBeats = m.wire(
        "bus_beats",
        concatenate(
          beats.fires && !counting, programRing.beat, loadRing.beat, channelRing.beat,
          thresholdRing.beat,
          weightRing.beat))
      m.instance(
        "buffer_counters", of: bufferEventCounters,
        parameters: [
          "COLS": columns, "TASK_WIDTH": taskWidth, "INDEX_WIDTH": indexWide,
          "TILES_LOG2": tilesLog2,
        ],
        ports: [
          "clk": clk, "rst": clear, "clear": starts, "clear_program": fetching,
          "event_select": bufferNumber.slice(from: 0, width: 4), "event_task": selectedTask,
          "count": bufferCount, "read": m.wire("counted_read", feedReads && advances),
          "read_task": feedTask, "written": written,
          "written_task": writtenTask, "merged": merges, "tile_issued": tileIssued,
          "skipped": skipped, "slot": m.wire("live_slot", slotTaken && slotLive),
          "slot_task": slotTask, "slot_columns": slotColumns, "tile_drained": tileDrains,
          "threshold": thresholdRing.take, "bus_beats": busBeats, "running": running,
        ])
      m.unused("high", bufferNumber.slice(from: 4, width: 4))
      m.drive { count <== mux(isBuffer, bufferCount, coreCount) }
    } else: {
      m.drive { count <== coreCount }
      for (name, ring) in zip(names, rings) { m.unused("\(name)_beats", ring.beat) }
      m.unused(
        "events", running, fetching, merges, feedTask, issued, tileDrains, resultTask,
        selected.slice(from: 5, width: 3))
    }
    m.unused("asked", askedTask)
  }

  /// Bits of a map's side.
  public static let mapWidth = 10
  /// Bits of a number of images.
  public static let imageWidth = 8
  /// Bits of a number of row slots.
  public static let slotWidth = 24
}

extension String {
  /// `weightsResident` as `weights_resident`.
  var snakeCased: String {
    reduce("") { $0 + ($1.isUppercase ? "_" + $1.lowercased() : String($1)) }
  }
}
