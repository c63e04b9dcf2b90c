/// Instructions in an order in which every operand is computed before it is read, those of one
/// operation side by side where that is possible.
struct Schedule {
  private(set) var instructions: [Instruction] = []
  private(set) var batches: [Batch] = []

  init(_ emitted: [(operation: Operation, instruction: Instruction, sources: [Int])]) {
    let levels = Self.levels(emitted)
    let order = emitted.indices.sorted {
      (levels[$0], emitted[$0].operation, $0) < (levels[$1], emitted[$1].operation, $1)
    }
    instructions.reserveCapacity(order.count)
    var start = 0
    for (position, number) in order.enumerated() {
      let previous = position > 0 ? order[position - 1] : number
      if levels[number] != levels[previous]
        || emitted[number].operation != emitted[previous].operation
      {
        batches.append(Batch(operation: emitted[previous].operation, range: start..<position))
        start = position
      }
      instructions.append(emitted[number].instruction)
    }
    if let last = order.last {
      batches.append(Batch(operation: emitted[last].operation, range: start..<order.count))
    }
  }

  /// For each instruction one more than the largest level of those it reads from.
  private static func levels(
    _ emitted: [(operation: Operation, instruction: Instruction, sources: [Int])]
  ) -> [Int] {
    var producers: [Int: Int] = [:]
    producers.reserveCapacity(emitted.count)
    for (number, entry) in emitted.enumerated() {
      producers[Int(entry.instruction.target)] = number
    }
    var levels = Array(repeating: -1, count: emitted.count)
    for start in emitted.indices where levels[start] < 0 {
      var stack = [start]
      while let number = stack.last {
        var level = 0
        var isReady = true
        for source in emitted[number].sources {
          guard let producer = producers[source] else { continue }
          if levels[producer] < 0 {
            stack.append(producer)
            isReady = false
          } else {
            level = Swift.max(level, levels[producer] + 1)
          }
        }
        if isReady {
          levels[number] = level
          stack.removeLast()
        }
      }
    }
    return levels
  }
}
