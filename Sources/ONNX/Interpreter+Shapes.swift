/// Operators that change shapes, and no numbers.
extension Interpreter {
  mutating func identity(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(1...1)
    return try input(node, 0)
  }

  /// Without effect where a network is used and not trained.
  mutating func dropout(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("seed")
    try node.checkInputs(1...3)
    if let training = try constant(node, 2, "training mode"), !training.isZero {
      throw node.error("is in training mode; export the network for inference")
    }
    return try input(node, 0)
  }

  mutating func shape(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("start", "end")
    try node.checkInputs(1...1)
    let sizes: [Int?]
    switch try input(node, 0) {
    case .constant(let constant): sizes = constant.shape
    case .activation(let activation): sizes = [batch] + activation.shape
    case .sum(let sum): sizes = [batch] + sum.shape
    case .mask(let mask): sizes = [batch] + mask.sum.shape
    case let other: throw node.error("takes \(other.description)")
    }
    func place(_ number: Int) -> Int {
      min(max(number < 0 ? number &+ sizes.count : number, 0), sizes.count)
    }
    let start = place(try node.int("start", absent: 0))
    let end = max(start, place(try node.int("end", absent: sizes.count)))
    let range = sizes[start..<end]
    let known = range.compactMap { $0.map { Int64($0) } }
    return known.count == range.count
      ? .constant(Constant(known, shape: [known.count])) : .sizes(Array(range), isScalar: false)
  }

  /// Of sizes and constants.
  mutating func concatenatedSizes(_ node: Node, _ parts: [Value]) throws(ONNXError) -> Value {
    var sizes: [Int?] = []
    for part in parts {
      switch part {
      case .sizes(let own, false): sizes += own
      case .constant(let constant) where constant.shape.count == 1 && constant.integers != nil:
        sizes += (constant.integers ?? []).map { Int($0) }
      case let other: throw node.error("joins \(other.description); it can join constants")
      }
    }
    guard sizes.count <= 16 else {
      throw node.error("joins \(sizes.count) sizes; at most 16 are one shape")
    }
    return .sizes(sizes, isScalar: false)
  }

  mutating func squeeze(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(node.op == "Squeeze" ? 1...2 : 2...2)
    let axes = try integers(node, 1, "axes")
    let value = try input(node, 0)
    switch value {
    case .sizes(let sizes, let isScalar):
      if node.op == "Unsqueeze", isScalar, axes == [0] || axes == [-1] {
        return .sizes(sizes, isScalar: false)
      }
      guard node.op == "Squeeze", !isScalar, sizes.count == 1 else {
        throw node.error("changes the shape of sizes; they are one after the other")
      }
      return .sizes(sizes, isScalar: true)
    case .constant(let constant):
      guard let shape = changed(constant.shape, axes, node) else {
        throw node.error("has axes that a tensor of shape \(constant.shape) cannot have")
      }
      return .constant(constant.reshaped(shape))
    case .mask, .expression:
      throw node.error("takes \(value.description)")
    default:
      let own = try shapeOfImage(value, node)
      // 2 stands for the number of images, which is no axis of 1.
      guard let shape = changed([2] + own, axes, node), shape.first == 2, shape.count > 1 else {
        throw node.error("has axes that activations of shape \(own) an image cannot have")
      }
      return try reshaped(value, to: Array(shape.dropFirst()), node)
    }
  }

  private func changed(_ shape: [Int], _ axes: [Int]?, _ node: Node) -> [Int]? {
    guard node.op == "Unsqueeze" else {
      let places = axes?.map { $0 < 0 ? $0 + shape.count : $0 }
      guard places?.allSatisfy({ shape.indices.contains($0) && shape[$0] == 1 }) ?? true else {
        return nil
      }
      return shape.indices.filter { !(places?.contains($0) ?? (shape[$0] == 1)) }.map { shape[$0] }
    }
    guard let axes, axes.count <= 16 else { return nil }
    let rank = shape.count + axes.count
    let places = Set(axes.map { $0 < 0 ? $0 &+ rank : $0 })
    guard places.count == axes.count, places.allSatisfy((0..<rank).contains) else { return nil }
    var rest = shape[...]
    return (0..<rank).map { places.contains($0) ? 1 : rest.removeFirst() }
  }

  mutating func transpose(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("perm")
    try node.checkInputs(1...1)
    let value = try input(node, 0)
    let rank: Int
    if case .constant(let constant) = value {
      rank = constant.shape.count
    } else {
      rank = try shapeOfImage(value, node).count + 1
    }
    let permutation = try node.ints("perm") ?? Array((0..<rank).reversed())
    guard permutation.sorted() == Array(0..<rank) else {
      throw node.error("has a permutation \(permutation) of a tensor of \(rank) axes")
    }
    if permutation == Array(0..<rank) { return value }
    guard case .constant(let constant) = value else {
      throw node.error(
        "transposes activations; they are [N, C, H, W] from image to logits in what can be imported"
      )
    }
    try spend(constant.count)
    return .constant(constant.transposed(permutation))
  }
}
