import Components
import HDL
import Lint
import Simulation
import Testing
import Verilated
import Waves

/// The movers of data: every beat once and in order, bursts within 4 KB, errors reported, whatever the
/// memory's pauses and latency.
@Suite struct AXIMoverTests {
  static let configurations: [Configuration] = [
    [:], ["SIZE": 2, "BURST_LOG2": 8, "BURSTS": 1], ["SIZE": 6, "BURST_LOG2": 6, "BURSTS": 2],
    ["SIZE": 5, "BURST_LOG2": 1, "BURSTS": 7, "ADDR_WIDTH": 40],
    ["SIZE": 4, "BURST_LOG2": 4, "COUNT_WIDTH": 9, "ADDR_WIDTH": 16],
  ]

  @Test(
    .enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"),
    arguments: ["axi_reader", "axi_writer"])
  func printsCleanVerilog(name: String) throws {
    let module = name == "axi_reader" ? Components.axiReader : Components.axiWriter
    for finding in try module.lint(at: Self.configurations) { Issue.record("\(finding)") }
  }

  struct Request {
    let address: Int
    let count: Int
  }

  /// Requests of any length at any beat, many of them around multiples of 4 KB.
  static func requests(_ configuration: Configuration, seed: UInt64) -> [Request] {
    var random = SeededGenerator(seed: seed)
    let bytes = 1 << (configuration["SIZE"] ?? 3)
    return (0..<25).map { number in
      let page = Int.random(in: 1..<15, using: &random) * 4096
      let offset = bytes * Int.random(in: -20...20, using: &random)
      let count = number % 5 == 0 ? 1 : Int.random(in: 1...70, using: &random)
      return Request(address: page + offset, count: count)
    }
  }

  static let runs: [(configuration: Configuration, pauses: Int, latency: Int)] =
    configurations.flatMap { configuration in
      [(0, 0), (3, 5), (6, 0)].map { (configuration, $0.0, $0.1) }
    }

  @Test(arguments: runs.indices) func reads(run number: Int) throws {
    let (configuration, pauses, latency) = Self.runs[number]
    let bench = try RecordingBench(Simulator(Components.axiReader, configuration))
    try bench.withWaves { bench in
      let bytes = 1 << (configuration["SIZE"] ?? 3)
      let memory = AXIMemory(
        bench, bytes: bytes, seed: UInt64(number), pauses: pauses, latency: latency)
      let requests = Self.requests(configuration, seed: UInt64(100 + number))
      memory.broken = [requests[3].address, requests[9].address]
      try Self.reset(bench)
      var expected = requests.flatMap { request in
        (0..<request.count).map { (request.address + $0 * bytes, $0 == request.count - 1) }
      }
      var left = requests[...]
      var random = SeededGenerator(seed: 7)
      for _ in 0..<40_000 where !expected.isEmpty {
        try bench.poke("request_valid", left.isEmpty ? 0 : 1)
        if let request = left.first {
          try bench.poke("request_addr", request.address)
          try bench.poke("request_count", request.count)
        }
        let takes = Int.random(in: 0..<10, using: &random) >= pauses
        try bench.poke("data_ready", takes ? 1 : 0)
        try memory.offer()
        if try !left.isEmpty && bench.peek("request_ready") == 1 { left.removeFirst() }
        let passes = try takes && bench.peek("data_valid") == 1
        #expect(
          try bench.peek("fails") == (passes && memory.broken.contains(expected[0].0) ? 1 : 0))
        if passes {
          let (address, isLast) = expected.removeFirst()
          #expect(try bench.peek(bits: "data_data") == memory.word(at: address))
          #expect(try bench.peek("data_last") == (isLast ? 1 : 0))
        }
        try memory.step()
      }
      #expect(expected.isEmpty)
      #expect(memory.problems == [])
      Self.expectBursts(memory, requests, bytes, configuration)
    }
  }

  @Test(arguments: runs.indices) func writes(run number: Int) throws {
    let (configuration, pauses, latency) = Self.runs[number]
    let bench = try RecordingBench(Simulator(Components.axiWriter, configuration))
    try bench.withWaves { bench in
      let bytes = 1 << (configuration["SIZE"] ?? 3)
      let memory = AXIMemory(
        bench, bytes: bytes, seed: UInt64(number), pauses: pauses, latency: latency)
      let requests = Self.requests(configuration, seed: UInt64(200 + number))
      memory.broken = [requests[4].address]
      try Self.reset(bench)
      var random = SeededGenerator(seed: 9)
      var beats: [(address: Int, data: BitVector, strobe: BitVector)] = []
      for request in requests {
        for beat in 0..<request.count {
          beats.append(
            (
              request.address + beat * bytes, BitVector(width: 8 * bytes, using: &random),
              BitVector(width: bytes, using: &random)
            ))
        }
      }
      var expected: [Int: UInt8] = [:]
      for (address, data, strobe) in beats {
        for byte in 0..<bytes where strobe[byte] {
          expected[address + byte] = UInt8(data.slice(from: 8 * byte, width: 8).words[0])
        }
      }
      var left = requests[...]
      var queue = beats[...]
      var (failures, offered) = (0, false)
      var isDone = false
      for _ in 0..<40_000 where !isDone {
        try bench.poke("request_valid", left.isEmpty ? 0 : 1)
        if let request = left.first {
          try bench.poke("request_addr", request.address)
          try bench.poke("request_count", request.count)
        }
        let offers = !queue.isEmpty && (offered || Int.random(in: 0..<10, using: &random) >= pauses)
        try bench.poke("data_valid", offers ? 1 : 0)
        if let beat = queue.first {
          try bench.poke("data_data", bits: beat.data)
          try bench.poke("data_strb", bits: beat.strobe)
        }
        try memory.offer()
        if try !left.isEmpty && bench.peek("request_ready") == 1 { left.removeFirst() }
        let takes = try offers && bench.peek("data_ready") == 1
        if takes { queue.removeFirst() }
        offered = offers && !takes
        failures += try bench.peek("fails")
        isDone = try left.isEmpty && queue.isEmpty && bench.peek("idle") == 1
        try memory.step()
      }
      #expect(isDone)
      #expect(memory.contents == expected)
      #expect(failures >= 1)
      #expect(memory.problems == [])
      Self.expectBursts(memory, requests, bytes, configuration)
    }
  }

  /// Each burst ends at the end of its request or before a multiple of its longest.
  private static func expectBursts(
    _ memory: AXIMemory, _ requests: [Request], _ bytes: Int, _ configuration: Configuration
  ) {
    let longest = 1 << (configuration["BURST_LOG2"] ?? 4)
    var expected: [[Int]] = []
    for request in requests {
      var beat = request.address / bytes
      let end = beat + request.count
      while beat < end {
        let next = min(end, (beat / longest + 1) * longest)
        expected.append([beat * bytes, next - beat])
        beat = next
      }
    }
    #expect(memory.bursts.map { [$0.address, $0.beats] } == expected)
    #expect(memory.most <= configuration["BURSTS"] ?? 4)
  }

  private static func reset(_ bench: any TestBench) throws {
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)
  }

  /// Without pauses a beat passes in each cycle, once the first has come.
  @Test func readsABeatInEachCycle() throws {
    let bench = try Simulator(Components.axiReader)
    let memory = AXIMemory(bench, bytes: 8, seed: 1, pauses: 0, latency: 20)
    try Self.reset(bench)
    try bench.poke("data_ready", 1)
    try bench.poke("request_addr", 4096)
    try bench.poke("request_count", 320)
    try bench.poke("request_valid", 1)
    var passed: [Int] = []
    for cycle in 0..<400 {
      try memory.offer()
      if try bench.peek("data_valid") == 1 { passed.append(cycle) }
      try memory.step()
      try bench.poke("request_valid", 0)
    }
    #expect(passed.count == 320)
    #expect(passed.last! - passed.first! == 319)
  }

  /// Random inputs, which make little sense, in lockstep with Verilator.
  @Test(arguments: configurations) func meansTheSameInVerilator(at configuration: Configuration)
    throws
  {
    for module in [Components.axiReader, Components.axiWriter] {
      let bench = try Lockstep(
        Simulator(module, configuration), named: "the simulator",
        VerilatedBench(module, at: configuration), named: "Verilator")
      var random = SeededGenerator(seed: 5)
      for cycle in 0..<500 {
        for port in bench.ports where port.isInput && port.name != "clk" {
          var bits = BitVector(width: port.width, using: &random)
          switch port.name {
          case "rst": bits = BitVector(width: 1, cycle < 2 ? 1 : 0)
          case "request_addr": for bit in 0..<(configuration["SIZE"] ?? 3) { bits[bit] = false }
          case "request_count": bits[0] = true
          default: break
          }
          try bench.poke(port.name, bits: bits)
        }
        try bench.step()
      }
    }
  }
}
