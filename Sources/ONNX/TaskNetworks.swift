import Networks

/// The networks of several tasks, to be made one.
struct TaskNetworks {
  let tasks: [(name: String, network: GraphNetwork)]
  let options: ImportOptions

  func merged() throws(ONNXError) -> ONNXImport.Network {
    let first = tasks[0].network
    let isInteger = try first.isInteger()
    for (_, network) in tasks.dropFirst() {
      guard try network.isInteger() == isInteger else {
        throw ONNXError("\(isInteger ? "is not" : "is") quantized, unlike \(first.path)").at(
          network.path)
      }
    }
    let layers = first.geometry()
    for (_, network) in tasks.dropFirst() { try checkGeometry(of: network, layers) }
    var heads: [Layer] = []
    for (_, network) in tasks { heads.append(try network.headGeometry()) }
    do throws(ONNXError) {
      return isInteger
        ? .integer(try integerModel(layers, heads)) : .real(try floatModel(layers, heads))
    } catch {
      throw tasks.count == 1 && !error.description.hasPrefix(first.path)
        ? error.at(first.path) : error
    }
  }

  private func checkGeometry(of network: GraphNetwork, _ layers: [Layer]) throws(ONNXError) {
    let own = network.geometry()
    guard own.count == layers.count else {
      throw ONNXError(
        "the network has \(own.count) hidden layers, and that of \(tasks[0].network.path) \(layers.count)"
      ).at(network.path)
    }
    for (a, b) in zip(own, layers) where a != b.with(name: a.name, isPooled: b.isPooled) {
      throw ONNXError(
        "layer \(a.name) has another geometry than layer \(b.name) of \(tasks[0].network.path)"
      ).at(network.path)
    }
  }

  private var hasThresholds: Bool { tasks.contains(where: \.network.hasThresholds) }

  /// One mode for all: weights are shared if thresholds are what tells tasks apart.
  private func mode(isShared: Bool) -> Model.Mode {
    hasThresholds || isShared ? .mime : .conventional
  }

  private func floatModel(_ layers: [Layer], _ heads: [Layer]) throws(ONNXError) -> FloatModel {
    var parameters = tasks.map { $0.network.floatParameters() }
    var isShared = true
    for task in tasks.indices.dropFirst() {
      for layer in layers.indices {
        let (own, parent) = (parameters[task][layer], parameters[0][layer])
        for (what, a, b) in [
          ("weights", own.weights, parent.weights), ("biases", own.bias, parent.bias),
        ] where try differ(a, b, what, task, layers[layer]) {
          isShared = false
        }
      }
    }
    let mode = mode(isShared: isShared)
    if mode == .mime {
      // The tasks share the storage too.
      for task in tasks.indices.dropFirst() {
        for layer in layers.indices {
          let parent = parameters[0][layer]
          parameters[task][layer] = FloatParameters(
            weights: parent.weights, bias: parent.bias,
            thresholds: parameters[task][layer].thresholds)
        }
      }
    }
    let scale = tasks[0].network.inputScale(options.inputScale)
    for (_, network) in tasks where network.inputScale(options.inputScale) != scale {
      throw ONNXError(
        "images are multiplied by \(network.inputScale(options.inputScale)), and by \(scale) in "
          + tasks[0].network.path
      ).at(network.path)
    }
    let input = try inputFormat()
    do throws(NetworkError) {
      return try FloatModel(
        layers: layers, heads: heads, tasks: tasks.map(\.name), mode: mode, input: input,
        inputScale: scale, parameters: parameters,
        hasThresholds: tasks.map { mode == .mime && $0.network.hasThresholds })
    } catch {
      throw ONNXError(error)
    }
  }

  private func integerModel(_ layers: [Layer], _ heads: [Layer]) throws(ONNXError) -> Model {
    let requantizer = try tasks[0].network.requantizer()
    var parameters: [[LayerParameters]] = []
    for (_, network) in tasks {
      let own = try network.requantizer()
      guard own.format == requantizer.format, own.clamp == requantizer.clamp,
        own.rounding == requantizer.rounding
      else {
        throw ONNXError(
          "activations differ in format, clamp or rounding from those of \(tasks[0].network.path)"
        )
        .at(network.path)
      }
      parameters.append(try network.parameters(requantizer))
    }
    var isShared = true
    for task in tasks.indices.dropFirst() {
      for layer in layers.indices {
        let (own, parent) = (parameters[task][layer], parameters[0][layer])
        let differences = [
          try differ(own.weights, parent.weights, "weights", task, layers[layer]),
          try differ(own.bias, parent.bias, "biases", task, layers[layer]),
          try differ(own.multipliers, parent.multipliers, "multipliers", task, layers[layer]),
          try differ(own.shifts, parent.shifts, "shifts", task, layers[layer]),
        ]
        if differences.contains(true) { isShared = false }
      }
    }
    let mode = mode(isShared: isShared)
    if mode == .mime {
      for task in tasks.indices.dropFirst() {
        for layer in layers.indices {
          let parent = parameters[0][layer]
          parameters[task][layer] = LayerParameters(
            weights: parent.weights, bias: parent.bias, multipliers: parent.multipliers,
            shifts: parent.shifts, thresholds: parameters[task][layer].thresholds)
        }
      }
    }
    let input = try inputFormat()
    do throws(NetworkError) {
      return try Model(
        layers: layers, heads: heads, tasks: tasks.map(\.name), mode: mode, input: input,
        activation: requantizer.format, clamp: requantizer.clamp, rounding: requantizer.rounding,
        parameters: parameters,
        hasThresholds: tasks.map { mode == .mime && $0.network.hasThresholds })
    } catch {
      throw ONNXError(error)
    }
  }

  private func inputFormat() throws(ONNXError) -> ActivationFormat {
    let format = tasks[0].network.inputFormat
    for (_, network) in tasks where network.inputFormat != format {
      throw ONNXError(
        "images are \(network.inputFormat), and \(format) in \(tasks[0].network.path)"
      ).at(network.path)
    }
    return format
  }

  /// Whether numbers differ from those of the first task.
  ///
  /// - Throws: `ONNXError` if they do and thresholds say that tasks share them.
  private func differ<Number: Equatable>(
    _ own: [Number], _ parent: [Number], _ what: String, _ task: Int, _ layer: Layer
  ) throws(ONNXError) -> Bool {
    guard let index = own.indices.first(where: { own[$0] != parent[$0] }) else { return false }
    guard !hasThresholds else {
      throw ONNXError(
        "the \(what) of layer \(layer.name) of task \(tasks[task].name) differ from those of task "
          + "\(tasks[0].name), first at \(index): \(own[index]) and \(parent[index]); tasks with thresholds "
          + "share them"
      ).at(tasks[task].network.path)
    }
    return true
  }
}
