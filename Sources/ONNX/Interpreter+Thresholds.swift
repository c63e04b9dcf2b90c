/// Thresholds as comparisons and what follows them.
extension Interpreter {

  /// - Parameter thresholds: nil for Relu.
  mutating func activated(
    _ sum: Sum, by thresholds: HiddenLayer.Thresholds?, _ node: Node
  ) throws(ONNXError) -> Activation {
    guard sum.difference?.isOpen != true else {
      throw node.error(
        "takes sums with another bias at each position of a channel; a layer has one bias for a channel"
      )
    }
    var own = sum
    own.difference = nil
    var thresholds = thresholds
    if sum.isPooled {
      thresholds = try thresholds.map { thresholds throws(ONNXError) in
        try spreadOverWindows(thresholds, of: sum, node)
      }
      own.isPooled = false
    }
    var activation = HiddenLayer(own, thresholds: thresholds, isPooled: sum.isPooled)
      .activation(sum.isInteger ? .sums : .real(step: nil))
    // As the graph has reshaped it.
    activation.shape = sum.shape
    if let rounded = sum.rounded {
      activation.layer = try activation.layer.map { layer throws(ONNXError) in
        try quantized(layer, step: rounded.step, rounded.format, node)
      }
      activation.coding =
        rounded.isReal ? .real(step: rounded.step) : .codes(rounded.format)
    }
    return activation
  }

  /// That sums are what the layer computes: once rounded, only Relu and a max-pool come to the same as
  /// before.
  func checkNotRounded(_ sum: Sum, _ node: Node) throws(ONNXError) {
    guard sum.rounded == nil else {
      throw node.error(
        "takes what \(sum.node.place) has rounded; Relu can follow, and thresholds, constants and factors "
          + "belong before the rounding, which the QDQ form can say")
    }
  }

  /// Thresholds behind a max-pool as those before it: from 0 on, the largest of a window passes where
  /// any does.
  private mutating func spreadOverWindows(
    _ thresholds: HiddenLayer.Thresholds, of sum: Sum, _ node: Node
  ) throws(ONNXError) -> HiddenLayer.Thresholds {
    guard !thresholds.areNegative else {
      throw node.error(
        "has negative thresholds behind a max-pool; thresholds before the pool can be negative")
    }
    let (size, half) = (sum.layer.outputSize, sum.layer.outputSize / 2)
    try spend(sum.layer.outputCount)
    let places = (0..<sum.layer.outputChannels).flatMap { channel in
      (0..<size).flatMap { row in
        (0..<size).map { column in
          (channel * half + min(row / 2, half - 1)) * half + min(column / 2, half - 1)
        }
      }
    }
    return switch thresholds {
    case .reals(let values): .reals(places.map { values[$0] })
    case .integers(let values): .integers(places.map { values[$0] })
    }
  }

  mutating func compare(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(2...2)
    let isStrict = node.op == "Greater" || node.op == "Less"
    let isGreater = node.op.hasPrefix("Greater")
    switch (try input(node, 0), try input(node, 1)) {
    case (.constant(let a), .constant(let b)):
      return try fold(node, a, b)
    case (.sum(let sum), .constant(let constant)):
      // y >= t, y > t; or the opposites y < t, y <= t.
      return .mask(try mask(sum, constant, keeps: isGreater, isAbove: isGreater == isStrict, node))
    case (.constant(let constant), .sum(let sum)):
      // t <= y, t < y; or the opposites t > y, t >= y.
      return .mask(try mask(sum, constant, keeps: !isGreater, isAbove: isGreater != isStrict, node))
    case (.expression(let a), let other):
      return .expression(
        try a.combined(try operand(other, of: a, node), by: try comparison(node), node))
    case (let a, let b):
      throw node.error(
        "compares \(a.description) with \(b.description); the sums of a layer can be compared with constants"
      )
    }
  }

  private func comparison(_ node: Node) throws(ONNXError) -> Expression.Operation {
    switch node.op {
    case "Greater": .greater
    case "GreaterOrEqual": .greaterOrEqual
    case "Less": .less
    default:
      throw node.error(
        "compares sums on their way through a requantization, in a way that is not known")
    }
  }

  /// - Parameters:
  ///   - keeps: false for a mask that is true below the threshold.
  ///   - isAbove: the comparison is y > t, or its opposite.
  private mutating func mask(
    _ sum: Sum, _ constant: Constant, keeps: Bool, isAbove: Bool, _ node: Node
  ) throws(ONNXError) -> Mask {
    try checkNotRounded(sum, node)
    guard constant.type.isReal != sum.isInteger else {
      throw node.error("compares integers with real numbers")
    }
    if let difference = sum.difference {
      // y - t >= 0 is y >= t, also as it is rounded.
      guard constant.isZero, !isAbove else {
        throw node.error("compares a difference with other than >= 0 or < 0")
      }
      return Mask(
        sum: sum, thresholds: difference.subtracted, keeps: keeps, isNumber: false)
    }
    if constant.count == 1, constant.isZero {
      return Mask(sum: sum, thresholds: nil, keeps: keeps, isNumber: false)
    }
    var thresholds = try perNeuron(constant, of: sum, "thresholds", node)
    if isAbove {
      switch thresholds {
      // Next above; where y is 0 itself, both sides of the threshold give 0.
      case .reals(let values): thresholds = .reals(values.map { $0 == 0 ? 0 : $0.nextUp })
      case .integers(let values): thresholds = .integers(values.map { $0 == 0 ? 0 : $0 &+ 1 })
      }
    }
    return Mask(sum: sum, thresholds: thresholds, keeps: keeps, isNumber: false)
  }

  /// A constant as one number for each neuron.
  mutating func perNeuron(
    _ constant: Constant, of sum: Sum, _ what: String, _ node: Node
  ) throws(ONNXError) -> HiddenLayer.Thresholds {
    guard let places = constant.places(broadcastTo: [1] + sum.shape) else {
      throw node.error(
        "has \(what) of shape \(constant.shape) for sums of shape \(sum.shape) an image")
    }
    try spend(places.count)
    if let steps = stepsOfChannels(constant, of: sum) {
      return .integers(places.map { steps[$0] })
    }
    switch constant.elements {
    case .reals(let values):
      let all = places.map { values[$0] }
      guard all.allSatisfy(\.isFinite) else {
        throw node.error("has \(what) that are not finite numbers")
      }
      return .reals(all)
    case .integers(let values):
      return .integers(places.map { values[$0] })
    }
  }

  /// The integers of a constant that is in steps of the sums: the same scale for each channel.
  private func stepsOfChannels(_ constant: Constant, of sum: Sum) -> [Int64]? {
    guard case .integers(_, _, let units) = sum.numbers, !sum.isInteger, let steps = constant.steps,
      steps.scales.count == 1
        || steps.scales.count == units.count
          && steps.axis == constant.shape.count - sum.shape.count,
      units.indices.allSatisfy({ channel in
        let scale = Double(steps.scales[steps.scales.count == 1 ? 0 : channel])
        return abs(scale - units[channel]) <= 1e-6 * units[channel]
      })
    else { return nil }
    return steps.integers
  }

  mutating func not(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(1...1)
    switch try input(node, 0) {
    case .mask(var mask) where !mask.isNumber:
      mask.keeps.toggle()
      return .mask(mask)
    case .constant(let constant) where constant.type == .boolean:
      return .constant(
        Constant(
          (constant.integers ?? []).map { 1 - $0 }, type: .boolean, shape: constant.shape))
    case let other:
      throw node.error("takes \(other.description), and no truth values")
    }
  }

  /// Where: y where a mask is true, and zeros elsewhere.
  mutating func choose(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(3...3)
    let (yes, no) = (try input(node, 1), try input(node, 2))
    switch try input(node, 0) {
    case .mask(let mask) where !mask.isNumber:
      switch mask.keeps ? (yes, no) : (no, yes) {
      case (.sum(let sum), .constant(let zero)) where zero.isZero:
        return .activation(try masked(sum, by: mask, node))
      default:
        throw node.error(
          "must choose the sums where they reach their threshold, and zero elsewhere")
      }
    case .expression(let condition):
      return .expression(
        try condition.choosing(
          try operand(yes, of: condition, node), try operand(no, of: condition, node), node))
    case .constant(let condition) where condition.type == .boolean:
      guard case (.constant(let a), .constant(let b)) = (yes, no), a.type == b.type,
        let pair = Constant.broadcast(a.shape, b.shape),
        let shape = Constant.broadcast(pair, condition.shape),
        let truths = condition.places(broadcastTo: shape),
        let left = a.places(broadcastTo: shape), let right = b.places(broadcastTo: shape)
      else {
        throw node.error("chooses by a constant what is not constant")
      }
      try spend(3 * truths.count)
      let chooses = truths.map { condition.integers?[$0] == 1 }
      func chosen<Number>(_ a: [Number], _ b: [Number]) -> [Number] {
        chooses.indices.map { chooses[$0] ? a[left[$0]] : b[right[$0]] }
      }
      if let x = a.integers, let y = b.integers {
        return .constant(Constant(chosen(x, y), type: a.type, shape: shape))
      }
      return .constant(Constant(chosen(a.reals, b.reals), shape: shape))
    case let other:
      throw node.error("chooses by \(other.description), and no truth values")
    }
  }

  /// The sums where they reach the thresholds of a mask, and zeros.
  mutating func masked(_ sum: Sum, by mask: Mask, _ node: Node) throws(ONNXError) -> Activation {
    guard mask.sum.identity == sum.identity || mask.sum.difference?.identity == sum.identity,
      mask.sum.shape == sum.shape
    else {
      throw node.error("masks other sums than were compared with the thresholds")
    }
    return try activated(sum, by: mask.thresholds, node)
  }
}
