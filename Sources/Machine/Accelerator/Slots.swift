import HDL

extension Machine {
  /// `mime_slots`: the row slots of a column block in their order.
  ///
  /// What follows the present slot is said as a move, so that addresses and coordinates of any layout
  /// can go along by additions.
  static let slots = Module(
    "mime_slots",
    """
    Walks the row slots of a column block: runs of images of one task, and the output positions of each
    image. Positions come row by row, or, with `windows`, in 2x2 windows: windows row by row, the
    positions of a window row by row, those outside the map left out.
    """
  ) { m in
    let mapWidth = m.parameter("MAP_WIDTH", default: 10, in: 2...16, "bits of a map's side")
    let imageWidth = m.parameter(
      "IMAGE_WIDTH", default: 8, in: 1...16, "bits of a number of images")
    let runWidth = m.parameter("RUN_WIDTH", default: 3, in: 1...8, "bits of a run's number")
    let clk = m.input("clk")
    let first = m.input("first", "go to the first slot")
    let next = m.input("step", "go to the next slot")
    let windows = m.input("windows", "2x2 windows, else row by row")
    let height = m.input("height", bits(mapWidth), "rows of the output before pooling")
    let width = m.input("width", bits(mapWidth), "and its columns")
    let images = m.input("images", bits(imageWidth), "images of the run")
    let run = m.outputRegister("run", bits(runWidth), "number of the slot's run")
    let oddColumn = m.output("odd_column")
    let oddRow = m.output("odd_row")
    let lastRow = m.output("last_row", "of the map")
    m.comment("Where the next slot lies; one of them is 1.")
    let toRight = m.output("to_right", "the next column of the window")
    let toBelow = m.output("to_below", "the window's second row")
    let toWindow = m.output("to_window", "the next window, or column")
    let toRow = m.output("to_row", "the first column of the next row of windows, or row")
    let toImage = m.output("to_image", "the next image")

    let column = m.register("column", bits(mapWidth))
    let row = m.register("row", bits(mapWidth))
    let image = m.register("image", bits(imageWidth))
    let isLastColumn = m.wire("is_last_column", column + 1 == width)
    let isLastRow = m.wire("is_last_row", row + 1 == height)
    let isRight = m.wire("is_right", windows && !column[0] && !isLastColumn)
    let isBelow = m.wire("is_below", windows && !isRight && !row[0] && !isLastRow)
    let endsWindow = m.wire("ends_window", !isRight && !isBelow)
    m.drive {
      oddColumn <== column[0]
      oddRow <== row[0]
      lastRow <== isLastRow
      toRight <== isRight
      toBelow <== isBelow
      toWindow <== endsWindow && !isLastColumn
      toRow <== endsWindow && isLastColumn && !isLastRow
      toImage <== endsWindow && isLastColumn && isLastRow
    }
    let high = mapWidth - 1
    let evenColumn = m.wire(
      "even_column", concatenate(column.slice(from: 1, width: high), zero(.bit)))
    let evenRow = m.wire("even_row", concatenate(row.slice(from: 1, width: high), zero(.bit)))
    m.clocked(clk) {
      When(first) {
        column <== 0
        row <== 0
        image <== 0
        run <== 0
      } else: {
        When(next) {
          When(isRight) { column <== column + 1 }
          When(isBelow) {
            column <== evenColumn
            row <== row + 1
          }
          When(endsWindow) {
            When(!isLastColumn) {
              column <== column + 1
              When(windows) { row <== evenRow }
            } else: {
              column <== 0
              When(!isLastRow) {
                row <== row + 1
              } else: {
                row <== 0
                When(image + 1 == images) {
                  image <== 0
                  run <== run + 1
                } else: {
                  image <== image + 1
                }
              }
            }
          }
        }
      }
    }
  }
}
