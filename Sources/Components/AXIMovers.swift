import HDL

/// Movers of data over AXI4: requests in, bursts out.
extension Components {
  /// The parameters that the movers share.
  private struct Widths {
    let size, address, count, burst: Nat
    var data: Nat { .power(ofTwo: size + 3) }

    init(_ m: ModuleBuilder) {
      size = m.parameter(
        "SIZE", default: 3, in: 2...7, "log2 of a beat's bytes: 2 for 32 bits, 6 for 512")
      address = m.parameter("ADDR_WIDTH", default: 32, in: 16...64, "bits of an address")
      count = m.parameter("COUNT_WIDTH", default: 16, in: 9...32, "bits of a number of beats")
      // No burst is longer than 256 beats or 4 KB.
      burst = m.parameter(
        "BURST_LOG2", default: 4, from: 1, through: 20 - size - max(8, 12 - size),
        "log2 of the most beats of a burst")
    }

    /// What is to be moved.
    var request: Interface {
      .stream(
        .forward("addr", bits(address), "of the first byte, which begins a beat"),
        .forward("count", bits(count), "beats, at least 1"))
    }

    /// What the bus is asked for.
    var bursts: Interface {
      .stream(
        .forward("addr", bits(address)), .forward("len", bits(8), "beats less one"))
    }

    var parameters: Connections<Nat> {
      ["SIZE": size, "ADDR_WIDTH": address, "COUNT_WIDTH": count, "BURST_LOG2": burst]
    }
  }

  /// `axi_burst_splitter`: a request as bursts.
  public static let axiBurstSplitter = Module(
    "axi_burst_splitter",
    """
    Cuts a request into bursts. A burst ends before each multiple of 2^BURST_LOG2 beats, so that none
    crosses 4 KB.
    """
  ) { m in
    let widths = Widths(m)
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let request = m.target("request", widths.request)
    let bursts = m.initiator("burst", widths.bursts)
    let beatBits = m.constant("BEAT_WIDTH", widths.address - widths.size)
    let roomBits = m.constant("ROOM_WIDTH", widths.burst + 1)

    let busy = m.register("busy", reset: 0, "There are bursts left to ask for.")
    let next = m.register("next_beat", bits(beatBits), "Where the next one begins, in beats.")
    let left = m.register("left", bits(widths.count), "Beats that are left.")
    let asks = m.register("asks", reset: 0)
    let address = m.register("held_beat", bits(beatBits))
    let length = m.register("held_len", bits(8))
    m.drive {
      request.ready <== !busy
      bursts.valid <== asks
      bursts["addr"] <== concatenate(address, zero(bits(widths.size)))
      bursts["len"] <== length
    }

    m.comment("The next burst: to the end of the request, or to the next multiple.")
    let full = m.wire("full", concatenate(constant(1, width: 1), zero(bits(widths.burst))))
    let room = m.wire(
      "room", full - next.slice(from: 0, width: widths.burst).extended(to: roomBits))
    let isLast = m.wire("is_last", left <= room.extended(to: widths.count))
    let beats = m.wire("beats", mux(isLast, left.slice(from: 0, width: roomBits), room))
    let lessOne = m.wire("beats_less_one", beats - 1)
    m.unused("carry", lessOne[widths.burst])
    let moves = m.wire("moves", busy && (!asks || bursts.ready))
    m.clocked(clk, reset: rst) {
      When(moves) {
        asks <== 1
        When(isLast) { busy <== 0 }
      } else: {
        When(bursts.ready) { asks <== 0 }
        When(request.fires) { busy <== 1 }
      }
    }
    m.clocked(clk) {
      When(moves) {
        address <== next
        length <== lessOne.slice(from: 0, width: widths.burst).extended(to: 8)
        next <== next + beats.extended(to: beatBits)
        left <== left - beats.extended(to: widths.count)
      } else: {
        When(request.fires) {
          next <== request["addr"].slice(from: widths.size, width: beatBits)
          left <== request["count"]
        }
      }
    }
    let offset = m.wire("offset", request["addr"].slice(from: 0, width: widths.size))
    m.assume(
      "requests_begin_a_beat", !request.valid || (!offset.anyBit && request["count"].anyBit),
      on: clk, reset: rst)
  }

  /// Offers the bursts on a request channel of the bus, incrementing, where `may` holds.
  private static func offer(
    _ bursts: Bundle, on bus: Bundle, _ channel: String, _ widths: Widths, where may: Signal,
    _ m: ModuleBuilder
  ) {
    m.drive {
      bus["\(channel)valid"] <== bursts.valid && may
      bursts.ready <== bus["\(channel)ready"] && may
      bus["\(channel)id"] <== 0
      bus["\(channel)addr"] <== bursts["addr"]
      bus["\(channel)len"] <== bursts["len"]
      bus["\(channel)size"] <== constant(widths.size, width: 3)
      bus["\(channel)burst"] <== 1
    }
  }

  /// `axi_reader`: requests to AXI4 read bursts, their data to a stream.
  public static let axiReader = Module(
    "axi_reader",
    """
    Reads memory over AXI4. Bursts of a request, and of those after it, are asked for while data are on
    their way. Data pass in the order asked for, in the cycle in which they come; `data_last` marks the
    last beat of a request. A response other than OKAY raises `fails` as its beat passes.
    """
  ) { m in
    let widths = Widths(m)
    let depth = m.parameter("BURSTS", default: 4, in: 1...64, "bursts that may be on their way")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let request = m.target("request", widths.request)
    let data = m.initiator(
      "data", .stream(.forward("data", bits(widths.data)), .forward("last")))
    let fails = m.output("fails", "a beat passes whose response is an error")
    let bus = m.initiator(
      "m_axi", .axi4Read(address: widths.address, data: widths.data, id: 1))
    let levelBits = m.constant("LEVEL_WIDTH", clog2(depth + 1))

    m.comment("A request goes to the splitter and, for its end, to a queue.")
    let split = m.wires("split", widths.request)
    let bursts = m.wires("burst", widths.bursts)
    let queue = Components.words(widths.count)
    let entering = m.wires("entering", queue)
    let waiting = m.wires("waiting", queue)
    let waitingLevel = m.wire("waiting_level", bits(clog2(depth + 2)))
    m.drive {
      request.ready <== split.ready && entering.ready
      split.valid <== request.valid && entering.ready
      split["addr"] <== request["addr"]
      split["count"] <== request["count"]
      entering.valid <== request.valid && split.ready
      entering["data"] <== request["count"]
    }
    m.instance(
      "splitter", of: axiBurstSplitter, parameters: widths.parameters,
      ports: ["clk": clk, "rst": rst] + split.connections(to: "request")
        + bursts.connections(to: "burst"))
    m.instance(
      "ends", of: streamFIFO, parameters: ["WIDTH": widths.count, "DEPTH": depth + 1],
      ports: ["clk": clk, "rst": rst, "level": waitingLevel] + entering.connections(to: "in")
        + waiting.connections(to: "out"))
    m.unused("waiting", waiting.valid, waitingLevel)

    m.comment("As many bursts as may be on their way.")
    let level = m.register("level", bits(levelBits), reset: 0)
    let may = m.wire("may_ask", level != depth)
    let asks = m.wire("asks", bursts.valid && may && bus["arready"])
    let ends = m.wire("ends_burst", bus["rvalid"] && data.ready && bus["rlast"])
    m.clocked(clk, reset: rst) {
      level <== level + asks.extended(to: levelBits) - ends.extended(to: levelBits)
    }
    offer(bursts, on: bus, "ar", widths, where: may, m)

    m.comment("Data as they come.")
    let passed = m.register("passed", bits(widths.count), reset: 0, "Beats of the request so far.")
    let isLast = m.wire("is_last", passed + 1 == waiting["data"])
    m.clocked(clk, reset: rst, enable: data.fires) { passed <== mux(isLast, 0, passed + 1) }
    m.drive {
      bus["rready"] <== data.ready
      data.valid <== bus["rvalid"]
      data["data"] <== bus["rdata"]
      data["last"] <== isLast
      waiting.ready <== data.fires && isLast
      fails <== data.fires && bus["rresp"] != 0
    }
    m.unused("identifier", bus["rid"])
  }

  /// `axi_writer`: requests to AXI4 write bursts, a stream to their data.
  public static let axiWriter = Module(
    "axi_writer",
    """
    Writes memory over AXI4. The beats of a request follow it on the data stream. A burst is asked for
    before its data, and the next one while they pass. A response other than OKAY raises `fails`; `idle`
    says that all that was asked for is in memory, `waits` that the next step is the memory's.
    """
  ) { m in
    let widths = Widths(m)
    let depth = m.parameter("BURSTS", default: 4, in: 1...64, "bursts that may be on their way")
    let clk = m.input("clk")
    let rst = m.input("rst", "synchronous")
    let request = m.target("request", widths.request)
    let data = m.target(
      "data",
      .stream(
        .forward("data", bits(widths.data)),
        .forward("strb", bits(widths.data / 8), "bytes to write")))
    let fails = m.output("fails", "a response is an error")
    let idle = m.output("idle", "nothing is on its way")
    let waits = m.output("waits", "for the memory to take or to answer")
    let bus = m.initiator(
      "m_axi", .axi4Write(address: widths.address, data: widths.data, id: 1))
    let levelBits = m.constant("LEVEL_WIDTH", clog2(depth + 1))

    let bursts = m.wires("burst", widths.bursts)
    m.instance(
      "splitter", of: axiBurstSplitter, parameters: widths.parameters,
      ports: ["clk": clk, "rst": rst] + request.connections(to: "request")
        + bursts.connections(to: "burst"))

    m.comment("A burst that is asked for goes to a queue for its data.")
    let entering = m.wires("entering", Components.words(8))
    let current = m.wires("current", Components.words(8))
    let queued = m.wire("queued", bits(clog2(depth + 1)))
    m.instance(
      "lengths", of: streamFIFO, parameters: ["WIDTH": 8, "DEPTH": depth],
      ports: ["clk": clk, "rst": rst, "level": queued] + entering.connections(to: "in")
        + current.connections(to: "out"))
    let level = m.register("level", bits(levelBits), reset: 0, "Bursts without a response.")
    let may = m.wire("may_ask", level != depth)
    let asks = m.wire("asks", bursts.valid && may && bus["awready"])
    m.clocked(clk, reset: rst) {
      level <== level + asks.extended(to: levelBits) - bus["bvalid"].extended(to: levelBits)
    }
    offer(bursts, on: bus, "aw", widths, where: may, m)
    m.drive {
      entering.valid <== asks
      entering["data"] <== bursts["len"]
    }

    m.comment("The data of the burst at the head of the queue.")
    let sent = m.register("sent", bits(8), reset: 0, "Beats of the burst so far.")
    let isLast = m.wire("is_last", sent == current["data"])
    let passes = m.wire("passes", data.valid && current.valid && bus["wready"])
    m.clocked(clk, reset: rst, enable: passes) { sent <== mux(isLast, 0, sent + 1) }
    m.drive {
      bus["wvalid"] <== data.valid && current.valid
      data.ready <== bus["wready"] && current.valid
      bus["wdata"] <== data["data"]
      bus["wstrb"] <== data["strb"]
      bus["wlast"] <== isLast
      current.ready <== passes && isLast
      bus["bready"] <== 1
      fails <== bus["bvalid"] && bus["bresp"] != 0
      idle <== request.ready && !bursts.valid && level == 0
      waits
        <== (bus["awvalid"] && !bus["awready"]) || (bus["wvalid"] && !bus["wready"])
        || level != queued
    }
    m.unused("spare", entering.ready, bus["bid"])
  }
}
