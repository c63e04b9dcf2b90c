import Simulation
import Testing

@testable import Waves

/// A counter that adds `amount` at each edge while `enable` holds; `next` follows its inputs.
private final class Counter: TestBench {
  private var inputs = ["enable": BitVector(width: 1), "amount": BitVector(width: 4)]
  private var count = 0
  private(set) var cycle: Int
  private let limit: Int
  /// Added to the count from this cycle on, as a wrong counter would.
  private let wrongFrom: Int

  init(cycle: Int = 0, limit: Int = .max, wrongFrom: Int = .max) {
    self.cycle = cycle
    self.limit = limit
    self.wrongFrom = wrongFrom
  }

  let ports = [
    Port(name: "enable", width: 1, isSigned: false, isInput: true),
    Port(name: "amount", width: 4, isSigned: true, isInput: true),
    Port(name: "next", width: 8, isSigned: false, isInput: false),
    Port(name: "count", width: 8, isSigned: false, isInput: false),
  ]

  private var next: Int {
    inputs["enable"]![0] ? count + inputs["amount"]!.value(isSigned: true)! : count
  }

  func poke(_ name: String, bits: BitVector) throws {
    guard inputs[name]?.width == bits.width else { throw TestBenchError("no input \(name)") }
    inputs[name] = bits
  }

  func peek(bits name: String) throws -> BitVector {
    switch name {
    case "next": return BitVector(width: 8, next)
    case "count": return BitVector(width: 8, count + (cycle >= wrongFrom ? 1 : 0))
    case "core.carry": return BitVector(width: 1, next > 255 ? 1 : 0)
    default:
      guard let value = inputs[name] else { throw TestBenchError("no signal \(name)") }
      return value
    }
  }

  func step() throws {
    guard next <= limit else { throw AssertionFailure(name: "counter.limit", cycle: cycle) }
    count = next
    cycle += 1
  }
}

@Suite struct RecordingBenchTests {
  /// Each cycle has what is poked in it, at last, and what follows from that.
  @Test func recordsWhatACycleSettlesTo() throws {
    let bench = try RecordingBench(Counter(cycle: 5))
    try bench.poke("amount", 3)
    try bench.step()
    try bench.poke("enable", 1)
    try bench.step(2)
    try bench.poke("amount", 7)
    #expect(try bench.waveform.value(of: "amount", at: 8) == BitVector(width: 4, 7))
    try bench.poke("amount", -2)
    #expect(bench.cycle == 8)
    #expect(bench.waveform.cycles == 5..<9)
    #expect(
      try bench.waveform.text(numbers: .decimal) == """
        cycle    5  6  7  8
        enable  ▁▁▁╱▔▔▔▔▔▔▔▔
        amount  │3       │-2│
        next    │0 │3 │6 │4 │
        count   │0    │3 │6 │
        """)
  }

  @Test func isTheBenchItRecords() throws {
    let bench = try RecordingBench(Counter(limit: 4))
    #expect(bench.ports == Counter().ports)
    try bench.poke("enable", 1)
    try bench.poke("amount", 2)
    #expect(try bench.peek("next") == 2)
    try bench.step(2)
    #expect(try bench.peek("count") == 4)
    #expect(bench.cycle == 2)
    #expect(throws: AssertionFailure(name: "counter.limit", cycle: 2)) { try bench.step() }
    #expect(throws: TestBenchError("no input count")) {
      try bench.poke("count", bits: BitVector(width: 8))
    }
    #expect(throws: TestBenchError("no signal total")) { try bench.peek(bits: "total") }
  }

  @Test func recordsOtherSignals() throws {
    let bench = try RecordingBench(
      Counter(), also: [.init(path: "core.carry", width: 1), .init(path: "count", width: 8)])
    #expect(
      bench.waveform.signals.map(\.path) == ["enable", "amount", "next", "count", "core.carry"])
    #expect(try bench.waveform.value(of: "core.carry", at: 0) == BitVector(width: 1))
    #expect(throws: TestBenchError("no signal core.borrow")) {
      try RecordingBench(Counter(), also: [.init(path: "core.borrow", width: 1)])
    }
    #expect(throws: TestBenchError("`core.carry` has 1 bits, not 2")) {
      try RecordingBench(Counter(), also: [.init(path: "core.carry", width: 2)])
    }
  }

  @Test func saysTheWavesBeforeAnError() throws {
    let bench = try RecordingBench(Counter(limit: 30))
    let expected = """
      assertion `counter.limit` fails in cycle 21

      cycle    6  7  8  9  10 11 12 13 14 15 16 17 18 19 20 21
      enable  ╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔╲▁▁╱▔▔
      amount  │3                                              │
      next    │09│0c   │0f   │12   │15   │18   │1b   │1e   │21│
      count   │09   │0c   │0f   │12   │15   │18   │1b   │1e   │
      """
    do {
      try bench.withWaves { bench in
        try bench.poke("amount", 3)
        for cycle in 0... {
          try bench.poke("enable", cycle % 2)
          try bench.step()
        }
      }
      Issue.record("no error")
    } catch let error as ErrorWithWaves {
      #expect(error.description == expected)
      #expect("\(error)" == expected)
      #expect(
        error.error as? AssertionFailure == AssertionFailure(name: "counter.limit", cycle: 21))
      #expect(bench.describe(error.error) == expected)
    }
  }

  /// The wave of what two benches disagree on is unknown where they do.
  @Test func recordsALockstep() throws {
    let lockstep = try Lockstep(
      Counter(), named: "one", Counter(wrongFrom: 3), named: "the other")
    let bench = try RecordingBench(lockstep)
    do {
      try bench.withWaves { bench in
        try bench.withWaves { bench in
          try bench.poke("enable", 1)
          try bench.poke("amount", 5)
          try bench.step(9)
        }
      }
      Issue.record("no error")
    } catch let error as ErrorWithWaves {
      #expect(error.error is Lockstep.Difference)
      #expect(
        error.description == """
          `count` differs in cycle 3: one has 0f, the other 10

          cycle    0  1  2  3
          enable  ▔▔▔▔▔▔▔▔▔▔▔▔
          amount  │5          │
          next    │05│0a│0f│14│
          count   │00│05│0a│x │
          """)
    }
  }

  @Test func givesTheResult() throws {
    let bench = try RecordingBench(Counter())
    #expect(try bench.withWaves { try $0.peek("count") } == 0)
  }
}
