import Components
import HDL
import Verilated

@testable import Cosimulation

/// Small accelerators that copy memory, in the hardware language.
enum CopyEngine {
  typealias Register = RegisterMap.Register
  typealias Field = RegisterMap.Field

  static let map = RegisterMap(
    "copy_engine", "Copies memory.",
    [
      Register("CONTROL", "What to do.", Field("start", .trigger, "Starts.")),
      Register(
        "STATUS", "What happened.", Field("done", .sticky, "It has ended."),
        Field("failed", .sticky, "An access failed.")),
      Register("SOURCE", "From where.", Field("source", width: 32, .control(reset: 0), "Bytes.")),
      Register("OTHER", "And where.", Field("other", width: 32, .control(reset: 0), "Bytes.")),
      Register(
        "DESTINATION", "To where.", Field("destination", width: 32, .control(reset: 0), "Bytes.")),
      Register("BEATS", "How much.", Field("beats", width: 16, .control(reset: 0), "Beats.")),
    ])

  static func offset(_ name: String) -> UInt32 { UInt32(map.offset(name)!) }

  /// What both engines have around what reads.
  private struct Frame {
    let clk, rst: Signal
    let size, burst, dataWidth: Nat
    let start, source, other, beats: Signal
    /// What is written, and what an access fails by.
    let data: Bundle
    let readFails: Signal

    init(_ m: ModuleBuilder) {
      size = m.parameter("SIZE", default: 3, in: 2...7, "log2 of a beat's bytes")
      burst = m.parameter("BURST_LOG2", default: 4, in: 1...5, "log2 of the most beats of a burst")
      dataWidth = m.constant("DATA_WIDTH", .power(ofTwo: size + 3))
      clk = m.input("clk")
      rst = m.input("rst", "synchronous")
      let irq = m.output("irq", "it has ended")
      let registers = m.target("s_axil", .axi4Lite(address: .literal(map.addressWidth)))
      let bus = m.initiator("m_axi", .axi4Write(address: 32, data: dataWidth, id: 1))
      start = m.wire("start", .bit)
      source = m.wire("source", bits(32))
      other = m.wire("other", bits(32))
      beats = m.wire("beats", bits(16))
      data = m.wires(
        "written",
        .stream(.forward("data", bits(dataWidth)), .forward("strb", bits(dataWidth / 8))))
      readFails = m.wire("read_fails", .bit)
      let destination = m.wire("destination", bits(32))
      let (done, failed) = (m.wire("done", .bit), m.wire("failed", .bit))
      let (ends, fails) = (m.wire("ends", .bit), m.wire("fails", .bit))
      m.unused("failure", failed)
      m.instance(
        "registers", of: map.module(),
        ports: [
          "clk": clk, "rst": rst, "start": start, "source": source, "other": other,
          "destination": destination, "beats": beats, "done": done, "done_set": ends,
          "failed": failed, "failed_set": fails,
        ] + registers.connections(to: "s_axil"))

      let busy = m.register("busy", reset: 0)
      let asks = m.register("asks", reset: 0, "The writer was not yet told.")
      let ready = m.wire("writer_ready", .bit)
      let (writeFails, idle) = (m.wire("write_fails", .bit), m.wire("idle", .bit))
      let writeWaits = m.wire("write_waits", .bit)
      m.unused("waits", writeWaits)
      m.clocked(clk, reset: rst) {
        When(start) {
          busy <== 1
          asks <== 1
        } else: {
          When(ready) { asks <== 0 }
          When(ends) { busy <== 0 }
        }
      }
      m.instance(
        "writer", of: Components.axiWriter,
        parameters: ["SIZE": size, "ADDR_WIDTH": 32, "COUNT_WIDTH": 16, "BURST_LOG2": burst],
        ports: [
          "clk": clk, "rst": rst, "request_valid": asks, "request_ready": ready,
          "request_addr": destination, "request_count": beats, "fails": writeFails, "idle": idle,
          "waits": writeWaits,
        ] + data.connections(to: "data") + bus.connections(to: "m_axi"))
      m.drive {
        ends <== busy && !asks && idle
        fails <== readFails || writeFails
        irq <== done
      }
    }

    /// A reader that is told with `start`, and whether it meets an error.
    func reader(
      _ name: String, _ m: ModuleBuilder, address: Signal, data: Bundle, bus: Bundle
    ) -> Signal {
      let asks = m.register("\(name)_asks", reset: 0)
      let ready = m.wire("\(name)_ready", .bit)
      let fails = m.wire("\(name)_fails", .bit)
      m.clocked(clk, reset: rst) {
        When(start) {
          asks <== 1
        } else: {
          When(ready) { asks <== 0 }
        }
      }
      m.instance(
        name, of: Components.axiReader,
        parameters: ["SIZE": size, "ADDR_WIDTH": 32, "COUNT_WIDTH": 16, "BURST_LOG2": burst],
        ports: [
          "clk": clk, "rst": rst, "request_valid": asks, "request_ready": ready,
          "request_addr": address, "request_count": beats, "fails": fails,
        ] + data.connections(to: "data") + bus.connections(to: "m_axi"))
      return fails
    }

    var stream: Interface { .stream(.forward("data", bits(dataWidth)), .forward("last")) }
  }

  /// Copies BEATS beats from SOURCE to DESTINATION.
  static let module = Module("copy_engine", "Copies memory.") { m in
    let frame = Frame(m)
    let bus = m.initiator("m_axi", .axi4Read(address: 32, data: frame.dataWidth, id: 1))
    let read = m.wires("read", frame.stream)
    let fails = frame.reader("reader", m, address: frame.source, data: read, bus: bus)
    m.drive {
      frame.data.valid <== read.valid
      read.ready <== frame.data.ready
      frame.data["data"] <== read["data"]
      frame.data["strb"] <== constant(1, width: 1).repeated(frame.dataWidth / 8)
      frame.readFails <== fails
    }
    m.unused("spare", read["last"], frame.other)
  }

  /// Writes what is at SOURCE and what is at OTHER, bit by bit one or the other, to DESTINATION: two
  /// readers of up to 64 beats with identifiers of their own.
  static let mixer = Module("mix_engine", "Mixes two pieces of memory.") { m in
    let frame = Frame(m)
    let bus = m.initiator("m_axi", .axi4Read(address: 32, data: frame.dataWidth, id: 1))
    let ready = m.wire("ar_ready", bits(2))
    let valid = m.wire("r_valid", bits(2))
    let response = m.wire("r_resp", bits(2))
    let last = m.wire("r_last", .bit)
    let data = m.wire("r_data", bits(frame.dataWidth))
    let parts = [("first", frame.source), ("second", frame.other)].map { name, address in
      let bus = m.wires(name, .axi4Read(address: 32, data: frame.dataWidth, id: 1))
      let read = m.wires("\(name)_read", frame.stream)
      let queued = m.wires("\(name)_queued", Components.words(frame.dataWidth))
      let level = m.wire("\(name)_level", bits(7))
      let fails = frame.reader("\(name)_reader", m, address: address, data: read, bus: bus)
      m.instance(
        "\(name)_queue", of: Components.streamFIFO,
        parameters: ["WIDTH": frame.dataWidth, "DEPTH": 64],
        ports: [
          "clk": frame.clk, "rst": frame.rst, "level": level, "in_valid": read.valid,
          "in_ready": read.ready, "in_data": read["data"],
        ] + queued.connections(to: "out"))
      m.unused(
        "\(name)_spare", level, read["last"], bus["arid"], bus["arsize"], bus["arburst"])
      return (bus: bus, queued: queued, fails: fails)
    }
    let (first, second) = (parts[0], parts[1])
    m.instance(
      "arbiter", of: Components.axiReadArbiter,
      parameters: ["READERS": 2, "SIZE": frame.size, "ADDR_WIDTH": 32],
      ports: [
        "clk": frame.clk, "rst": frame.rst,
        "ar_valid": concatenate(second.bus["arvalid"], first.bus["arvalid"]), "ar_ready": ready,
        "ar_addr": concatenate(second.bus["araddr"], first.bus["araddr"]),
        "ar_len": concatenate(second.bus["arlen"], first.bus["arlen"]), "r_valid": valid,
        "r_ready": concatenate(second.bus["rready"], first.bus["rready"]), "r_data": data,
        "r_resp": response, "r_last": last,
      ] + bus.connections(to: "m_axi"))
    for (number, part) in parts.enumerated() {
      m.drive {
        part.bus["arready"] <== ready[.literal(number)]
        part.bus["rvalid"] <== valid[.literal(number)]
        part.bus["rid"] <== 0
        part.bus["rdata"] <== data
        part.bus["rresp"] <== response
        part.bus["rlast"] <== last
        part.queued.ready <== frame.data.fires
      }
    }
    m.drive {
      frame.data.valid <== first.queued.valid && second.queued.valid
      frame.data["data"] <== first.queued["data"] ^^^ second.queued["data"]
      frame.data["strb"] <== constant(1, width: 1).repeated(frame.dataWidth / 8)
      frame.readFails <== first.fails || second.fails
    }
  }

  static func library(
    _ module: Module, size: Int, writesWaves: Bool = false
  ) throws -> AcceleratorLibrary {
    try module.check(at: [["SIZE": size]])
    let build = AcceleratorBuild(
      VerilogSources(module.verilogFiles()), top: module.name, parameters: [("SIZE", size)],
      writesWaves: writesWaves)
    return try AcceleratorLibrary(path: build.product().path)
  }
}

/// What the registers ask for.
struct CopyRequest {
  var source: UInt64
  var other: UInt64 = 0
  var destination: UInt64
  var beats: Int

  /// Runs it, and gives the cycles it took and whether it failed.
  func run(
    on accelerator: SimulatedAccelerator, limit: UInt64 = 100_000
  ) throws -> (cycles: UInt64, fails: Bool) {
    for (name, value) in [
      ("SOURCE", UInt32(source)), ("OTHER", UInt32(other)), ("DESTINATION", UInt32(destination)),
      ("BEATS", UInt32(beats)), ("CONTROL", 1),
    ] { try accelerator.setRegister(CopyEngine.offset(name), to: value) }
    let cycles = try accelerator.runUntilInterrupt(limit: limit)
    let status = try accelerator.register(CopyEngine.offset("STATUS"))
    try accelerator.setRegister(CopyEngine.offset("STATUS"), to: 3)
    return (cycles, status & 2 != 0)
  }
}
