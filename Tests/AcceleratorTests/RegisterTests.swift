import Programs
import Testing

@testable import Cosimulation
@testable import Machine

/// Starting, the interrupt, and counters, over the registers.
@Suite struct RegisterTests {
  private static let (busy, done): (UInt32, UInt32) = (1, 2)

  private func set(_ bench: ProgramBench, _ values: [(String, UInt32)]) throws {
    for (name, value) in values {
      try bench.accelerator.setRegister(bench.offset(name), to: value)
    }
  }

  private func prepare(_ bench: ProgramBench, interrupt: UInt32) throws {
    bench.place()
    try set(
      bench,
      [
        ("BASE_LOW", UInt32(bench.accelerator.memory.addresses.lowerBound)), ("BASE_HIGH", 0),
        ("LIMIT", UInt32(bench.image)), ("PROGRAM", UInt32(bench.program.start)),
        ("INTERRUPT", interrupt),
      ])
  }

  private func status(_ bench: ProgramBench) throws -> UInt32 {
    try bench.accelerator.register(bench.offset("STATUS"))
  }

  @Test func startingWhileBusyDoesNothing() throws {
    let bench = try ProgramBench()
    try prepare(bench, interrupt: 1)
    try set(bench, [("CONTROL", 1)])
    let alone = try bench.accelerator.runUntilInterrupt(limit: ProgramBench.limit)
    try set(bench, [("STATUS", 2)])
    let reads = bench.accelerator.counts.reads
    bench.accelerator.clearCounts()
    try prepare(bench, interrupt: 1)
    try set(bench, [("CONTROL", 1)])
    let first = bench.accelerator.cycle
    for _ in 0..<20 {
      try bench.accelerator.run(cycles: alone / 40)
      #expect(try status(bench) & 3 == Self.busy)
      try set(bench, [("CONTROL", 1)])
    }
    try bench.accelerator.runUntilInterrupt(limit: ProgramBench.limit)
    #expect(bench.accelerator.cycle - first == alone)
    #expect(bench.accelerator.counts.reads == reads)
    #expect(try status(bench) & 3 == Self.done)
    try bench.accelerator.run(cycles: alone)
    #expect(try status(bench) & 3 == Self.done)
    #expect(bench.accelerator.counts.reads == reads)
    try set(bench, [("STATUS", 2)])
    try bench.expectGood("starts while busy")
  }

  @Test func theInterruptFollowsDoneWhileEnabled() throws {
    let bench = try ProgramBench()
    try prepare(bench, interrupt: 0)
    #expect(try status(bench) == 0)
    try set(bench, [("CONTROL", 1)])
    #expect(throws: SimulationError.self) {
      try bench.accelerator.runUntilInterrupt(limit: 50_000)
    }
    func interrupt() throws -> Bool {
      try bench.accelerator.run(cycles: 2)
      return bench.accelerator.interrupt
    }
    #expect(try status(bench) & 3 == Self.done)
    #expect(try !interrupt())
    try set(bench, [("INTERRUPT", 1)])
    #expect(try interrupt())
    try set(bench, [("INTERRUPT", 0)])
    #expect(try !interrupt())
    try set(bench, [("INTERRUPT", 1), ("STATUS", ~2)])
    #expect(try interrupt())
    try set(bench, [("STATUS", 2)])
    #expect(try !interrupt())
    #expect(try status(bench) & 3 == 0)
    try bench.expectGood("interrupts")
  }

  @Test func aStartClearsTheErrorOfTheProgramBefore() throws {
    let bench = try ProgramBench()
    bench.place()
    bench.set(.hash, of: 3, to: 0)
    try bench.expectStop(.hash, at: 3, "a wrong hash")
    #expect(try status(bench) == 3 << 10 | 1 << 2)
    bench.place()
    try bench.start()
    #expect(try status(bench) == UInt32(bench.program.operations.count) << 10)
  }

  /// All but the beats of the program, which the end's descriptor begins anew.
  @Test func registersGiveTheCountersOfTheLastOperation() throws {
    let bench = try ProgramBench()
    bench.accelerator.setStalls(BusStalls(probability: 0.3, seed: 1))
    try bench.expectGood("reset")
    bench.accelerator.setStalls(nil)
    let counts = bench.program.counts(
      bench.program.operations.count - 1, in: UnsafeRawBufferPointer(bench.accelerator.memory.bytes)
    )!
    for (number, counter) in Machine.acceleratorCounters.enumerated()
    where counter.name != "dram.program" {
      for (task, count) in counts.values[number].enumerated() {
        try set(bench, [("EVENT_SELECT", UInt32(number | task << 8))])
        let low = try bench.accelerator.register(bench.offset("EVENT_LOW"))
        let high = try bench.accelerator.register(bench.offset("EVENT_HIGH"))
        #expect(Int(low) | Int(high) << 32 == count, "\(counter.name) of task \(task)")
      }
    }
  }

  @Test func registersNameTheConfiguration() throws {
    let bench = try ProgramBench()
    func register(_ name: String) throws -> UInt32 {
      try bench.accelerator.register(bench.offset(name))
    }
    #expect(try register("ID") == 0x4D49_4D45)
    #expect(try register("HASH") == bench.shape.hash)
    #expect(try register("ARRAY") == 3 << 16 | 2)
    #expect(try register("PLACES") == UInt32(bench.shape.places))
    #expect(try register("WEIGHT_LINES") == UInt32(bench.shape.weightLines))
    #expect(try register("THRESHOLD_LINES") == UInt32(bench.shape.thresholdLines))
  }
}
