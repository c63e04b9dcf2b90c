import HDL

extension Machine {
  /// `mime_drain`: when which sum leaves the array, and which slot the lanes are in.
  static let drainSequencer = Module(
    "mime_drain",
    """
    Drain sequencer. A tile's last step starts ROWS * GROUPS drain slots: first at the array's
    column 0, as the sums arrive at its bottom, and COLS cycles later at the lanes, when the last
    column has its own. Slot (j, g) is row ROWS-1-j and the g-th column of every lane.
    The last step of the next tile has to wait until the drain of this one can give way to its own.
    """
  ) { m in
    let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows of the array")
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "columns of the array")
    let lanes = m.parameter("LANES", default: columns, from: 1, through: columns, "drain lanes")

    let clk = m.input("clk")
    let rst = m.input("rst")
    let advance = m.input("advance", "the machine moves in this cycle")
    let last = m.input("last", "the last step of a tile is accepted")
    let final = m.input("last_tile", "and it is the layer's last tile")
    let groups = m.constant("GROUPS", columns.dividedUp(by: lanes), "Columns that share a lane.")
    let slots = m.constant("SLOTS", rows * groups, "Drain slots of a tile.")
    let lastSlot = m.constant("LAST_SLOT", slots - 1)
    let slotWidth = m.constant("SLOT_WIDTH", indexWidth(slots))
    let rowWidth = m.constant("ROW_WIDTH", indexWidth(rows))
    let groupWidth = m.constant("GROUP_WIDTH", indexWidth(groups))
    let mayEnd = m.output("may_end", "a last step may be accepted")
    let shift = m.output("shift", bits(rows), "rows whose shadows take those above")
    let take = m.output("take", "column 0 has a sum at the bottom")
    let slot = m.output("slot", "the lanes have a drain slot")
    let slotGroup = m.outputRegister(
      "slot_group", bits(groupWidth), reset: 0, "its column in each lane's group")
    let slotFirstRow = m.output("slot_first_row", "it is of the tile's first row to leave")
    let slotFinal = m.output("slot_final", "it is the layer's last")

    m.comment("Distance between the last steps of two tiles.")
    let wait = m.register("wait_slots", bits(slotWidth), reset: 0)
    m.drive { mayEnd <== (wait == 0) }
    m.clocked(clk, reset: rst, enable: advance) {
      When(last) {
        wait <== constant(lastSlot, width: slotWidth)
      } else: {
        When(wait != 0) { wait <== wait - 1 }
      }
    }

    m.comment("Slots at column 0: ROWS cycles after the last step.")
    let entering = m.wire("entering", concatenate(final, last))
    let starting = m.wire("starting", bits(2))
    m.instance(
      "start_delay", of: tokenDelay, parameters: ["WIDTH": 2, "DEPTH": rows - 1],
      ports: [
        "clk": clk, "rst": rst, "advance": advance, "tokens_in": entering,
        "tokens_out": starting,
      ])
    let active = m.register("active", reset: 0)
    let tileFinal = m.register("tile_final", reset: 0)
    let group = m.register("column_group", bits(groupWidth), reset: 0)
    let above = m.register(
      "above", bits(rows), reset: 0, "Rows that still hold sums of this tile above the bottom.")
    let rowLeaves = m.wire("row_leaves", group == groups - 1)
    m.clocked(clk, reset: rst, enable: advance) {
      When(starting[0]) {
        active <== 1
        tileFinal <== starting[1]
        group <== 0
        above <== ~constant(1, width: rows)
      } else: {
        When(active) {
          When(rowLeaves) {
            active <== above.anyBit
            group <== 0
            above <== above.shiftedLeft(by: constant(1, width: 1))
          } else: {
            group <== group + 1
          }
        }
      }
    }
    m.drive {
      take <== (active && group == 0)
      shift <== mux(take, above, 0)
    }

    m.comment("The same slots at the lanes, COLS cycles later.")
    let leaving = m.wire("leaving", concatenate(active && tileFinal, active))
    let arrived = m.wire("arrived", bits(2))
    m.instance(
      "slot_delay", of: tokenDelay, parameters: ["WIDTH": 2, "DEPTH": columns],
      ports: [
        "clk": clk, "rst": rst, "advance": advance, "tokens_in": leaving,
        "tokens_out": arrived,
      ])
    let slotRow = m.register("slot_row", bits(rowWidth), reset: 0)
    let slotRowLeaves = m.wire("slot_row_leaves", slotGroup == groups - 1)
    let slotLastRow = m.wire("slot_last_row", slotRow == rows - 1)
    m.drive {
      slot <== arrived[0]
      slotFirstRow <== (slotRow == 0)
      slotFinal <== (arrived[1] && slotLastRow && slotRowLeaves)
    }
    m.clocked(clk, reset: rst, enable: advance) {
      When(slot) {
        When(slotRowLeaves) {
          slotGroup <== 0
          When(slotLastRow) {
            slotRow <== 0
          } else: {
            slotRow <== slotRow + 1
          }
        } else: {
          slotGroup <== slotGroup + 1
        }
      }
    }
  }
}
