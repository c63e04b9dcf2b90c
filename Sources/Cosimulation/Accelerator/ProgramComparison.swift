import Foundation
import Golden
import Machine
import Mapping
import Networks
import Programs

/// What a run of a program came to, as far as it was compared.
struct ProgramOutcome {
  /// From its start to its interrupt.
  var cycles: UInt64 = 0
  /// Seconds of simulation.
  var seconds = 0.0
  /// Activations and logits that were compared.
  var values = 0
  /// The class of each image, in the batch's order.
  var classes: [Int] = []
  /// The counters of each operation.
  var counted: [Counts] = []
  /// The same of the exact model.
  var exact: [Counts] = []
}

/// All that a run of a program has to leave: numbers in memory, counters, and beats at the memory's
/// port.
struct ProgramComparison {
  private let program: Program
  private let batch: Batch
  private let golden: [Inference]
  private let maps: GoldenMaps
  private var model: Model { program.network.model }

  /// The images and their inferences are in the batch's order.
  init(_ program: Program, batch: Batch, images: [[Int32]], golden: [Inference]) {
    self.program = program
    self.batch = batch
    self.golden = golden
    maps = GoldenMaps(images: images, inferences: golden)
  }

  /// Runs the program and compares all that it leaves.
  ///
  /// - Parameters:
  ///   - limit: the cycles within which it has to end.
  ///   - outcome: what was found up to the first difference.
  /// - Throws: `AcceleratorFailure`, `RegisterError`.
  func run(
    on accelerator: SimulatedAccelerator, limit: UInt64, into outcome: inout ProgramOutcome
  ) throws {
    place(in: accelerator.memory)
    accelerator.clearCounts()
    accelerator.recordPorts(true)
    let start = Date()
    do {
      outcome.cycles = try accelerator.start(
        at: UInt32(program.start), image: UInt32(program.memory.bytes.count), limit: limit)
    } catch let error as ProgramStop {
      throw AcceleratorFailure.stop(error)
    } catch let error as SimulationError {
      throw AcceleratorFailure.simulation(error)
    }
    outcome.seconds = Date().timeIntervalSince(start)
    let memory = UnsafeRawBufferPointer(accelerator.memory.bytes)
    try compareOutputs(memory, &outcome)
    try compareHeads(memory, &outcome)
    try compareCounts(memory, accelerator.takePortTrace(), &outcome)
    try compareTraffic(accelerator.counts, outcome.counted)
  }

  /// Puts the program into memory, and there where it writes what must not stay.
  private func place(in memory: SimulatedMemory) {
    program.memory.bytes.withUnsafeBytes { memory.bytes.copyMemory(from: $0) }
    for region in program.memory.regions where [.results, .counters].contains(region.kind) {
      for byte in region.offset..<region.offset + region.bytes { memory.bytes[byte] = 0xA5 }
    }
  }

  // MARK: Numbers

  private func compareOutputs(
    _ memory: UnsafeRawBufferPointer, _ outcome: inout ProgramOutcome
  ) throws {
    for (layer, geometry) in model.layers.enumerated() {
      guard let outputs = program.output(ofLayer: layer, in: memory) else { continue }
      let size = geometry.pooledSize
      for image in batch.images.indices {
        let (own, want) = (outputs[image], golden[image].layers[layer].pooled)
        outcome.values += want.count
        guard let index = Self.difference(own, want) else { continue }
        throw mismatch(
          image, geometry.name, geometry.isPooled ? .pooled : .activation,
          (index / (size * size), index / size % size, index % size),
          Int64(want[index]), Int64(own[index]))
      }
    }
  }

  private func compareHeads(
    _ memory: UnsafeRawBufferPointer, _ outcome: inout ProgramOutcome
  ) throws {
    let logits = program.logits(in: memory)
    let classes = program.classes(in: memory)
    for image in batch.images.indices {
      let (own, want) = (logits[image], golden[image].logits)
      outcome.values += want.count
      if let index = Self.difference(own, want) {
        throw mismatch(image, "head", .logit, (index, 0, 0), want[index], own[index])
      }
      let (found, best) = (classes[image], golden[image].prediction)
      guard found == best else {
        throw mismatch(image, "head", .predictedClass, (0, 0, 0), Int64(best), Int64(found))
      }
      outcome.classes.append(found)
    }
  }

  private static func difference<Value: Equatable>(_ own: [Value], _ want: [Value]) -> Int? {
    precondition(own.count == want.count, "results have the shape of the network's")
    return own == want ? nil : own.indices.first { own[$0] != want[$0] }
  }

  private func mismatch(
    _ image: Int, _ layer: String, _ level: Level, _ place: (channel: Int, row: Int, column: Int),
    _ expected: Int64, _ actual: Int64
  ) -> AcceleratorFailure {
    let source = batch.images[image]
    return .mismatch(
      Mismatch(
        task: model.tasks[source.task], image: source.image, layer: layer, level: level,
        channel: place.channel, row: place.row, column: place.column, expected: expected,
        actual: actual))
  }

  // MARK: Events

  private func compareCounts(
    _ memory: UnsafeRawBufferPointer, _ trace: [UInt16], _ outcome: inout ProgramOutcome
  ) throws {
    let cycles = Result { try program.memoryCycles(maps, trace: trace) }
    for (number, operation) in program.operations.enumerated() {
      let counted = program.counts(number, in: memory)!
      let exact = try program.exactCounts(number, maps)
      outcome.counted.append(counted)
      outcome.exact.append(exact)
      let differences =
        counted.differences(fromExact: exact, tasks: model.tasks)
        + lostMACs(operation, counted)
        + ((try? cycles.get())?[number].differences(from: MemoryCycles(counted)) ?? [])
      guard differences.isEmpty else {
        throw AcceleratorFailure.counts(place: place(of: operation, number), differences)
      }
    }
    if case .failure(let error) = cycles { throw AcceleratorFailure.traffic("\(error)") }
  }

  private func place(of operation: Program.Operation, _ number: Int) -> String {
    let layer = operation.layer.map { " of \(model.geometry(ofLayer: $0, task: 0).name)" } ?? ""
    let task = operation.task.map { " for task \(model.tasks[$0])" } ?? ""
    return "operation \(number), \(operation.operation)\(layer)\(task)"
  }

  /// That no multiply-accumulate of the network is lost or counted twice.
  private func lostMACs(_ operation: Program.Operation, _ counted: Counts) -> [String] {
    guard operation.operation == .layer else { return [] }
    return model.tasks.indices.compactMap { task in
      let images = operation.images.filter { program.images[$0].task == task }.count
      let layer = model.geometry(ofLayer: operation.layer!, task: task)
      let dense = images * layer.outputCount * layer.reduction
      let parts = Counts.macs.map { counted($0, task: task) }
      guard parts.reduce(0, +) != dense else { return nil }
      return
        "\(parts[0]) active, \(parts[1]) gated and \(parts[2]) skipped multiply-accumulates of "
        + "task \(model.tasks[task]) are counted, and the layer has \(dense)"
    }
  }

  /// What passed at the port beside what the counters say.
  private func compareTraffic(_ port: PortCounts, _ counts: [Counts]) throws {
    let shape = program.network.shape
    for reader in BusReader.allCases {
      // The end's descriptor is read after the last counters are written.
      let uncounted = reader == .program ? DescriptorField.bytes * 8 / shape.busWidth : 0
      let expected = counts.reduce(uncounted) { $0 + $1.total("dram.\(reader)") }
      let actual = Int(port.reads[reader.rawValue]?.beats ?? 0)
      guard actual == expected else {
        throw AcceleratorFailure.traffic(
          "\(actual) beats of dram.\(reader) passed at the memory's port, and \(expected) are counted"
        )
      }
    }
    let counters = counts.count * Counts.beats(shape)
    let expected = counts.reduce(counters) { $0 + $1.total("dram.write") }
    guard Int(port.writes.beats) == expected else {
      throw AcceleratorFailure.traffic(
        "\(port.writes.beats) beats were written at the memory's port, and \(expected) are counted")
    }
  }
}
