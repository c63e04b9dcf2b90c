import HDL

extension Machine {
  /// `mime_core`: array, drain and lanes behind valid/ready streams, with the event counters.
  ///
  /// docs/core.md is the contract of its parameters, ports and cycles.
  static let core = describeCore(hash: configurationHash)

  /// The core as it is, but for the hash that its `config_hash` port shows.
  static func describeCore(hash configurationHash: UInt32) -> Module {
    Module(
      "mime_core",
      """
      MIME core: an output-stationary systolic array with zero gating, threshold lanes behind it, and
      event counters. One activation beat and one weight beat make a reduction step. The whole core
      advances or freezes as one: it freezes while a result waits to be taken, while a drain slot
      waits for its threshold or channel beat, and while `hold` is 1.
      """
    ) { m in
      // MARK: Parameters
      let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows: output positions of a tile")
      let columns = m.parameter(
        "COLS", default: 16, in: 1...1024, "columns: output channels of a tile")
      let lanes = m.parameter(
        "LANES", default: columns, from: 1, through: columns, "threshold and requantize lanes")
      let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
      let actSigned = m.parameter(
        "ACT_SIGNED", default: 0, in: 0...1, "1: layer_signed chooses; 0: activations are unsigned")
      let weightWidth = m.parameter(
        "WEIGHT_WIDTH", default: 8, in: 2...24, "bits of a signed weight")
      let accWidth = m.parameter(
        "ACC_WIDTH", default: 32, from: actWidth + 1 + weightWidth, through: 64,
        "bits of accumulator, bias and threshold")
      let multWidth = m.parameter(
        "MULT_WIDTH", default: 16, in: 0...32, "bits of the unsigned multiplier, 0 for a shift only"
      )
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
      let multiplierWidth = max(multWidth, 1)

      // MARK: Ports
      let clk = m.input("clk")
      let rst = m.input("rst", "synchronous")
      let hash = m.output(
        "config_hash", bits(32), "of port names, parameter names and register map")
      let layerSigned = m.input("layer_signed", "this layer's activations are signed")
      let layerRaw = m.input("layer_raw", "accumulators leave as they are")
      let clampLow = m.input("layer_clamp_low", signed(actWidth + 1))
      let clampHigh = m.input("layer_clamp_high", signed(actWidth + 1))
      let actValid = m.input("act_valid", "one beat per reduction step")
      let actReady = m.output("act_ready")
      let actData = m.input("act_data", bits(rows * actWidth))
      let actNonzero = m.input("act_nonzero", bits(rows))
      let actLive = m.input("act_live", bits(rows), "rows in use")
      let actFirst = m.input("act_first", "first step of a tile")
      let actLast = m.input("act_last", "last step of a tile")
      let actFinal = m.input("act_final", "with act_last: the layer's last tile")
      let weightValid = m.input("weight_valid", "one beat per reduction step")
      let weightReady = m.output("weight_ready")
      let weightData = m.input("weight_data", bits(columns * weightWidth))
      let weightLive = m.input("weight_live", bits(columns), "columns in use")
      let channelValid = m.input("channel_valid", "a beat for each column group of a tile")
      let channelReady = m.output("channel_ready")
      let channelBias = m.input("channel_bias", bits(lanes * accWidth))
      let channelMult = m.input("channel_mult", bits(lanes * multiplierWidth))
      let channelShift = m.input("channel_shift", bits(lanes * 6))
      let channelLive = m.input("channel_live", bits(lanes), "the lane's column is in use")
      let thresholdValid = m.input("threshold_valid", "a beat for each drain slot")
      let thresholdReady = m.output("threshold_ready")
      let thresholdData = m.input("threshold_data", bits(lanes * accWidth))
      let thresholdTask = m.input("threshold_task", bits(taskWidth), "task of the row")
      let thresholdLive = m.input("threshold_live", "the row is in use")
      let resultValid = m.outputRegister(
        "result_valid", reset: 0, "a beat for each slot of a live row")
      let resultReady = m.input("result_ready")
      let resultAcc = m.output("result_acc", bits(lanes * accWidth), "y = sum + bias")
      let resultMask = m.output("result_mask", bits(lanes), "y >= threshold")
      let resultAct = m.output("result_act", bits(lanes * actWidth), "requantized activation")
      let resultNonzero = m.output("result_nonzero", bits(lanes))
      let resultLive = m.outputRegister("result_live", bits(lanes))
      let resultTask = m.outputRegister("result_task", bits(taskWidth))
      let resultLast = m.outputRegister("result_last", "the layer's last beat")
      let hold = m.input("hold", "nothing advances in this cycle")
      let advances = m.output("advances", "everything advances in this cycle")
      let eventClear = m.input("event_clear", "zeroes the counters")
      let eventSelect = m.input("event_select", bits(5), "which counter")
      let eventTask = m.input("event_task", bits(taskWidth), "of which task")
      let eventCount = m.output("event_count", bits(.literal(counterWidth)))

      let groups = m.constant("GROUPS", columns.dividedUp(by: lanes), "Columns that share a lane.")
      let groupWidth = m.constant("GROUP_WIDTH", indexWidth(groups))
      let operandWidth = m.constant("OPERAND_WIDTH", actWidth + 1, "A signed operand.")
      let identity = m.pattern("CONFIG_HASH", width: 32, value: UInt64(configurationHash))
      m.drive { hash <== identity }

      m.comment("Advance or freeze.")
      let slot = m.wire("slot")
      let slotGroup = m.wire("slot_group", bits(groupWidth))
      let slotFirstRow = m.wire("slot_first_row")
      let slotFinal = m.wire("slot_final")
      let stallResult = m.wire("stall_result", resultValid && !resultReady)
      let stallThreshold = m.wire(
        "stall_threshold", slot && !(thresholdValid && (!slotFirstRow || channelValid)))
      let advance = m.wire("advance", !hold && !stallResult && !stallThreshold)
      let mayTake = m.wire("may_take", slot && !hold && !stallResult)
      m.drive {
        advances <== advance
        thresholdReady <== (mayTake && (!slotFirstRow || channelValid))
        channelReady <== (mayTake && slotFirstRow && thresholdValid)
      }

      m.comment("A step is accepted with both its beats.")
      let mayEnd = m.wire("may_end")
      let mayStep = m.wire("may_step", advance && (mayEnd || !(actValid && actLast)))
      let step = m.wire("step", mayStep && actValid && weightValid)
      let first = m.wire("first", step && actFirst)
      let last = m.wire("last", step && actLast)
      let final = m.wire("last_tile", step && actLast && actFinal)
      m.drive {
        actReady <== (mayStep && weightValid)
        weightReady <== (mayStep && actValid)
      }

      m.comment("Activations as signed operands.")
      let operands = m.wire("operands", bits(rows * operandWidth))
      m.forEach("operand", index: "r", count: rows) { r in
        let sign = m.wire("sign")
        m.given(actSigned == 1, "signed_or_not", else: "never_signed") {
          m.drive { sign <== (layerSigned && actData[(r + 1) * actWidth - 1]) }
        } else: {
          m.drive { sign <== 0 }
        }
        m.drive {
          operands.slice(from: r * operandWidth, width: operandWidth)
            <== concatenate(sign, actData.slice(from: r * actWidth, width: actWidth))
        }
      }
      m.given(actSigned == 0, "unsigned_only") { m.unused("layer_signed", layerSigned) }

      let stepRows = m.wire("step_rows", mux(step, actLive, 0))
      let stepColumns = m.wire("step_columns", mux(step, weightLive, 0))
      let shift = m.wire("shift", bits(rows))
      let take = m.wire("take")
      let sum = m.wire("sum", bits(lanes * accWidth))
      let macs = m.wire("macs", bits(countWidth + clog2(columns + 1)))
      let steps = m.wire("steps", bits(countWidth))
      let zeros = m.wire("zeros", bits(countWidth))
      m.instance(
        "grid", of: array,
        parameters: [
          "ROWS": rows, "COLS": columns, "LANES": lanes, "OPERAND_WIDTH": operandWidth,
          "WEIGHT_WIDTH": weightWidth, "ACC_WIDTH": accWidth, "COUNT_EVENTS": countEvents,
          "COUNT_WIDTH": countWidth,
        ],
        ports: [
          "clk": clk, "advance": advance, "first": first, "last": last, "step": stepRows,
          "nonzero": actNonzero, "act": operands, "live": stepColumns, "weight": weightData,
          "shift": shift, "take": take, "sum": sum, "macs": macs, "steps": steps,
          "zeros": zeros,
        ])
      m.instance(
        "drain", of: drainSequencer,
        parameters: ["ROWS": rows, "COLS": columns, "LANES": lanes],
        ports: [
          "clk": clk, "rst": rst, "advance": advance, "last": last, "last_tile": final,
          "may_end": mayEnd, "shift": shift, "take": take, "slot": slot,
          "slot_group": slotGroup, "slot_first_row": slotFirstRow, "slot_final": slotFinal,
        ])

      m.comment(
        "The tile's first row brings the channels' numbers; the rows after it read them again.")
      let takesChannel = m.wire("takes_channel", advance && slot && slotFirstRow)
      func kept(_ name: String, _ beat: Signal) -> Signal {
        let memory = m.memory("\(name)_memory", bits(beat.width), depth: groups)
        m.clocked(clk) {
          When(takesChannel) { memory[slotGroup] <== beat }
        }
        return m.wire(name, mux(slotFirstRow, beat, memory[slotGroup]))
      }
      let bias = kept("bias", channelBias)
      let multiplier = kept("multiplier", channelMult)
      let requantizeShift = kept("requantize_shift", channelShift)
      let laneLive = kept("lane_live", channelLive)

      m.forEach("lanes", index: "l", count: lanes) { l in
        let laneSum = m.wire("lane_sum", sum.element(l, signed(accWidth)))
        let laneBias = m.wire("lane_bias", bias.element(l, signed(accWidth)))
        let laneThreshold = m.wire("lane_threshold", thresholdData.element(l, signed(accWidth)))
        let acc = m.wire("acc", signed(accWidth))
        m.instance(
          "lane", of: lane,
          parameters: [
            "ACT_WIDTH": actWidth, "ACC_WIDTH": accWidth, "MULT_WIDTH": multWidth,
            "ROUNDING": rounding, "EXTRA": laneExtra,
          ],
          ports: [
            "clk": clk, "advance": advance, "raw": layerRaw, "clamp_low": clampLow,
            "clamp_high": clampHigh, "sum": laneSum, "bias": laneBias,
            "threshold": laneThreshold,
            "multiplier": multiplier.element(l, bits(multiplierWidth)),
            "shift": requantizeShift.element(l, bits(6)), "result_acc": acc,
            "result_mask": resultMask[l], "result_act": resultAct.element(l, bits(actWidth)),
            "result_nonzero": resultNonzero[l],
          ])
        m.drive { resultAcc.slice(from: l * accWidth, width: accWidth) <== acc.asUnsigned }
      }

      m.comment(
        "What goes with a result through the lanes' stages; rows not in use have none.")
      let live1 = m.register("live1", bits(lanes))
      let live2 = m.register("live2", bits(lanes))
      let live3 = m.register("live3", bits(lanes))
      let task1 = m.register("task1", bits(taskWidth))
      let task2 = m.register("task2", bits(taskWidth))
      let task3 = m.register("task3", bits(taskWidth))
      let last1 = m.register("last1")
      let last2 = m.register("last2")
      let last3 = m.register("last3")
      let taggedWidth = m.constant("TAGGED_WIDTH", lanes + taskWidth + 1)
      let tagged3 = m.wire("tagged3", concatenate(live3, task3, last3))
      let tagged = m.wire("tags", bits(taggedWidth))
      m.instance(
        "tag_extra", of: delayLine, parameters: ["WIDTH": taggedWidth, "DEPTH": laneExtra],
        ports: ["clk": clk, "advance": advance, "data_in": tagged3, "data_out": tagged])
      m.clocked(clk, enable: advance) {
        live1 <== laneLive
        live2 <== live1
        live3 <== live2
        resultLive <== tagged.slice(from: taskWidth + 1, width: lanes)
        task1 <== thresholdTask
        task2 <== task1
        task3 <== task2
        resultTask <== tagged.slice(from: 1, width: taskWidth)
        last1 <== slotFinal
        last2 <== last1
        last3 <== last2
        resultLast <== tagged[0]
      }
      let valid1 = m.register("valid1", reset: 0)
      let valid2 = m.register("valid2", reset: 0)
      let valid3 = m.register("valid3", reset: 0)
      let valid = m.wire("valid")
      m.instance(
        "valid_extra", of: tokenDelay, parameters: ["WIDTH": 1, "DEPTH": laneExtra],
        ports: [
          "clk": clk, "rst": rst, "advance": advance, "tokens_in": valid3, "tokens_out": valid,
        ])
      m.clocked(clk, reset: rst) {
        When(advance) {
          valid1 <== (slot && thresholdLive)
          valid2 <== valid1
          valid3 <== valid2
          resultValid <== valid
        } else: {
          When(resultReady) { resultValid <== 0 }
        }
      }

      m.given(countEvents == 1, "counted", else: "uncounted") {
        let resultTaken = m.wire("result_taken", resultValid && resultReady)
        let slotTaken = m.wire("slot_taken", slot && advance)
        let slotFirstGroup = m.wire("slot_first_group", slotGroup == 0)
        let offered = m.wire("offered", actValid && weightValid)
        m.instance(
          "counters", of: eventCounters,
          parameters: [
            "ROWS": rows, "COLS": columns, "LANES": lanes, "TASK_WIDTH": taskWidth,
            "COUNT_WIDTH": countWidth,
          ],
          ports: [
            "clk": clk, "rst": rst, "clear": eventClear, "event_select": eventSelect,
            "event_task": eventTask, "count": eventCount, "step": step, "last_tile": final,
            "offered": offered, "row_live": actLive, "column_live": weightLive,
            "stall_result": stallResult, "stall_threshold": stallThreshold, "hold": hold,
            "slot": slotTaken,
            "slot_task": thresholdTask, "slot_first_group": slotFirstGroup,
            "channel": takesChannel, "lane_live": laneLive, "macs": macs, "steps": steps,
            "zeros": zeros, "result": resultTaken, "result_task": resultTask,
            "result_raw": layerRaw, "result_last": resultLast, "result_live": resultLive,
            "result_mask": resultMask,
          ])
      } else: {
        m.drive { eventCount <== 0 }
        m.unused("events", eventClear, eventSelect, eventTask, macs, steps, zeros)
      }
    }
  }
}
