import HDL

/// `mime_pe`: the zero-gated multiply-accumulate with its shadow and the number of its multiplications.
extension Machine {
  static let processingElement = Module(
    "mime_pe",
    """
    Processing element: a zero-gated multiply-accumulate.
    An operand pair enters with its tokens and leaves to the right (activation) and downward
    (weight) one cycle later. Where the activation is zero, or row or column are not in use, the
    multiplier's input registers hold and nothing is added. The sum moves to the shadow on `last`,
    so that the next tile starts in the next cycle; the shadow shifts downward on `shift`. An
    activation takes the number of its multiplications along.
    """
  ) { m in
    let actWidth = m.parameter(
      "OPERAND_WIDTH", default: 9, in: 3...25, "bits of the signed operand")
    let weightWidth = m.parameter("WEIGHT_WIDTH", default: 8, in: 2...24, "bits of a weight")
    let accWidth = m.parameter(
      "ACC_WIDTH", default: 32, from: actWidth + weightWidth, through: 64,
      "bits of the accumulator")
    let macsWidth = m.parameter(
      "MACS_WIDTH", default: 5, in: 1...11, "bits of the number of multiplications")
    let countEvents = m.parameter("COUNT_EVENTS", default: 1, in: 0...1, "1 builds that number")

    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let nonzero = m.input("nonzero_in", "an activation of a live row that is not zero")
    let first = m.input("first_in", "first step of a tile")
    let last = m.input("last_in", "last step of a tile")
    let shift = m.input("shift_in", "the shadow takes the one above")
    let act = m.input("act_in", signed(actWidth))
    let macs = m.input("macs_in", bits(macsWidth), "multiplications of this activation so far")
    let live = m.input("live_in", "a weight of a live column")
    let weight = m.input("weight_in", signed(weightWidth))
    let shadowIn = m.input("shadow_in", signed(accWidth), "shadow of the element above")
    let nonzeroOut = m.outputRegister("nonzero_out")
    let firstOut = m.outputRegister("first_out")
    let lastOut = m.outputRegister("last_out")
    let shiftOut = m.outputRegister("shift_out")
    let actOut = m.outputRegister("act_out", signed(actWidth))
    let macsOut = m.output("macs_out", bits(macsWidth))
    let liveOut = m.outputRegister("live_out")
    let weightOut = m.outputRegister("weight_out", signed(weightWidth))
    let shadow = m.outputRegister("shadow", signed(accWidth))

    m.comment("Operands and tokens travel on, whatever they are.")
    m.clocked(clk, enable: advance) {
      nonzeroOut <== nonzero
      firstOut <== first
      lastOut <== last
      shiftOut <== shift
      actOut <== act
      liveOut <== live
      weightOut <== weight
    }

    m.comment("The multiplier's own registers hold where there is nothing to multiply.")
    let enable = m.wire("enable", nonzero && live)
    let multiplicand = m.register("multiplicand", signed(actWidth))
    let multiplier = m.register("multiplier", signed(weightWidth))
    let active = m.register("active")
    m.clocked(clk, enable: advance) {
      active <== enable
      multiplicand <== mux(enable, act, multiplicand)
      multiplier <== mux(enable, weight, multiplier)
    }

    m.comment("Multiply and accumulate, one cycle after the operands came.")
    let product = m.wire("product", multiplicand * multiplier)
    let accumulator = m.register("accumulator", signed(accWidth))
    let base = m.wire("base", mux(firstOut, zero(signed(accWidth)), accumulator))
    let sum = m.wire("sum", mux(active, base + product.extended(to: accWidth), base))
    m.clocked(clk, enable: advance) {
      accumulator <== mux(active || firstOut, sum, accumulator)
      When(lastOut) {
        shadow <== sum
      } else: {
        When(shiftOut) { shadow <== shadowIn }
      }
    }

    m.comment("The multiplier's own enable is what is counted.")
    m.given(countEvents == 1, "counted", else: "uncounted") {
      let macsSoFar = m.register("macs_so_far", bits(macsWidth))
      m.clocked(clk, enable: advance) { macsSoFar <== macs + enable.extended(to: macsWidth) }
      m.drive { macsOut <== macsSoFar }
    } else: {
      m.drive { macsOut <== 0 }
      m.unused("macs", macs)
    }
  }
}
