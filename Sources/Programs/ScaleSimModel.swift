import Mapping
import Networks

/// One image through a network by SCALE-Sim's law and on this machine, from shapes alone.
public struct ScaleSimModel: Sendable {
  /// A layer.
  public struct Layer: Sendable {
    public let name: String
    /// What SCALE-Sim's assumptions give.
    public let law: FoldLaw
    /// What the machine counts where it skips no step; exact.
    public let counts: Counts
    let pass: PassGeometry
  }

  /// The machine.
  public let shape: AcceleratorShape
  /// The layers, with the first task's head.
  public let layers: [Layer]

  /// - Throws: `ProgramFailure` where the model cannot be made.
  public init(_ network: NetworkShape, on shape: AcceleratorShape) throws {
    self.shape = shape
    let dense = LayerSparsity(tasks: network.tasks.map { _ in .init(zeroFraction: 0) })
    let model = try StatisticalModel(
      network, Array(repeating: dense, count: network.layerCount), .independent)
    let image = Batch(images: [BatchImage(task: 0, image: 0)])
    let run = try model.counts(on: shape, Workload([image]), StatisticalModel.Options())
    layers = zip(network.layersOfOneTask, run.layers).enumerated().map { number, layer in
      let (own, counts) = layer
      return Layer(
        name: own.name, law: FoldLaw(own, rows: shape.rows, columns: shape.columns),
        counts: counts.counts,
        pass: PassGeometry(
          own, on: shape, isFirst: number == 0, isHead: number == network.layers.count,
          order: .rows, runs: [.init(task: 0, images: 1)], thresholdForm: nil, keepsResident: true))
    }
  }

  /// Cycles and accesses of each layer as CSV, a line for each.
  public var report: String {
    var text =
      "layer,folds,law_cycles,ifmap_reads,filter_reads,ofmap_writes,machine_cycles,"
      + "machine_act_words,machine_weight_words,machine_result_words\n"
    for layer in layers {
      let law = layer.law
      let numbers = [
        law.folds, law.cycles, law.inputReads, law.filterReads, law.outputWrites,
        layer.counts("cycle.total"), layer.counts.total("act.word"), layer.counts("weight.word"),
        layer.counts.total("result.word"),
      ]
      text += layer.name + numbers.reduce(into: "") { $0 += ",\($1)" } + "\n"
    }
    return text
  }
}
