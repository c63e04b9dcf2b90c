/// Writes a term of integer arithmetic as nodes, each operator once.
struct TermWriter {
  /// The name of the sums that passed their thresholds.
  let sums: String
  /// The shape of a number for each channel.
  let channelShape: [Int]
  /// The channels of one task are behind those of another.
  let taskCount: Int
  /// What names of constants begin with.
  let prefix: String
  private var written: [Expression.Term: String] = [:]
  /// The names of constants of the two types.
  private var signed: [[Int64]: String] = [:]
  private var shifts: [[Int64]: String] = [:]

  init(sums: String, channelShape: [Int], taskCount: Int, prefix: String) {
    self.sums = sums
    self.channelShape = channelShape
    self.taskCount = taskCount
    self.prefix = prefix
  }

  /// The name of the term's value.
  ///
  /// - Parameter output: a name for it.
  mutating func write(
    _ term: Expression.Term, in graph: inout GraphWriter, output: String? = nil
  ) -> String {
    if let name = written[term] { return name }
    let name: String
    switch term {
    case .sums: name = sums
    case .channels(let values): name = constant(values, in: &graph)
    case .apply(let operation, let operands):
      name = apply(operation, operands, in: &graph, output: output)
    }
    written[term] = name
    return name
  }

  private mutating func constant(
    _ values: [Int64], isShift: Bool = false, in graph: inout GraphWriter
  ) -> String {
    if let first = values.first, values.allSatisfy({ $0 == first }) {
      return graph.integer(first, isShift ? .uint64 : .int64)
    }
    if let name = isShift ? shifts[values] : signed[values] { return name }
    let count = values.count / taskCount
    let name = graph.integers(
      ofTasks: (0..<taskCount).map { Array(values[$0 * count..<($0 + 1) * count]) },
      isShift ? .uint64 : .int64, shape: channelShape,
      name: isShift ? "\(prefix).shift" : "\(prefix).constant\(signed.count)")
    if isShift { shifts[values] = name } else { signed[values] = name }
    return name
  }

  private mutating func apply(
    _ operation: Expression.Operation, _ operands: [Expression.Term], in graph: inout GraphWriter,
    output: String?
  ) -> String {
    var names: [String] = []
    for operand in operands {
      // Shifts are of the type that is shifted.
      if operation.isShift, case .channels(let values) = operand {
        names.append(constant(values, isShift: true, in: &graph))
      } else {
        names.append(write(operand, in: &graph))
      }
    }
    switch operation {
    case .cast(let type):
      return graph.add("Cast", names, ["to": .int(Int(type.rawValue))], output: output)
    case .clip(let low, let high):
      let limits = [graph.integer(low, .int64), graph.integer(high, .int64)]
      return graph.add("Clip", names + limits, output: output)
    case .shiftLeft: return graph.add("BitShift", names, ["direction": .string("LEFT")])
    case .shiftRight: return graph.add("BitShift", names, ["direction": .string("RIGHT")])
    case .add: return graph.add("Add", names)
    case .subtract: return graph.add("Sub", names)
    case .multiply: return graph.add("Mul", names)
    case .divide: return graph.add("Div", names)
    case .remainder: return graph.add("Mod", names)
    case .greater: return graph.add("Greater", names)
    case .greaterOrEqual: return graph.add("GreaterOrEqual", names)
    case .less: return graph.add("Less", names)
    case .and: return graph.add("And", names)
    case .abs: return graph.add("Abs", names)
    case .choose: return graph.add("Where", names)
    }
  }
}

extension Expression.Operation {
  fileprivate var isShift: Bool { self == .shiftLeft || self == .shiftRight }
}
