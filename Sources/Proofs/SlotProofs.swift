import Formal
import HDL
import Machine

/// The walk over row slots comes to every place once, in order.
extension ProofCatalog {
  static let slots: [Proof] = [
    Proof(
      "mime_slots",
      "At any sizes the walk begins at the first place, each step goes to one that comes later, and "
        + "none lies between them: every place of every image of every run comes once, in order, "
        + "whether rows or 2x2 windows follow each other; the moves that it tells are those that it "
        + "makes.", slotsHarness, by: .induction(depth: 1),
      faults: [
        Fault(
          "the last column's window is left out", in: "mime_slots",
          "!is_right && !row[0] && !is_last_row",
          "!is_right && !row[0] && !is_last_row && !is_last_column"),
        Fault(
          "the right of an odd last column", in: "mime_slots", "!column[0] && !is_last_column",
          "!column[0]"),
        Fault("stays in the lower row", in: "mime_slots", "row <= even_row", "row <= row"),
        Fault("an image less", in: "mime_slots", "== images", ">= images - 1'b1"),
        Fault("tells the wrong move", in: "mime_slots", "to_row = ends_window", "to_row = 1'b1"),
      ]),
    Proof(
      "mime_slots/covers", "The walk comes to the second run's first place.", slotsHarness,
      by: .cover(depth: 12),
      faults: [Fault("never a run", in: "mime_slots", "run <= run + ", "run <= 1'b0 & ")]),
  ]

  private static let slotsHarness = Module("slots_proof", "A walk, and any place of it.") { m in
    let (mapWidth, imageWidth, runWidth): (Nat, Nat, Nat) = (10, 8, 3)
    let clk = m.input("clk")
    let rst = m.input("rst")
    let again = m.input("again")
    let step = m.input("step")
    let images = m.input("images", bits(imageWidth))
    let windows = m.unchanging("windows", on: clk)
    let height = m.unchanging("height", bits(mapWidth), on: clk)
    let width = m.unchanging("width", bits(mapWidth), on: clk)
    let runs = m.unchanging("runs", bits(runWidth + 1), on: clk)
    let first = m.wire("first", rst || again)
    let run = m.wire("run", bits(runWidth))
    let inside = ["column", "row"].map { m.wire($0, bits(mapWidth)) }
    let (column, row) = (inside[0], inside[1])
    let image = m.wire("image", bits(imageWidth))
    let moves = ["to_right", "to_below", "to_window", "to_row", "to_image"].map { m.wire($0) }
    let odd = ["odd_column", "odd_row", "last_row"].map { m.wire($0) }
    m.instance(
      "dut", of: machine("mime_slots").probing("column", "row", "image"),
      parameters: ["MAP_WIDTH": mapWidth, "IMAGE_WIDTH": imageWidth, "RUN_WIDTH": runWidth],
      ports: [
        "clk": clk, "first": first, "step": step, "windows": windows, "height": height,
        "width": width, "images": images, "run": run, "odd_column": odd[0], "odd_row": odd[1],
        "last_row": odd[2], "to_right": moves[0], "to_below": moves[1], "to_window": moves[2],
        "to_row": moves[3], "to_image": moves[4], "probe_column": column, "probe_row": row,
        "probe_image": image,
      ])
    m.assumeAtStart(rst)

    m.comment("Sizes, and where the walk ends.")
    let runWas = m.register("run_was", bits(runWidth))
    let imagesWas = m.register("images_was", bits(imageWidth))
    m.clocked(clk) {
      runWas <== run
      imagesWas <== images
    }
    m.assume(
      "sizes", height.anyBit && width.anyBit && images.anyBit && runs.anyBit && runs <= 8, on: clk)
    m.assume("a_run_has_its_images", run != runWas || images == imagesWas, on: clk, reset: rst)
    let wideRun = m.wire("wide_run", run.extended(to: runWidth + 1))
    let isEnd = m.wire(
      "is_end",
      row + 1 == height && column + 1 == width && image + 1 == images && wideRun + 1 == runs)
    m.assume("no_step_past_the_end", !(step && isEnd), on: clk, reset: rst)

    m.comment("Any place of the walk.")
    let place = (
      run: m.unchanging("place_run", bits(runWidth), on: clk),
      images: m.unchanging("place_images", bits(imageWidth), "Of the place's run.", on: clk),
      image: m.unchanging("place_image", bits(imageWidth), on: clk),
      row: m.unchanging("place_row", bits(mapWidth), on: clk),
      column: m.unchanging("place_column", bits(mapWidth), on: clk)
    )
    m.assume("images_of_its_run", run != place.run || images == place.images, on: clk, reset: rst)
    m.assume(
      "a_place",
      place.run.extended(to: runWidth + 1) < runs && place.image < place.images
        && place.row < height && place.column < width, on: clk)

    m.comment("Places as numbers in the order of the walk.")
    let order = { (name: String, run: Signal, image: Signal, row: Signal, column: Signal) in
      let high = mapWidth - 1
      let inWindows = m.wire(
        "\(name)_in_windows",
        concatenate(
          row.slice(from: 1, width: high), column.slice(from: 1, width: high), row[0], column[0]))
      return m.wire(
        name, concatenate(run, image, mux(windows, inWindows, concatenate(row, column))))
    }
    let now = order("now", run, image, row, column)
    let any = order("any", place.run, place.image, place.row, place.column)
    let was = m.register("was", now.shape)
    let stepped = m.register("stepped", reset: 0)
    let restarted = m.register("restarted", reset: 1)
    m.clocked(clk, reset: rst) {
      stepped <== step && !again
      restarted <== again
    }
    m.clocked(clk) { was <== now }
    m.assert(
      "inside_the_map",
      row < height && column < width && image < images && wideRun < runs, on: clk, reset: rst)
    m.assert("first_place", !restarted || !now.anyBit, on: clk, reset: rst)
    m.assert("goes_on", !stepped || now > was, on: clk, reset: rst)
    m.assert("leaves_none_out", !stepped || any <= was || any >= now, on: clk, reset: rst)
    m.assert("waits", stepped || restarted || now == was, on: clk, reset: rst)

    m.comment("Where a move was said to go.")
    let told = m.register("told", bits(5))
    let (rowWas, columnWas) = (
      m.register("row_was", bits(mapWidth)), m.register("column_was", bits(mapWidth))
    )
    m.clocked(clk) {
      told <== concatenate(moves.reversed())
      rowWas <== row
      columnWas <== column
    }
    m.assert(
      "one_move", told.anyBit && !(told &&& (told - 1)).anyBit || !stepped, on: clk, reset: rst)
    let rowMoves = m.wire("row_moves", row - rowWas)
    let columnMoves = m.wire("column_moves", column - columnWas)
    let evenRow = m.wire("even_row", rowWas - mux(windows, rowWas[0].extended(to: mapWidth), 0))
    let evenColumn = m.wire(
      "even_column", columnWas - mux(windows, columnWas[0].extended(to: mapWidth), 0))
    func goes(_ name: String, _ number: Nat, _ condition: Signal) {
      m.assert("goes_\(name)", !(stepped && told[number]) || condition, on: clk, reset: rst)
    }
    goes("right", 0, columnMoves == 1 && !rowMoves.anyBit)
    goes("below", 1, rowMoves == 1 && column == evenColumn)
    goes("window", 2, columnMoves == 1 && row == evenRow && !(windows && column[0]))
    goes("row", 3, rowMoves == 1 && !column.anyBit && !(windows && row[0]))
    goes("image", 4, !row.anyBit && !column.anyBit)
    m.assert(
      "of_the_place",
      odd[0] == column[0] && odd[1] == row[0] && odd[2] == (row + 1 == height), on: clk, reset: rst)
    m.cover("second_run", run == 1 && height == 3 && width == 3, on: clk, reset: rst)
  }
}
