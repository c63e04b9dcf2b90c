/// What designs are compared by; less is better.
public struct Objectives: Sendable, Hashable, Comparable {
  /// In millionths of the cost table's unit.
  public let energy: Int128
  public let cycles: Int
  public let bufferBits: Int

  public init(energy: Int128, cycles: Int, bufferBits: Int) {
    self.energy = energy
    self.cycles = cycles
    self.bufferBits = bufferBits
  }

  /// Energy first, then cycles, then bits: what dominates comes before what it dominates.
  public static func < (left: Objectives, right: Objectives) -> Bool {
    (left.energy, left.cycles, left.bufferBits) < (right.energy, right.cycles, right.bufferBits)
  }
}

/// The points of which no other is as good in all objectives and better in one, while points come.
///
/// Points that are equal are all on it or all not.
public struct ParetoFront<Point: Sendable>: Sendable {
  private let objectives: @Sendable (Point) -> Objectives
  private var kept: [Point] = []
  /// Points of `kept` that are known to be on the front of those before `pending`.
  private var pending = 0
  private static var batch: Int { 50_000 }

  /// A front without points; `objectives` are what a point is compared by.
  public init(_ objectives: @escaping @Sendable (Point) -> Objectives) {
    self.objectives = objectives
  }

  /// Adds points in their order.
  public mutating func add(_ points: some Sequence<Point>) {
    for point in points {
      kept.append(point)
      pending += 1
    }
    if pending >= Self.batch { reduce() }
  }

  /// The front, by rising energy, then cycles, then bits, then in the order in which points came.
  public mutating func points() -> [Point] {
    reduce()
    return kept
  }

  private mutating func reduce() {
    let order = kept.indices.map { (objectives: objectives(kept[$0]), place: $0) }
      .sorted { ($0.objectives, $0.place) < ($1.objectives, $1.place) }
    var stairs = Stairs()
    var front: [Point] = []
    var last: (objectives: Objectives, isKept: Bool)?
    for (own, place) in order {
      let isKept =
        last?.objectives == own ? last!.isKept : stairs.insert(own.cycles, own.bufferBits)
      last = (own, isKept)
      if isKept { front.append(kept[place]) }
    }
    kept = front
    pending = 0
  }
}

/// Pairs of which none is as good as another in both: the first numbers rise and the second fall.
private struct Stairs {
  private var steps: [(cycles: Int, bits: Int)] = []

  /// Adds a pair unless one that is there is as good in both; whether it was added.
  mutating func insert(_ cycles: Int, _ bits: Int) -> Bool {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].cycles <= cycles { low = middle + 1 } else { high = middle }
    }
    if low > 0, steps[low - 1].bits <= bits { return false }
    let first = low > 0 && steps[low - 1].cycles == cycles ? low - 1 : low
    let end = steps[first...].firstIndex { $0.bits < bits } ?? steps.count
    steps.replaceSubrange(first..<end, with: [(cycles, bits)])
    return true
  }
}
