import Formal
import HDL
import Machine

/// The feeder issues the steps of each tile in order, and leaves out only those of zeros.
extension ProofCatalog {
  static let feeder: [Proof] = [
    Proof(
      "mime_feeder",
      "In the first 8 cycles, 2 rows of 2 channels: steps of a tile are issued in order, a first and "
        + "a last one mark it, and one that is offered waits unchanged; any row's activation is what "
        + "the buffer gave for its step; without skipping every step is issued, with it the steps left "
        + "out are zero in each row.", feederHarness, by: .bounded(depth: 8),
      faults: [
        Fault(
          "the highest step first", in: "mime_feeder", "left_now & (left_now - ",
          "left_now & (left_now + "),
        Fault(
          "forgets the rows before", in: "mime_feeder", "(gathered | row_nonzero)", "row_nonzero"),
        Fault("the other set's word", in: "mime_feeder", "act <= serve ?", "act <= !serve ?"),
        Fault(
          "reads into the set that is issued", in: "mime_feeder",
          "begun || !full[fill] || fill_ends", "1'b1"),
        Fault(
          "a tile of zeros has no step", in: "mime_feeder",
          "held <= 1'd1;\n                act_last <= 1'd1",
          "held <= 1'd0;\n                act_last <= 1'd1"),
      ]),
    Proof(
      "mime_feeder/covers", "A tile ends with a step left out, and one of zeros only is issued.",
      feederHarness, by: .cover(depth: 9),
      faults: [Fault("skips nothing", in: "mime_feeder", "wanted = skip ?", "wanted = 1'b0 ?")]),
    Proof(
      "mime_feeder/lowest",
      "Of the 6 steps of a word the one that is issued is the lowest that is left, and all others stay "
        + "left.", lowestHarness, by: .induction(depth: 1),
      faults: [
        Fault("keeps all", in: "mime_feeder", "left_now & (left_now - ", "left_now | (left_now - "),
        Fault(
          "a step beside it", in: "mime_feeder", "lowest_bit = left_now ^",
          "lowest_bit = (left_now >> 1) ^"),
      ]),
  ]

  private static let feederHarness = Module(
    "feeder_proof", "A feeder, and any step of any row of any tile."
  ) { m in
    let (actWidth, indexWidth): (Nat, Nat) = (2, 21)
    let dut = Feeder(m, columns: 2, probes: ["comes_row", "comes_number", "comes_steps"])
    let (clk, rst, advance, fires) = (dut["clk"], dut["rst"], dut["advance"], dut["fires"])
    let (skip, tile, live, count) = (dut["skip"], dut["tile"], dut["live"], dut["count"])
    let (word, reads, indexNext) = (dut["word"], dut["reads"], dut["index_next"])
    let (actValid, actData, actNonzero) = (dut["act_valid"], dut["act_data"], dut["act_nonzero"])
    let (actLive, actFirst, actLast) = (dut["act_live"], dut["act_first"], dut["act_last"])
    let (comes, comesNumber) = (dut["comes"], dut["comes_number"])
    m.unused(
      "others", dut["address"], dut["read_task"], dut["act_final"], dut["in_last_block"])
    m.assumeAtStart(rst)

    m.comment("What surrounds it.")
    let ofRows = m.wire("of_rows", concatenate(count == 2, constant(1, width: 1)))
    m.assume(
      "sizes",
      dut["kernel_rows"] == 1 && dut["kernel_columns"] == 1 && dut["pixel_words"].anyBit
        && dut["pixel_words"] <= 2 && dut["last_channels"].anyBit && dut["last_channels"] <= 2,
      on: clk)
    m.assume("live_rows", !tile || (count.anyBit && count <= 2 && live == ofRows), on: clk)
    let channels = (0..<2).map {
      m.wire("channel\($0)", word.element(.literal($0), bits(actWidth)))
    }
    m.assume(
      "bits_of_the_word", dut["nonzero"] == concatenate(channels[1].anyBit, channels[0].anyBit),
      on: clk)
    m.assume("accepted_when_offered", !fires || (actValid && advance), on: clk, reset: rst)

    m.comment("Tiles taken, and tiles whose last step was accepted.")
    let taken = m.register("taken_tiles", bits(3), reset: 0)
    let come = m.register("come_tile", bits(3), reset: 0, "That of the word which comes.")
    let done = m.register("done_tiles", bits(3), reset: 0)
    m.clocked(clk, reset: rst, enable: advance) {
      When(dut["take"]) { taken <== taken + 1 }
      come <== taken - 1
    }
    m.clocked(clk, reset: rst) { When(fires && actLast) { done <== done + 1 } }

    m.comment("Any step of any row of any tile.")
    let watched = (
      tile: m.unchanging("any_tile", bits(3), on: clk), row: m.unchanging("any_row", on: clk),
      step: m.unchanging("any_step", bits(indexWidth), on: clk)
    )
    m.assume("a_step", watched.tile <= 1 && watched.step < 4, on: clk)
    let inWord = m.wire("in_word", watched.step - comesNumber)
    let isIt = m.wire(
      "is_it",
      comes && come == watched.tile && dut["comes_row"] == watched.row
        && inWord < dut["comes_steps"].extended(to: indexWidth))
    let came = m.register("came", reset: 0)
    let act = m.register("act", bits(actWidth))
    let channel = m.wire("channel_of_step", inWord.slice(from: 0, width: 1))
    m.unused("far", inWord)
    m.clocked(clk, reset: rst, enable: advance) { When(isIt) { came <== 1 } }
    m.clocked(clk, enable: advance) {
      When(isIt) { act <== mux(reads, word.element(at: channel, width: actWidth), 0) }
    }
    m.assert("comes_once", !(isIt && came), on: clk, reset: rst)

    m.comment("The steps that are issued.")
    let number = m.register("number", bits(indexWidth), "Of the step that is offered.")
    let before = m.register(
      "number_before", bits(indexWidth), "Of the one that was accepted before.")
    let inside = m.register(
      "in_tile", reset: 0, "Steps of a tile have been accepted, not its last.")
    m.clocked(clk, reset: rst) { When(fires) { inside <== !actLast } }
    m.clocked(clk) {
      number <== indexNext
      When(fires) { before <== number }
    }
    m.assert("framed", !actValid || actFirst == !inside, on: clk, reset: rst)
    m.assert("goes_on", !(actValid && inside) || number > before, on: clk, reset: rst)
    m.assert("of_a_tile_that_was_taken", !actValid || done < taken, on: clk, reset: rst)
    m.assert(
      "every_step", !(actValid && !skip) || number == mux(inside, before + 1, 0), on: clk,
      reset: rst)
    let steps = m.register("steps", bits(indexWidth), reset: 1)
    m.clocked(clk, reset: rst) { When(fires) { steps <== mux(actLast, 1, steps + 1) } }
    m.assert("counts_them", !actValid || dut["issued"] == steps, on: clk, reset: rst)
    m.assert(
      "ends_with_the_last", !(dut["is_end"] && fires) || (actLast && dut["in_last_use"]), on: clk,
      reset: rst)
    let offers = m.wire("offers", actValid && done == watched.tile)
    let isStep = m.wire("is_step", offers && number == watched.step)
    let isOver = m.wire(
      "is_over",
      offers && came && !isStep
        && (mux(inside, before < watched.step, constant(1, width: 1)) && number > watched.step
          || (actLast && number < watched.step))
    )
    let data = m.wire("data_of_row", actData.element(at: watched.row, width: actWidth))
    let isLive = m.wire("is_live", actLive.element(at: watched.row, width: 1))
    let isNonzero = m.wire("is_nonzero", actNonzero.element(at: watched.row, width: 1))
    m.assert(
      "its_activation",
      !(isStep && isLive) || (came && data == act && isNonzero == act.anyBit)
        || (skip && actFirst && actLast && !data.anyBit && !isNonzero), on: clk, reset: rst)
    m.assert("none_of_a_row_without_a_slot", !isStep || isLive || !isNonzero, on: clk, reset: rst)
    m.assert("leaves_out_zeros_only", !isOver || (skip && !act.anyBit), on: clk, reset: rst)

    m.comment("A step that waits.")
    let waited = m.register("waited", reset: 0)
    let offered = m.wire(
      "offered", concatenate(actData, actNonzero, actLive, actFirst, actLast, number))
    let was = m.register("was", offered.shape)
    m.clocked(clk, reset: rst) { waited <== actValid && !fires }
    m.clocked(clk) { was <== offered }
    m.assert("waits", !waited || (actValid && offered == was), on: clk, reset: rst)
    m.cover(
      "left_out", fires && actLast && !actFirst && skip && came && isOver, on: clk, reset: rst)
    m.cover(
      "only_zeros", fires && actLast && actFirst && skip && !actNonzero.anyBit, on: clk, reset: rst)
  }

  private static let lowestHarness = Module("lowest_proof", "Any step of a word.") { m in
    let dut = Feeder(m, columns: 6, probes: ["left_now", "left_next", "lowest"])
    let (clk, left, next, lowest) = (dut["clk"], dut["left_now"], dut["left_next"], dut["lowest"])
    let any = m.unchanging("any", bits(3), on: clk)
    let isLeft = m.wire("any_is_left", left.element(at: any, width: 1))
    let staysLeft = m.wire("stays_left", next.element(at: any, width: 1))
    m.assume("a_step", any < 6, on: clk)
    m.assumeAtStart(dut["rst"])
    m.assert("none_below", !isLeft || lowest <= any, on: clk)
    m.assert("it_is_left", !left.anyBit || left.element(at: lowest, width: 1), on: clk)
    m.assert("others_stay", staysLeft == (isLeft && any != lowest), on: clk)
    m.unused("others", concatenate(dut.outputs))
  }

  /// A feeder of 2 rows with free inputs and settings that stay.
  private struct Feeder {
    private var signals: [String: Signal] = [:]
    private(set) var outputs: [Signal] = []
    subscript(name: String) -> Signal { signals[name]! }

    init(_ m: ModuleBuilder, columns: Nat, probes: [String]) {
      let (rows, actWidth, placeWidth): (Nat, Nat, Nat) = (2, 2, 3)
      let (mapWidth, taskWidth, indexWidth): (Nat, Nat, Nat) = (2, 1, 21)
      let word = bits(columns * actWidth)
      let steps = bits(clog2(columns + 1))
      var ports: Connections<Signal> = [:]
      func connect(_ name: String, _ signal: Signal, to port: String? = nil) {
        signals[name] = signal
        ports = ports + [port ?? name: signal]
      }
      let inputs: KeyValuePairs<String, Shape> = [
        "clk": .bit, "rst": .bit, "advance": .bit, "tile": .bit,
        "places": bits(rows * placeWidth), "tops": bits(rows * (mapWidth + 2)),
        "lefts": bits(rows * (mapWidth + 2)), "tasks": bits(rows * taskWidth),
        "live": bits(rows), "count": bits(2), "ends_block": .bit, "is_last_block": .bit,
        "word": word, "nonzero": bits(columns), "fires": .bit,
      ]
      for (name, shape) in inputs { connect(name, m.input(name, shape)) }
      let settings: KeyValuePairs<String, Shape> = [
        "skip": .bit, "resident": .bit, "height": bits(mapWidth), "width": bits(mapWidth),
        "kernel_rows": bits(mapWidth), "kernel_columns": bits(mapWidth),
        "pixel_words": bits(mapWidth), "last_channels": steps, "row_step": bits(placeWidth),
      ]
      for (name, shape) in settings {
        connect(name, m.unchanging(name, shape, on: signals["clk"]!))
      }
      let results: KeyValuePairs<String, Shape> = [
        "take": .bit, "address": bits(placeWidth), "reads": .bit, "read_task": bits(taskWidth),
        "comes": .bit, "act_valid": .bit, "act_data": bits(rows * actWidth),
        "act_nonzero": bits(rows),
        "act_live": bits(rows), "act_first": .bit, "act_last": .bit, "act_final": .bit,
        "in_last_block": .bit, "issued": bits(indexWidth), "index_next": bits(indexWidth),
        "in_last_use": .bit, "is_end": .bit,
      ]
      for (name, shape) in results {
        connect(name, m.wire(name, shape))
        outputs.append(signals[name]!)
      }
      let shapes: [String: Shape] = [
        "comes_row": bits(1), "comes_number": bits(indexWidth),
        "comes_steps": steps, "left_now": bits(columns), "left_next": bits(columns),
        "lowest": bits(clog2(columns)),
      ]
      for name in probes { connect(name, m.wire(name, shapes[name]!), to: "probe_\(name)") }
      m.instance(
        "dut", of: probes.reduce(machine("mime_feeder")) { $0.probing($1) },
        parameters: [
          "ROWS": rows, "COLS": columns, "FEED_BANKS": 1, "ACT_WIDTH": actWidth,
          "PLACE_WIDTH": placeWidth, "MAP_WIDTH": mapWidth, "TASK_WIDTH": taskWidth,
          "INDEX_WIDTH": indexWidth,
        ], ports: ports)
    }
  }
}
