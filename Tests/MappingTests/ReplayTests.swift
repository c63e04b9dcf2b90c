import Mapping
import Testing

@Suite struct ReplayTests {
  private let array: ArrayShape
  private let tiles: [Timeline.Tile]
  private let trace: [UInt16]
  private let causes: CycleCauses

  /// A trace with stalls of every kind, from a few idle cycles to the last result.
  init() throws {
    array = try ArrayShape(rows: 3, columns: 5, lanes: 2)
    tiles = [(4, 3), (1, 2), (20, 3), (9, 1)].map { Timeline.Tile(steps: $0, liveRows: $1) }
    var core = TokenCore(array: array, tiles: tiles)
    var driver = StreamDriver(
      tiles: tiles, gaps: .init(operands: 0.4, drain: 0.3, results: 0.3), seed: 11)
    var trace: [UInt16] = [0, PortSample([.resultReady, .thresholdValid]).rawValue]
    trace.forEach { _ = core.step(PortSample(rawValue: $0)) }
    while !core.isFinished {
      let drivers = driver.next()
      let sample = drivers.union(core.step(drivers))
      driver.observe(sample)
      trace.append(sample.rawValue)
    }
    self.trace = trace
    var timeline = Timeline(array: array, tiles: tiles)
    causes = try timeline.replay(trace)
  }

  private func error(replaying trace: [UInt16]) -> TimelineError? {
    #expect(throws: TimelineError.self) {
      var timeline = Timeline(array: array, tiles: tiles)
      _ = try timeline.replay(trace)
    }
  }

  @Test func stallsAreRecomputedFromTheTrace() {
    let first = trace.firstIndex {
      PortSample(rawValue: $0).isSuperset(of: [.actValid, .actReady])
    }
    #expect(causes.total == trace.count - first!)
    #expect(causes.sum == causes.total)
    #expect(causes.stallResult > 0 && causes.stallThreshold > 0 && causes.stallOperand > 0)
    #expect(causes.stallDrain > 0 && causes.drain > 0 && causes.compute == 34)
  }

  @Test func cyclesAfterTheLastResultAreNotLookedAt() throws {
    var timeline = Timeline(array: array, tiles: tiles)
    let after = try timeline.replay(trace + [UInt16.max, 0])
    #expect(after == causes)
  }

  /// Every output bit of every cycle is compared: each one flipped is named.
  @Test func flippedOutputsAreNamed() {
    let ports =
      [(1, "act"), (3, "weight"), (5, "channel"), (7, "threshold")]
      .map { ($0.0, "\($0.1)_ready") } + [(8, "result_valid")]
    for cycle in trace.indices {
      for (bit, port) in ports {
        var broken = trace
        broken[cycle] ^= 1 << bit
        let recorded = broken[cycle] >> bit & 1 == 1
        #expect(
          error(replaying: broken)
            == .differs(cycle: cycle, port: port, recorded: recorded, expected: !recorded))
      }
    }
  }

  @Test func differenceIsASentence() {
    let error = TimelineError.differs(cycle: 7, port: "act_ready", recorded: true, expected: false)
    #expect(error.description == "in cycle 7 of the trace act_ready is 1, and must be 0")
  }

  @Test func shortTraceIsAnError() {
    let error = error(replaying: trace.dropLast())
    #expect(error == .unfinished(cycles: trace.count - 1, tile: 4, tiles: 4))
    #expect(
      error?.description
        == "the trace ends after \(trace.count - 1) cycles, before the layer's last result; "
        + "the steps of 4 of 4 tiles had been accepted")
  }

  @Test func operandAfterTheFinalStepIsAnError() throws {
    let operands = PortSample([.actValid, .actReady, .weightValid, .weightReady, .resultReady])
    var timeline = Timeline(
      array: try ArrayShape(rows: 1, columns: 1), tiles: [.init(steps: 1, liveRows: 1)])
    let error = #expect(throws: TimelineError.self) {
      _ = try timeline.replay([operands.rawValue, operands.rawValue])
    }
    #expect(error == .operandAfterFinalStep(cycle: 1))
    #expect(
      error?.description
        == "in cycle 1 of the trace a step is accepted after the layer's last one")
  }
}
