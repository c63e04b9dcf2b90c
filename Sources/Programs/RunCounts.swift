/// How counts were obtained; every figure that is printed from them names it.
public enum Provenance: String, Sendable, CaseIterable {
  /// The RTL's counters.
  case rtl = "measured in RTL"
  /// The exact model, over the golden model's activations.
  case exact = "exact model"
  /// The statistical model, over shapes and sparsities.
  case statistical = "statistical model"
}

/// The events of a network's run, layer by layer: what energy, cycles and traffic are priced from.
public struct RunCounts: Sendable, Equatable {
  /// The events of one layer, summed over batches and over the passes for single tasks.
  public struct Layer: Sendable, Equatable {
    /// The layer's name; "head" for the last one.
    public let name: String
    /// What happened in it.
    public var counts: Counts

    /// The events `counts` of the layer `name`.
    public init(name: String, counts: Counts) {
      self.name = name
      self.counts = counts
    }
  }

  /// Where the counts come from.
  public let provenance: Provenance
  /// The model's tasks, in the order of the counts' task ids.
  public let tasks: [String]
  /// Images that ran, of each task.
  public var images: [Int]
  /// The hidden layers in order, and the head.
  public var layers: [Layer]
  /// Loads of images, stores of outputs, and the program's end.
  public var transfers: Counts

  /// The counts of a run.
  public init(
    provenance: Provenance, tasks: [String], images: [Int], layers: [Layer], transfers: Counts
  ) {
    self.provenance = provenance
    self.tasks = tasks
    self.images = images
    self.layers = layers
    self.transfers = transfers
  }

  /// The sum over layers and transfers.
  public var total: Counts {
    layers.reduce(into: transfers) { $0 += $1.counts }
  }
}
