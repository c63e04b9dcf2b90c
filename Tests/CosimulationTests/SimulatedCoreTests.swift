import Machine
import Testing
import Verilated

@testable import Cosimulation

/// Directed layers on the generated core, against plain arithmetic.
@Suite struct SimulatedCoreTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let parameters: CoreParameters
    /// Steps, live rows and live columns of each tile.
    let tiles: [(steps: Int, rows: Int, columns: Int)]
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "3x5 with 2 lanes, 8 bits",
      parameters: CoreParameters(rows: 3, columns: 5, lanes: 2, actSigned: true),
      tiles: [(1, 3, 5), (1, 1, 1), (9, 2, 4), (30, 3, 5), (2, 3, 3), (1, 2, 5)]),
    Case(
      name: "4x3, 16 bits",
      parameters: CoreParameters(
        rows: 4, columns: 3, actWidth: 16, actSigned: true, weightWidth: 16, accWidth: 48,
        taskWidth: 2),
      tiles: [(7, 4, 3), (3, 3, 2), (1, 4, 1)]),
  ]

  static func layer(_ test: Case, isSigned: Bool, isRaw: Bool = false) -> DirectedLayer {
    var random = SplitMix(seed: 11)
    let most = 1 << (test.parameters.actWidth - (isSigned ? 1 : 0)) - 1
    return DirectedLayer(
      parameters: test.parameters, isSigned: isSigned, isRaw: isRaw,
      clamp: (isSigned ? -most : 0)...most,
      tiles: test.tiles.map {
        DirectedTile(
          steps: $0.steps, rows: $0.rows, columns: $0.columns, isSigned: isSigned,
          test.parameters, &random)
      })
  }

  static func core(_ test: Case, xSeed: UInt32 = 1) throws -> SimulatedCore {
    let files = try CoreFiles(defaults: [:]).verilog
    let sources = VerilogSources(files.map { .init(name: $0.name, text: $0.text) })
    let product = try VerilatorBuild(sources, test.parameters).product()
    return try SimulatedCore(CoreLibrary(path: product.path), test.parameters, xSeed: xSeed)
  }

  @Test(arguments: cases) func equalsPlainArithmetic(test: Case) throws {
    let core = try Self.core(test)
    #expect(core.configurationHash == Machine.configurationHash)
    for (isSigned, isRaw) in [(false, false), (true, false), (false, true)] {
      let layer = Self.layer(test, isSigned: isSigned, isRaw: isRaw)
      #expect(try layer.run(on: core, tilesAtOnce: test.tiles.count) == layer.expected)
    }
  }

  @Test(arguments: cases) func feedingInPartsAndSeedsChangeNothing(test: Case) throws {
    let layer = Self.layer(test, isSigned: false)
    let (whole, parts) = try (Self.core(test), Self.core(test, xSeed: 4711))
    for core in [whole, parts] { core.recordPorts(true) }
    #expect(try layer.run(on: whole, tilesAtOnce: test.tiles.count) == layer.expected)
    #expect(try layer.run(on: parts, tilesAtOnce: 1) == layer.expected)
    #expect(whole.cycle == parts.cycle)
    #expect(whole.takePortTrace() == parts.takePortTrace())
  }

  @Test(arguments: cases) func stallsChangeOnlyTime(test: Case) throws {
    let layer = Self.layer(test, isSigned: true)
    let core = try Self.core(test)
    core.recordPorts(true)
    core.setStalls(.init(probability: 0.3, seed: 5))
    #expect(try layer.run(on: core, tilesAtOnce: 2) == layer.expected)
    let trace = core.takePortTrace()
    #expect(UInt64(trace.count) == core.cycle && trace.count > layer.cycles)
    for stream in CoreStream.inputs {
      let valid = trace.map { $0 >> UInt16(2 * stream.rawValue) & 1 == 1 }
      let ready = trace.map { $0 >> UInt16(2 * stream.rawValue + 1) & 1 == 1 }
      let beats = test.tiles.indices.reduce(0) {
        $0 + layer.blocks(ofTile: $1)[stream.rawValue].count
      }
      #expect(zip(valid, ready).filter { $0 && $1 }.count == beats)
      let fell = valid.indices.dropLast().filter { valid[$0] && !ready[$0] && !valid[$0 + 1] }
      #expect(fell.isEmpty, "valid of \(stream) fell before the beat was taken")
      #expect(valid.contains(false))
    }
  }

  @Test(arguments: cases) func countsEventsAndClearsThem(test: Case) throws {
    let layer = Self.layer(test, isSigned: false)
    let core = try Self.core(test)
    try core.clearEvents()
    _ = try layer.run(on: core, tilesAtOnce: 1)
    try core.run(cycles: 4)
    let steps = test.tiles.reduce(0) { $0 + $1.steps }
    let results = test.tiles.reduce(0) { $0 + $1.rows * test.parameters.groups }
    #expect(try core.event(8) == UInt64(steps))
    #expect(try core.event(13) == UInt64(results))
    #expect(try core.event(14) == UInt64(layer.cycles))
    let masked = (0..<1 << test.parameters.taskWidth).map { task in
      layer.expected.filter { $0.task == task && !$0.mask }.count
    }
    for (task, count) in masked.enumerated() {
      #expect(try core.event(3, task: task) == UInt64(count))
    }
    #expect(masked.contains { $0 > 0 })
    try core.clearEvents()
    #expect(try [3, 8, 13, 14].map { try core.event($0) } == [0, 0, 0, 0])
  }

  @Test func theBareLoopTakesTheSameCycles() throws {
    let test = Self.cases[0]
    let layer = Self.layer(test, isSigned: false)
    let core = try Self.core(test)
    core.setLayer(isSigned: false, isRaw: false, clamp: layer.clamp)
    let tiles = test.tiles.indices.map(layer.blocks(ofTile:))
    let joined = CoreStream.inputs.map { stream in
      BeatBlock(joining: tiles.map { $0[stream.rawValue] })
    }
    try core.clearEvents()
    let time = try core.timeBareLoop(joined, limit: 100_000)
    #expect(time.cycles == UInt64(layer.cycles))
    #expect(time.seconds > 0)
    try core.run(cycles: 4)
    #expect(try core.event(8) == UInt64(test.tiles.reduce(0) { $0 + $1.steps }))
    let results = test.tiles.reduce(0) { $0 + $1.rows * test.parameters.groups }
    #expect(try core.event(13) == UInt64(results))
    #expect(throws: SimulationError.cycleLimit(10)) {
      _ = try core.timeBareLoop(joined, limit: 10)
    }
  }
}
