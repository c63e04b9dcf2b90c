/// Reshape and Flatten, of constants and of the values of an image.
extension Interpreter {
  mutating func reshape(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("allowzero")
    try node.checkInputs(2...2)
    let copies = try node.int("allowzero", absent: 0) == 0
    let target: [Int?]
    switch try input(node, 1) {
    case .sizes(let sizes, false): target = sizes
    case .constant(let constant):
      guard let integers = constant.integers, integers.count <= 16 else {
        throw node.error("takes a shape that is not at most 16 integers")
      }
      target = integers.map { Int($0) }
    case let other: throw node.error("takes \(other.description) as its shape")
    }
    let value = try input(node, 0)
    if case .constant(let constant) = value {
      guard let shape = Self.resolved(target, of: constant.shape, copies: copies) else {
        throw Self.misfit(node, constant.shape.map { $0 }, target)
      }
      return .constant(constant.reshaped(shape))
    }
    let own = try shapeOfImage(value, node)
    return try reshaped(value, to: try imageShape(target, of: own, copies: copies, node), node)
  }

  private static func misfit(_ node: Node, _ own: [Int?], _ target: [Int?]) -> ONNXError {
    func text(_ sizes: [Int?]) -> String {
      "[" + sizes.map { $0.map(String.init) ?? "N" }.joined(separator: ", ") + "]"
    }
    return node.error("cannot give the shape \(text(target)) to what has \(text(own))")
  }

  /// The sizes that a shape with -1 and 0 stands for; nil where it does not fit.
  private static func resolved(_ target: [Int?], of own: [Int], copies: Bool) -> [Int]? {
    var shape: [Int] = []
    var open: Int?
    for (index, size) in target.enumerated() {
      switch size {
      case .none: return nil
      case -1 where open == nil:
        open = index
        shape.append(1)
      case 0 where copies:
        guard own.indices.contains(index) else { return nil }
        shape.append(own[index])
      case .some(let size) where size >= 0: shape.append(size)
      default: return nil
      }
    }
    guard let count = Constant.count(of: own), let rest = Constant.count(of: shape) else {
      return nil
    }
    if let open {
      guard rest > 0, count.isMultiple(of: rest) else { return nil }
      shape[open] = count / rest
      return shape
    }
    return rest == count ? shape : nil
  }

  /// The shape of an image's values, where a shape is given with the number of images.
  private func imageShape(
    _ target: [Int?], of own: [Int], copies: Bool, _ node: Node
  ) throws(ONNXError) -> [Int] {
    let all: [Int?] = [batch] + own
    let fails = Self.misfit(node, all, target)
    guard let first = target.first else { throw fails }
    let rest = Array(target.dropFirst())
    let keepsImages =
      switch first {
      case .none: true
      case 0 where copies: true
      case -1: !rest.contains(-1)
      case .some(let size): size == batch
      }
    guard keepsImages else { throw fails }
    // Zeros copy sizes of the whole shape.
    let copied = rest.enumerated().map { index, size -> Int? in
      size == 0 && copies ? (own.indices.contains(index) ? own[index] : nil) : size
    }
    guard let shape = Self.resolved(copied, of: own, copies: false), !shape.isEmpty else {
      throw fails
    }
    return shape
  }

  func shapeOfImage(_ value: Value, _ node: Node) throws(ONNXError) -> [Int] {
    switch value {
    case .activation(let activation): activation.shape
    case .sum(let sum): sum.shape
    default:
      throw node.error(
        "takes \(value.description); it can be imported of activations and constants")
    }
  }

  /// Activations or sums in another shape of as many values.
  func reshaped(_ value: Value, to shape: [Int], _ node: Node) throws(ONNXError) -> Value {
    switch value {
    case .activation(var activation):
      activation.shape = shape
      // Images may come as rows of numbers.
      if activation.layer == nil, activation.isPlain {
        activation.map = Self.map(of: shape) ?? activation.map
      }
      return .activation(activation)
    case .sum(var sum):
      sum.shape = shape
      return .sum(sum)
    default: throw node.error("takes \(value.description)")
    }
  }

  mutating func flatten(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axis")
    try node.checkInputs(1...1)
    let axis = try node.int("axis", absent: 1)
    let value = try input(node, 0)
    if case .constant(let constant) = value {
      let rank = constant.shape.count
      guard (-rank...rank).contains(axis) else {
        throw node.error("has the axis \(axis) of a tensor of \(rank)")
      }
      let split = axis < 0 ? axis + rank : axis
      return .constant(
        constant.reshaped([
          constant.shape[..<split].reduce(1, *), constant.shape[split...].reduce(1, *),
        ]))
    }
    let shape = try shapeOfImage(value, node)
    guard axis == 1 || axis == -shape.count else {
      throw node.error("has the axis \(axis); 1 flattens the values of an image")
    }
    return try reshaped(value, to: [shape.reduce(1, *)], node)
  }
}
