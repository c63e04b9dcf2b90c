import HDL

/// A grid of zero-gated multiply-accumulate elements: the array that docs/side-by-side.md describes
/// in several languages.
public enum PEArray {
  public static let element = Module("pe", "Zero-gated multiply-accumulate.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 2...16, "bits of an operand")
    let accWidth = m.parameter("ACC_WIDTH", default: 32, from: 2 * width, through: 64, "of a sum")
    let clk = m.input("clk")
    let shift = m.input("shift", "sums move down instead")
    let act = m.input("act", signed(width))
    let weight = m.input("weight", signed(width))
    let above = m.input("above", signed(accWidth), "sum of the element above")
    let actOut = m.outputRegister("act_out", signed(width))
    let weightOut = m.outputRegister("weight_out", signed(width))
    let total = m.outputRegister("total", signed(accWidth))

    let product = m.wire("product", act * weight)
    m.clocked(clk) {
      actOut <== act
      weightOut <== weight
      When(shift) {
        total <== above
      } else: {
        When(act.anyBit) { total <== total + product.extended(to: accWidth) }
      }
    }
  }

  public static let array = Module("pe_array", "ROWS x COLS elements; sums leave at the bottom.") {
    m in
    let rows = m.parameter("ROWS", default: 4, in: 1...256, "rows")
    let columns = m.parameter("COLS", default: 4, in: 1...256, "columns")
    let width = m.parameter("WIDTH", default: 8, in: 2...16, "bits of an operand")
    let accWidth = m.parameter("ACC_WIDTH", default: 32, from: 2 * width, through: 64, "of a sum")
    let clk = m.input("clk")
    let shift = m.input("shift", "sums move down, zeros from above")
    let west = m.input("west", bits(rows * width), "activations")
    let north = m.input("north", bits(columns * width), "weights")
    let south = m.output("south", bits(columns * accWidth), "sums of the last row")

    m.forEach(row: "row", "r", rows, column: "col", "c", columns) { cell in
      let act = m.wire("act", signed(width))
      let weight = m.wire("weight", signed(width))
      let above = m.wire("above", signed(accWidth))
      let actOut = m.wire("act_out", signed(width))
      let weightOut = m.wire("weight_out", signed(width))
      let total = m.wire("total", signed(accWidth))
      m.given(cell.isWestEdge, "west_edge", else: "from_west") {
        m.drive { act <== west.element(cell.row, signed(width)) }
      } else: {
        m.drive { act <== cell.west(actOut) }
      }
      m.given(cell.isNorthEdge, "north_edge", else: "from_north") {
        m.drive {
          weight <== north.element(cell.column, signed(width))
          above <== 0
        }
      } else: {
        m.drive {
          weight <== cell.north(weightOut)
          above <== cell.north(total)
        }
      }
      m.instance(
        "pe", of: element, parameters: ["WIDTH": width, "ACC_WIDTH": accWidth],
        ports: [
          "clk": clk, "shift": shift, "act": act, "weight": weight, "above": above,
          "act_out": actOut, "weight_out": weightOut, "total": total,
        ])
      m.given(cell.isEastEdge, "east_edge") { m.unused("act", actOut) }
      m.given(cell.isSouthEdge, "south_edge") {
        m.unused("weight", weightOut)
        m.drive {
          south.slice(from: cell.column * accWidth, width: accWidth) <== total.asUnsigned
        }
      }
    }
  }
}
