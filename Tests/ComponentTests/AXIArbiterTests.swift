import Components
import HDL
import Lint
import Simulation
import Testing
import Verilated
import Waves

/// Readers that share a port each get what they asked for, and all of them get their turn.
@Suite struct AXIArbiterTests {
  /// Readers behind the arbiter.
  static let shared = Module("shared_readers", "READERS readers of one memory.") { m in
    let readers = m.parameter("READERS", default: 3, in: 1...16, "readers")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let requestValid = m.input("request_valid", bits(readers))
    let requestReady = m.output("request_ready", bits(readers))
    let requestAddress = m.input("request_addr", bits(readers * 32))
    let requestCount = m.input("request_count", bits(readers * 16))
    let dataValid = m.output("data_valid", bits(readers))
    let dataReady = m.input("data_ready", bits(readers))
    let data = m.output("data_data", bits(readers * 64))
    let dataLast = m.output("data_last", bits(readers))
    let fails = m.output("fails", bits(readers))
    let bus = m.initiator(
      "m_axi", .axi4Read(address: 32, data: 64, id: indexWidth(readers)))
    let arValid = m.wire("ar_valid", bits(readers))
    let arReady = m.wire("ar_ready", bits(readers))
    let arAddress = m.wire("ar_addr", bits(readers * 32))
    let arLength = m.wire("ar_len", bits(readers * 8))
    let rValid = m.wire("r_valid", bits(readers))
    let rReady = m.wire("r_ready", bits(readers))
    let rData = m.wire("r_data", bits(64))
    let rResponse = m.wire("r_resp", bits(2))
    let rLast = m.wire("r_last")
    m.forEach("reader", index: "k", count: readers) { k in
      let own = m.wires("own", .axi4Read(address: 32, data: 64, id: 1))
      m.instance(
        "unit", of: Components.axiReader,
        ports: [
          "clk": clk, "rst": rst, "request_valid": requestValid[k],
          "request_ready": requestReady[k], "request_addr": requestAddress.element(k, bits(32)),
          "request_count": requestCount.element(k, bits(16)), "data_valid": dataValid[k],
          "data_ready": dataReady[k], "data_data": data.element(k, bits(64)),
          "data_last": dataLast[k], "fails": fails[k],
        ] + own.connections(to: "m_axi"))
      m.drive {
        arValid[k] <== own["arvalid"]
        own["arready"] <== arReady[k]
        arAddress.slice(from: 32 * k, width: 32) <== own["araddr"]
        arLength.slice(from: 8 * k, width: 8) <== own["arlen"]
        own["rid"] <== 0
        own["rvalid"] <== rValid[k]
        rReady[k] <== own["rready"]
        own["rdata"] <== rData
        own["rresp"] <== rResponse
        own["rlast"] <== rLast
      }
      m.unused("request", own["arid"], own["arsize"], own["arburst"])
    }
    m.instance(
      "arbiter", of: Components.axiReadArbiter, parameters: ["READERS": readers],
      ports: [
        "clk": clk, "rst": rst, "ar_valid": arValid, "ar_ready": arReady, "ar_addr": arAddress,
        "ar_len": arLength, "r_valid": rValid, "r_ready": rReady, "r_data": rData,
        "r_resp": rResponse, "r_last": rLast,
      ] + bus.connections(to: "m_axi"))
  }

  @Test(.enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"))
  func printsCleanVerilog() throws {
    for finding in try Self.shared.lint(at: [[:], ["READERS": 1], ["READERS": 5]]) {
      Issue.record("\(finding)")
    }
  }

  /// Readers, pauses, latency, and the longest request: short ones come while others wait.
  static let runs = [(3, 0, 0, 40), (3, 4, 7, 40), (1, 2, 0, 40), (5, 3, 3, 3), (4, 8, 0, 2)]

  @Test(arguments: runs.indices) func everyReaderGetsItsOwn(run number: Int) throws {
    let (readers, pauses, latency, longest) = Self.runs[number]
    let bench = try RecordingBench(Simulator(Self.shared, ["READERS": readers]))
    try bench.withWaves { bench in
      let memory = AXIMemory(bench, bytes: 8, seed: 3, pauses: pauses, latency: latency)
      var random = SeededGenerator(seed: UInt64(number))
      let requests = (0..<readers).map { _ in
        (0..<30).map { _ in
          (
            address: 8 * Int.random(in: 0..<4000, using: &random),
            count: Int.random(in: 1...longest, using: &random)
          )
        }
      }
      var left = requests.map { $0[...] }
      var offers = Array(repeating: false, count: readers)
      var expected = requests.map { list in
        list.flatMap { request in (0..<request.count).map { request.address + 8 * $0 } }
      }
      try bench.poke("rst", 1)
      try bench.step()
      try bench.poke("rst", 0)
      for _ in 0..<20_000 where expected.contains(where: { !$0.isEmpty }) {
        var (valid, ready) = (BitVector(width: readers), BitVector(width: readers))
        var address = BitVector(width: 32 * readers)
        var count = BitVector(width: 16 * readers)
        for reader in 0..<readers {
          ready[reader] = Int.random(in: 0..<10, using: &random) >= pauses
          // Seldom in the runs of short requests, so that one comes while another waits.
          offers[reader] = offers[reader] || Int.random(in: 0..<15, using: &random) < longest
          guard offers[reader], let request = left[reader].first else { continue }
          valid[reader] = true
          let (a, c) = (BitVector(width: 32, request.address), BitVector(width: 16, request.count))
          for bit in 0..<32 { address[32 * reader + bit] = a[bit] }
          for bit in 0..<16 { count[16 * reader + bit] = c[bit] }
        }
        try bench.poke("request_valid", bits: valid)
        try bench.poke("request_addr", bits: address)
        try bench.poke("request_count", bits: count)
        try bench.poke("data_ready", bits: ready)
        try memory.offer()
        let taken = try bench.peek(bits: "request_ready")
        let passed = try bench.peek(bits: "data_valid")
        let data = try bench.peek(bits: "data_data")
        for reader in 0..<readers {
          if valid[reader], taken[reader] {
            left[reader].removeFirst()
            offers[reader] = false
          }
          if ready[reader], passed[reader] {
            let address = expected[reader].removeFirst()
            #expect(data.slice(from: 64 * reader, width: 64) == memory.word(at: address))
          }
        }
        try memory.step()
      }
      #expect(expected.flatMap { $0 }.isEmpty)
      #expect(memory.problems == [])
    }
  }

  /// All that ask at once get their turn before one gets a second.
  @Test func allGetTheirTurn() throws {
    let bench = try Simulator(Components.axiReadArbiter, ["READERS": 5])
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)
    try bench.poke("ar_valid", 0b11111)
    try bench.poke("m_axi_arready", 1)
    var order: [Int] = []
    for _ in 0..<10 {
      order.append(try bench.peek("m_axi_arid"))
      try bench.step()
    }
    #expect(Set(order.prefix(5)).count == 5)
    #expect(order.prefix(5) == order.suffix(5))
  }

  @Test(arguments: [["READERS": 1], ["READERS": 4], ["READERS": 7, "SIZE": 5]])
  func meansTheSameInVerilator(at configuration: Configuration) throws {
    let bench = try Lockstep(
      Simulator(Components.axiReadArbiter, configuration), named: "the simulator",
      VerilatedBench(Components.axiReadArbiter, at: configuration), named: "Verilator")
    let readers = configuration["READERS"]!
    var random = SeededGenerator(seed: 5)
    for cycle in 0..<500 {
      for port in bench.ports where port.isInput && port.name != "clk" {
        var bits = BitVector(width: port.width, using: &random)
        if port.name == "rst" { bits = BitVector(width: 1, cycle < 2 ? 1 : 0) }
        // A number past the readers reads undefined bits in Verilog.
        if port.name == "m_axi_rid" {
          bits = BitVector(width: port.width, Int.random(in: 0..<readers, using: &random))
        }
        try bench.poke(port.name, bits: bits)
      }
      try bench.step()
    }
  }
}
