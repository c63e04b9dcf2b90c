import HDL

extension Machine {
  /// `mime_array`: the grid of processing elements, its skews, its drain chain.
  static let array = Module(
    "mime_array",
    """
    ROWS x COLS processing elements, output-stationary.
    Row r takes its activation r cycles after row 0, column c its weight c cycles after column 0, so
    that the pairs of a reduction step meet in every element. A tile's sums move to the shadows and
    leave at the bottom, the bottom row first. Lane l serves columns l*GROUPS .. l*GROUPS+GROUPS-1,
    one after the other; the lanes' sums are brought back into step with one another.
    """
  ) { m in
    let rows = m.parameter("ROWS", default: 16, in: 1...1024, "rows: output positions of a tile")
    let columns = m.parameter(
      "COLS", default: 16, in: 1...1024, "columns: output channels of a tile")
    let lanes = m.parameter("LANES", default: columns, from: 1, through: columns, "drain lanes")
    let operandWidth = m.parameter(
      "OPERAND_WIDTH", default: 9, in: 3...25, "bits of the signed operand")
    let weightWidth = m.parameter("WEIGHT_WIDTH", default: 8, in: 2...24, "bits of a weight")
    let accWidth = m.parameter(
      "ACC_WIDTH", default: 32, from: operandWidth + weightWidth, through: 64,
      "bits of an accumulator")
    let countEvents = m.parameter("COUNT_EVENTS", default: 1, in: 0...1, "1 builds the counts")
    let countWidth = m.parameter("COUNT_WIDTH", default: 16, in: 4...32, "bits of a count")

    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let first = m.input("first", "first step of a tile")
    let last = m.input("last", "last step of a tile")
    let step = m.input("step", bits(rows), "the row takes an operand")
    let nonzero = m.input("nonzero", bits(rows), "the row's activation is not zero")
    let act = m.input("act", bits(rows * operandWidth), "signed activations")
    let live = m.input("live", bits(columns), "the column takes a weight")
    let weight = m.input("weight", bits(columns * weightWidth), "signed weights")
    let shift = m.input("shift", bits(rows), "the row's shadows take those above, from column 0 on")
    let take = m.input("take", "column 0 has a sum at the bottom; the others follow")
    let sum = m.output("sum", bits(lanes * accWidth), "a sum for each lane")
    let macs = m.output(
      "macs", bits(countWidth + clog2(columns + 1)), "multiplications of the slot's row")
    let steps = m.output("steps", bits(countWidth), "steps of the slot's row")
    let zeros = m.output("zeros", bits(countWidth), "those with a zero activation")

    let groups = m.constant("GROUPS", columns.dividedUp(by: lanes), "Columns that share a lane.")
    let macsWidth = m.constant("MACS_WIDTH", clog2(columns + 1), "0...COLS multiplications.")
    let width = (operand: operandWidth, weight: weightWidth, acc: accWidth, count: countWidth)
    let eastward: [(name: String, shape: Shape)] = [
      ("nonzero", .bit), ("first", .bit), ("last", .bit), ("shift", .bit),
      ("act", signed(width.operand)), ("macs", bits(macsWidth)),
    ]
    let southward: [(name: String, shape: Shape)] = [
      ("live", .bit), ("weight", signed(width.weight)),
    ]
    let bundleWidth = 4 + width.operand

    m.comment("Weights of column c, c cycles late.")
    let northWeight = m.forEach("north", index: "c", count: columns) { c in
      let entering = m.wire("entering", bits(1 + width.weight))
      let delayed = m.wire("delayed", bits(1 + width.weight))
      m.drive {
        entering
          <== concatenate(live[c], weight.slice(from: c * width.weight, width: width.weight))
      }
      m.instance(
        "skew", of: delayLine, parameters: ["WIDTH": 1 + width.weight, "DEPTH": c],
        ports: [
          "clk": clk, "advance": advance, "data_in": entering, "data_out": delayed,
        ])
      return delayed
    }

    let (shadows, counts) = m.forEach("row", index: "r", count: rows) { r in
      m.comment("Operand and tokens of row r, r cycles late.")
      let entering = m.wire("entering", bits(bundleWidth))
      let delayed = m.wire("delayed", bits(bundleWidth))
      m.drive {
        entering
          <== concatenate(
            step[r], nonzero[r], first, last,
            act.slice(from: r * width.operand, width: width.operand))
      }
      m.instance(
        "skew", of: delayLine, parameters: ["WIDTH": bundleWidth, "DEPTH": r],
        ports: [
          "clk": clk, "advance": advance, "data_in": entering, "data_out": delayed,
        ])
      let rowStep = m.wire("row_step", delayed[width.operand + 3])
      let rowNonzero = m.wire("row_nonzero", delayed[width.operand + 2])
      let rowFirst = m.wire("row_first", delayed[width.operand + 1])
      let rowLast = m.wire("row_last", delayed[width.operand])
      let west: [String: Signal] = [
        "nonzero": rowStep && rowNonzero, "first": rowFirst, "last": rowLast, "shift": shift[r],
        "act": delayed.slice(from: 0, width: width.operand).asSigned,
        "macs": zero(bits(macsWidth)),
      ]

      let (east, shadows) = m.forEach("col", index: "c", count: columns) { c in
        var ports = [("clk", clk), ("advance", advance)]
        var east: [String: Signal] = [:]
        for (name, shape) in eastward {
          let arriving = m.wire("\(name)_in", shape)
          let leaving = m.wire("\(name)_out", shape)
          east[name] = leaving
          ports += [("\(name)_in", arriving), ("\(name)_out", leaving)]
        }
        var south: [String: Signal] = [:]
        for (name, shape) in southward {
          let arriving = m.wire("\(name)_in", shape)
          let leaving = m.wire("\(name)_out", shape)
          south[name] = leaving
          ports += [("\(name)_in", arriving), ("\(name)_out", leaving)]
        }
        let shadowIn = m.wire("shadow_in", signed(width.acc))
        let shadow = m.wire("shadow", signed(width.acc))
        ports += [("shadow_in", shadowIn), ("shadow", shadow)]
        let arriving = Dictionary(uniqueKeysWithValues: ports)

        m.given(c == 0, "west_edge", else: "from_west") {
          for (name, _) in eastward { m.drive { arriving["\(name)_in"]! <== west[name]! } }
        } else: {
          for (name, _) in eastward {
            m.drive { arriving["\(name)_in"]! <== east[name]!.at(r, c - 1) }
          }
        }
        m.given(r == 0, "north_edge", else: "from_north") {
          m.drive {
            arriving["live_in"]! <== northWeight.at(c)[width.weight]
            arriving["weight_in"]!
              <== northWeight.at(c).slice(from: 0, width: width.weight).asSigned
            shadowIn <== 0
          }
        } else: {
          m.drive {
            arriving["live_in"]! <== south["live"]!.at(r - 1, c)
            arriving["weight_in"]! <== south["weight"]!.at(r - 1, c)
            shadowIn <== shadow.at(r - 1, c)
          }
        }
        m.instance(
          "pe", of: processingElement,
          parameters: [
            "OPERAND_WIDTH": width.operand, "WEIGHT_WIDTH": width.weight,
            "ACC_WIDTH": width.acc, "MACS_WIDTH": macsWidth, "COUNT_EVENTS": countEvents,
          ], ports: Connections(ports))
        m.given(c == columns - 1, "east_end") { m.unused("act", east["act"]!, east["nonzero"]!) }
        m.given(r == rows - 1, "south_end") {
          m.unused("weight", south["live"]!, south["weight"]!)
        }
        return (east, shadow)
      }

      m.comment("Steps and zeros of the row where they enter, multiplications where they leave.")
      let token = { (name: String) in east[name]!.at(r, columns - 1) }
      let counts = m.given(countEvents == 1, "counted", else: "uncounted") {
        func tally(
          _ name: String, _ tokens: (first: Signal, last: Signal, shift: Signal), _ amount: Signal,
          _ sumWidth: Nat
        ) -> Signal {
          let above = m.wire("\(name)_above", bits(sumWidth))
          let shadow = m.wire("row_\(name)", bits(sumWidth))
          m.given(r == 0, "\(name)_top", else: "\(name)_below") {
            m.drive { above <== 0 }
          } else: {
            m.drive { above <== shadow.at(r - 1) }
          }
          m.instance(
            "\(name)_tally", of: rowTally,
            parameters: ["AMOUNT_WIDTH": amount.width, "WIDTH": sumWidth],
            ports: [
              "clk": clk, "advance": advance, "first": tokens.first, "last": tokens.last,
              "shift": tokens.shift, "amount": amount, "above": above, "shadow": shadow,
            ])
          return shadow
        }
        let isZero = m.wire("row_zero", rowStep && !rowNonzero)
        let entered = (rowFirst, rowLast, shift[r])
        let left = (token("first"), token("last"), token("shift"))
        return (
          steps: tally("steps", entered, rowStep, width.count),
          zeros: tally("zeros", entered, isZero, width.count),
          macs: tally("macs", left, token("macs"), width.count + macsWidth)
        )
      } else: {
        m.unused("tokens", token("first"), token("last"), token("shift"), token("macs"))
      }
      return (shadows, counts)
    }

    m.comment(
      "The counts of the slot's row: what was counted at the entry comes COLS cycles later.")
    m.given(countEvents == 1, "row_counts", else: "no_row_counts") {
      let entry = m.wire(
        "entry", concatenate(counts.steps.at(rows - 1), counts.zeros.at(rows - 1)))
      let delayed = m.wire("entry_delayed", bits(2 * width.count))
      m.instance(
        "entry_delay", of: delayLine,
        parameters: ["WIDTH": 2 * width.count, "DEPTH": columns],
        ports: ["clk": clk, "advance": advance, "data_in": entry, "data_out": delayed])
      m.drive {
        steps <== delayed.slice(from: width.count, width: width.count)
        zeros <== delayed.slice(from: 0, width: width.count)
        macs <== counts.macs.at(rows - 1)
      }
    } else: {
      m.drive {
        steps <== 0
        zeros <== 0
        macs <== 0
      }
    }

    m.comment("Each column's sum in its cycle, zero in the others; nothing past the last column.")
    let drained = m.wire("drained", bits(lanes * groups * width.acc))
    m.forEach("south", index: "c", count: lanes * groups) { c in
      m.given(c < columns, "used", else: "padding") {
        let taken = m.register("taken")
        m.given(c == 0, "start", else: "follow") {
          m.clocked(clk, enable: advance) { taken <== take }
        } else: {
          m.clocked(clk, enable: advance) { taken <== taken.at(c - 1) }
        }
        let word = m.wire("word", shadows.at(rows - 1, c).asUnsigned)
        m.drive {
          drained.slice(from: c * width.acc, width: width.acc)
            <== mux(taken, word, 0)
        }
        m.given(c == columns - 1, "last_column") { m.unused("taken", taken) }
      } else: {
        m.drive {
          drained.slice(from: c * width.acc, width: width.acc) <== 0
        }
      }
    }

    m.comment("The lanes, each as late as brings it into step with the last column.")
    m.forEach("lane", index: "l", count: lanes) { l in
      m.given(l * groups < columns, "serving", else: "idle") {
        let word = m.or("word", bits(width.acc), index: "g", count: groups) { g in
          drained.slice(from: (l * groups + g) * width.acc, width: width.acc)
        }
        let aligned = m.wire("aligned", bits(width.acc))
        m.instance(
          "deskew", of: delayLine,
          parameters: ["WIDTH": width.acc, "DEPTH": columns - 1 - l * groups],
          ports: [
            "clk": clk, "advance": advance, "data_in": word, "data_out": aligned,
          ])
        m.drive { sum.slice(from: l * width.acc, width: width.acc) <== aligned }
      } else: {
        m.drive {
          sum.slice(from: l * width.acc, width: width.acc) <== 0
        }
        m.unused(
          "padding",
          drained.slice(from: l * groups * width.acc, width: groups * width.acc))
      }
    }
  }
}
