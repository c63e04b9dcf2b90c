import Formal
import HDL
import Machine

/// The lane equals its equation, with roundings written as sums of the number and a half.
extension ProofCatalog {
  static let lane: [Proof] =
    [0, 2].flatMap { multiplierWidth in
      (0...4).map { rounding in
        Proof(
          "mime_lane/\(roundings[rounding])-\(multiplierWidth)",
          "Four moves after its inputs a lane's outputs are the equation's, rounded "
            + "\(roundings[rounding]), with a multiplier of \(multiplierWidth) bits; it may pause "
            + "for a cycle between moves, and nothing changes in a pause.",
          laneHarness(rounding, multiplierWidth),
          at: ["MULT_WIDTH": multiplierWidth, "ROUNDING": rounding], by: .induction(depth: 8),
          faults: multiplierWidth == 2 ? laneFaults(rounding) : [])
      }
    }

  private static let roundings = ["half-even", "half-up", "half-away", "floor", "toward-zero"]

  private static func laneFaults(_ rounding: Int) -> [Fault] {
    let faults: [(String, String, String)]
    switch rounding {
    case 0: faults = [("a tie to the odd", "tie && floor[0]", "tie && !floor[0]")]
    case 1: faults = [("a tie down", "remainder >= half", "remainder > half")]
    case 2: faults = [("a tie toward zero", "!product3[", "product3[")]
    case 3:
      faults = [
        ("a tie is masked", "y1 >= threshold1", "y1 > threshold1"),
        ("no upper clamp", "is_high ? ", "1'b0 ? "),
        ("the threshold comes late", "threshold1 <= threshold", "threshold1 <= threshold1"),
        ("moves in a pause", "if (advance) begin", "if (1'b1) begin"),
      ]
    default: faults = [("upward", "] && |remainder", "] == 1'b0 && |remainder")]
    }
    return faults.map { Fault($0.0, in: "mime_lane", $0.1, $0.2) }
  }

  private static func laneHarness(_ rounding: Int, _ multiplierBits: Int) -> Module {
    Module("lane_proof", "A lane beside its equation.") { m in
      let actWidth: Nat = 3
      let accWidth: Nat = 5
      let multWidth = m.parameter("MULT_WIDTH", default: 0, in: 0...8, "bits of the multiplier")
      let roundingMode = m.parameter("ROUNDING", default: 0, in: 0...4, "how it rounds")
      let portBits: Nat = .literal(Swift.max(multiplierBits, 1))
      let clk = m.input("clk")
      let rst = m.input("rst")
      let advance = m.input("advance")
      let raw = m.input("raw")
      let low = m.input("clamp_low", signed(actWidth + 1))
      let high = m.input("clamp_high", signed(actWidth + 1))
      let beats: [(name: String, shape: Shape)] = [
        ("sum", signed(accWidth)), ("bias", signed(accWidth)), ("threshold", signed(accWidth)),
        ("multiplier", bits(portBits)), ("shift", bits(6)),
      ]
      var inputs: [String: Signal] = [:]
      for (name, shape) in beats { inputs[name] = m.input(name, shape) }
      let results: [(name: String, shape: Shape)] = [
        ("result_acc", signed(accWidth)), ("result_mask", .bit), ("result_act", bits(actWidth)),
        ("result_nonzero", .bit),
      ]
      var outputs: [String: Signal] = [:]
      for (name, shape) in results { outputs[name] = m.wire(name, shape) }
      m.instance(
        "dut", of: machine("mime_lane"),
        parameters: [
          "ACT_WIDTH": actWidth, "ACC_WIDTH": accWidth, "MULT_WIDTH": multWidth,
          "ROUNDING": roundingMode,
        ],
        ports: Connections(
          [
            ("clk", clk), ("advance", advance), ("raw", raw), ("clamp_low", low),
            ("clamp_high", high),
          ] + inputs.sorted { $0.key < $1.key } + outputs.sorted { $0.key < $1.key }))

      m.comment("The layer's settings stay, and a pause is one cycle.")
      let settings = m.wire("settings", concatenate(raw, low.asUnsigned, high.asUnsigned))
      let setting = m.register("setting", settings.shape)
      let paused = m.register("paused", .bit, reset: 0)
      m.assumeAtStart(rst)
      m.clocked(clk) { setting <== settings }
      m.clocked(clk, reset: rst) { paused <== !advance }
      m.assume("settings_stay", setting == settings, on: clk, reset: rst)
      m.assume("short_pauses", advance || !paused, on: clk, reset: rst)

      m.comment("The inputs of four moves ago.")
      var old = inputs
      let age = m.register("age", bits(3), reset: 0, "Moves so far, up to four.")
      m.clocked(clk, reset: rst, enable: advance && age != 4) { age <== age + 1 }
      for stage in 1...4 {
        for (name, shape) in beats {
          let next = m.register("\(name)_\(stage)", shape)
          let value = old[name]!
          m.clocked(clk, enable: advance) { next <== value }
          old[name] = next
        }
      }
      m.unused("beat", old["multiplier"]!)
      let expected = equation(m, old, rounding, multiplierBits, raw: raw, low: low, high: high)
      for (name, _) in results {
        m.assert(
          "equation_\(name)", age != 4 || outputs[name]! == expected[name]!, on: clk, reset: rst)
        let earlier = m.register("\(name)_earlier", outputs[name]!.shape)
        m.clocked(clk) { earlier <== outputs[name]! }
        m.assert(
          "pause_\(name)", !paused || outputs[name]! == earlier, on: clk, reset: rst)
      }
    }
  }

  /// What the lane gives for one beat.
  private static func equation(
    _ m: ModuleBuilder, _ beat: [String: Signal], _ rounding: Int, _ multiplierBits: Int,
    raw: Signal, low: Signal, high: Signal
  ) -> [String: Signal] {
    // A product has at most 9 bits: a shift by 10 or more gives what a shift by 10 gives.
    let wide = signed(24)
    let y = m.wire("y", beat["sum"]! + beat["bias"]!)
    let passes = m.wire("passes", raw || beat["threshold"]! <= y)
    let factor = m.wire(
      "factor",
      multiplierBits == 0
        ? constant(1, width: 24).asSigned : beat["multiplier"]!.extended(to: 24).asSigned)
    let wideY = m.wire("wide_y", y.extended(to: 24))
    let exact = m.wire("exact", wideY * factor)
    let value = m.wire("value", exact.truncated(to: 24))
    m.unused("exact", exact)
    let isFar = m.wire("is_far", beat["shift"]! > 10)
    let shift = m.wire("near_shift", mux(!isFar, beat["shift"]!, 10))
    let one = m.wire("one", constant(1, width: 24).asSigned)
    let power = m.wire("power", one.shiftedLeft(by: shift))
    let half = m.wire("half", power.shiftedRight(by: constant(1, width: 1)))
    let isNegative = m.wire("is_negative", value < zero(wide))
    let size = m.wire("size", mux(isNegative, zero(wide) - value, value))
    let down = m.wire("down", value.shiftedRight(by: shift))
    func signedAgain(_ magnitude: Signal) -> Signal {
      let quotient = m.wire("quotient", magnitude.shiftedRight(by: shift))
      return mux(isNegative, zero(wide) - quotient, quotient)
    }
    let quotient: Signal
    switch rounding {
    case 0:
      let odd = m.wire("is_odd", down[0])
      let lifted = m.wire("lifted", value + half - one + odd.extended(to: 24).asSigned)
      quotient = mux(shift == 0, value, lifted.shiftedRight(by: shift))
    case 1: quotient = (value + half).shiftedRight(by: shift)
    case 2: quotient = signedAgain(size + half)
    case 3: quotient = down
    default: quotient = signedAgain(size)
    }
    let rounded = m.wire("rounded", quotient)
    let highest = m.wire("highest", high.extended(to: 24))
    let lowest = m.wire("lowest", low.extended(to: 24))
    let capped = m.wire("capped", mux(highest < rounded, highest, rounded))
    let clamped = m.wire("clamped", mux(rounded < lowest, lowest, capped))
    let act = m.wire(
      "act", mux(passes && !raw, clamped.slice(from: 0, width: 3), zero(bits(3))))
    m.unused("spare", clamped, size, down, isNegative, half)
    return [
      "result_acc": y, "result_mask": passes, "result_act": act, "result_nonzero": act != 0,
    ]
  }
}
