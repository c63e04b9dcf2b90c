/// Operators that make constants, or select of them.
extension Interpreter {
  mutating func constant(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("value", "value_float", "value_floats", "value_int", "value_ints")
    let constant: Constant
    if let tensor = try node.tensor("value") {
      constant = try Constant(tensor, of: graph.file)
    } else if let values = try node.floats("value_floats") {
      constant = Constant(values, shape: [values.count])
    } else if let values = try node.ints("value_ints") {
      constant = Constant(values.map { Int64($0) }, shape: [values.count])
    } else if node.has("value_float") {
      constant = Constant([try node.float("value_float", absent: 0)], shape: [])
    } else if node.has("value_int") {
      constant = Constant([Int64(try node.int("value_int", absent: 0))], shape: [])
    } else {
      throw node.error("has no value")
    }
    try spend(constant.count)
    return .constant(constant)
  }

  /// A list of one value that is short, or else one number: it is broadcast to what it is used with.
  mutating func constantOfShape(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("value")
    try node.checkInputs(1...1)
    var length: Int?
    switch try input(node, 0) {
    case .sizes: break
    case .constant(let constant):
      guard let shape = constant.integers else {
        throw node.error("takes real numbers as its shape")
      }
      // Lists of sizes and paddings are joined with others.
      if shape.count == 1, (0...16).contains(shape[0]) { length = Int(shape[0]) }
    case let other: throw node.error("takes \(other.description) as its shape")
    }
    let value =
      try node.tensor("value").map { tensor throws(ONNXError) in
        try Constant(tensor, of: graph.file)
      } ?? Constant([0 as Float], shape: [])
    guard value.count == 1 else { throw node.error("has a value that is not one number") }
    guard let length else { return .constant(value.reshaped([])) }
    return .constant(
      value.picking(Array(repeating: 0, count: length), shape: [length]))
  }

  mutating func concat(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axis")
    try node.checkInputs(1...(1 << 16))
    var parts: [Value] = []
    for index in node.inputs.indices { parts.append(try input(node, index)) }
    var constants: [Constant] = []
    for case .constant(let constant) in parts { constants.append(constant) }
    let axis = try node.int("axis", absent: 0)
    guard constants.count == parts.count else { return try concatenatedSizes(node, parts) }
    let rank = constants[0].shape.count
    let place = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(place), constants.allSatisfy({ $0.shape.count == rank }) else {
      throw node.error("joins constants along axis \(axis), which they do not all have")
    }
    let others = constants.map { $0.shape[..<place] + $0.shape[(place + 1)...] }
    guard others.allSatisfy({ $0 == others[0] }),
      constants.allSatisfy({ $0.type == constants[0].type })
    else {
      throw node.error("joins constants that differ in type, or in the sizes of other axes")
    }
    var shape = constants[0].shape
    shape[place] = constants.reduce(0) { $0 + $1.shape[place] }
    try spend(shape.reduce(1, *))
    let outer = shape[..<place].reduce(1, *)
    func joined<Number>(_ numbers: [[Number]]) -> [Number] {
      (0..<outer).flatMap { row in
        numbers.flatMap { part in
          let count = part.count / max(1, outer)
          return Array(part[row * count..<(row + 1) * count])
        }
      }
    }
    let type = constants[0].type
    return .constant(
      Constant(
        type: type, shape: shape,
        elements: type.isReal
          ? .reals(joined(constants.map(\.reals)))
          : .integers(joined(constants.map { $0.integers ?? [] }))))
  }

  mutating func gather(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes("axis")
    try node.checkInputs(2...2)
    let axis = try node.int("axis", absent: 0)
    guard let indices = try constant(node, 1, "indices"), let numbers = indices.integers else {
      throw node.error("takes indices that are not integers")
    }
    let data = try input(node, 0)
    if case .sizes(let sizes, false) = data {
      let places = numbers.map { $0 < 0 ? Int($0) + sizes.count : Int($0) }
      guard axis == 0 || axis == -1, places.allSatisfy(sizes.indices.contains),
        indices.shape.count <= 1
      else {
        throw node.error("takes sizes that are not there")
      }
      let chosen = places.map { sizes[$0] }
      let known = chosen.compactMap { $0.map { Int64($0) } }
      return known.count == chosen.count
        ? .constant(Constant(known, shape: indices.shape))
        : .sizes(chosen, isScalar: indices.shape.isEmpty)
    }
    if let only = try onlyPlace(data, axis: axis, indices, node) { return only }
    guard case .constant(let constant) = data else {
      throw node.error("takes \(data.description); it can select of constants")
    }
    let rank = constant.shape.count
    let place = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(place) else {
      throw node.error("has the axis \(axis) of a tensor of \(rank)")
    }
    let size = constant.shape[place]
    if indices.isTask { try selectsTask(of: size, node) }
    guard numbers.allSatisfy({ $0 >= -Int64(size) && $0 < Int64(size) }) else {
      throw node.error("has an index outside the \(size) places of axis \(place)")
    }
    let shape = constant.shape[..<place] + indices.shape + constant.shape[(place + 1)...]
    try spend(shape.reduce(1, *))
    let inner = constant.shape[(place + 1)...].reduce(1, *)
    let outer = constant.shape[..<place].reduce(1, *)
    var places: [Int] = []
    for row in 0..<outer {
      for number in numbers {
        let start = (row * size + (number < 0 ? Int(number) + size : Int(number))) * inner
        places += start..<start + inner
      }
    }
    return .constant(constant.picking(places, shape: Array(shape)))
  }

  /// Activations or sums without an axis of one place, where that is selected.
  private func onlyPlace(
    _ value: Value, axis: Int, _ indices: Constant, _ node: Node
  ) throws(ONNXError) -> Value? {
    switch value {
    case .activation, .sum: break
    default: return nil
    }
    var shape = try shapeOfImage(value, node)
    // The images are axis 0.
    let place = (axis < 0 ? axis &+ shape.count &+ 1 : axis) &- 1
    guard shape.count > 1, shape.indices.contains(place), shape[place] == 1,
      indices.shape.isEmpty, indices.integer == 0 || indices.integer == -1
    else { return nil }
    shape.remove(at: place)
    return try reshaped(value, to: shape, node)
  }

  mutating func slice(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(3...5)
    let starts = try integers(node, 1, "starts") ?? []
    let ends = try integers(node, 2, "ends") ?? []
    let axes = try integers(node, 3, "axes") ?? Array(starts.indices)
    let steps = try integers(node, 4, "steps") ?? starts.map { _ in 1 }
    guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count
    else {
      throw node.error("must have a start, an end and a step for each axis")
    }
    if steps == [-1], axes == [0], starts[0] == -1, ends[0] < -(1 << 31),
      case .constant(let constant) = try input(node, 0), let rows = constant.shape.first
    {
      try spend(constant.count)
      let inner = constant.count / max(1, rows)
      let places = (0..<rows).reversed().flatMap { $0 * inner..<($0 + 1) * inner }
      return .constant(constant.picking(places, shape: constant.shape))
    }
    guard steps == starts.map({ _ in 1 }) else {
      throw node.error(
        "has the steps \(steps); they are 1, or -1 over all of the axis 0 of constants")
    }
    func bounds(_ index: Int, _ size: Int) -> Range<Int> {
      func place(_ number: Int) -> Int {
        min(max(number < 0 ? number &+ size : number, 0), size)
      }
      let start = place(starts[index])
      return start..<max(start, place(ends[index]))
    }
    switch try input(node, 0) {
    case .sizes(let sizes, false) where axes == [0] || axes == [-1]:
      return .sizes(Array(sizes[bounds(0, sizes.count)]), isScalar: false)
    case .constant(let constant):
      var shape = constant.shape
      var start = 0
      let strides = Constant.strides(of: shape)
      for (index, axis) in axes.enumerated() {
        let place = axis < 0 ? axis &+ shape.count : axis
        guard shape.indices.contains(place) else {
          throw node.error("has the axis \(axis) of a tensor of \(shape.count)")
        }
        let range = bounds(index, constant.shape[place])
        shape[place] = range.count
        start += range.lowerBound * strides[place]
      }
      try spend(shape.reduce(1, *))
      let places = Constant.places(shape, strides: strides, from: start)
      return .constant(constant.picking(places, shape: shape))
    case let other:
      throw node.error("takes \(other.description); it can cut constants")
    }
  }

  mutating func expand(_ node: Node) throws(ONNXError) -> Value {
    try node.allowAttributes()
    try node.checkInputs(2...2)
    guard case .constant(let constant) = try input(node, 0) else {
      throw node.error("takes \(try input(node, 0).description); it can expand constants")
    }
    // One number is broadcast to what it is used with; so the size need not be known.
    if constant.count == 1 { return .constant(constant.reshaped([])) }
    guard let sizes = try integers(node, 1, "shape"), Constant.count(of: sizes) != nil,
      let shape = Constant.broadcast(constant.shape, sizes)
    else {
      throw node.error("cannot expand a constant of shape \(constant.shape) to its shape")
    }
    try spend(Constant.count(of: shape) ?? 0)
    let places = constant.places(broadcastTo: shape) ?? []
    return .constant(constant.picking(places, shape: shape))
  }
}
