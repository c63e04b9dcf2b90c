import HDL
import Testing

/// Bits are taken of names, inside their width; numbers have a name and fit.
@Suite struct BitsAndNumbersRuleTests {
  @Test(arguments: bitsOfNames + numbers) func isReported(rule: BrokenRule) { rule.verify() }

  static let bitsOfNames = [
    BrokenRule(
      "bit of an expression", "a bit is taken of `a + a`, which has no name; declare a wire for it"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", (a + a)[0])
      return [#line - 1]
    },
    BrokenRule(
      "slice of a slice",
      "a slice is taken of `a[4 +: 4]`, which has no name; declare a wire for it"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", a.slice(from: 4, width: 4).slice(from: 0, width: 2))
      return [#line - 1]
    },
    BrokenRule(
      "element of an expression",
      "an element is taken of `~a`, which has no name; declare a wire for it"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", (~a).element(at: a, width: 2))
      return [#line - 1]
    },
    BrokenRule(
      "index of too few bits",
      "the index `i` of `a` has 2 bits, and takes 3 bits; extend or truncate it"
    ) { m in
      let (a, i) = (m.input("a", bits(8)), m.input("i", bits(2)))
      _ = m.wire("y", a[i])
      return [#line - 1]
    },
    BrokenRule(
      "address of too many bits at one configuration",
      "the address `a` of `words` has 4 bits, and takes $clog2(D) bits, at least 1; extend or "
        + "truncate it (at D = 8)", configuration: ["D": 8]
    ) { m in
      let d = m.parameter("D", default: 16, in: 1...64, "words")
      let (clk, a) = (m.input("clk"), m.input("a", bits(4)))
      let words = m.memory("words", bits(8), depth: d)
      m.clocked(clk) { words[a] <== 3 }
      return [#line - 1]
    },
    BrokenRule("bit past the end", "bit 8 of `a` is outside its 8 bits") { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", a[8])
      return [#line - 1]
    },
    BrokenRule("bit before the start", "bit -1 of `a` is outside its 8 bits") { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", a[-1])
      return [#line - 1]
    },
    BrokenRule(
      "slice past the end for all parameters", "bits W - 1 to W of `a` are outside its W bits"
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      let a = m.input("a", bits(w))
      _ = m.wire("y", a.slice(from: w - 1, width: 2))
      return [#line - 1]
    },
    BrokenRule("empty slice", "a slice of `a` has 0 bits, and takes at least 1") { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", concatenate(a, a.slice(from: 4, width: 0)))
      return [#line - 1]
    },
    BrokenRule(
      "copy of an expression", "`at` is asked of `~a`, which is not a declared name"
    ) { m in
      let a = m.input("a")
      _ = m.wire("y", (~a).at(0))
      return [#line - 1]
    },
    BrokenRule(
      "copy by too many indices", "`at` names 2 indices of `x`, which stands inside 1 loops"
    ) { m in
      m.forEach("bit_of", index: "i", count: 2) { i in
        let x = m.wire("x", zero(.bit))
        _ = m.wire("y", x.at(i, i))
      }
      return [#line - 2]
    },
  ]

  static let numbers = [
    BrokenRule(
      "negative number that does not fit", "the number -9 does not fit 4 bits, signed"
    ) { m in
      let y = m.wire("y", signed(4))
      m.drive { y <== -9 }
      return [#line - 1]
    },
    BrokenRule(
      "pattern that does not fit", "the value 0xcafe of the pattern `P` does not fit 4 bits"
    ) { m in
      _ = m.pattern("P", width: 4, value: 0xcafe)
      return [#line - 1]
    },
    BrokenRule("pattern of many bits", "the pattern `P` has 65 bits; a pattern has 1 to 64") { m in
      _ = m.pattern("P", width: 65, value: 1)
      return [#line - 1]
    },
    BrokenRule(
      "constant beyond 32 bits",
      "the constant `K` has no value, or computes with a number beyond the 32 bits of Verilog (at N = "
        + "2000000000)", configuration: ["N": 2_000_000_000]
    ) { m in
      let n = m.parameter("N", default: 1, in: 0...2_000_000_000, "a number")
      let k = m.constant("K", n * 2 / 4)
      _ = m.wire("y", constant(k, width: 32))
      return [#line - 2]
    },
    BrokenRule(
      "parameter beyond 32 bits",
      "parameter `N` of `subject` is 3000000000; a number of Verilog has 32 bits and a sign (at N = "
        + "3000000000)", configuration: ["N": 3_000_000_000]
    ) { m in
      let n = m.parameter("N", default: 1, in: 0...4_000_000_000, "a number")
      m.given(n > 5, "more") {}
      return [#line - 2]
    },
    BrokenRule("signal too wide", "`y` has 2000000 bits, and at most 1048576") { m in
      _ = m.wire("y", zero(bits(2_000_000)))
      return [#line - 1]
    },
    BrokenRule(
      "signal without a width",
      "the number of bits of `y` has no value: it divides by zero, is too large, or names what is not "
        + "here"
    ) { m in
      _ = m.wire("y", zero(bits(8 / (1 - 1))))
      return [#line - 1]
    },
    BrokenRule("nothing side by side", "`concatenate` is given no signal, and takes at least 1") {
      m in
      _ = m.wire("y", concatenate([]))
      return [#line - 1]
    },
    BrokenRule(
      "number that does not fit", "the number 16 does not fit 4 bits, unsigned"
    ) { m in
      _ = m.wire("y", constant(16, width: 4))
      return [#line - 1]
    },
    BrokenRule(
      "negative number", "the number -1 does not fit 4 bits, unsigned"
    ) { m in
      _ = m.wire("y", constant(-1, width: 4))
      return [#line - 1]
    },
    BrokenRule(
      "number without a name", "the number `2 * W` has no name; declare it with `m.constant`"
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      _ = m.wire("y", constant(2 * w, width: 8))
      return [#line - 1]
    },
    BrokenRule(
      "named number in more bits than it has",
      "the number `W` has 32 bits and is given 40 bits; extend it from 32"
    ) { m in
      let w = m.parameter("W", default: 8, in: 1...64, "bits")
      _ = m.wire("y", constant(w, width: 40))
      return [#line - 1]
    },
    BrokenRule(
      "reset value that does not fit", "the number 4 does not fit 2 bits, unsigned"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let r = m.register("r", bits(2), reset: 4)
      m.clocked(clk, reset: rst) { r <== r }
      return [#line - 2]
    },
    BrokenRule(
      "reset value that is not positive in a signed register",
      "the number 2 does not fit 2 bits, signed"
    ) { m in
      let (clk, rst) = (m.input("clk"), m.input("rst"))
      let r = m.outputRegister("r", signed(2), reset: 2)
      m.clocked(clk, reset: rst) { r <== r }
      return [#line - 2]
    },
    BrokenRule(
      "comparison with a negative number",
      "`a` is compared with the number `-1`, which is less than 0"
    ) { m in
      let a = m.input("a", bits(8))
      _ = m.wire("y", a < -1)
      return [#line - 1]
    },
    BrokenRule(
      "comparison that never holds", "`a < 4'd0` never holds, since `a` is unsigned; drop it"
    ) { m in
      let a = m.input("a", bits(4))
      _ = m.wire("y", a < 0)
      return [#line - 1]
    },
    BrokenRule(
      "comparison that always holds", "`a >= 4'd0` always holds, since `a` is unsigned; drop it"
    ) { m in
      let a = m.input("a", bits(4))
      _ = m.wire("y", a >= 0)
      return [#line - 1]
    },
  ]
}
