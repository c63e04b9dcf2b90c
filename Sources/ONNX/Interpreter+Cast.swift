/// Casts that change no numbers but those of constants.
extension Interpreter {
  mutating func cast(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("to", "saturate")
    try node.checkInputs(node.op == "Cast" ? 1...1 : 2...2)
    let type = try castType(node)
    switch try input(node, 0) {
    case .constant(let constant):
      return .constant(try cast(constant, to: type, node))
    case .sizes(let sizes, let isScalar) where !type.isReal:
      return .sizes(sizes, isScalar: isScalar)
    case .sizes:
      throw node.error("casts sizes of a tensor to \(type.name)")
    case .mask(var mask):
      mask.isNumber = type != .boolean
      return .mask(mask)
    case .activation(var activation):
      switch activation.coding {
      case .real where [.float32, .float64].contains(type):
        return .activation(activation)
      case .codes where [.float32, .float64].contains(type):
        activation.coding = .real(step: 1)
        return .activation(activation)
      case .codes(let format) where type.holds(format):
        return .activation(activation)
      case .sums where type == .int64:
        return .activation(activation)
      default:
        throw node.error("casts activations to \(type.name), which would change them")
      }
    case .sum(var sum):
      try checkNotRounded(sum, node)
      if sum.isInteger, [.float32, .float64].contains(type) {
        sum.isInteger = false
      } else if sum.isInteger ? ![.int32, .int64].contains(type) : !type.isReal || type.size < 4 {
        throw node.error("casts the sums of a layer to \(type.name), which would change them")
      }
      return .sum(sum)
    case .expression(let expression):
      return try requantized(expression, as: type, node)
    }
  }

  private mutating func castType(_ node: Node) throws(ONNXError) -> DataType {
    guard node.op == "CastLike" else {
      let number = try node.int("to", absent: 0)
      guard let type = Int32(exactly: number).flatMap(DataType.init(rawValue:)) else {
        throw node.error(
          "casts to the type number \(number), which is not supported; integers of 8 to 64 bits and reals "
            + "of 16 to 64 are")
      }
      return type
    }
    switch try input(node, 1) {
    case .constant(let constant): return constant.type
    case .sum(let sum) where !sum.isInteger: return .float32
    case .activation(let activation):
      if case .real = activation.coding { return .float32 }
    default: break
    }
    throw node.error("casts to the type of integers; Cast says which")
  }

  private mutating func cast(
    _ constant: Constant, to type: DataType, _ node: Node
  ) throws(ONNXError) -> Constant {
    if constant.type == type { return constant }
    try spend(constant.count)
    switch constant.elements {
    case .integers(let values) where type.isReal:
      // As integers in steps of 1, they may become the weights of sums of integers.
      let steps = Constant.Steps(type: constant.type, integers: values, scales: [1], axis: 0)
      return Constant(values.map { Float($0) }, shape: constant.shape, steps: steps)
    case .integers(let values):
      var result = Constant(values.map(type.wrapped), type: type, shape: constant.shape)
      result.isTask = constant.isTask
      return result
    case .reals(let values) where [.float32, .float64].contains(type):
      return Constant(
        type: type, shape: constant.shape, elements: .reals(values), steps: constant.steps)
    case .reals(let values) where type == .boolean:
      return Constant(values.map { $0 == 0 ? 0 : 1 }, type: type, shape: constant.shape)
    case .reals(let values) where !type.isReal:
      let integers = values.map { Int64(exactly: $0.rounded(.towardZero)) }
      guard !integers.contains(nil) else {
        throw node.error("casts numbers to \(type.name) that do not fit")
      }
      return Constant(
        integers.map { type.wrapped($0 ?? 0) }, type: type, shape: constant.shape)
    case .reals:
      throw node.error("casts a constant to \(type.name), which would round it")
    }
  }
}
