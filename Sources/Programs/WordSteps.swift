import Foundation

/// How many steps of a word are issued: a distribution.
enum WordSteps {
  /// Words by their number of steps.
  case measured([Int])
  /// Sums of many steps, each issued by itself: of words of some sizes, with some probabilities.
  case mixture(
    sizes: [(size: Int, weight: Double)], issues: [(probability: Double, weight: Double)])

  /// The mean of the larger of the steps and `bound`.
  func mean(atLeast bound: Int) -> Double {
    switch self {
    case .measured(let words):
      let sum = words.enumerated().reduce(0) { $0 + $1.element * max(bound, $1.offset) }
      return Double(sum) / Double(words.reduce(0, +))
    case .mixture(let sizes, let issues):
      return average(sizes, issues) { Binomial($0, $1).mean(atLeast: bound) }
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
      return average(sizes, issues) { Binomial($0, $1).probability(atMost: steps) }
    }
  }

  private func average(
    _ sizes: [(size: Int, weight: Double)], _ issues: [(probability: Double, weight: Double)],
    _ value: (_ size: Int, _ probability: Double) -> Double
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

/// How many of some steps are issued, each by itself: exact for few, else a normal distribution with the
/// same mean and variance.
private struct Binomial {
  private let size: Int
  private let probability: Double
  private static let fewest = 64

  init(_ size: Int, _ probability: Double) {
    self.size = size
    self.probability = probability
  }

  private var mean: Double { Double(size) * probability }
  private var deviation: Double { (mean * (1 - probability)).squareRoot() }

  /// The mean of the larger of the steps and `bound`.
  func mean(atLeast bound: Int) -> Double {
    guard bound < size else { return Double(bound) }
    guard size > Self.fewest else {
      return Double(bound) + sum(above: bound) { Double($0 - bound) }
    }
    let distance = mean - Double(bound)
    guard abs(distance) < 6 * deviation else { return max(mean, Double(bound)) }
    let z = distance / deviation
    return Double(bound) + distance * erfc(-z / 2.0.squareRoot()) / 2
      + deviation * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
  }

  func probability(atMost bound: Int) -> Double {
    guard bound < size else { return 1 }
    guard size > Self.fewest else { return max(0, 1 - sum(above: bound) { _ in 1 }) }
    let distance = mean - Double(bound) - 0.5
    guard abs(distance) < 6 * deviation else { return distance > 0 ? 0 : 1 }
    return erfc(distance / deviation / 2.0.squareRoot()) / 2
  }

  /// The sum of `value` over more than `bound` steps, by their probabilities.
  private func sum(above bound: Int, _ value: (Int) -> Double) -> Double {
    guard probability > 0 else { return 0 }
    var sum = 0.0
    var own = pow(probability, Double(size))
    // From all steps on: the other way round a probability of 1 would divide by zero.
    for steps in stride(from: size, to: bound, by: -1) {
      sum += own * value(steps)
      own *= Double(steps) / Double(size - steps + 1) * (1 - probability) / probability
    }
    return sum
  }
}
