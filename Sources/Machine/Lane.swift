import HDL

extension Machine {
  /// `mime_lane`: bias, threshold, mask, requantize, clamp: one result a cycle, four cycles late.
  static let lane = Module(
    "mime_lane",
    """
    Threshold and requantize lane, four stages:
    * 1: y = sum + bias
    * 2: mask = y >= threshold, a tie passes; a masked y goes no further
    * 3: product = y * multiplier
    * 4: act = clamp(round(product / 2^shift)), zero where masked

    EXTRA more registers lie between 3 and 4, for a synthesizer to move into either.
    A raw result (the head's) passes all stages with its y alone.
    """
  ) { m in
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let accWidth = m.parameter("ACC_WIDTH", default: 32, in: 5...64, "bits of an accumulator")
    let multWidth = m.parameter(
      "MULT_WIDTH", default: 16, in: 0...32, "bits of the unsigned multiplier, 0 for a shift only")
    let rounding = m.parameter(
      "ROUNDING", default: 0, in: 0...4,
      "0 half-even, 1 half-up, 2 half-away, 3 floor, 4 toward-zero")
    let extra = m.parameter("EXTRA", default: 0, in: 0...8, "registers behind the multiplier")

    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let raw = m.input("raw", "no threshold, no requantization")
    let clampLow = m.input("clamp_low", signed(actWidth + 1))
    let clampHigh = m.input("clamp_high", signed(actWidth + 1))
    let sum = m.input("sum", signed(accWidth))
    let bias = m.input("bias", signed(accWidth))
    let threshold = m.input("threshold", signed(accWidth))
    let multiplier = m.input("multiplier", bits(max(multWidth, 1)))
    let shift = m.input("shift", bits(6))
    let resultAcc = m.outputRegister("result_acc", signed(accWidth), "y")
    let resultMask = m.outputRegister("result_mask", "y >= threshold")
    let resultAct = m.outputRegister("result_act", bits(actWidth), "requantized activation")
    let resultNonzero = m.outputRegister("result_nonzero", "the activation is not zero")

    m.comment("Stage 1: bias.")
    let y1 = m.register("y1", signed(accWidth))
    let threshold1 = m.register("threshold1", signed(accWidth))
    let shift1 = m.register("shift1", bits(6))
    m.clocked(clk, enable: advance) {
      y1 <== sum + bias
      threshold1 <== threshold
      shift1 <== shift
    }

    m.comment("Stage 2: compare and mask.")
    let passes = m.wire("passes", y1 >= threshold1 || raw)
    let y2 = m.register("y2", signed(accWidth))
    let z2 = m.register("z2", signed(accWidth), "What is multiplied; holds where masked.")
    let mask2 = m.register("mask2")
    let shift2 = m.register("shift2", bits(6))
    m.clocked(clk, enable: advance) {
      y2 <== y1
      mask2 <== passes
      shift2 <== shift1
      When(passes) { z2 <== y1 }
    }

    m.comment("Stage 3: multiply. Wide enough for every product and every shift.")
    let scaledWidth = m.constant("SCALED_WIDTH", max(accWidth + multWidth + 1, 65))
    let scaled = m.wire("scaled", signed(scaledWidth))
    m.given(multWidth == 0, "shift_only", else: "multiplied") {
      m.drive { scaled <== z2.extended(to: scaledWidth) }
      m.unused("multiplier", multiplier)
    } else: {
      let multiplier1 = m.register("multiplier1", bits(multWidth))
      let multiplier2 = m.register("multiplier2", bits(multWidth))
      m.clocked(clk, enable: advance) {
        multiplier1 <== multiplier.slice(from: 0, width: multWidth)
        When(passes) { multiplier2 <== multiplier1 }
      }
      let factor = m.wire("factor", multiplier2.extended(to: multWidth + 1).asSigned)
      let product = m.wire("product", z2 * factor)
      m.drive { scaled <== product.extended(to: scaledWidth) }
    }
    let sum3 = m.register("sum3", signed(accWidth))
    let kept3 = m.register("kept3")
    let amount3 = m.register("amount3", bits(6))
    let scaled3 = m.register("scaled3", signed(scaledWidth))
    m.clocked(clk, enable: advance) {
      sum3 <== y2
      kept3 <== mask2
      amount3 <== shift2
      scaled3 <== scaled
    }
    let mask3 = m.wire("mask3")
    let shift3 = m.wire("shift3", bits(6))
    let y3 = m.wire("y3", signed(accWidth))
    let product3 = m.wire("product3", signed(scaledWidth))
    m.given(extra == 0, "at_once", else: "later") {
      m.drive {
        mask3 <== kept3
        shift3 <== amount3
        y3 <== sum3
        product3 <== scaled3
      }
    } else: {
      let width = m.constant("STAGE_WIDTH", scaledWidth + accWidth + 7)
      let before = m.wire(
        "stage_in", concatenate(scaled3.asUnsigned, sum3.asUnsigned, amount3, kept3))
      let after = m.wire("stage_out", bits(width))
      m.instance(
        "stages", of: delayLine, parameters: ["WIDTH": width, "DEPTH": extra],
        ports: ["clk": clk, "advance": advance, "data_in": before, "data_out": after])
      m.drive {
        mask3 <== after[0]
        shift3 <== after.slice(from: 1, width: 6)
        y3 <== after.slice(from: 7, width: accWidth).asSigned
        product3 <== after.slice(from: 7 + accWidth, width: scaledWidth).asSigned
      }
    }

    m.comment("Stage 4: round and clamp.")
    let unit = bits(scaledWidth)
    let floor = m.wire("floor", product3.shiftedRight(by: shift3))
    let roundsUp = m.wire("rounds_up")
    func discarded() -> (remainder: Signal, half: Signal, hasFraction: Signal) {
      let ones = m.wire("ones", ~zero(unit))
      let remainder = m.wire(
        "remainder", product3.asUnsigned &&& ~ones.shiftedLeft(by: shift3), "The bits shifted out.")
      let one = m.wire("one", constant(1, width: scaledWidth))
      let power = m.wire("power", one.shiftedLeft(by: shift3))
      let half = m.wire("half", power.shiftedRight(by: constant(1, width: 1)))
      return (remainder, half, m.wire("has_fraction", shift3 != 0))
    }
    m.given(rounding == 0, "half_even") {
      let (remainder, half, hasFraction) = discarded()
      let tie = m.wire("tie", hasFraction && remainder == half)
      m.drive { roundsUp <== (remainder > half || (tie && floor[0])) }
    }
    m.given(rounding == 1, "half_up") {
      let (remainder, half, hasFraction) = discarded()
      m.drive { roundsUp <== (hasFraction && remainder >= half) }
    }
    m.given(rounding == 2, "half_away") {
      let (remainder, half, hasFraction) = discarded()
      let tie = m.wire("tie", hasFraction && remainder == half)
      m.drive { roundsUp <== (remainder > half || (tie && !product3[scaledWidth - 1])) }
    }
    m.given(rounding == 3, "toward_minus_infinity") {
      m.drive { roundsUp <== 0 }
    }
    m.given(rounding == 4, "toward_zero") {
      let ones = m.wire("ones", ~zero(unit))
      let remainder = m.wire("remainder", product3.asUnsigned &&& ~ones.shiftedLeft(by: shift3))
      m.drive { roundsUp <== (product3[scaledWidth - 1] && remainder.anyBit) }
    }
    let rounded = m.wire(
      "rounded", mux(roundsUp, floor + 1, floor))
    let isLow = m.wire("is_low", rounded < clampLow.extended(to: scaledWidth))
    let isHigh = m.wire("is_high", rounded > clampHigh.extended(to: scaledWidth))
    let upper = m.wire(
      "upper",
      mux(
        isHigh, clampHigh.slice(from: 0, width: actWidth), rounded.slice(from: 0, width: actWidth))
    )
    let clamped = m.wire("clamped", mux(isLow, clampLow.slice(from: 0, width: actWidth), upper))
    let act = m.wire("act", mux(mask3 && !raw, clamped, 0))
    m.clocked(clk, enable: advance) {
      resultAcc <== y3
      resultMask <== mask3
      resultAct <== act
      resultNonzero <== act.anyBit
    }
  }
}
