import Golden
import HDL
import Mapping
import Networks
import Testing
import Verilated

@testable import Cosimulation
@testable import Machine
@testable import Programs

/// Every counter of the accelerator is the exact model's, whatever the memory does, and the cycles
/// that depend on the memory are those that the port's handshakes ask for.
@Suite struct ExactCountsTests {
  static let layers: [Layer] = [
    .convolution("conv1", inputChannels: 2, outputChannels: 6, size: 7),
    .convolution("conv2", inputChannels: 6, outputChannels: 5, size: 7, isPooled: true),
    .convolution(
      "conv3", inputChannels: 5, outputChannels: 9, size: 3, kernel: 2, stride: 1, padding: 1),
    .fullyConnected("fc", inputs: 9 * 16, outputs: 11),
  ]

  struct Case: CustomTestStringConvertible {
    let parameters: Configuration
    var skips = false
    var order = SlotOrder.windows
    var keepsResident = true
    var mode = Model.Mode.mime
    var packs: Int?
    var stalls = 0.0
    var timing = MemoryTiming()
    var testDescription: String {
      "\(parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
        + " skip \(skips) \(order) resident \(keepsResident) \(mode) stalls \(stalls)"
    }
  }

  static let square: Configuration = ["ROWS": 4, "COLS": 4, "AXI_DATA_WIDTH": 64]
  static let flat: Configuration = [
    "ROWS": 7, "COLS": 3, "FEED_BANKS": 3, "AXI_DATA_WIDTH": 32, "LANE_EXTRA": 2,
    "WEIGHT_BUFFER_KB": 1, "THRESHOLD_BUFFER_KB": 1,
  ]
  static let cases: [Case] = [
    Case(parameters: square),
    Case(parameters: square, skips: true, stalls: 0.3),
    Case(parameters: square, skips: true, order: .rows, timing: MemoryTiming(readLatency: 37)),
    Case(parameters: square, keepsResident: false, packs: 8, stalls: 0.1),
    Case(parameters: square, skips: true, mode: .conventional, stalls: 0.5),
    Case(parameters: flat, order: .rows, packs: 16),
    Case(
      parameters: flat, skips: true, stalls: 0.2,
      timing: MemoryTiming(readLatency: 9, bandwidth: .init(bytes: 3))),
  ]

  private struct Outcome {
    let program: Program
    let maps: GoldenMaps
    let golden: [Inference]
    let memory: SimulatedMemory
    let trace: [UInt16]
    let port: PortCounts
    let cycles: UInt64
  }

  private func run(_ test: Case) throws -> Outcome {
    var model = try SyntheticModel.make(
      seed: 11, layers: Self.layers, tasks: 3, classes: 7, mode: test.mode)
    if let bits = test.packs { model = try model.withThresholds(ofWidth: bits) }
    let shape = try AcceleratorShape(test.parameters)
    let golden = try GoldenModel(model)
    let batch = Batch(images: [0, 1, 0, 2, 1].map { BatchImage(task: $0, image: 0) })
    let images = SyntheticModel.images(for: model, count: 5, seed: 12)
    var options = Program.Options()
    options.storesOutputs = true
    options.skips = test.skips
    options.keepsResident = test.keepsResident
    let network = try NetworkImage(
      model, on: shape, orders: [1: test.order], packsThresholds: test.packs != nil)
    if let bits = test.packs {
      #expect(network.thresholdForms[0].format == (bits == 8 ? 2 : 1))
    }
    let program = try Program(network, batch: batch, inputs: images, options: options)
    let library = try ProgramBench.library(
      parameters: test.parameters, VerilogSources(Machine.accelerator.verilogFiles()))
    let accelerator = try SimulatedAccelerator(
      library, memory: SimulatedMemory(bytes: program.memory.bytes.count, at: 0x2_0000),
      timing: test.timing,
      stalls: test.stalls > 0 ? BusStalls(probability: test.stalls, seed: 3) : nil)
    accelerator.recordPorts(true)
    let cycles = try accelerator.run(program, limit: 2_000_000)
    let inferences = zip(batch.images, images).map { golden.infer($1, task: $0.task) }
    return Outcome(
      program: program, maps: GoldenMaps(images: images, inferences: inferences),
      golden: inferences, memory: accelerator.memory, trace: accelerator.takePortTrace(),
      port: accelerator.counts, cycles: cycles)
  }

  @Test(arguments: cases) func everyCountIsTheModels(test: Case) throws {
    let outcome = try run(test)
    let memory = UnsafeRawBufferPointer(outcome.memory.bytes)
    let program = outcome.program
    for layer in Self.layers.indices {
      #expect(
        program.output(ofLayer: layer, in: memory) == outcome.golden.map { $0.layers[layer].pooled }
      )
    }
    #expect(program.logits(in: memory) == outcome.golden.map(\.logits))
    #expect(program.classes(in: memory) == outcome.golden.map(\.prediction))
    let cycles = try program.memoryCycles(outcome.maps, trace: outcome.trace)
    for number in program.operations.indices {
      let counted = try #require(program.counts(number, in: memory))
      let exact = try program.exactCounts(number, outcome.maps)
      #expect(counted.differences(fromExact: exact, tasks: ["a", "b", "c"]) == [])
      #expect(cycles[number] == MemoryCycles(counted))
    }
  }

  /// The accelerator's MACs beside the core's own exact model, which walks no tiles.
  @Test func macsAreThoseOfTheClosedForm() throws {
    let outcome = try run(Self.cases[0])
    let program = outcome.program
    for (number, operation) in program.operations.enumerated()
    where operation.operation == .layer && operation.task == nil {
      let layer = operation.layer!
      let mapping = try LayerMapping(
        model: program.network.model, layer: layer, batch: Batch(images: program.images),
        array: ArrayShape(rows: 4, columns: 4))
      let closed = try LayerEvents(
        exact: mapping, inputs: program.places.map { outcome.maps.inputs[layer][$0] },
        masks: program.places.map { outcome.maps.masks[layer][$0] }, taskCount: 3)
      let exact = try program.exactCounts(number, outcome.maps)
      for event in Event.allCases
      where event.counterSelect != nil && !event.rawValue.hasPrefix("cycle") {
        for task in 0..<(event.isPerTask ? 3 : 1) {
          #expect(
            exact(event.rawValue, task: task)
              == (event.isPerTask ? closed[event, task: task] : closed[event]),
            "\(event.rawValue) of layer \(layer), task \(task)")
        }
      }
    }
  }

  /// A count that is one off is a sentence with the place.
  @Test func differencesAreSaid() throws {
    var values = Counts(tasks: 2).values
    values[Machine.acceleratorCounters.firstIndex { $0.name == "mac.skipped" }!][1] = 1
    values[Machine.acceleratorCounters.firstIndex { $0.name == "cycle.drain" }!][0] = 3
    let sentences = Counts(values: values).differences(
      fromExact: Counts(tasks: 2), tasks: ["red", "blue"])
    #expect(
      sentences == [
        "cycle.drain must be 0 and is 3", "mac.skipped of task blue must be 0 and is 1",
      ])
    var cycles = MemoryCycles()
    cycles.hold = 2
    #expect(
      cycles.differences(from: MemoryCycles()) == [
        "cycle.stall.hold must be 2, from the handshakes of the memory's port, and is 0"
      ])
  }

  /// A trace that ends early, or whose weights come a cycle later, does not pass for the run's.
  @Test func anotherTraceIsNoticed() throws {
    let outcome = try run(Self.cases[2])
    let program = outcome.program
    let cycles = try program.memoryCycles(outcome.maps, trace: outcome.trace)
    #expect(throws: ReplayError.self) {
      try program.memoryCycles(
        outcome.maps, trace: Array(outcome.trace.prefix(outcome.trace.count / 2)))
    }
    // The first beat of weights goes to the thresholds.
    var trace = outcome.trace
    let first = try #require(trace.firstIndex { $0 & 0b1100 == 0b1100 && $0 >> 10 == 2 })
    trace[first] = trace[first] & 0x3FF | 3 << 10
    let other = try? program.memoryCycles(outcome.maps, trace: trace)
    #expect(other != cycles)
  }

  /// Each pooled layer gets the order that takes fewer cycles.
  @Test func theMapperTakesTheFasterOrder() throws {
    let outcome = try run(Self.cases[1])
    let model = outcome.program.network.model
    let shape = outcome.program.network.shape
    let batch = Batch(images: [0, 1, 0, 2, 1].map { BatchImage(task: $0, image: 0) })
    let options = outcome.program.options
    func cycles(_ order: SlotOrder) throws -> Int {
      let network = try NetworkImage(model, on: shape, orders: [1: order])
      let program = try Program(
        network, batch: batch, inputs: outcome.maps.inputs[0], options: options)
      let number = program.operations.firstIndex { $0.operation == .layer && $0.layer == 1 }!
      return try program.exactCounts(number, outcome.maps)("cycle.total")
    }
    let best = try Mapper.orders(
      .best, for: model, on: shape, batch: batch, maps: outcome.maps, options: options)
    let (rows, windows) = (try cycles(.rows), try cycles(.windows))
    #expect(best == [1: rows < windows ? .rows : .windows])
  }
}

extension Model {
  /// Thresholds rounded up to multiples of a power of two that `width` bits hold.
  fileprivate func withThresholds(ofWidth width: Int) throws -> Model {
    let shifts = layers.indices.map { layer -> Int64 in
      let most =
        tasks.indices.flatMap { parameters(ofLayer: layer, task: $0).thresholds }
        .map(\.magnitude).max() ?? 0
      return Int64(max(0, 64 - most.leadingZeroBitCount - width + 2))
    }
    return try Model(
      layers: layers, heads: tasks.indices.map(head(of:)), tasks: tasks, mode: mode, input: input,
      activation: activation, clamp: clamp, rounding: rounding,
      parameters: tasks.indices.map { task in
        (0...layers.count).map { layer in
          let numbers = parameters(ofLayer: layer, task: task)
          guard layer < layers.count else { return numbers }
          let unit = Int64(1) << shifts[layer]
          return LayerParameters(
            weights: numbers.weights, bias: numbers.bias, multipliers: numbers.multipliers,
            shifts: numbers.shifts,
            thresholds: numbers.thresholds.map { ($0 + unit - 1) / unit * unit })
        }
      }, hasThresholds: tasks.indices.map(hasThresholds(task:)))
  }
}
