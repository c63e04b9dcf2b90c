import Formal
import HDL
import Machine

/// Gating changes no number: the processing element and one that always multiplies.
extension ProofCatalog {
  static let element: [Proof] = [
    ["OPERAND_WIDTH": 3, "WEIGHT_WIDTH": 2, "ACC_WIDTH": 6, "MACS_WIDTH": 2],
    ["OPERAND_WIDTH": 4, "WEIGHT_WIDTH": 3, "ACC_WIDTH": 8, "MACS_WIDTH": 3],
    ["OPERAND_WIDTH": 3, "WEIGHT_WIDTH": 3, "ACC_WIDTH": 6, "MACS_WIDTH": 1, "COUNT_EVENTS": 0],
  ].enumerated().map { number, configuration in
    let widths = ["OPERAND_WIDTH", "WEIGHT_WIDTH", "ACC_WIDTH"].map { "\(configuration[$0]!)" }
    return Proof(
      "mime_pe/\(widths.joined(separator: "-"))",
      "The gated element equals one that loads its operands in every step, zero where a pair does "
        + "not count, and always adds: all outputs, its sums from the first step of a tile on.",
      elementHarness, at: configuration, by: .induction(depth: 1),
      faults: number == 0 ? elementFaults : [])
  }

  private static let elementFaults = [
    Fault("multiplies where not live", in: "mime_pe", "nonzero_in && live_in", "nonzero_in"),
    Fault("adds what it holds", in: "mime_pe", "active ? (base", "1'b1 ? (base"),
    Fault("sums of two tiles", in: "mime_pe", "(active || first_out) ?", "active ?"),
    Fault(
      "the shadow misses the last step", in: "mime_pe", "shadow <= sum", "shadow <= accumulator"),
    Fault("counts what it gates", in: "mime_pe", "enable}", "nonzero_in}"),
  ]

  private static let elementHarness = Module(
    "element_proof", "A gated element beside one that is not."
  ) { m in
    let actWidth = m.parameter("OPERAND_WIDTH", default: 3, in: 3...25, "bits of an operand")
    let weightWidth = m.parameter("WEIGHT_WIDTH", default: 2, in: 2...24, "bits of a weight")
    let accWidth = m.parameter(
      "ACC_WIDTH", default: 6, from: actWidth + weightWidth, through: 64, "bits of a sum")
    let macsWidth = m.parameter("MACS_WIDTH", default: 2, in: 1...11, "bits of the count")
    let counts = m.parameter("COUNT_EVENTS", default: 1, in: 0...1, "1 counts")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let advance = m.input("advance")
    var ports = Connections<Signal>([("clk", clk), ("advance", advance)])
    var arriving: [String: Signal] = [:]
    var leaving: [String: Signal] = [:]
    let tokens: [(name: String, shape: Shape)] = [
      ("nonzero", .bit), ("first", .bit), ("last", .bit), ("shift", .bit),
      ("act", signed(actWidth)), ("live", .bit), ("weight", signed(weightWidth)),
      ("macs", bits(macsWidth)),
    ]
    for (name, shape) in tokens {
      arriving[name] = m.input("\(name)_in", shape)
      leaving[name] = m.wire("\(name)_out", shape)
      ports = ports + [("\(name)_in", arriving[name]!), ("\(name)_out", leaving[name]!)]
    }
    let shadowIn = m.input("shadow_in", signed(accWidth))
    let shadow = m.wire("shadow", signed(accWidth))
    let multiplicand = m.wire("multiplicand", signed(actWidth))
    let multiplier = m.wire("multiplier", signed(weightWidth))
    let active = m.wire("active")
    let accumulator = m.wire("accumulator", signed(accWidth))
    m.instance(
      "dut",
      of: machine("mime_pe").probing("multiplicand", "multiplier", "active", "accumulator"),
      parameters: [
        "OPERAND_WIDTH": actWidth, "WEIGHT_WIDTH": weightWidth, "ACC_WIDTH": accWidth,
        "MACS_WIDTH": macsWidth, "COUNT_EVENTS": counts,
      ],
      ports: ports + [
        "shadow_in": shadowIn, "shadow": shadow, "probe_multiplicand": multiplicand,
        "probe_multiplier": multiplier, "probe_active": active, "probe_accumulator": accumulator,
      ])

    m.comment("What an element without gates does.")
    let counted = m.wire("is_counted", arriving["nonzero"]! && arriving["live"]!)
    var passed: [String: Signal] = [:]
    for (name, shape) in tokens { passed[name] = m.register("passed_\(name)", shape) }
    let operand = m.register("plain_operand", signed(actWidth))
    let factor = m.register("plain_factor", signed(weightWidth))
    let total = m.register("plain_total", signed(accWidth))
    let plainShadow = m.register("plain_shadow", signed(accWidth))
    let product = m.wire("plain_product", operand * factor)
    let before = m.wire("plain_before", mux(passed["first"]!, zero(signed(accWidth)), total))
    let sum = m.wire("plain_sum", before + product.extended(to: accWidth))
    m.clocked(clk, enable: advance) {
      for (name, _) in tokens where name != "macs" { passed[name]! <== arriving[name]! }
      passed["macs"]! <== arriving["macs"]! + counted.extended(to: macsWidth)
      operand <== mux(counted, arriving["act"]!, zero(signed(actWidth)))
      factor <== mux(counted, arriving["weight"]!, zero(signed(weightWidth)))
      total <== sum
      When(passed["last"]!) {
        plainShadow <== sum
      } else: {
        When(passed["shift"]!) { plainShadow <== shadowIn }
      }
    }

    m.comment("What is known: nothing before the first step of a tile.")
    let loaded = m.register("loaded", .bit, reset: 0, "An operand has come.")
    let begun = m.register("begun", .bit, reset: 0, "The sum is of a tile.")
    let kept = m.register("kept", .bit, reset: 0, "The shadow is of a tile, or of the one above.")
    let begins = m.wire("begins", loaded && (begun || passed["first"]!))
    m.assumeAtStart(rst)
    m.clocked(clk, reset: rst, enable: advance) {
      loaded <== 1
      begun <== begins
      When(passed["last"]!) {
        kept <== begins
      } else: {
        kept <== (loaded && (kept || passed["shift"]!))
      }
    }
    let counting = m.wire("counting", constant(counts, width: 32))
    for (name, shape) in tokens {
      var expected = passed[name]!
      if name == "macs" {
        expected = mux(counting.anyBit, expected, zero(shape))
      }
      m.assert("same_\(name)", !loaded || leaving[name]! == expected, on: clk, reset: rst)
    }
    m.assert("same_sum", !begun || accumulator == total, on: clk, reset: rst)
    m.assert("same_shadow", !kept || shadow == plainShadow, on: clk, reset: rst)
    let isSame = m.wire("is_same", multiplicand == operand && multiplier == factor)
    let isNothing = m.wire(
      "is_nothing", operand == zero(signed(actWidth)) && factor == zero(signed(weightWidth)))
    m.assert("gated_is_zero", !loaded || mux(active, isSame, isNothing), on: clk, reset: rst)
  }
}
