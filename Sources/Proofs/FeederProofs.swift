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
        Fault("the highest step first", in: "mime_feeder", "left_now & (left_now - ", "left_now & (left_now + "),
        Fault("forgets the rows before", in: "mime_feeder", "(gathered | row_nonzero)", "row_nonzero"),
        Fault("the other set's word", in: "mime_feeder", "act <= serve ?", "act <= !serve ?"),
        Fault("reads into the set that is issued", in: "mime_feeder", "begun || !full[fill] || fill_ends", "1'b1"),
        Fault("a tile of zeros has no step", in: "mime_feeder", "held <= 1'd1;\n                act_last <= 1'd1", "held <= 1'd0;\n                act_last <= 1'd1"),
      ]),
    Proof(
      "mime_feeder/covers", "A tile ends with a step left out, and one of zeros only is issued.",
      feederHarness, by: .cover(depth: 9),
      faults: [Fault("skips nothing", in: "mime_feeder", "wanted = skip ?", "wanted = 1'b0 ?")]),
  ]

  private static let feederHarness = Module(
    "feeder_proof", "A feeder, and any step of any row of any tile."
  ) { m in
    let (rows, columns, actWidth, placeWidth): (Nat, Nat, Nat, Nat) = (2, 2, 2, 3)
    let (mapWidth, taskWidth, indexWidth): (Nat, Nat, Nat) = (2, 1, 21)
    let clk = m.input("clk")
    let rst = m.input("rst")
    var ports: Connections<Signal> = ["clk": clk, "rst": rst]
    func input(_ name: String, _ shape: Shape = .bit) -> Signal {
      let signal = m.input(name, shape)
      ports = ports + [name: signal]
      return signal
    }
    func setting(_ name: String, _ shape: Shape = .bit) -> Signal {
      let signal = m.unchanging(name, shape, on: clk)
      ports = ports + [name: signal]
      return signal
    }
    func output(_ name: String, _ shape: Shape = .bit, as port: String? = nil) -> Signal {
      let signal = m.wire(name, shape)
      ports = ports + [port ?? name: signal]
      return signal
    }
    let advance = input("advance")
    let skip = setting("skip")
    let resident = setting("resident")
    let sizes = ["height", "width", "kernel_rows", "kernel_columns", "pixel_words"].map {
      setting($0, bits(mapWidth))
    }
    let lastChannels = setting("last_channels", bits(2))
    _ = setting("row_step", bits(placeWidth))
    let tile = input("tile")
    for name in ["places", "tops", "lefts", "tasks"] {
      let width = ["places": placeWidth, "tasks": taskWidth][name] ?? mapWidth + 2
      _ = input(name, bits(rows * width))
    }
    let live = input("live", bits(rows))
    let count = input("count", bits(2))
    let endsBlock = input("ends_block")
    _ = input("is_last_block")
    let word = input("word", bits(columns * actWidth))
    let nonzero = input("nonzero", bits(columns))
    let fires = input("fires")
    let take = output("take")
    let address = output("address", bits(placeWidth))
    let reads = output("reads")
    let readTask = output("read_task", bits(taskWidth))
    let actValid = output("act_valid")
    let actData = output("act_data", bits(rows * actWidth))
    let actNonzero = output("act_nonzero", bits(rows))
    let actLive = output("act_live", bits(rows))
    let actFirst = output("act_first")
    let actLast = output("act_last")
    let actFinal = output("act_final")
    let inLastBlock = output("in_last_block")
    let issued = output("issued", bits(indexWidth))
    let indexNext = output("index_next", bits(indexWidth))
    let inLastUse = output("in_last_use")
    let isEnd = output("is_end")
    let comes = output("comes", as: "probe_comes")
    let comesRow = output("comes_row", bits(1), as: "probe_comes_row")
    let comesNumber = output("comes_number", bits(indexWidth), as: "probe_comes_number")
    let comesSteps = output("comes_steps", bits(2), as: "probe_comes_steps")
    m.instance(
      "dut",
      of: machine("mime_feeder").probing("comes", "comes_row", "comes_number", "comes_steps"),
      parameters: [
        "ROWS": rows, "COLS": columns, "FEED_BANKS": 1, "ACT_WIDTH": actWidth,
        "PLACE_WIDTH": placeWidth, "MAP_WIDTH": mapWidth, "TASK_WIDTH": taskWidth,
        "INDEX_WIDTH": indexWidth,
      ], ports: ports)
    m.unused("others", address, readTask, actFinal, inLastBlock, resident, endsBlock)
    m.assumeAtStart(rst)

    m.comment("What surrounds it.")
    let ofRows = m.wire("of_rows", concatenate(count == 2, constant(1, width: 1)))
    m.assume(
      "sizes",
      sizes[2] == 1 && sizes[3] == 1 && sizes[4].anyBit && sizes[4] <= 2 && lastChannels.anyBit
        && lastChannels <= 2, on: clk)
    m.assume("live_rows", !tile || (count.anyBit && count <= 2 && live == ofRows), on: clk)
    let channels = (0..<2).map { m.wire("channel\($0)", word.element(.literal($0), bits(actWidth))) }
    m.assume(
      "bits_of_the_word", nonzero == concatenate(channels[1].anyBit, channels[0].anyBit), on: clk)
    m.assume("accepted_when_offered", !fires || (actValid && advance), on: clk, reset: rst)

    m.comment("Tiles taken, and tiles whose last step was accepted.")
    let taken = m.register("taken_tiles", bits(3), reset: 0)
    let come = m.register("come_tile", bits(3), reset: 0, "That of the word which comes.")
    let done = m.register("done_tiles", bits(3), reset: 0)
    m.clocked(clk, reset: rst, enable: advance) {
      When(take) { taken <== taken + 1 }
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
      comes && come == watched.tile && comesRow == watched.row
        && inWord < comesSteps.extended(to: indexWidth))
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
    let before = m.register("number_before", bits(indexWidth), "Of the one that was accepted before.")
    let inside = m.register("in_tile", reset: 0, "Steps of a tile have been accepted, not its last.")
    m.clocked(clk, reset: rst) { When(fires) { inside <== !actLast } }
    m.clocked(clk) {
      number <== indexNext
      When(fires) { before <== number }
    }
    m.assert("framed", !actValid || actFirst == !inside, on: clk, reset: rst)
    m.assert("goes_on", !(actValid && inside) || number > before, on: clk, reset: rst)
    m.assert("of_a_tile_that_was_taken", !actValid || done < taken, on: clk, reset: rst)
    m.assert(
      "every_step", !(actValid && !skip) || number == mux(inside, before + 1, 0), on: clk, reset: rst)
    let steps = m.register("steps", bits(indexWidth), reset: 1)
    m.clocked(clk, reset: rst) { When(fires) { steps <== mux(actLast, 1, steps + 1) } }
    m.assert("counts_them", !actValid || issued == steps, on: clk, reset: rst)
    m.assert(
      "ends_with_the_last", !(isEnd && fires) || (actLast && inLastUse), on: clk, reset: rst)
    let offers = m.wire("offers", actValid && done == watched.tile)
    let isStep = m.wire("is_step", offers && number == watched.step)
    let isOver = m.wire(
      "is_over",
      offers && came && !isStep
        && (mux(inside, before < watched.step, constant(1, width: 1)) && number > watched.step
          || (actLast && number < watched.step)))
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
    m.cover("only_zeros", fires && actLast && actFirst && skip && !actNonzero.anyBit, on: clk, reset: rst)
  }

}
