import Networks

/// A network's numbers as the accelerator's memory holds them, for any batch.
public struct NetworkImage: Sendable {
  /// The network.
  public let model: Model
  /// The accelerator.
  public let shape: AcceleratorShape
  /// The layers' plans, those of the tasks' heads last: [layer][task]; a hidden layer has one.
  public let plans: [[LayerPlan]]
  private let countsOnly: Bool
  /// The memory with the numbers, and nothing else yet.
  public private(set) var memory = MemoryImage()

  /// Where the numbers of a layer stand that images of some tasks use together.
  struct Numbers: Sendable {
    var weights = 0
    var weightStep = 0
    var channels = 0
  }
  /// [layer][owner]: a MIME network's hidden layers have one owner.
  private(set) var numbers: [[Numbers]] = []
  /// How each layer's thresholds are stored.
  public private(set) var thresholdForms: [ThresholdForm] = []
  /// [layer][task]: a task's thresholds; nil where it has none.
  private(set) var thresholds: [[Int?]] = []

  /// Lays out the numbers of `model` for `shape`.
  ///
  /// - Parameters:
  ///   - orders: the order of each pooled layer's slots, where it is not that of windows.
  ///   - packsThresholds: store a layer's thresholds in 16 or 8 bits where all are multiples of a power
  ///     of two that fit; what is computed stays the same.
  ///   - countsOnly: leave the numbers themselves out, which takes most of the time: programs of such an image
  ///     have the exact model's counts, and cannot run.
  /// - Throws: `ProgramFailure` where the accelerator cannot run the network.
  public init(
    _ model: Model, on shape: AcceleratorShape, orders: [Int: SlotOrder] = [:],
    packsThresholds: Bool = false, countsOnly: Bool = false
  ) throws {
    self.model = model
    self.shape = shape
    self.countsOnly = countsOnly
    try Self.check(model, on: shape)
    for (layer, order) in orders where order == .windows {
      guard model.layers.indices.contains(layer), model.layers[layer].isPooled else {
        throw ProgramFailure("layer \(layer) is not pooled; its slots can only come row by row")
      }
    }
    plans = (0...model.layers.count).map { layer in
      let isHead = layer == model.layers.count
      let last = layer == 0 ? nil : model.layers[layer - 1]
      return (isHead ? Array(model.tasks.indices) : [0]).map { task in
        let geometry = model.geometry(ofLayer: layer, task: task)
        return LayerPlan(
          geometry, after: last, isHead: isHead, on: shape,
          order: geometry.isPooled ? orders[layer] ?? .windows : .rows)
      }
    }
    for layer in 0...model.layers.count {
      thresholdForms.append(
        packsThresholds && layer < model.layers.count
          ? .smallest(
            for: model.tasks.indices.lazy.flatMap {
              model.parameters(ofLayer: layer, task: $0).thresholds
            }, accWidth: shape.accWidth) : .exact)
      try place(layer)
    }
  }

  /// The plan of a layer for a task.
  public func plan(ofLayer layer: Int, task: Int) -> LayerPlan {
    plans[layer].count == 1 ? plans[layer][0] : plans[layer][task]
  }

  /// The numbers of a layer for a task.
  func numbers(ofLayer layer: Int, task: Int) -> Numbers {
    numbers[layer].count == 1 ? numbers[layer][0] : numbers[layer][task]
  }

  private mutating func place(_ layer: Int) throws {
    let isShared = model.sharesWeights(inLayer: layer)
    let isHead = layer == model.layers.count
    numbers.append(
      (isShared ? [0] : Array(model.tasks.indices)).map { task in
        let plan = plan(ofLayer: layer, task: task)
        let parameters = model.parameters(ofLayer: layer, task: task)
        return Numbers(
          weights: placeWeights(plan, parameters),
          weightStep: shape.weightLine.bytes(plan.steps),
          channels: placeChannels(plan, parameters))
      })
    thresholds.append(
      model.tasks.indices.map { task in
        guard !isHead, model.hasThresholds(task: task) || mixesReLU else { return nil }
        return placeThresholds(
          plan(ofLayer: layer, task: task), model.parameters(ofLayer: layer, task: task),
          thresholdForms[layer])
      })
  }

  /// Whether tasks with and without thresholds share layers, so that zeros have to be stored.
  private var mixesReLU: Bool {
    model.mode == .mime && model.tasks.indices.contains { model.hasThresholds(task: $0) }
  }

  private mutating func placeWeights(_ plan: LayerPlan, _ parameters: LayerParameters) -> Int {
    let line = shape.weightLine
    let step = line.bytes(plan.steps)
    let blocks = plan.columnBlocks(shape)
    guard !countsOnly else { return 0 }
    let offset = memory.reserve(.weights, bytes: step * blocks.count)
    let products = (0..<plan.steps).map(plan.product(ofStep:))
    for (number, block) in blocks.enumerated() {
      for (k, product) in products.enumerated() {
        let bit = line.bit(ofWord: k)
        for (column, channel) in block.enumerated() {
          let weight = plan.layer.weightIndex(ofProduct: product, output: channel)
          memory.write(
            Int64(parameters.weights[weight]), width: shape.weightWidth,
            offset: offset + number * step, bit: bit + column * shape.weightWidth)
        }
      }
    }
    return offset
  }

  private mutating func placeChannels(_ plan: LayerPlan, _ parameters: LayerParameters) -> Int {
    let line = shape.channelLine
    let blocks = plan.columnBlocks(shape)
    guard !countsOnly else { return 0 }
    let offset = memory.reserve(.channels, bytes: line.bytes * blocks.count)
    let multiplierWidth = max(shape.multWidth, 1)
    let multipliers = shape.columns * shape.accWidth
    let shifts = multipliers + shape.columns * multiplierWidth
    for (number, block) in blocks.enumerated() {
      let place = offset + number * line.bytes
      for (column, channel) in block.enumerated() {
        memory.write(
          parameters.bias[channel], width: shape.accWidth, offset: place,
          bit: column * shape.accWidth)
        guard !plan.isHead else { continue }
        memory.write(
          Int64(parameters.multipliers[channel]), width: multiplierWidth, offset: place,
          bit: multipliers + column * multiplierWidth)
        memory.write(
          Int64(parameters.shifts[channel]), width: 6, offset: place, bit: shifts + column * 6)
      }
    }
    return offset
  }

  private mutating func placeThresholds(
    _ plan: LayerPlan, _ parameters: LayerParameters, _ form: ThresholdForm
  ) -> Int {
    let line = shape.thresholdLine(form)
    let bits = line.width / shape.columns
    let positions = plan.positions
    let step = line.bytes(positions.count)
    let blocks = plan.columnBlocks(shape)
    guard !countsOnly else { return 0 }
    let offset = memory.reserve(.thresholds, bytes: step * blocks.count)
    for (number, block) in blocks.enumerated() {
      for (slot, position) in positions.enumerated() {
        let bit = line.bit(ofWord: slot)
        for (column, channel) in block.enumerated() {
          memory.write(
            parameters.thresholds[channel * positions.count + position] >> Int64(form.shift),
            width: bits, offset: offset + number * step, bit: bit + column * bits)
        }
      }
    }
    return offset
  }

  /// That numbers and counts have the bits they need.
  private static func check(_ model: Model, on shape: AcceleratorShape) throws {
    func need(_ holds: Bool, _ sentence: @autoclosure () -> String) throws {
      if !holds { throw ProgramFailure(sentence()) }
    }
    let signed = model.input.isSigned || model.activation.isSigned
    try need(
      !signed || shape.hasSignedActivations,
      "the model has signed activations, and ACT_SIGNED is 0")
    for (what, needed, name, value) in [
      ("activations", model.activationWidth, "ACT_WIDTH", shape.actWidth),
      ("weights", model.weightWidth, "WEIGHT_WIDTH", shape.weightWidth),
      ("multipliers", model.multiplierWidth, "MULT_WIDTH", shape.multWidth),
    ] {
      try need(
        needed <= value, "the model's \(what) need \(needed) bits, and \(name) is \(value)")
    }
    try need(
      model.tasks.count <= shape.runs,
      "the model has \(model.tasks.count) tasks, and TASK_WIDTH \(shape.taskWidth) has \(shape.runs)"
    )
    let rounding = Rounding.allCases.firstIndex(of: model.rounding)
    try need(
      rounding == shape.rounding,
      "the model rounds \(model.rounding.rawValue), and ROUNDING is \(shape.rounding), "
        + Rounding.allCases[shape.rounding].rawValue)
    try model.checkAccumulator(width: shape.accWidth)
    for layer in 0...model.layers.count {
      for task in model.tasks.indices {
        let geometry = model.geometry(ofLayer: layer, task: task)
        try need(
          geometry.reduction < 1 << shape.countWidth,
          "layer \(geometry.name) has \(geometry.reduction) reduction steps, and COUNT_WIDTH is "
            + "\(shape.countWidth)")
      }
    }
  }
}
