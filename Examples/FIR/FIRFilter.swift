import HDL

/// A finite impulse response filter in transposed form, with coefficients that are loaded.
///
/// `y[n] = saturate(round((h[0] x[n] + h[1] x[n-1] + ... ) / 2^SHIFT))`, a sample a cycle.
public enum FIRFilter {
  /// `fir_tap`: multiplies the sample and adds what the tap after it had a sample ago.
  public static let tap = Module("fir_tap", "A coefficient, a product and the partial sum.") { m in
    let dataWidth = m.parameter("DATA_WIDTH", default: 12, in: 2...32, "bits of a sample")
    let coefWidth = m.parameter("COEF_WIDTH", default: 10, in: 2...32, "bits of a coefficient")
    let sumWidth = m.parameter(
      "SUM_WIDTH", default: 26, from: dataWidth + coefWidth, through: 96, "bits of a partial sum")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let sample = m.input("sample", signed(dataWidth))
    let advance = m.input("advance", "a sample is taken")
    let load = m.input("load", "the coefficient is replaced")
    let coefficient = m.input("coefficient", signed(coefWidth))
    let above = m.input("above", signed(sumWidth), "partial sum of the tap after this one")
    let total = m.outputRegister("total", signed(sumWidth), reset: 0, "partial sum")

    let held = m.register("held", signed(coefWidth), reset: 0)
    m.clocked(clk, reset: rst, enable: load) { held <== coefficient }

    let product = m.wire("product", sample * held)
    m.clocked(clk, reset: rst, enable: advance) {
      total <== above + product.extended(to: sumWidth)
    }
  }

  /// `fir_filter`: the taps in a row, then rounding and saturation.
  public static let filter = Module(
    "fir_filter",
    """
    Transposed FIR filter. A sample goes to all taps at once; the sums move from tap to tap.
    A result comes one cycle after its sample.
    """
  ) { m in
    let taps = m.parameter("TAPS", default: 8, in: 1...256, "coefficients")
    let dataWidth = m.parameter("DATA_WIDTH", default: 12, in: 2...32, "bits of a sample")
    let coefWidth = m.parameter("COEF_WIDTH", default: 10, in: 2...32, "bits of a coefficient")
    let shiftWidth = m.constant("SHIFT_WIDTH", clog2(dataWidth + coefWidth))
    let sumWidth = m.constant(
      "SUM_WIDTH", dataWidth + coefWidth + clog2(taps) + 1, "No sum overflows.")

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let valid = m.input("valid", "a sample")
    let sample = m.input("sample", signed(dataWidth))
    let load = m.input("load", "a coefficient")
    let loadTap = m.input("load_tap", bits(indexWidth(taps)), "which one")
    let coefficient = m.input("coefficient", signed(coefWidth))
    let shift = m.input("shift", bits(shiftWidth), "binary places that the result drops")
    let resultValid = m.outputRegister("result_valid", reset: 0)
    let result = m.output("result", signed(dataWidth))

    let sums = m.forEach("tap", index: "k", count: taps) { k in
      let sum = m.wire("sum", signed(sumWidth))
      let above = m.wire("above", signed(sumWidth))
      m.given(k == taps - 1, "last", else: "inner") {
        m.drive { above <== 0 }
      } else: {
        m.drive { above <== sum.at(k + 1) }
      }
      m.instance(
        "unit", of: tap,
        parameters: ["DATA_WIDTH": dataWidth, "COEF_WIDTH": coefWidth, "SUM_WIDTH": sumWidth],
        ports: [
          "clk": clk, "rst": rst, "sample": sample, "advance": valid,
          "load": load && loadTap == k, "coefficient": coefficient, "above": above, "total": sum,
        ])
      return sum
    }

    m.clocked(clk, reset: rst) { resultValid <== valid }
    m.comment("The sum at tap 0 is the whole one.")
    let whole = m.wire("whole", sums.at(0))
    let rounded = m.rounded("rounded", whole, shiftedRightBy: shift, .halfEven)
    m.drive { result <== rounded.saturated(to: dataWidth) }
  }
}
