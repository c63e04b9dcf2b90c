import HDL

extension Machine {
  /// `mime_counters`: the events of the layer in progress, per task or for the layer.
  static let eventCounters = Module(
    "mime_counters",
    """
    Event counters of 48 bits. Multiplications come counted from the elements' own enables; gated
    ones from the rows' zeros and the columns in use, independently. What happens in a cycle is
    added one cycle later, and read one cycle after it is selected.
    """
  ) { m in
    let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows of the array")
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let lanes = m.parameter("LANES", default: columns, from: 1, through: columns, "drain lanes")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let countWidth = m.parameter(
      "COUNT_WIDTH", default: 16, in: 4...32, "bits of the array's counts")
    let wide = Nat.literal(counterWidth)

    let clk = m.input("clk")
    let rst = m.input("rst")
    let clear = m.input("clear")
    let select = m.input("event_select", bits(5))
    let task = m.input("event_task", bits(taskWidth))
    let count = m.outputRegister("count", bits(wide))
    m.comment("Operands.")
    let step = m.input("step", "a step is accepted")
    let final = m.input("last_tile", "it is the layer's last")
    let offered = m.input("offered", "both operands of a step are offered")
    let rowLive = m.input("row_live", bits(rows))
    let columnLive = m.input("column_live", bits(columns))
    let stallResult = m.input("stall_result", "frozen: a result is offered and not taken")
    let stallThreshold = m.input("stall_threshold", "frozen: a slot waits for its beats")
    let hold = m.input("hold", "frozen from outside")
    m.comment("Drain slots.")
    let slot = m.input("slot", "a slot is processed")
    let slotTask = m.input("slot_task", bits(taskWidth))
    let slotFirstGroup = m.input("slot_first_group", "the row's first slot")
    let channel = m.input("channel", "it takes a channel beat")
    let laneLive = m.input("lane_live", bits(lanes))
    let macs = m.input("macs", bits(countWidth + clog2(columns + 1)))
    let steps = m.input("steps", bits(countWidth))
    let zeros = m.input("zeros", bits(countWidth))
    m.comment("Results.")
    let result = m.input("result", "a result is taken")
    let resultTask = m.input("result_task", bits(taskWidth))
    let resultRaw = m.input("result_raw")
    let resultLast = m.input("result_last")
    let resultLive = m.input("result_live", bits(lanes))
    let resultMask = m.input("result_mask", bits(lanes))

    let tasks = m.constant("TASKS", .power(ofTwo: taskWidth))
    let area = m.constant("AREA", rows * columns)
    let areaWidth = m.constant("AREA_WIDTH", clog2(area + 1))
    let rowsWidth = m.constant("ROWS_WIDTH", clog2(rows + 1))
    let columnsWidth = m.constant("COLS_WIDTH", clog2(columns + 1))
    let lanesWidth = m.constant("LANES_WIDTH", clog2(lanes + 1))

    m.comment("Is a layer in progress, and has it been fed? A cycle has one cause.")
    let running = m.register("running", reset: 0)
    let fed = m.register("fed", reset: 0)
    let ends = m.wire("ends", result && resultLast)
    m.clocked(clk, reset: rst) {
      When(ends) {
        running <== 0
        fed <== 0
      } else: {
        When(step) {
          running <== 1
          fed <== final
        }
      }
    }
    let inLayer = m.wire("in_layer", running || step)
    let moves = m.wire("moves", inLayer && !stallResult && !stallThreshold && !hold)
    let waits = m.wire("waits", moves && !step && !fed)

    m.comment("What happened in the cycle before.")
    let stepNow = m.register("step_now", reset: 0)
    let slotNow = m.register("slot_now", reset: 0)
    let resultNow = m.register("result_now", reset: 0)
    m.clocked(clk, reset: rst) {
      stepNow <== step
      slotNow <== slot
      resultNow <== result
    }
    let rowLiveNow = m.register("row_live_now", bits(rows))
    let columnLiveNow = m.register("column_live_now", bits(columns))
    let slotTaskNow = m.register("slot_task_now", bits(taskWidth))
    let laneLiveNow = m.register("lane_live_now", bits(lanes))
    let firstGroupNow = m.register("first_group_now")
    let macsNow = m.register("macs_now", macs.shape)
    let stepsNow = m.register("steps_now", bits(countWidth))
    let zerosNow = m.register("zeros_now", bits(countWidth), "Of the row, in all its slots.")
    let resultTaskNow = m.register("result_task_now", bits(taskWidth))
    let resultRawNow = m.register("result_raw_now")
    let resultLiveNow = m.register("result_live_now", bits(lanes))
    let passingNow = m.register("passing_now", bits(lanes))
    m.clocked(clk) {
      When(step) {
        rowLiveNow <== rowLive
        columnLiveNow <== columnLive
      }
      When(slot) {
        slotTaskNow <== slotTask
        laneLiveNow <== laneLive
        firstGroupNow <== slotFirstGroup
        macsNow <== macs
        stepsNow <== steps
        When(slotFirstGroup) { zerosNow <== zeros }
      }
      When(result) {
        resultTaskNow <== resultTask
        resultRawNow <== resultRaw
        resultLiveNow <== resultLive
        passingNow <== (resultLive &&& resultMask)
      }
    }

    m.comment("What that adds.")
    func popcount(_ name: String, _ vector: Signal, _ count: Nat, _ width: Nat) -> Signal {
      m.sum(name, bits(width), index: "i", count: count) { i in vector[i].extended(to: width) }
    }
    let liveRows = popcount("live_rows", rowLiveNow, rows, rowsWidth)
    let liveColumns = popcount("live_columns", columnLiveNow, columns, columnsWidth)
    let liveLanes = popcount("live_lanes", laneLiveNow, lanes, lanesWidth)
    let resultLanes = popcount("result_lanes", resultLiveNow, lanes, lanesWidth)
    let passingLanes = popcount("passing_lanes", passingNow, lanes, lanesWidth)
    let busy = m.wire("busy", liveRows * liveColumns)
    let used = m.wire("used", busy.truncated(to: areaWidth))
    m.given(rowsWidth + columnsWidth > areaWidth, "spare") {
      m.unused("busy", busy.slice(from: areaWidth, width: rowsWidth + columnsWidth - areaWidth))
    }
    let idle = m.wire("idle", constant(area, width: areaWidth) - used)
    let gated = m.wire("gated", zerosNow * liveLanes)
    let none = zero(bits(lanesWidth))
    let compared = m.wire("compared", mux(resultRawNow, none, resultLanes))
    let requantized = m.wire("requantized", mux(resultRawNow, none, passingLanes))

    m.comment("Counts per task, in memories; one that has not been written since a clear is zero.")
    let zeroes = m.wire("zeroes", rst || clear)
    let one = m.wire("one", constant(1, width: tasks))
    let slotKnown = m.register("slot_known", bits(tasks), reset: 0, "Tasks with counts of slots.")
    let resultKnown = m.register(
      "result_known", bits(tasks), reset: 0, "Tasks with counts of results.")
    m.clocked(clk, reset: zeroes) {
      When(slotNow) { slotKnown <== (slotKnown ||| one.shiftedLeft(by: slotTaskNow)) }
      When(resultNow) { resultKnown <== (resultKnown ||| one.shiftedLeft(by: resultTaskNow)) }
    }
    let slotSeen = m.wire("slot_seen", slotKnown.element(at: slotTaskNow, width: 1))
    let resultSeen = m.wire("result_seen", resultKnown.element(at: resultTaskNow, width: 1))
    let isSlotAsked = m.wire("is_slot_asked", slotKnown.element(at: task, width: 1))
    let isResultAsked = m.wire("is_result_asked", resultKnown.element(at: task, width: 1))
    var counts: [Signal] = []
    let ofSlots = (now: slotNow, task: slotTaskNow, isKnown: slotSeen, isAsked: isSlotAsked)
    let ofResults = (
      now: resultNow, task: resultTaskNow, isKnown: resultSeen, isAsked: isResultAsked
    )
    func perTask(
      _ name: String, _ event: (now: Signal, task: Signal, isKnown: Signal, isAsked: Signal),
      _ amount: Signal
    ) {
      let memory = m.memory(name, bits(wide), depth: tasks)
      let before = m.wire(
        "\(name)_before", mux(event.isKnown, memory[event.task], 0))
      m.clocked(clk) {
        When(event.now) { memory[event.task] <== before + amount.extended(to: wide) }
      }
      counts.append(mux(event.isAsked, memory[task], 0))
    }
    let rowMacs = m.wire("row_macs", mux(firstGroupNow, macsNow, zero(macs.shape)))
    let rowSteps = m.wire("row_steps", mux(firstGroupNow, stepsNow, 0))
    let masked = m.wire("masked", compared - requantized)
    perTask("mac_active", ofSlots, rowMacs)
    perTask("mac_gated", ofSlots, gated)
    perTask("threshold_compare", ofResults, compared)
    perTask("threshold_masked", ofResults, masked)
    perTask("requantize", ofResults, requantized)
    perTask("act_word", ofSlots, rowSteps)
    perTask("result_word", ofResults, resultLanes)

    m.comment("Counts of the layer.")
    func ofLayer(_ name: String, when now: Signal, _ amount: Signal) {
      let total = m.register(name, bits(wide), reset: 0)
      counts.append(total)
      m.clocked(clk, reset: zeroes) {
        When(now) { total <== total + amount.extended(to: wide) }
      }
    }
    func ofCycles(_ name: String, _ happens: Signal) {
      let now = m.register("\(name)_now", reset: 0)
      m.clocked(clk, reset: zeroes) { now <== happens }
      ofLayer(name, when: now, constant(1, width: 1))
    }
    ofLayer("slot_idle", when: stepNow, idle)
    ofLayer("act_beat", when: stepNow, constant(1, width: 1))
    ofLayer("weight_beat", when: stepNow, constant(1, width: 1))
    ofLayer("weight_word", when: stepNow, liveColumns)
    ofCycles("channel_beat", channel)
    ofLayer("threshold_beat", when: slotNow, constant(1, width: 1))
    ofLayer("result_beat", when: resultNow, constant(1, width: 1))
    ofCycles("cycle_total", inLayer)
    ofLayer("cycle_compute", when: stepNow, constant(1, width: 1))
    ofCycles("cycle_stall_result", inLayer && stallResult)
    ofCycles("cycle_stall_threshold", inLayer && !stallResult && stallThreshold)
    ofCycles("cycle_stall_drain", waits && offered)
    ofCycles("cycle_stall_operand", waits && !offered)
    ofCycles("cycle_drain", moves && fed)
    ofCycles("cycle_stall_hold", inLayer && !stallResult && !stallThreshold && hold)

    m.comment("The count that is asked for.")
    m.clocked(clk) {
      for (number, value) in counts.enumerated() {
        When(select == .literal(number)) { count <== value }
      }
    }
  }
}
