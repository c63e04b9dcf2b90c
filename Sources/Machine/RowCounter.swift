import HDL

extension Machine {
  /// `mime_row_counter`: what a row was given, counted at its right edge.
  static let rowCounter = Module(
    "mime_row_counter",
    """
    Counts a row's steps, and those with a zero activation, from the tokens that leave the row's
    last element: independently of any element's enable. Moves and shifts as the shadows do.
    """
  ) { m in
    let width = m.parameter("COUNT_WIDTH", default: 16, in: 4...32, "bits of a count")
    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let step = m.input("step", "an operand of a live row")
    let nonzero = m.input("nonzero", "the activation was not zero")
    let first = m.input("first", "first step of a tile")
    let last = m.input("last", "last step of a tile")
    let shift = m.input("shift", "the shadows take those above")
    let stepsAbove = m.input("steps_above", bits(width))
    let zerosAbove = m.input("zeros_above", bits(width))
    let steps = m.outputRegister("steps", bits(width), "steps of the tile")
    let zeros = m.outputRegister("zeros", bits(width), "steps with a zero activation")

    let stepTally = m.register("step_tally", bits(width))
    let zeroTally = m.register("zero_tally", bits(width))
    let stepBase = m.wire("step_base", mux(first, zero(bits(width)), stepTally))
    let zeroBase = m.wire("zero_base", mux(first, zero(bits(width)), zeroTally))
    let one = constant(1, width: width)
    let stepNext = m.wire("step_next", mux(step, stepBase + one, stepBase))
    let zeroNext = m.wire("zero_next", mux(step && !nonzero, zeroBase + one, zeroBase))
    m.clocked(clk, enable: advance) {
      When(step || first) {
        stepTally <== stepNext
        zeroTally <== zeroNext
      }
      When(last) {
        steps <== stepNext
        zeros <== zeroNext
      } else: {
        When(shift) {
          steps <== stepsAbove
          zeros <== zerosAbove
        }
      }
    }
  }
}
