/// Operators that change shapes and types, and no numbers.
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
