import Energy
import Networks
import Programs

/// The claim on memory: weights once, and small sets of thresholds.
struct MemoryClaim {
  /// What the abstract says, for a parent and three children.
  static let stated = Rational(decimal: "3.48")!
  static let children = 3

  private static let networks = ["vgg16-32", "vgg16-64", "vgg16-224"]
  let trained: TrainedPair?

  func claim() throws -> Claim {
    var claim = Claim(
      name: "memory",
      statement: "~\(Self.stated.decimal())x less DRAM for a parent and three child tasks",
      range: 3.4...3.55, rangeText: "3.4 to 3.55")
    claim.sections = [
      Claim.Section(
        title: "Weights, heads and the children's thresholds, in bits", layout: .rows,
        rows: try bits()),
      Claim.Section(
        title: "The same for 1, 3, 7 and 15 children",
        layout: .ranges(keys: ["network"], across: "children"), hasVerdict: false,
        rows: try growth()),
    ]
    if let trained {
      claim.sections.append(
        Claim.Section(
          title:
            "Bytes of DRAM as this accelerator lays them out, with biases, multipliers, shifts and "
            + "padding of words; the parent's thresholds are stored as zeros or its own",
          layout: .rows,
          rows: try laidOut(trained)))
    }
    return claim
  }

  /// How heads are counted.
  private enum Heads: CaseIterable {
    case ownOfEach, namedTasks, shared

    /// Classes of CIFAR-10, CIFAR-100 and Fashion-MNIST, the child tasks that the abstract names.
    static let classes = [10, 100, 10]

    var text: String {
      switch self {
      case .ownOfEach: "like the parent's"
      case .namedTasks: "\(Self.classes.map(String.init).joined(separator: ", ")) classes"
      case .shared: "one for all"
      }
    }

    func storage(_ network: NetworkShape) -> StorageRatio {
      var storage = StorageRatio(
        network, children: MemoryClaim.children, weightBits: 16, thresholdBits: 8)
      switch self {
      case .ownOfEach: break
      case .namedTasks:
        let inputs = storage.heads[0] / network.tasks[0].head!.outputChannels
        storage.heads = [storage.heads[0]] + Self.classes.map { $0 * inputs }
      case .shared:
        storage.weights += storage.heads[0]
        storage.heads = storage.heads.map { _ in 0 }
      }
      return storage
    }
  }

  private func bits() throws -> [Claim.Row] {
    var shapes = try Self.networks.flatMap { name in
      let network = try NetworkShape.load(name)
      return Heads.allCases.map { (name, $0.text, $0.storage(network)) }
    }
    if let trained, trained.stored.count == Self.children + 1 {
      let network = trained.mime.network
      var storage = Heads.ownOfEach.storage(network)
      storage.heads = trained.stored.map { network.tasks[$0].head!.weights }
      shapes.append((trained.name, "its own", storage))
    }
    return shapes.flatMap { name, heads, storage in
      [8, 16].flatMap { weightBits in
        [8, 16, 32].map { thresholdBits in
          var storage = storage
          storage.weightBits = weightBits
          storage.thresholdBits = thresholdBits
          return row(name, heads, storage)
        }
      }
    }
  }

  private func growth() throws -> [Claim.Row] {
    try [1, 3, 7, 15].flatMap { children in
      try Self.networks.map { name in
        row(
          name, Heads.ownOfEach.text,
          StorageRatio(
            try .load(name), children: children, weightBits: 16, thresholdBits: 8))
      }
    }
  }

  private func row(_ name: String, _ heads: String, _ storage: StorageRatio) -> Claim.Row {
    Claim.Row(
      assumptions: [
        ("network", name), ("children_heads", heads), ("children", "\(storage.heads.count - 1)"),
        ("weight_bits", "\(storage.weightBits)"), ("threshold_bits", "\(storage.thresholdBits)"),
      ], provenance: "shapes, derived",
      figures: [
        ("conventional_bytes", Double(storage.conventionalBits) / 8),
        ("mime_bytes", Double(storage.mimeBits) / 8),
        ("thresholds_percent_of_weights", 100 * storage.thresholdFraction.double),
        (
          "needed_for_\(Self.stated.decimal())_percent_of_weights",
          100 * (storage.neededFraction(for: Self.stated)?.double ?? 0)
        ),
      ], ratio: storage.ratio.double)
  }

  private func laidOut(_ trained: TrainedPair) throws -> [Claim.Row] {
    try trained.settings.machines.map { machine in
      let shape = try AcceleratorShape(modelled: machine)
      let network = trained.mime.network
      let own = NetworkFootprint(network, tasks: trained.stored, on: shape)
      let other = NetworkFootprint(network.asConventional(), tasks: trained.stored, on: shape)
      return Claim.Row(
        assumptions: [
          ("network", trained.name), ("children", "\(trained.stored.count - 1)"),
          ("array", machine.arrayText), ("weight_bits", "\(machine.weightWidth)"),
          ("threshold_bits", "\(machine.accWidth)"),
        ], provenance: "memory image",
        figures: [
          ("conventional_bytes", Double(other.total)), ("mime_bytes", Double(own.total)),
          ("thresholds_bytes", Double(own.thresholds)),
        ], ratio: Double(other.total) / Double(own.total))
    }
  }
}

extension AcceleratorSizes {
  /// Rows and columns, as in 16x16.
  var arrayText: String { "\(rows)x\(columns)" }
}
