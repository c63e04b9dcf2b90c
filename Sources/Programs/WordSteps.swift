import Foundation

/// How many steps of a word are issued: a distribution.
enum WordSteps {
  /// Words by their number of steps.
  case measured([Int])
  /// Sums of many steps, each issued by itself: of words of some sizes, with some probabilities.
  case mixture(
    sizes: [(size: Double, weight: Double)], issues: [(probability: Double, weight: Double)])

  /// The mean of the larger of the steps and `bound`.
  func mean(atLeast bound: Int) -> Double {
    switch self {
    case .measured(let words):
      let sum = words.enumerated().reduce(0) { $0 + $1.element * max(bound, $1.offset) }
      return Double(sum) / Double(words.reduce(0, +))
    case .mixture(let sizes, let issues):
      return average(sizes, issues) { Normal($0, $1).mean(atLeast: Double(bound)) }
    }
  }

  /// The mean of max(0, min(`bound`, a) - b) of two words a and b.
  func shortfall(below bound: Int) -> Double {
    (0..<bound).reduce(0) { sum, steps in
      let atMost = probability(atMost: steps)
      return sum + atMost * (1 - atMost)
    }
  }

  /// The cycles that a tile of one word gains, on average, where successive words are independent: the
  /// stationary distribution of `WordOrder`'s states.
  func gains(rows: Int) -> Double {
    let short = probability(atMost: rows)
    let long = 1 - probability(atMost: rows + 1)
    let longer = 1 - probability(atMost: rows + 2)
    guard short > 0 else { return 0 }
    let leaving = longer + long * long / short
    return (leaving + long) / (1 + long / short + leaving / short)
  }

  private func probability(atMost steps: Int) -> Double {
    switch self {
    case .measured(let words):
      return Double(words.prefix(steps + 1).reduce(0, +)) / Double(words.reduce(0, +))
    case .mixture(let sizes, let issues):
      return average(sizes, issues) { Normal($0, $1).probability(atMost: Double(steps) + 0.5) }
    }
  }

  private func average(
    _ sizes: [(size: Double, weight: Double)], _ issues: [(probability: Double, weight: Double)],
    _ value: (_ size: Double, _ probability: Double) -> Double
  ) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for (size, words) in sizes {
      for (probability, weight) in issues {
        sum += words * weight * value(size, probability)
        weights += words * weight
      }
    }
    return sum / weights
  }
}

/// What tiles of one word each gain from their order.
///
/// The rows of a tile are ready R + 1 cycles after those of the tile before were taken, but a tile that
/// is taken late lets the next one be ready earlier. So a word takes max(R + 1, its steps), one less
/// where a long word follows short ones, and where a short word follows long ones.
struct WordOrder {
  private enum State { case short, between, long }

  private let rows: Int
  private var state = State.short

  init(rows: Int) { self.rows = rows }

  /// Takes the next word; whether it takes a cycle less.
  mutating func gains(with steps: Int) -> Bool {
    switch state {
    case .short:
      if steps > rows + 1 { state = steps > rows + 2 ? .long : .between }
      return steps > rows + 1
    case .between:
      if steps <= rows { state = .short }
      if steps > rows + 1 { state = .long }
      return false
    case .long:
      if steps <= rows { state = .between }
      return steps <= rows
    }
  }
}

/// The normal distribution with a binomial's mean and variance.
private struct Normal {
  let mean: Double
  let deviation: Double

  init(_ size: Double, _ probability: Double) {
    mean = size * probability
    deviation = (size * probability * (1 - probability)).squareRoot()
  }

  func mean(atLeast bound: Double) -> Double {
    let distance = mean - bound
    // Also where the deviation is zero.
    guard abs(distance) < 6 * deviation else { return max(mean, bound) }
    let z = distance / deviation
    return bound + distance * erfc(-z / 2.0.squareRoot()) / 2
      + deviation * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
  }

  func probability(atMost bound: Double) -> Double {
    guard abs(mean - bound) < 6 * deviation else { return bound < mean ? 0 : 1 }
    return erfc((mean - bound) / deviation / 2.0.squareRoot()) / 2
  }
}
