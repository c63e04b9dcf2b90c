import Foundation
import Testing
import Verilated

@testable import Cosimulation

/// An engine that copies memory, at several widths, in all surroundings.
@Suite struct SimulatedAcceleratorTests {
  struct Surroundings: Sendable {
    var timing = MemoryTiming()
    var stalls: BusStalls?
    var reorder: UInt64?
  }

  static let surroundings: [Surroundings] = [
    .init(), .init(timing: MemoryTiming(readLatency: 40, writeLatency: 25)),
    .init(stalls: .init(probability: 0.4, seed: 3)),
    .init(timing: MemoryTiming(bandwidth: .init(bytes: 7, cycles: 3))),
    .init(
      timing: MemoryTiming(
        readLatency: 9, writeLatency: 30, bandwidth: .init(bytes: 100, cycles: 2)),
      stalls: .init(probability: 0.7, seed: 8), reorder: 5),
  ]

  static let first: UInt64 = 0x4000_0000

  /// A memory of random bytes.
  static func memory(_ count: Int = 1 << 16, seed: UInt64 = 1) -> SimulatedMemory {
    let memory = SimulatedMemory(bytes: count, at: first)
    var random = SplitMix(seed: seed)
    for index in memory.bytes.indices {
      memory.bytes[index] = UInt8(truncatingIfNeeded: random.next())
    }
    return memory
  }

  static func accelerator(
    size: Int, _ memory: SimulatedMemory, _ surroundings: Surroundings = Surroundings(),
    xSeed: UInt32 = 1
  ) throws -> SimulatedAccelerator {
    let accelerator = try SimulatedAccelerator(
      CopyEngine.library(CopyEngine.module, size: size), memory: memory, xSeed: xSeed,
      timing: surroundings.timing, stalls: surroundings.stalls)
    accelerator.setReorder(seed: surroundings.reorder)
    return accelerator
  }

  @Test(arguments: [2, 4, 6, 7], surroundings.indices) func copies(size: Int, index: Int) throws {
    let memory = Self.memory()
    let accelerator = try Self.accelerator(
      size: size, memory, Self.surroundings[index], xSeed: UInt32(index))
    let bytes = UInt64(1 << size)
    #expect(accelerator.beatBytes == Int(bytes))
    var expected = Array(memory.bytes)
    let requests = [
      CopyRequest(
        source: Self.first + 4096 - 5 * bytes, destination: Self.first + 0x8000, beats: 90),
      CopyRequest(
        source: Self.first + 0x8000, destination: Self.first + 0xd000 - 3 * bytes, beats: 7),
      CopyRequest(source: Self.first, destination: Self.first + 0x10000 - bytes, beats: 1),
    ]
    accelerator.recordPorts(true)
    accelerator.watch([
      Self.first..<Self.first + 4096, Self.first + 0x8000 + 1..<Self.first + 0x8000 + bytes + 2,
      Self.first + 0x9000..<Self.first + 0x9000,
    ])
    for request in requests {
      #expect(try request.run(on: accelerator).fails == false)
      let (from, to) = (Int(request.source - Self.first), Int(request.destination - Self.first))
      expected.replaceSubrange(
        to..<to + request.beats * Int(bytes),
        with: expected[from..<from + request.beats * Int(bytes)])
    }
    #expect(Array(memory.bytes) == expected)
    try Self.expectCounts(accelerator, beats: 98, bytes)
    // Beats that begin in the first page: 5 of the first request and one of the last.
    #expect(accelerator.traffic[0] == Traffic(read: 6 * bytes))
    // All but the first byte of a beat and two of the next, written once and read once.
    #expect(accelerator.traffic[1].written == bytes + 1)
    #expect(accelerator.traffic[1].read == bytes + 1)
    #expect(accelerator.traffic[2] == Traffic())
    accelerator.clearCounts()
    #expect(accelerator.counts == PortCounts() && accelerator.traffic[0] == Traffic())
  }

  /// The counts are what was asked for, and what the recorded handshakes say.
  static func expectCounts(_ accelerator: SimulatedAccelerator, beats: UInt64, _ bytes: UInt64)
    throws
  {
    let counts = accelerator.counts
    #expect(counts.reads.keys.sorted() == [0])
    #expect(counts.reads[0]?.beats == beats && counts.writes.beats == beats)
    #expect(counts.bytesWritten == beats * bytes)
    let trace = accelerator.takePortTrace()
    #expect(UInt64(trace.count) == accelerator.cycle)
    let passed = BusChannel.allCases.map { channel in
      UInt64(trace.filter { $0 >> UInt16(2 * channel.rawValue) & 3 == 3 }.count)
    }
    #expect(passed[0] == counts.reads[0]?.bursts && passed[1] == beats)
    #expect(passed[2] == counts.writes.bursts && passed[3] == beats && passed[4] == passed[2])
  }

  @Test func aSeedRepeatsItself() throws {
    let traces = try ([3, 3, 4] as [UInt64]).map { seed in
      let accelerator = try Self.accelerator(
        size: 4, Self.memory(), .init(stalls: .init(probability: 0.5, seed: seed)))
      accelerator.recordPorts(true)
      _ = try CopyRequest(source: Self.first, destination: Self.first + 0x8000, beats: 60)
        .run(on: accelerator)
      return accelerator.takePortTrace()
    }
    #expect(traces[0] == traces[1] && traces[0] != traces[2])
  }

  /// Identifiers are answered in other orders than asked for, and data come to whom they belong.
  @Test func reordersIdentifiers() throws {
    var times: Set<UInt64> = []
    for seed in [nil, 1, 2, 3, 4, 5] as [UInt64?] {
      let memory = Self.memory()
      let accelerator = try SimulatedAccelerator(
        CopyEngine.library(CopyEngine.mixer, size: 3), memory: memory,
        timing: MemoryTiming(readLatency: 20),
        stalls: seed.map { .init(probability: 0.2, seed: $0) })
      accelerator.setReorder(seed: seed)
      let request = CopyRequest(
        source: Self.first + 40, other: Self.first + 0x2000, destination: Self.first + 0x8000,
        beats: 64)
      let expected = (0..<512).map { memory.bytes[40 + $0] ^ memory.bytes[0x2000 + $0] }
      let run = try request.run(on: accelerator)
      #expect(!run.fails)
      #expect(memory.read(512, at: request.destination) == expected)
      #expect(accelerator.counts.reads[0]?.beats == 64 && accelerator.counts.reads[1]?.beats == 64)
      times.insert(run.cycles)
    }
    #expect(times.count > 3)
  }

  // MARK: Time

  static func cycles(_ timing: MemoryTiming, beats: Int, size: Int = 4) throws -> UInt64 {
    let accelerator = try accelerator(size: size, memory(), .init(timing: timing))
    let request = CopyRequest(source: first, destination: first + 0x8000, beats: beats)
    return try request.run(on: accelerator).cycles
  }

  @Test func latencyAddsUp() throws {
    let fast = try Self.cycles(MemoryTiming(), beats: 1)
    #expect(try Self.cycles(MemoryTiming(readLatency: 101), beats: 1) == fast + 100)
    #expect(try Self.cycles(MemoryTiming(writeLatency: 51), beats: 1) == fast + 50)
  }

  /// 512 beats each way, of which one each way may pass in a cycle.
  @Test(arguments: [(32, 1, 512), (16, 1, 1024), (24, 1, 683), (1, 3, 49152)])
  func bandwidthLimits(bytes: Int, cycles: Int, least: UInt64) throws {
    let bandwidth = MemoryTiming.Bandwidth(bytes: bytes, cycles: cycles)
    let needed = try Self.cycles(MemoryTiming(bandwidth: bandwidth), beats: 512)
    #expect(least - 100...least + 100 ~= needed, "\(needed)")
  }

  // MARK: Errors

  @Test(arguments: [false, true]) func reportsBrokenMemory(isWrite: Bool) throws {
    let memory = Self.memory()
    let accelerator = try Self.accelerator(size: 4, memory)
    let request = CopyRequest(source: Self.first, destination: Self.first + 0x8000, beats: 8)
    let before = Array(memory.bytes)
    let hit = (isWrite ? request.destination : request.source) + 35
    accelerator.setBroken([hit..<hit + 1])
    #expect(try request.run(on: accelerator).fails)
    var expected = before
    expected.replaceSubrange(0x8000..<0x8080, with: before[..<128])
    expected.replaceSubrange(
      0x8020..<0x8030,
      with: isWrite ? Array(before[0x8020..<0x8030]) : Array(repeating: 0, count: 16))
    #expect(Array(memory.bytes) == expected)
    accelerator.setBroken([])
    #expect(try request.run(on: accelerator).fails == false)
    expected.replaceSubrange(0x8020..<0x8030, with: before[0x20..<0x30])
    #expect(Array(memory.bytes) == expected)
  }

  /// The last beat is half outside, which is outside.
  @Test func decodesAddresses() throws {
    let memory = Self.memory(0x1fff8)
    let accelerator = try Self.accelerator(size: 4, memory)
    let end = Self.first + 0x20000
    let inside = CopyRequest(source: end - 32, destination: Self.first, beats: 1)
    #expect(try inside.run(on: accelerator).fails == false)
    let half = CopyRequest(source: end - 16, destination: Self.first, beats: 1)
    #expect(try half.run(on: accelerator).fails)
    #expect(memory.read(16, at: Self.first) == Array(repeating: 0, count: 16))
    let below = CopyRequest(source: Self.first, destination: Self.first - 16, beats: 2)
    memory.store(UInt32(0xdead_beef), at: Self.first + 16)
    #expect(try below.run(on: accelerator).fails)
    #expect(memory.load(UInt32.self, at: Self.first) == 0xdead_beef)
  }

  @Test func reportsRegistersThatDoNotExist() throws {
    let accelerator = try Self.accelerator(
      size: 4, Self.memory(), .init(stalls: .init(probability: 0.5, seed: 1)))
    #expect(try accelerator.write(1, at: 28) == .slaveError)
    #expect(try accelerator.read(at: 28).response == .slaveError)
    let error = RegisterError(isWrite: false, address: 28, response: .slaveError)
    #expect(throws: error) { _ = try accelerator.register(28) }
    #expect(
      error.description == "a read of register 0x1c was answered with response 2 (slaveError)")
    for value in [0, 0x1234_5678, UInt32.max] {
      try accelerator.setRegister(CopyEngine.offset("SOURCE"), to: value)
      #expect(try accelerator.register(CopyEngine.offset("SOURCE")) == value)
    }
  }

  @Test func aHangEndsAtTheLimit() throws {
    let accelerator = try Self.accelerator(size: 4, Self.memory())
    accelerator.setTiming(MemoryTiming(readLatency: 1000))
    let request = CopyRequest(source: Self.first, destination: Self.first + 0x8000, beats: 40)
    let state = "3 read bursts and 3 write bursts lack data, 0 write responses were not taken"
    let error = SimulationError.hangs(cycles: 300, state: state)
    #expect(throws: error) { _ = try request.run(on: accelerator, limit: 300) }
    #expect(
      error.description == "the accelerator hangs: no interrupt within 300 cycles; " + state)
    // It can go on.
    #expect(try accelerator.runUntilInterrupt(limit: 2000) > 700)
    #expect(accelerator.interrupt)
  }

  @Test func writesTheWavesOfAWindow() throws {
    try withFolder { folder in
      let path = folder + "/waves.vcd"
      let library = try CopyEngine.library(CopyEngine.module, size: 2, writesWaves: true)
      do {
        let accelerator = try SimulatedAccelerator(library, memory: Self.memory())
        try accelerator.dumpWaves(to: path, cycles: 10..<13)
        try accelerator.run(cycles: 20)
      }
      let waves = try String(contentsOfFile: path, encoding: .utf8)
      let times = waves.split(separator: "\n").filter { $0.hasPrefix("#") }
      #expect(times == ["#20", "#21", "#22", "#23", "#24", "#25"])
      #expect(waves.contains(" m_axi_araddr "))
      let without = try Self.accelerator(size: 4, Self.memory())
      #expect(throws: EnvironmentError.self) {
        try without.dumpWaves(to: path, cycles: 0..<5)
      }
    }
  }
}
