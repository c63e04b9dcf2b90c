import HDL

extension Machine {
  /// `mime_row_tally`: a sum over the steps of a tile, of one row.
  static let rowTally = Module(
    "mime_row_tally",
    """
    Sums an amount over the steps of a tile. Moves to its shadow and shifts downward as the sums of
    the elements do, so that it leaves with its row.
    """
  ) { m in
    let amountWidth = m.parameter("AMOUNT_WIDTH", default: 1, in: 1...11, "bits of the amount")
    let width = m.parameter(
      "WIDTH", default: 16, from: amountWidth, through: 43, "bits of the sum")
    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let first = m.input("first", "first step of a tile")
    let last = m.input("last", "last step of a tile")
    let shift = m.input("shift", "the shadow takes the one above")
    let amount = m.input("amount", bits(amountWidth), "zero where no step passes")
    let above = m.input("above", bits(width))
    let shadow = m.outputRegister("shadow", bits(width), "sum of the tile")

    let total = m.register("total", bits(width))
    let base = m.wire("base", mux(first, zero(bits(width)), total))
    let next = m.wire("next_total", base + amount.extended(to: width))
    m.clocked(clk, enable: advance) {
      total <== next
      When(last) {
        shadow <== next
      } else: {
        When(shift) { shadow <== above }
      }
    }
  }
}
