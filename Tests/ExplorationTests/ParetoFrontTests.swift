import Exploration
import Testing

/// The front beside one found by comparing every point with every other.
@Suite struct ParetoFrontTests {
  struct Point: Sendable, Equatable {
    let number: Int
    let values: [Int]

    var objectives: Objectives {
      Objectives(energy: Int128(values[0]), cycles: values[1], bufferBits: values[2])
    }

    /// As good in all, and better in one.
    func dominates(_ other: Point) -> Bool {
      zip(values, other.values).allSatisfy { $0 <= $1 } && values != other.values
    }
  }

  private static func points(_ count: Int, below limit: Int, seed: UInt64) -> [Point] {
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    return (0..<count).map { number in Point(number: number, values: (0..<3).map { _ in next() }) }
  }

  private static func front(_ points: [Point], parts: Int = 1) -> [Point] {
    var front = ParetoFront<Point> { $0.objectives }
    let size = max(1, points.count / parts)
    for first in stride(from: 0, to: points.count, by: size) {
      front.add(points[first..<min(points.count, first + size)])
    }
    return front.points()
  }

  /// Few values make ties and duplicates, many make neither.
  @Test(arguments: [2, 3, 5, 20, 1_000_000], [1, 2, 10, 400])
  func isWhatNoPointDominates(limit: Int, count: Int) {
    for seed in 1...10 as ClosedRange<UInt64> {
      let points = Self.points(count, below: limit, seed: seed)
      let expected = points.filter { point in !points.contains { $0.dominates(point) } }
        .sorted { ($0.values + [$0.number]).lexicographicallyPrecedes($1.values + [$1.number]) }
      #expect(Self.front(points) == expected, "limit \(limit), count \(count), seed \(seed)")
    }
  }

  /// More points than are kept before the front is taken of them, in parts.
  @Test func isTheSameWhenPointsComeInParts() {
    let points = Self.points(120_000, below: 40, seed: 7).map {
      // A curved front, and not the one best point that independent numbers soon have.
      Point(
        number: $0.number,
        values: [$0.values[0], $0.values[1], 90 - $0.values[0] - $0.values[1] + $0.values[2]])
    }
    let distinct = Array(Set(points.map(\.values)))
    let best = Set(
      distinct.filter { values in
        !distinct.contains { zip($0, values).allSatisfy { $0 <= $1 } && $0 != values }
      })
    let expected = points.filter { best.contains($0.values) }.map(\.number)
    #expect(best.count > 100)
    let found = Self.front(points, parts: 100)
    #expect(found.map(\.number).sorted() == expected)
    #expect(found == Self.front(points))
  }

  @Test func ofNoPointsIsEmpty() { #expect(Self.front([]).isEmpty) }
}
