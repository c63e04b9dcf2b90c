/// Cuts the choices of a random module down while its simulations differ.
public struct Shrinker {
  let comparison: Comparison
  /// Modules tried at once, which one build has.
  private static let batch = 12

  public init(_ comparison: Comparison) { self.comparison = comparison }

  /// A smaller module that differs, or the same one.
  ///
  /// - Parameter rounds: how many batches of modules may be tried.
  public func shrunk(_ difference: Difference, rounds: Int = 60) -> Difference {
    var best = difference
    var left = rounds
    var isSmaller = true
    while isSmaller, left > 0 {
      isSmaller = false
      for candidates in Self.edits(of: best.random.choices) where left > 0 {
        var list = candidates[...]
        while !list.isEmpty, left > 0 {
          left -= 1
          let found = firstDifference(Array(list.prefix(Self.batch)))
          list = list.dropFirst(Self.batch)
          guard let found, Self.isSimpler(found, best) else { continue }
          best = found
          isSmaller = true
          break
        }
        if isSmaller { break }
      }
    }
    return best
  }

  private static func isSimpler(_ a: Difference, _ b: Difference) -> Bool {
    let (x, y) = (a.random.choices, b.random.choices)
    return (x.count, x.reduce(0) { $0 &+ $1 % 4096 }) < (y.count, y.reduce(0) { $0 &+ $1 % 4096 })
  }

  private func firstDifference(_ lists: [[Int]]) -> Difference? {
    let randoms = lists.enumerated().map { RandomModule(choices: $1, name: "random_\($0)") }
      .filter { (try? $0.module.check(at: $0.configurations)) != nil }
    guard !randoms.isEmpty else { return nil }
    guard let all = try? comparison.differences(randoms) else {
      // One of them is not even built: each by itself.
      return randoms.lazy.compactMap { try? comparison.differences([$0]).first }.first
    }
    return all.min { $0.random.choices.count < $1.random.choices.count }
  }

  /// Lists with parts left out, the larger ones first, then lists with smaller numbers.
  private static func edits(of list: [Int]) -> [[[Int]]] {
    var result: [[[Int]]] = []
    var size = list.count / 2
    while size > 0 {
      result.append(
        stride(from: 0, to: list.count, by: size).map { start in
          Array(list[..<start] + list[min(start + size, list.count)...])
        })
      size /= 2
    }
    for smaller in [{ (_: Int) in 0 }, { $0 / 2 }] as [(Int) -> Int] {
      result.append(
        list.indices.filter { list[$0] > 0 }.map { index in
          var list = list
          list[index] = smaller(list[index])
          return list
        })
    }
    return result
  }
}
