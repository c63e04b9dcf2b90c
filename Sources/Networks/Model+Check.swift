extension Model {
  /// That the layers follow each other and each task has a head that follows the last.
  static func checkGeometry(layers: [Layer], heads: [Layer], tasks: [String]) throws(NetworkError) {
    guard !tasks.isEmpty else { throw NetworkError("the model has no task") }
    guard var last = layers.first else { throw NetworkError("the model has no hidden layer") }
    try checkNames(tasks, of: "task")
    try checkNames(layers.map(\.name), of: "layer")
    try last.check()
    guard !last.averages else {
      throw NetworkError("layer \(last.name) averages a map, but no layer is before it")
    }
    for layer in layers.dropFirst() {
      try layer.check()
      try layer.check(follows: last)
      last = layer
    }
    for head in heads {
      try head.check()
      guard head.kind == .fullyConnected else {
        throw NetworkError("layer \(head.name) must be fully connected to follow the hidden layers")
      }
      try head.check(follows: last)
    }
    guard Set(heads.map(\.averages)).count < 2 else {
      throw NetworkError("the heads of some tasks average and those of others do not")
    }
  }

  private static func checkNames(_ names: [String], of what: String) throws(NetworkError) {
    var seen = Set<String>()
    for name in names {
      guard !name.isEmpty, !name.contains("."), name != "head" else {
        throw NetworkError(
          "'\(name)' cannot name a \(what): a name is not empty, has no dot and is not 'head'")
      }
      guard seen.insert(name).inserted else {
        throw NetworkError("\(what) '\(name)' is listed twice; names must differ")
      }
    }
  }

  /// That arrays have the lengths of the geometry and numbers the ranges of the formats.
  func checkNumbers() throws(NetworkError) {
    guard activation.range.contains(clamp.lowerBound), activation.range.contains(clamp.upperBound)
    else {
      throw NetworkError(
        "clamp [\(clamp.lowerBound), \(clamp.upperBound)] does not fit \(activation) activations, "
          + "which hold \(activation.range.lowerBound) to \(activation.range.upperBound)")
    }
    guard clamp.contains(0) else {
      throw NetworkError(
        "clamp [\(clamp.lowerBound), \(clamp.upperBound)] leaves out 0, the value of masked "
          + "activations; it must hold 0")
    }
    for task in tasks.indices {
      for layer in 0...layers.count {
        try checkNumbers(ofLayer: layer, task: task)
      }
    }
  }

  private func checkNumbers(ofLayer layer: Int, task: Int) throws(NetworkError) {
    let geometry = geometry(ofLayer: layer, task: task)
    let numbers = parameters(ofLayer: layer, task: task)
    let isHead = layer == layers.count
    let place = "layer \(geometry.name) of task \(tasks[task])"
    let channels = isHead ? 0 : geometry.outputChannels
    let lengths = [
      ("weights", numbers.weights.count, geometry.outputChannels * geometry.weightsPerOutput),
      ("biases", numbers.bias.count, geometry.outputChannels),
      ("multipliers", numbers.multipliers.count, channels),
      ("shifts", numbers.shifts.count, channels),
      ("thresholds", numbers.thresholds.count, channels * geometry.positions),
    ]
    for (what, count, expected) in lengths where count != expected {
      throw NetworkError("\(place) has \(count) \(what) and must have \(expected)")
    }
    if let shift = numbers.shifts.first(where: { $0 > 63 }) {
      throw NetworkError("\(place) has a shift of \(shift); a shift is 0 to 63")
    }
    if !activation.isSigned, let threshold = numbers.thresholds.first(where: { $0 < 0 }) {
      throw NetworkError(
        "\(place) has a threshold of \(threshold), but activations are unsigned (\(activation)); "
          + "negative thresholds need signed activations")
    }
  }
}

extension Layer {
  /// That the layer's own numbers make sense.
  func check() throws(NetworkError) {
    // Limits far above any network, so that no product of sizes below can overflow.
    let channels = 1...1 << 24
    let sizes = 1...1 << 16
    guard channels.contains(inputChannels), channels.contains(outputChannels),
      sizes.contains(size)
    else {
      throw NetworkError(
        "layer \(name) has \(inputChannels) input channels, \(outputChannels) output channels and "
          + "size \(size); channels are 1 to \(channels.upperBound), sizes 1 to \(sizes.upperBound)"
      )
    }
    if !averages { try checkKernel() }
    guard !isPooled || outputSize > 1 else {
      throw NetworkError("layer \(name) pools a map of size 1; pooling needs a size of at least 2")
    }
    guard kind == .convolution || averages || (size == 1 && !isPooled) else {
      throw NetworkError("layer \(name) is fully connected: its size must be 1, without pooling")
    }
  }

  /// That kernel, stride and padding are in range and leave an output.
  private func checkKernel() throws(NetworkError) {
    let kernels = 1...31
    let strides = 1...8
    guard kernels.contains(kernel), strides.contains(stride) else {
      throw NetworkError(
        "layer \(name) has a kernel of size \(kernel) and stride \(stride); kernels are "
          + "\(kernels.lowerBound) to \(kernels.upperBound), strides \(strides.lowerBound) to "
          + "\(strides.upperBound)")
    }
    guard (0..<kernel).contains(padding) else {
      throw NetworkError(
        "layer \(name) has padding \(padding); with a kernel of size \(kernel) it is 0 to "
          + "\(kernel - 1)")
    }
    guard size + 2 * padding >= kernel else {
      throw NetworkError(
        "layer \(name) has a kernel of size \(kernel), but its padded input has only size "
          + "\(size + 2 * padding)")
    }
  }

  /// That the layer's input is the output of `last`.
  fileprivate func check(follows last: Layer) throws(NetworkError) {
    guard !averages || last.kind == .convolution else {
      throw NetworkError(
        "layer \(name) averages a map, but layer \(last.name) is fully connected and gives none")
    }
    switch kind {
    case _ where averages, .convolution:
      guard inputChannels == last.outputChannels, size == last.pooledSize else {
        throw NetworkError(
          "layer \(name) takes \(inputChannels) channels of size \(size), but layer \(last.name) "
            + "gives \(last.outputChannels) of size \(last.pooledSize)")
      }
    case .fullyConnected:
      let count = last.outputChannels * last.pooledSize * last.pooledSize
      guard inputChannels == count else {
        throw NetworkError(
          "layer \(name) takes \(inputChannels) values, but layer \(last.name) gives \(count)")
      }
    }
  }
}
