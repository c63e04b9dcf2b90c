import Golden
import Mapping
import Programs
import Testing

@testable import Cosimulation
@testable import Machine
@testable import Networks

/// Programs whose fields contradict each other: right sums, wrong numbers. Whatever they do, they end or
/// can be stopped, every rule of the bus is kept, and the next program runs as after reset.
@Suite struct StuckProgramTests {
  /// Ends the program that runs by the STOP command.
  private func stop(_ bench: ProgramBench) throws -> ProgramStop {
    let accelerator = bench.accelerator
    try accelerator.setRegister(bench.offset("CONTROL"), to: 2)
    try accelerator.runUntilInterrupt(limit: ProgramBench.limit)
    let status = try accelerator.register(bench.offset("STATUS"))
    try accelerator.setRegister(bench.offset("STATUS"), to: 2)
    return ProgramStop(
      cause: try #require(ProgramError(rawValue: Int(status >> 2 & 0xFF))),
      operation: Int(status >> 10))
  }

  /// How the program in memory ends; it is stopped where it does not end by itself.
  private func end(_ bench: ProgramBench, limit: UInt64) throws -> ProgramError {
    do {
      try bench.accelerator.start(
        at: UInt32(bench.program.start), image: UInt32(bench.image), limit: limit)
      return .none
    } catch let early as ProgramStop {
      return early.cause
    } catch SimulationError.hangs {
      let early = try stop(bench)
      #expect(early.cause == .stopped)
      return early.cause
    }
  }

  @Test(arguments: 0..<4) func endsWhateverTheFields(seed: UInt64) throws {
    let bench = try ProgramBench()
    var random = SeededGenerator(seed: seed)
    if seed % 2 == 1 {
      bench.accelerator.setStalls(BusStalls(probability: 0.3, seed: seed))
      bench.accelerator.setTiming(MemoryTiming(readLatency: 30, writeLatency: 20))
      bench.accelerator.setReorder(seed: seed)
    }
    var causes: [ProgramError: Int] = [:]
    for _ in 0..<60 {
      bench.place()
      var changes: [String] = []
      for _ in 0...Int.random(in: 0...1, using: &random) {
        let field = DescriptorField.allCases.filter { $0 != .hash && $0 != .checksum }
          .randomElement(using: &random)!
        let operation = Int.random(in: 0..<6, using: &random)
        let old = bench.field(field, of: operation)
        let new = [
          old + 1, old - 1, old * 2, old / 2, old ^ 1 << Int.random(in: 0..<32, using: &random),
          Int.random(in: 0..<64, using: &random), old + 1 << 16,
        ].randomElement(using: &random)!
        bench.set(field, of: operation, to: new)
        changes.append("\(field) of \(operation): \(old) to \(new)")
      }
      let what = changes.joined(separator: ", ")
      do {
        causes[try end(bench, limit: 40_000), default: 0] += 1
        try bench.expectGood(what)
      } catch {
        Issue.record("\(what): \(error)")
        throw error
      }
    }
    #expect(causes[.none, default: 0] > 0 && causes[.stuck, default: 0] > 0, "\(causes)")
  }

  @Test(arguments: [1, 300, 700, 1500, 2500]) func stopsAtAnyTime(cycles: UInt64) throws {
    let bench = try ProgramBench()
    bench.accelerator.setTiming(MemoryTiming(readLatency: 40, writeLatency: 50))
    for later in 0..<40 as Range<UInt64> {
      bench.place()
      do {
        try bench.accelerator.start(
          at: UInt32(bench.program.start), image: UInt32(bench.image), limit: cycles + later)
        Issue.record("the program ended within \(cycles + later) cycles")
      } catch SimulationError.hangs {
        #expect(try stop(bench).cause == .stopped)
      }
      try bench.expectGood("a stop after \(cycles + later) cycles")
    }
  }

  /// A window with little but padding takes long to go through, without a read or a step.
  @Test func paddingIsNoRest() throws {
    let shape = try AcceleratorShape(ProgramBench.parameters)
    let model = try SyntheticModel.make(
      seed: 7,
      layers: [
        .convolution(
          "a", inputChannels: 200, outputChannels: 2, size: 1, kernel: 15, stride: 4, padding: 14)
      ])
    let batch = Batch(images: [BatchImage(task: 0, image: 0)])
    let inputs = SyntheticModel.images(for: model, count: 1, seed: 8)
    var options = Program.Options()
    options.skips = true
    let program = try Program(
      try NetworkImage(model, on: shape), batch: batch, inputs: inputs, options: options)
    let accelerator = try SimulatedAccelerator(
      ProgramBench.library.get(),
      memory: SimulatedMemory(bytes: program.memory.bytes.count, at: 0x1_0000))
    try accelerator.run(program, limit: 4_000_000)
    let bytes = UnsafeRawBufferPointer(accelerator.memory.bytes)
    #expect(program.logits(in: bytes) == [try GoldenModel(model).infer(inputs[0], task: 0).logits])
    let counts = try #require(program.counts(1, in: bytes))
    #expect(counts("cycle.total") > 4 << Machine.patienceLog2)
  }

  @Test func nothingStopsWhereNothingRuns() throws {
    let bench = try ProgramBench()
    try bench.accelerator.setRegister(bench.offset("CONTROL"), to: 2)
    try bench.accelerator.run(cycles: 20)
    #expect(try bench.accelerator.register(bench.offset("STATUS")) & 3 == 0)
    try bench.expectGood("a stop while nothing runs")
  }
}
