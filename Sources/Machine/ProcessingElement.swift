import HDL

/// `mime_pe`: the zero-gated multiply-accumulate with its shadow and its two event counts.
extension Machine {
  static let processingElement = Module(
    "mime_pe",
    """
    Processing element: a zero-gated multiply-accumulate.
    An operand pair enters with its tokens and leaves to the right (activation) and downward
    (weight) one cycle later. Where the activation is zero, or row or column are not in use, the
    multiplier's input registers hold and the accumulator does not add. The accumulator is moved
    to the shadow on `last`, so that the next tile starts in the next cycle; the shadow shifts
    downward on `shift`. The count of multiplications goes the same way.
    """
  ) { m in
    let actWidth = m.parameter(
      "OPERAND_WIDTH", default: 9, in: 3...25, "bits of the signed operand")
    let weightWidth = m.parameter("WEIGHT_WIDTH", default: 8, in: 2...24, "bits of a weight")
    let accWidth = m.parameter(
      "ACC_WIDTH", default: 32, from: actWidth + weightWidth, through: 64,
      "bits of the accumulator")
    let countWidth = m.parameter(
      "COUNT_WIDTH", default: 16, in: 4...32, "bits of the count of multiplications")
    let countEvents = m.parameter("COUNT_EVENTS", default: 1, in: 0...1, "1 builds the count")

    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let step = m.input("step_in", "an operand of a live row")
    let nonzero = m.input("nonzero_in", "the activation is not zero")
    let first = m.input("first_in", "first step of a tile")
    let last = m.input("last_in", "last step of a tile")
    let shift = m.input("shift_in", "the shadow takes the one above")
    let act = m.input("act_in", signed(actWidth))
    let live = m.input("live_in", "a weight of a live column")
    let weight = m.input("weight_in", signed(weightWidth))
    let shadowIn = m.input("shadow_in", signed(accWidth), "shadow of the element above")
    let countIn = m.input("count_in", bits(countWidth))
    let stepOut = m.outputRegister("step_out")
    let nonzeroOut = m.outputRegister("nonzero_out")
    let firstOut = m.outputRegister("first_out")
    let lastOut = m.outputRegister("last_out")
    let shiftOut = m.outputRegister("shift_out")
    let actOut = m.outputRegister("act_out", signed(actWidth))
    let liveOut = m.outputRegister("live_out")
    let weightOut = m.outputRegister("weight_out", signed(weightWidth))
    let shadow = m.outputRegister("shadow", signed(accWidth))
    let count = m.output("count", bits(countWidth))

    m.comment("Operands and tokens travel on, whatever they are.")
    m.clocked(clk, enable: advance) {
      stepOut <== step
      nonzeroOut <== nonzero
      firstOut <== first
      lastOut <== last
      shiftOut <== shift
      actOut <== act
      liveOut <== live
      weightOut <== weight
    }

    m.comment("The multiplier's own registers hold where there is nothing to multiply.")
    let enable = m.wire("enable", step && live && nonzero)
    let multiplicand = m.register("multiplicand", signed(actWidth))
    let multiplier = m.register("multiplier", signed(weightWidth))
    let active = m.register("active")
    m.clocked(clk, enable: advance) {
      active <== enable
      When(enable) {
        multiplicand <== act
        multiplier <== weight
      }
    }

    m.comment("Multiply and accumulate, one cycle after the operands came.")
    let product = m.wire("product", multiplicand * multiplier)
    let accumulator = m.register("accumulator", signed(accWidth))
    let base = m.wire("base", mux(firstOut, zero(signed(accWidth)), accumulator))
    let sum = m.wire("sum", mux(active, base + product.extended(to: accWidth), base))
    let clears = m.wire("clears", firstOut && stepOut && liveOut)
    m.clocked(clk, enable: advance) {
      When(active || clears) { accumulator <== sum }
      When(lastOut) {
        shadow <== sum
      } else: {
        When(shiftOut) { shadow <== shadowIn }
      }
    }

    m.comment("The multiplications of a tile, counted by the multiplier's own enable.")
    m.given(countEvents == 1, "counted", else: "uncounted") {
      let tally = m.register("tally", bits(countWidth))
      let countShadow = m.register("count_shadow", bits(countWidth))
      let tallyBase = m.wire("tally_base", mux(firstOut, zero(bits(countWidth)), tally))
      let tallyNext = m.wire(
        "tally_next", mux(active, tallyBase + constant(1, width: countWidth), tallyBase))
      m.clocked(clk, enable: advance) {
        When(active || firstOut) { tally <== tallyNext }
        When(lastOut) {
          countShadow <== tallyNext
        } else: {
          When(shiftOut) { countShadow <== countIn }
        }
      }
      m.drive { count <== countShadow }
    } else: {
      m.drive { count <== zero(bits(countWidth)) }
      m.unused("count", countIn)
    }
  }
}
