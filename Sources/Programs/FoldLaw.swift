import Networks

/// One image through a layer on an output-stationary array as SCALE-Sim counts it: folds follow each
/// other without overlap, nothing drains, and each operand of each row and column in use is read.
public struct FoldLaw: Sendable, Hashable {
  /// Row tiles.
  public let rowFolds: Int
  /// Column blocks.
  public let columnFolds: Int
  /// Products of an output: T.
  public let steps: Int
  public let cycles: Int
  /// Activations that are read, padding included.
  public let inputReads: Int
  /// Weights that are read.
  public let filterReads: Int
  /// Results that are written.
  public let outputWrites: Int

  /// Row tiles for each column block.
  public var folds: Int { rowFolds * columnFolds }

  /// The law for `layer` on an array of `rows` x `columns`.
  public init(_ layer: LayerShape, rows: Int, columns: Int) {
    steps = layer.reduction
    rowFolds = layer.positions.dividedRoundingUp(by: rows)
    columnFolds =
      layer.groups * (layer.outputChannels / layer.groups).dividedRoundingUp(by: columns)
    cycles = rowFolds * columnFolds * (rows + columns + steps - 2)
    inputReads = layer.positions * steps * columnFolds
    filterReads = layer.outputChannels * steps * rowFolds
    outputWrites = layer.positions * layer.outputChannels
  }
}
