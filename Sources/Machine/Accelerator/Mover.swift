import Components
import HDL

extension Machine {
  /// `mime_mover`: loads and stores.
  static let mover = Module(
    "mime_mover",
    """
    Moves words of memory to an activation buffer, a word of COLS channels at a time, or words of all
    banks of a buffer to memory, place after place.
    """
  ) { m in
    let columns = m.parameter("COLS", default: 16, in: 1...1024, "channels of a bank's word")
    let banks = m.parameter("FEED_BANKS", default: 1, in: 1...8, "banks")
    let actWidth = m.parameter("ACT_WIDTH", default: 8, in: 2...24, "bits of an activation")
    let placeWidth = m.parameter("PLACE_WIDTH", default: 12, in: 2...30, "bits of a place")
    let indexWide = m.parameter("INDEX_WIDTH", default: 24, in: 21...30, "bits of a word's number")
    let slotWidth = m.parameter("SLOT_WIDTH", default: 24, in: 4...30, "bits of a number of words")

    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let startsLoad = m.input("starts_load")
    let startsStore = m.input("starts_store")
    let isLoad = m.input("is_load", "the present operation is a load")
    let isStore = m.input("is_store", "it is a store")
    let words = m.input("words", bits(slotWidth), "of the load or store")
    let first = m.input("first", bits(placeWidth), "its first place")
    let moving = m.outputRegister("moving", reset: 0, "a load or a store is under way")
    let ends = m.output("ends", "it ends")
    m.comment("The words of a load.")
    let offset = m.input("offset", bits(.literal(offsetWidth)), "where they are in memory")
    let lines = m.input("lines", bits(indexWide), "how many lines they take there")
    let request = m.initiator(
      "request",
      .stream(
        .forward("offset", bits(.literal(offsetWidth))), .forward("lines", bits(indexWide))))
    let available = m.input("available")
    let word = m.input("word", bits(columns * actWidth))
    let take = m.output("take")
    let indexNext = m.output("index_next", bits(indexWide))
    let isEnd = m.output("is_end")
    let inLastUse = m.output("in_last_use")
    let blockLines = m.output("block_lines", bits(indexWide))
    m.comment("The words of a store, and the buffer.")
    let storeValid = m.output("store_valid")
    let storeReady = m.input("store_ready")
    let address = m.outputRegister("address", bits(placeWidth), "place that is read or written")
    let write = m.output("write", bits(banks), "the bank that is written")
    let nonzero = m.output("nonzero", bits(columns), "of the word that is loaded")

    let moved = m.register("moved", bits(indexWide), "Words of a load so far.")
    let left = m.register("left", bits(slotWidth), "Words that are left.")
    let bank = m.register("bank", bits(indexWidth(banks)))
    let isLast = m.wire("is_last", left == 1)
    let isLastBank = m.wire("is_last_bank", bank == banks - 1)
    let loads = m.wire("loads", moving && isLoad && available)
    let stores = m.wire("stores", moving && isStore && storeReady)
    let steps = m.wire("steps", loads || stores)
    let starts = m.wire("starts", startsLoad || startsStore)
    m.clocked(clk, reset: rst) {
      When(steps && isLast) { moving <== 0 }
      When(starts) { moving <== 1 }
    }
    m.clocked(clk) {
      When(steps) {
        left <== left - 1
        When(isStore || isLastBank) { address <== address + 1 }
      }
      When(loads) {
        moved <== moved + 1
        bank <== mux(isLastBank, 0, bank + 1)
      }
      When(starts) {
        left <== words
        address <== first
        moved <== 0
        bank <== 0
      }
    }
    let asks = m.register("asks", reset: 0)
    m.clocked(clk, reset: rst) {
      When(request.ready) { asks <== 0 }
      When(startsLoad) { asks <== 1 }
    }
    let bankOfLoad = m.wire("bank_of_load", constant(1, width: banks).shiftedLeft(by: bank))
    m.forEach("channel", index: "c", count: columns) { c in
      let channel = m.wire("activation", word.element(c, bits(actWidth)))
      m.drive { nonzero[c] <== channel.anyBit }
    }
    m.drive {
      ends <== steps && isLast
      request.valid <== asks
      request["offset"] <== offset
      request["lines"] <== lines
      blockLines <== lines
      indexNext <== mux(loads, mux(isLast, 0, moved + 1), moved)
      inLastUse <== moving && isLoad
      isEnd <== moving && isLoad && isLast
      take <== loads
      storeValid <== moving && isStore
      write <== mux(loads, bankOfLoad, 0)
    }
  }
}
