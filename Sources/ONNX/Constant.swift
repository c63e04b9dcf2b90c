/// A tensor whose numbers are known: stored in the file, or computed of such.
struct Constant {
  enum Elements {
    /// Reals of any width, in single precision.
    case reals([Float])
    /// Integers; truth values as 0 and 1.
    case integers([Int64])
  }

  let type: DataType
  let shape: [Int]
  /// Row-major.
  let elements: Elements
  /// Where the reals come from, if they are integers times a scale.
  private(set) var steps: Steps?
  /// Whether it is the number of a task, for which the graph is read again and again.
  var isTask = false

  /// Integers of which a tensor's reals are multiples.
  struct Steps {
    let type: DataType
    /// Row-major, as many as the reals.
    let integers: [Int64]
    /// The scales: one, or one for each place along `axis`.
    let scales: [Float]
    let axis: Int
  }

  init(type: DataType, shape: [Int], elements: Elements, steps: Steps? = nil) {
    self.type = type
    self.shape = shape
    self.elements = elements
    self.steps = steps
  }

  init(_ reals: [Float], shape: [Int], steps: Steps? = nil) {
    self.init(type: .float32, shape: shape, elements: .reals(reals), steps: steps)
  }

  init(_ integers: [Int64], type: DataType = .int64, shape: [Int]) {
    self.init(type: type, shape: shape, elements: .integers(integers))
  }

  var count: Int { shape.reduce(1, *) }

  /// The reals; integers are rounded to single precision.
  var reals: [Float] {
    switch elements {
    case .reals(let values): values
    case .integers(let values): values.map { Float($0) }
    }
  }

  /// The integers; nil if the tensor is of reals.
  var integers: [Int64]? {
    if case .integers(let values) = elements { values } else { nil }
  }

  /// The number of a tensor of one element.
  var real: Float? { count == 1 ? reals[0] : nil }

  /// The integer of a tensor of one element.
  var integer: Int64? { count == 1 ? integers?[0] : nil }

  /// Whether all its numbers are zero.
  var isZero: Bool {
    switch elements {
    case .reals(let values): values.allSatisfy { $0 == 0 }
    case .integers(let values): values.allSatisfy { $0 == 0 }
    }
  }

  /// The same numbers in another shape of as many.
  func reshaped(_ shape: [Int]) -> Constant {
    // Scales of several places along an axis lose it.
    let steps = steps.flatMap { $0.scales.count == 1 || shape == self.shape ? $0 : nil }
    var result = Constant(type: type, shape: shape, elements: elements, steps: steps)
    result.isTask = isTask
    return result
  }

  /// With axes in the order `permutation`.
  func transposed(_ permutation: [Int]) -> Constant {
    let order = Self.order(of: shape, permutation)
    let steps = steps.map { steps in
      Steps(
        type: steps.type, integers: order.map { steps.integers[$0] }, scales: steps.scales,
        axis: permutation.firstIndex(of: steps.axis) ?? 0)
    }
    return Constant(
      type: type, shape: permutation.map { shape[$0] }, elements: picking(order), steps: steps)
  }

  /// The elements at these places, in another shape.
  func picking(_ places: [Int], shape: [Int]) -> Constant {
    Constant(type: type, shape: shape, elements: picking(places))
  }

  private func picking(_ places: [Int]) -> Elements {
    switch elements {
    case .reals(let values): .reals(places.map { values[$0] })
    case .integers(let values): .integers(places.map { values[$0] })
    }
  }

  /// The place of each element of the transposed tensor in this one.
  private static func order(of shape: [Int], _ permutation: [Int]) -> [Int] {
    let strides = strides(of: shape)
    return places(permutation.map { shape[$0] }, strides: permutation.map { strides[$0] })
  }

  /// The elements to one place along each axis.
  static func strides(of shape: [Int]) -> [Int] {
    var stride = 1
    var result: [Int] = []
    for count in shape.reversed() {
      result.append(stride)
      stride *= max(1, count)
    }
    return result.reversed()
  }

  /// The places of the elements of a `shape`, row-major, where an axis goes by its stride.
  static func places(_ shape: [Int], strides: [Int], from start: Int = 0) -> [Int] {
    var result = [start]
    for (count, stride) in zip(shape, strides) {
      result = result.flatMap { place in (0..<count).map { place + $0 * stride } }
    }
    return result
  }

  /// The places of the elements of this tensor in one of `shape` that it is broadcast to; nil where
  /// it cannot be.
  func places(broadcastTo target: [Int]) -> [Int]? {
    guard shape.count <= target.count else { return nil }
    let own = Array(repeating: 1, count: target.count - shape.count) + shape
    guard zip(own, target).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
    let strides = zip(own, Self.strides(of: own)).map { $0 == 1 ? 0 : $1 }
    return Self.places(target, strides: strides)
  }

  /// The shape that two tensors are broadcast to; nil where they cannot be.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let left = Array(repeating: 1, count: rank - a.count) + a
    let right = Array(repeating: 1, count: rank - b.count) + b
    var result: [Int] = []
    for (a, b) in zip(left, right) {
      guard a == b || a == 1 || b == 1 else { return nil }
      result.append(a == 1 ? b : a)
    }
    return result
  }
}
