import HDL

extension Machine {
  /// `mime_counters`: the events of the layer in progress, per task or for the layer.
  static let eventCounters = Module(
    "mime_counters",
    """
    Event counters of 48 bits. Multiplications come counted from the elements' own enables; gated
    ones from the rows' zeros and the columns in use, independently. What an event adds is in
    registers for a cycle before it is added. Clear while no layer is in progress.
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
    let count = m.output("count", bits(wide))
    m.comment("Operands.")
    let step = m.input("step", "a step is accepted")
    let final = m.input("last_tile", "it is the layer's last")
    let offered = m.input("offered", "both operands of a step are offered")
    let rowLive = m.input("row_live", bits(rows))
    let columnLive = m.input("column_live", bits(columns))
    let stallResult = m.input("stall_result", "frozen: a result is offered and not taken")
    let stallThreshold = m.input("stall_threshold", "frozen: a slot waits for its beats")
    m.comment("Drain slots.")
    let slot = m.input("slot", "a slot is processed")
    let slotTask = m.input("slot_task", bits(taskWidth))
    let slotFirstGroup = m.input("slot_first_group", "the row's first slot")
    let channel = m.input("channel", "it takes a channel beat")
    let laneLive = m.input("lane_live", bits(lanes))
    let macs = m.input("macs", bits(lanes * countWidth))
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
    let running = m.register("running", .bit, reset: 0)
    let fed = m.register("fed", .bit, reset: 0)
    let ends = m.wire("ends", result && resultLast)
    m.clocked(clk, reset: rst) {
      When(ends) {
        running <== constant(0, width: 1)
        fed <== constant(0, width: 1)
      } else: {
        When(step) {
          running <== constant(1, width: 1)
          fed <== final
        }
      }
    }
    let inLayer = m.wire("in_layer", running || step)
    let moves = m.wire("moves", inLayer && !stallResult && !stallThreshold)
    let waits = m.wire("waits", moves && !step && !fed)

    m.comment("What this cycle adds.")
    func popcount(_ name: String, _ vector: Signal, _ count: Nat, _ width: Nat) -> Signal {
      m.sum(name, bits(width), index: "i", count: count) { i in vector[i].extended(to: width) }
    }
    let liveRows = popcount("live_rows", rowLive, rows, rowsWidth)
    let liveColumns = popcount("live_columns", columnLive, columns, columnsWidth)
    let liveLanes = popcount("live_lanes", laneLive, lanes, lanesWidth)
    let resultLanes = popcount("result_lanes", resultLive, lanes, lanesWidth)
    let passing = m.wire("passing", resultLive &&& resultMask)
    let passingLanes = popcount("passing_lanes", passing, lanes, lanesWidth)
    let multiplications = m.sum("multiplications", bits(wide), index: "i", count: lanes) { i in
      macs.slice(from: i * countWidth, width: countWidth).extended(to: wide)
    }
    let heldZeros = m.register("held_zeros", bits(countWidth))
    let rowZeros = m.wire("row_zeros", mux(slotFirstGroup, zeros, heldZeros))
    m.clocked(clk) {
      When(slot) { heldZeros <== rowZeros }
    }
    let busy = m.wire("busy", liveRows * liveColumns)
    let used = m.wire("used", bits(areaWidth))
    m.drive { used <== busy.truncated(to: areaWidth) }
    m.given(rowsWidth + columnsWidth > areaWidth, "spare") {
      m.unused("busy", busy.slice(from: areaWidth, width: rowsWidth + columnsWidth - areaWidth))
    }
    let idle = m.wire("idle", constant(area, width: areaWidth) - used)
    let gated = m.wire("gated", rowZeros * liveLanes)

    let slotNow = m.register("slot_now", .bit, reset: 0)
    let slotTaskNow = m.register("slot_task_now", bits(taskWidth))
    let active = m.register("active_now", bits(wide))
    let gatedNow = m.register("gated_now", bits(wide))
    let words = m.register("words_now", bits(wide))
    let resultNow = m.register("result_now", .bit, reset: 0)
    let resultTaskNow = m.register("result_task_now", bits(taskWidth))
    let compared = m.register("compared_now", bits(lanesWidth))
    let masked = m.register("masked_now", bits(lanesWidth))
    let requantized = m.register("requantized_now", bits(lanesWidth))
    let resultWords = m.register("result_words_now", bits(lanesWidth))
    m.clocked(clk, reset: rst) {
      slotNow <== slot
      resultNow <== result
    }
    let none = zero(bits(lanesWidth))
    m.clocked(clk) {
      slotTaskNow <== slotTask
      active <== multiplications
      gatedNow <== gated.extended(to: wide)
      words <== mux(slotFirstGroup, steps.extended(to: wide), zero(bits(wide)))
      resultTaskNow <== resultTask
      compared <== mux(resultRaw, none, resultLanes)
      masked <== mux(resultRaw, none, resultLanes - passingLanes)
      requantized <== mux(resultRaw, none, passingLanes)
      resultWords <== resultLanes
    }

    m.comment("Counts per task.")
    let increments: [(name: String, when: Signal, task: Signal, amount: Signal)] = [
      ("mac_active", slotNow, slotTaskNow, active),
      ("mac_gated", slotNow, slotTaskNow, gatedNow),
      ("threshold_compare", resultNow, resultTaskNow, compared.extended(to: wide)),
      ("threshold_masked", resultNow, resultTaskNow, masked.extended(to: wide)),
      ("requantize", resultNow, resultTaskNow, requantized.extended(to: wide)),
      ("act_word", slotNow, slotTaskNow, words),
      ("result_word", resultNow, resultTaskNow, resultWords.extended(to: wide)),
    ]
    let perTask = increments.map { m.wire("\($0.name)_of", bits(tasks * wide)) }
    m.forEach("by_task", index: "t", count: tasks) { t in
      let ofSlot = m.wire("of_slot", slotNow && slotTaskNow == t)
      let ofResult = m.wire("of_result", resultNow && resultTaskNow == t)
      for (i, increment) in increments.enumerated() {
        let total = m.register(increment.name, bits(wide))
        let mine =
          increment.name.hasPrefix("mac") || increment.name == "act_word" ? ofSlot : ofResult
        m.clocked(clk) {
          When(clear) {
            total <== zero(bits(wide))
          } else: {
            When(mine) { total <== total + increment.amount }
          }
        }
        m.drive { perTask[i].slice(from: t * wide, width: wide) <== total }
      }
    }

    m.comment("Counts of the layer.")
    var layerCounts: [Signal] = []
    func layerCount(_ name: String, _ amount: Signal) {
      let total = m.register(name, bits(wide))
      layerCounts.append(total)
      m.clocked(clk) {
        When(clear) {
          total <== zero(bits(wide))
        } else: {
          total <== total + amount.extended(to: wide)
        }
      }
    }
    func added(_ name: String, when condition: Signal, _ amount: Signal) -> Signal {
      let now = m.register("\(name)_now", amount.shape)
      m.clocked(clk) { now <== mux(condition, amount, zero(amount.shape)) }
      return now
    }
    func pulse(_ name: String, _ signal: Signal) {
      let now = m.register("\(name)_now")
      m.clocked(clk) { now <== signal }
      layerCount(name, now)
    }
    layerCount("slot_idle", added("slot_idle", when: step, idle))
    pulse("act_beat", step)
    pulse("weight_beat", step)
    layerCount("weight_word", added("weight_word", when: step, liveColumns))
    pulse("channel_beat", channel)
    pulse("threshold_beat", slot)
    pulse("result_beat", result)
    pulse("cycle_total", inLayer)
    pulse("cycle_compute", step)
    pulse("cycle_stall_result", inLayer && stallResult)
    pulse("cycle_stall_threshold", inLayer && !stallResult && stallThreshold)
    pulse("cycle_stall_drain", waits && offered)
    pulse("cycle_stall_operand", waits && !offered)
    pulse("cycle_drain", moves && fed)

    m.comment("The count that is asked for.")
    let selectable = m.wire("selectable", bits(32 * wide))
    for (i, vector) in perTask.enumerated() {
      let chosen = m.wire(
        "\(increments[i].name)_count", vector.element(at: task, width: wide))
      m.drive { selectable.slice(from: .literal(i) * wide, width: wide) <== chosen }
    }
    for (i, total) in layerCounts.enumerated() {
      m.drive {
        selectable.slice(from: .literal(perTask.count + i) * wide, width: wide) <== total
      }
    }
    let present = Nat.literal(counters.count)
    m.drive {
      selectable.slice(from: present * wide, width: (32 - present) * wide)
        <== zero(bits((32 - present) * wide))
      count <== selectable.element(at: select, width: wide)
    }
  }
}
