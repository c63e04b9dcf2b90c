import HDL

extension Components {
  /// `axi_read_arbiter`: several readers behind one AXI4 port.
  public static let axiReadArbiter = Module(
    "axi_read_arbiter",
    """
    Lets READERS readers share the read channels of one AXI4 port. A reader's number is the identifier of
    its bursts, by which their data come back to it. Of those that ask at once the next lower number
    after the last one goes first, and after 0 the highest, so that all get their turn.
    """
  ) { m in
    let readers = m.parameter("READERS", default: 2, in: 1...16, "readers")
    let size = m.parameter("SIZE", default: 3, in: 2...7, "log2 of a beat's bytes")
    let addressWidth = m.parameter("ADDR_WIDTH", default: 32, in: 16...64, "bits of an address")
    let dataWidth = m.constant("DATA_WIDTH", .power(ofTwo: size + 3))
    let numberBits = m.constant("NUMBER_WIDTH", indexWidth(readers))
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let valid = m.input("ar_valid", bits(readers), "a bit for each reader")
    let ready = m.output("ar_ready", bits(readers))
    let address = m.input("ar_addr", bits(readers * addressWidth))
    let length = m.input("ar_len", bits(readers * 8), "beats less one")
    let dataValid = m.output("r_valid", bits(readers))
    let dataReady = m.input("r_ready", bits(readers))
    let data = m.output("r_data", bits(dataWidth), "the same for all readers")
    let response = m.output("r_resp", bits(2))
    let dataLast = m.output("r_last")
    let bus = m.initiator(
      "m_axi", .axi4Read(address: addressWidth, data: dataWidth, id: numberBits))

    m.comment("Who goes first: the highest below the last one, else the highest of all.")
    let last = m.register("last_reader", bits(numberBits), reset: 0)
    let below = m.wire("below", bits(numberBits))
    let isBelow = m.wire("is_below")
    let highest = m.wire("highest", bits(numberBits))
    m.drive {
      below <== 0
      isBelow <== 0
      highest <== 0
      ForEach("look", index: "i", count: readers) { i in
        When(valid[i]) {
          highest <== i
          When(last > i) {
            below <== i
            isBelow <== 1
          }
        }
      }
    }

    m.comment("A burst that is offered stays until it is taken.")
    let isHeld = m.register("is_held", reset: 0)
    let held = m.register("held", bits(numberBits))
    let owner = m.wire("owner", mux(isHeld, held, mux(isBelow, below, highest)))
    let asks = m.wire("asks", valid.anyBit)
    m.clocked(clk, reset: rst) {
      isHeld <== asks && !bus["arready"]
      When(asks && bus["arready"]) { last <== owner }
    }
    m.clocked(clk) { held <== owner }
    m.drive {
      bus["arvalid"] <== asks
      bus["arid"] <== owner
      bus["araddr"] <== address.element(at: owner, width: addressWidth)
      bus["arlen"] <== length.element(at: owner, width: 8)
      bus["arsize"] <== constant(size, width: 3)
      bus["arburst"] <== 1
    }

    m.comment("To each reader its own.")
    m.forEach("reader", index: "k", count: readers) { k in
      let number = m.constant("NUMBER", k)
      let own = constant(number, width: numberBits)
      m.drive {
        ready[k] <== bus["arready"] && valid[k] && owner == own
        dataValid[k] <== bus["rvalid"] && bus["rid"] == own
      }
    }
    m.drive {
      bus["rready"] <== dataReady[bus["rid"]]
      data <== bus["rdata"]
      response <== bus["rresp"]
      dataLast <== bus["rlast"]
    }
  }
}
