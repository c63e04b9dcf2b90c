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
    generator = SeededGenerator(state: seed)
    script = nil
  }

  init(script: [Int]) {
    generator = SeededGenerator(state: 0)
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

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
