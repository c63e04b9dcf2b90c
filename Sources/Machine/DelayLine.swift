import HDL

extension Machine {
  /// `mime_delay`: a word, DEPTH advancing cycles later.
  static let delayLine = Module(
    "mime_delay", "Delay line: the input, DEPTH advancing cycles later."
  ) { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...65536, "bits of the word")
    let depth = m.parameter("DEPTH", default: 1, in: 0...65536, "cycles of delay; 0 is a wire")
    let clk = m.input("clk")
    let advance = m.input("advance", "the machine moves in this cycle")
    let input = m.input("data_in", bits(width))
    let output = m.output("data_out", bits(width))
    m.given(depth == 0, "direct", else: "line") {
      m.drive { output <== input }
      m.unused("clock", clk, advance)
    } else: {
      let stages = m.forEach("stage", index: "s", count: depth) { s in
        let data = m.register("data", bits(width))
        m.given(s == 0, "entry", else: "inner") {
          m.clocked(clk, enable: advance) { data <== input }
        } else: {
          m.clocked(clk, enable: advance) { data <== data.at(s - 1) }
        }
        return data
      }
      m.drive { output <== stages.at(depth - 1) }
    }
  }

  /// `mime_token_delay`: as `mime_delay`, for tokens that must not be there after a reset.
  static let tokenDelay = Module(
    "mime_token_delay",
    "Delay line for tokens: the input, DEPTH advancing cycles later, and no token after a reset."
  ) { m in
    let width = m.parameter("WIDTH", default: 1, in: 1...64, "tokens side by side")
    let depth = m.parameter("DEPTH", default: 1, in: 0...65536, "cycles of delay; 0 is a wire")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let advance = m.input("advance", "the machine moves in this cycle")
    let input = m.input("tokens_in", bits(width))
    let output = m.output("tokens_out", bits(width))
    m.given(depth == 0, "direct", else: "line") {
      m.drive { output <== input }
      m.unused("clock", clk, rst, advance)
    } else: {
      let stages = m.forEach("stage", index: "s", count: depth) { s in
        let tokens = m.register("tokens", bits(width), reset: 0)
        m.given(s == 0, "entry", else: "inner") {
          m.clocked(clk, reset: rst, enable: advance) { tokens <== input }
        } else: {
          m.clocked(clk, reset: rst, enable: advance) { tokens <== tokens.at(s - 1) }
        }
        return tokens
      }
      m.drive { output <== stages.at(depth - 1) }
    }
  }
}
