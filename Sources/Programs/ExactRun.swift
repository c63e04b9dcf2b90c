import Machine
import Mapping

/// The exact model of a network's run: its counts without RTL.
public struct ExactRun: Sendable {
  /// The network on its accelerator.
  public let network: NetworkImage
  /// What runs.
  public let batches: [Batch]
  /// What the batches' programs do.
  public let options: Program.Options

  /// A run of `batches`.
  public init(_ network: NetworkImage, batches: [Batch], options: Program.Options) {
    self.network = network
    self.batches = batches
    self.options = options
  }

  /// The counts of all batches.
  ///
  /// Cycles are those in which the machine advances; the counters that depend on the memory's speed,
  /// `Counts.ofMemory`, are zero.
  ///
  /// - Parameter maps: the golden model's maps of a batch.
  /// - Throws: `ProgramFailure` where a batch does not fit the accelerator, and what `maps` throws.
  public func counts(maps: (Batch) throws -> GoldenMaps) throws -> RunCounts {
    var counts = RunCounts(of: network, provenance: .exact)
    for batch in batches {
      let maps = try maps(batch)
      let program = try Program(network, batch: batch, inputs: maps.inputs[0], options: options)
      for number in program.operations.indices {
        counts.add(try program.exactCounts(number, maps), of: program.operations[number])
      }
      counts.addEnd(of: batch, on: network.shape)
    }
    return counts
  }
}

extension RunCounts {
  /// No counts, for a network's layers and head.
  public init(of network: NetworkImage, provenance: Provenance) {
    let model = network.model
    let none = Counts(tasks: network.shape.runs)
    self.init(
      provenance: provenance, tasks: model.tasks, images: model.tasks.map { _ in 0 },
      layers: (0...model.layers.count).map {
        Layer(name: model.geometry(ofLayer: $0, task: 0).name, counts: none)
      }, transfers: none)
  }

  /// Adds the counts of one operation of a program.
  public mutating func add(_ own: Counts, of operation: Program.Operation) {
    if operation.operation == .layer {
      layers[operation.layer!].counts += own
    } else {
      transfers += own
    }
  }

  /// Adds a program's end and the images that it ran: its last descriptor is read after the last counters are
  /// written, so no counter has it.
  public mutating func addEnd(of batch: Batch, on shape: AcceleratorShape) {
    var end = CountBuilder(tasks: shape.runs)
    end.countEnd(on: shape)
    transfers += end.counts
    for image in batch.images { images[image.task] += 1 }
  }
}
