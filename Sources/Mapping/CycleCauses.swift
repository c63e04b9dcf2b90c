/// Why the machine spent each cycle between a layer's first accepted operand and its last
/// accepted result.
public struct CycleCauses: Sendable, Equatable {
  /// Cycles in all; the others sum to it.
  public var total = 0
  /// A step was accepted.
  public var compute = 0
  /// Frozen: a result is offered and not taken.
  public var stallResult = 0
  /// Frozen: a drain slot waits for its threshold or channel beat.
  public var stallThreshold = 0
  /// A step is offered, but the drain of the tile before needs the cycle.
  public var stallDrain = 0
  /// An activation or weight beat is missing.
  public var stallOperand = 0
  /// Every operand has been accepted, and results are on their way.
  public var drain = 0
  /// Frozen from outside.
  public var stallHold = 0

  /// No cycles.
  public init() {}

  /// The sum of the causes.
  public var sum: Int {
    compute + stallResult + stallThreshold + stallDrain + stallOperand + drain + stallHold
  }

  /// The cycles of a layer when operands are always at hand and results are always accepted.
  ///
  /// A tile's last step comes K steps after the one before, but never less than D cycles, so each
  /// tile but the first waits max(0, D - K) cycles. After the layer's last step its tile takes
  /// R + C cycles to the lanes, D slots to drain, and the lane's latency.
  ///
  /// - Parameter runs: how many tiles of how many steps, in order.
  public static func unstalled(
    on array: ArrayShape, runs: [(steps: Int, tiles: Int)]
  ) -> CycleCauses {
    let drainSlots = array.drainSlots
    var causes = CycleCauses()
    for (steps, tiles) in runs {
      causes.compute += tiles * steps
      causes.stallDrain += tiles * max(0, drainSlots - steps)
    }
    if let first = runs.first { causes.stallDrain -= max(0, drainSlots - first.steps) }
    causes.drain = drainSlots + array.rows + array.columns - 2 + array.latency
    causes.total = causes.sum
    return causes
  }
}
