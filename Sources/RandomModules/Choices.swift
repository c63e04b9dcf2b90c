import Simulation

/// Where the choices of a random module come from: a seed, or a list of choices to make again.
///
/// Zero is the simplest choice everywhere, and a list that has ended goes on with zeros, so that a
/// shorter list of smaller numbers is a simpler module.
final class Choices {
  private var generator: SeededGenerator
  private let script: [Int]?
  /// The choices so far.
  private(set) var made: [Int] = []

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    script = nil
  }

  init(script: [Int]) {
    generator = SeededGenerator(seed: 0)
    self.script = script
  }

  /// A number in `0..<count`.
  func below(_ count: Int) -> Int {
    let choice: Int
    if let script {
      choice = made.count < script.count ? script[made.count] % count : 0
    } else {
      choice = Int.random(in: 0..<count, using: &generator)
    }
    made.append(choice)
    return choice
  }

  /// True once in `count` times.
  func once(in count: Int) -> Bool { below(count) == count - 1 }

  func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}
