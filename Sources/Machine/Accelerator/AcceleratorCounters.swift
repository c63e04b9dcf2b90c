import HDL

extension Machine {
  /// The counters of the accelerator beside its core's, in the order of their numbers, which go on
  /// after the core's.
  public static let bufferCounters: [Counter] =
    ["act.read", "act.write", "threshold.read", "mac.skipped"]
    .map { Counter(name: $0, isPerTask: true) }
    + [
      "act.merge", "step.skipped", "dram.weight", "dram.threshold", "dram.channel",
      "dram.activation", "dram.program", "dram.write", "cycle.operation",
    ].map { Counter(name: $0, isPerTask: false) }

  /// All counters of the accelerator in the order of their numbers.
  public static let acceleratorCounters = counters + bufferCounters

  /// `mime_buffer_counters`: what the accelerator counts beside its core.
  static let bufferEventCounters = Module(
    "mime_buffer_counters",
    """
    Event counters of 48 bits of buffers, of the memory's bus and of skipped steps. What happens in a
    cycle is added one cycle later, and read one cycle after it is selected.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let taskWidth = m.parameter("TASK_WIDTH", default: 3, in: 1...8, "bits of a task id")
    let indexWide = m.parameter(
      "INDEX_WIDTH", default: 24, in: 21...30, "bits of a number of steps")
    let tilesLog2 = m.parameter(
      "TILES_LOG2", default: 3, in: 1...12,
      "log2 of the tiles between their last step and their drain")
    let wide = Nat.literal(counterWidth)
    let tasks = m.constant("TASKS", .power(ofTwo: taskWidth))
    let columnsWidth = m.constant("COLS_WIDTH", clog2(columns + 1))

    let clk = m.input("clk")
    let rst = m.input("rst")
    let clear = m.input("clear", "an operation starts")
    let clearProgram = m.input("clear_program", "its descriptor is asked for")
    let select = m.input("event_select", bits(4))
    let task = m.input("event_task", bits(taskWidth))
    let count = m.outputRegister("count", bits(wide))
    m.comment("Activations.")
    let read = m.input("read", "a row's word is read")
    let readTask = m.input("read_task", bits(taskWidth))
    let written = m.input("written", "a word is written")
    let writtenTask = m.input("written_task", bits(taskWidth))
    let merged = m.input("merged", "a word is read to pool with")
    m.comment("Steps.")
    let tileIssued = m.input("tile_issued", "a tile's last step is accepted")
    let skipped = m.input("skipped", bits(indexWide), "steps of it that were left out")
    m.comment("Drain slots.")
    let slot = m.input("slot", "a live slot is drained")
    let slotTask = m.input("slot_task", bits(taskWidth))
    let slotColumns = m.input("slot_columns", bits(columnsWidth), "columns of its tile in use")
    let tileDrained = m.input("tile_drained", "with the tile's last slot")
    let threshold = m.input("threshold", "with a word of thresholds")
    m.comment("The memory's bus.")
    let busBeats = m.input(
      "bus_beats", bits(6), "a beat: weights, thresholds, channels, activations, program, writes")
    let running = m.input("running", "an operation runs")

    m.comment("Steps that tiles on their way to the drain have left out.")
    let queue = m.memory("queue", bits(indexWide), depth: .power(ofTwo: tilesLog2))
    let head = m.register("head", bits(tilesLog2), reset: 0)
    let tail = m.register("tail", bits(tilesLog2), reset: 0)
    m.clocked(clk, reset: rst) {
      When(tileIssued) { tail <== tail + 1 }
      When(tileDrained) { head <== head + 1 }
    }
    m.clocked(clk) { When(tileIssued) { queue[tail] <== skipped } }
    let oldest = m.wire("oldest", queue[head])

    m.comment("What happened in the cycle before.")
    func before(_ name: String, _ happens: Signal) -> Signal {
      let now = m.register("\(name)_now", reset: 0)
      m.clocked(clk, reset: rst) { now <== happens }
      return now
    }
    func kept(_ name: String, _ value: Signal) -> Signal {
      let now = m.register("\(name)_now", value.shape)
      m.clocked(clk) { now <== value }
      return now
    }
    let readNow = before("read", read)
    let readTaskNow = kept("read_task", readTask)
    let writtenNow = before("written", written)
    let writtenTaskNow = kept("written_task", writtenTask)
    let slotNow = before("slot", slot)
    let slotTaskNow = kept("slot_task", slotTask)
    let slotColumnsNow = kept("slot_columns", slotColumns)
    let oldestNow = kept("oldest", oldest)
    let thresholdNow = before("threshold", threshold)

    m.comment("Counts per task, in memories; one that has not been written since a clear is zero.")
    let operationZeroes = m.wire("zeroes", rst || clear)
    let one = m.wire("one", constant(1, width: tasks))
    var counts: [Signal] = []
    func perTask(_ name: String, when now: Signal, _ own: Signal, _ amount: Signal) {
      let known = m.register("\(name)_known", bits(tasks), reset: 0)
      m.clocked(clk, reset: operationZeroes) {
        When(now) { known <== known ||| one.shiftedLeft(by: own) }
      }
      let memory = m.memory(name, bits(wide), depth: tasks)
      let sum = m.wire("\(name)_before", mux(known[own], memory[own], 0))
      m.clocked(clk) { When(now) { memory[own] <== sum + amount.extended(to: wide) } }
      counts.append(mux(known[task], memory[task], 0))
    }
    let unit = constant(1, width: 1)
    let macsSkipped = m.wire("macs_skipped", oldestNow * slotColumnsNow)
    perTask("act_read", when: readNow, readTaskNow, unit)
    perTask("act_write", when: writtenNow, writtenTaskNow, unit)
    perTask("threshold_read", when: thresholdNow, slotTaskNow, unit)
    perTask("mac_skipped", when: slotNow, slotTaskNow, macsSkipped)

    m.comment("Counts of the operation.")
    let zeroesProgram = m.wire("zeroes_program", rst || clearProgram)
    func ofOperation(
      _ name: String, when now: Signal, _ amount: Signal, clearedBy zeroes: Signal? = nil
    ) {
      let total = m.register(name, bits(wide), reset: 0)
      counts.append(total)
      m.clocked(clk, reset: zeroes ?? operationZeroes) {
        When(now) { total <== total + amount.extended(to: wide) }
      }
    }
    ofOperation("act_merge", when: before("merged", merged), unit)
    ofOperation("step_skipped", when: before("issued", tileIssued), kept("skipped", skipped))
    let kinds = ["weight", "threshold", "channel", "activation", "program", "write"]
    for (number, kind) in kinds.enumerated() {
      ofOperation(
        "dram_\(kind)", when: before("\(kind)_beat", busBeats[.literal(number)]), unit,
        clearedBy: kind == "program" ? zeroesProgram : nil)
    }
    ofOperation("cycle_operation", when: before("running", running), unit)

    m.comment("The count that is asked for.")
    m.clocked(clk) {
      for (number, value) in counts.enumerated() {
        When(select == .literal(number)) { count <== value }
      }
    }
  }
}
