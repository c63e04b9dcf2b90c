import Formal
import HDL
import Machine

/// Delay lines: what came in as many moves ago.
extension ProofCatalog {
  static let delay: [Proof] =
    [0, 1, 4].map { depth in
      Proof(
        "mime_delay/\(depth)",
        "The output is the input of \(depth) moves ago, with any pauses of a cycle.",
        delayHarness(hasReset: false), at: ["DEPTH": depth], by: .induction(depth: 2 * depth + 2),
        faults: depth == 4
          ? [
            Fault("moves in a pause", in: "mime_delay", "if (advance)", "if (1'b1)"),
            Fault(
              "a stage less", in: "mime_delay", "line.stage[DEPTH - 1]", "line.stage[DEPTH - 2]"),
          ] : [])
    }
    + [0, 1, 4].map { depth in
      Proof(
        "mime_token_delay/\(depth)",
        "The output is the tokens of \(depth) moves ago, none that came before a reset, with any "
          + "pauses of a cycle.", delayHarness(hasReset: true), at: ["DEPTH": depth],
        by: .induction(depth: 2 * depth + 2),
        faults: depth == 4
          ? [Fault("tokens stay on reset", in: "mime_token_delay", "if (rst)", "if (1'b0)")] : [])
    }

  private static func delayHarness(hasReset: Bool) -> Module {
    Module("delay_proof", "A delay line beside a longer one, of which it is a part.") { m in
      let depth = m.parameter("DEPTH", default: 1, in: 0...4, "moves")
      let width: Nat = 2
      let clk = m.input("clk")
      let rst = m.input("rst")
      let advance = m.input("advance")
      let input = m.input("word", bits(width))
      let output = m.wire("delayed", bits(width))
      let common = Connections<Signal>([("clk", clk), ("advance", advance)])
      if hasReset {
        m.instance(
          "dut", of: machine("mime_token_delay"), parameters: ["WIDTH": width, "DEPTH": depth],
          ports: common + [("rst", rst), ("tokens_in", input), ("tokens_out", output)])
      } else {
        m.instance(
          "dut", of: machine("mime_delay"), parameters: ["WIDTH": width, "DEPTH": depth],
          ports: common + [("data_in", input), ("data_out", output)])
      }
      m.comment("The words of up to four moves ago, and how many there have been.")
      let past = m.register("past", bits(4 * width), reset: 0)
      let age = m.register("age", bits(3), reset: 0)
      let paused = m.register("paused", .bit, reset: 0)
      m.assumeAtStart(rst)
      m.clocked(clk, reset: rst) { paused <== !advance }
      m.assume("short_pauses", advance || !paused, on: clk, reset: rst)
      m.clocked(clk, reset: rst, enable: advance) {
        past <== concatenate(past.slice(from: 0, width: 3 * width), input)
        When(age != 4) { age <== age + 1 }
      }
      let words = m.wire("words", concatenate(past, input))
      let number = m.wire("number", constant(depth, width: 32))
      let expected = m.wire("expected", words.element(at: number, width: width))
      let known = age.extended(to: 32) >= number
      m.assert(
        "late_by_depth", output == expected || (hasReset ? zero(.bit) : !known), on: clk,
        reset: rst)
      if hasReset { m.unused("age", age) }
    }
  }
}
