import Foundation
import Networks

/// A network as QuantizeLinear and DequantizeLinear around operators of real numbers.
///
/// Activations have a scale of 1, so that weights have M/2^S, which single precision holds exactly where
/// M has 24 bits; a real number of a layer is its sum times M/2^S.
struct RealExport {
  let export: ONNXExport
  private var graph = GraphWriter(name: "mimegen")

  init(export: ONNXExport) { self.export = export }

  private var model: Model { export.model }
  private var task: Int { export.tasks[0] }

  func content() throws(ONNXError) -> Data {
    var writer = self
    return try writer.write()
  }

  private mutating func write() throws(ONNXError) -> Data {
    try check()
    graph.input("images", model.input.storage, shape: model.layers[0].inputShape)
    graph.output("logits", .float32, shape: [model.head(of: task).outputChannels])
    var value = dequantized("images", model.input)
    var isMap = model.layers[0].kind == .convolution
    for (index, layer) in model.layers.enumerated() {
      value = try write(layer, index, value, isMap: isMap)
      isMap = layer.kind == .convolution
    }
    let head = model.head(of: task)
    let ones = Array(repeating: 1 as Float, count: head.outputChannels)
    _ = try sums(
      of: head, model.layers.count, value, scales: ones, isMap: isMap, output: "logits")
    return try graph.content(operatorSet: operatorSet)
  }

  /// Quantizers of 16 bits are new in operator set 21.
  private var operatorSet: Int {
    model.activationWidth > 8 || model.weightWidth > 8 ? 21 : 18
  }

  private func check() throws(ONNXError) {
    guard model.rounding == .halfEven else {
      throw ONNXError(
        "the network rounds \(model.rounding.rawValue), and QuantizeLinear half-even; the integer form has all "
          + "roundings")
    }
    guard [8, 16].contains(model.input.width), [8, 16].contains(model.activation.width) else {
      throw ONNXError(
        "the network's images are \(model.input) and its activations \(model.activation), and "
          + "QuantizeLinear has 8 or 16 bits; the integer form has all widths")
    }
    guard model.weightWidth <= 16 else {
      throw ONNXError(
        "the network's weights need \(model.weightWidth) bits, and DequantizeLinear has 8 or 16; the integer "
          + "form has all widths")
    }
  }

  private mutating func dequantized(_ value: String, _ format: ActivationFormat) -> String {
    graph.add("DequantizeLinear", [value, one(), graph.integer(0, format.storage)])
  }

  private mutating func one() -> String { real(1, "one") }

  private var hasReal: Set<String> = []

  private mutating func real(_ value: Float, _ name: String) -> String {
    if hasReal.insert(name).inserted { return graph.reals([value], shape: [], name: name) }
    return name
  }

  private mutating func write(
    _ layer: Layer, _ index: Int, _ value: String, isMap: Bool
  ) throws(ONNXError) -> String {
    let name = layer.name
    let numbers = model.parameters(ofLayer: index, task: task)
    for (multiplier, channel) in zip(numbers.multipliers, 0...)
    where multiplier >= 1 << 24 || multiplier == 0 {
      throw ONNXError(
        "layer \(name) has the multiplier \(multiplier) of output \(channel); as a scale in single precision it can "
          + "be 1 to 2^24 - 1")
    }
    let scales = zip(numbers.multipliers, numbers.shifts).map { multiplier, shift in
      Float(multiplier) * Float(sign: .plus, exponent: -Int(shift), significand: 1)
    }
    let sum = try sums(
      of: layer, index, value, scales: scales, isMap: isMap, output: "\(name).sum")
    var kept: String
    if model.hasThresholds(task: task) {
      guard numbers.thresholds.allSatisfy({ Int32(exactly: $0) != nil }) else {
        throw ONNXError(
          "layer \(name) has thresholds of more than 32 bits, which DequantizeLinear has not")
      }
      let steps = graph.integers(
        numbers.thresholds, .int32, shape: layer.outputShape, name: "\(name).threshold")
      let threshold = graph.add(
        "DequantizeLinear", [steps, "\(name).scale"], ["axis": .int(0)])
      let mask = graph.add("GreaterOrEqual", [sum, threshold], output: "\(name).mask")
      kept = graph.add("Where", [mask, sum, real(0, "zero")])
      if export.traces { graph.output(mask, .boolean, shape: layer.outputShape) }
    } else {
      kept = graph.add("Relu", [sum])
    }
    if model.clamp != model.activation.range {
      kept = graph.add(
        "Clip",
        [
          kept, real(Float(model.clamp.lowerBound), "clamp_low"),
          real(Float(model.clamp.upperBound), "clamp_high"),
        ])
    }
    let act = graph.add(
      "QuantizeLinear", [kept, one(), graph.integer(0, model.activation.storage)],
      output: "\(name).act")
    if export.traces {
      graph.output(act, model.activation.storage, shape: layer.outputShape)
    }
    let next = dequantized(act, model.activation)
    return layer.isPooled ? graph.add("MaxPool", [next], Layer.halving) : next
  }

  private mutating func sums(
    of layer: Layer, _ index: Int, _ value: String, scales: [Float], isMap: Bool, output: String
  ) throws(ONNXError) -> String {
    let numbers = model.parameters(ofLayer: index, task: task)
    let name = layer.name
    guard numbers.bias.allSatisfy({ Int32(exactly: $0) != nil }) else {
      throw ONNXError(
        "layer \(name) has biases of more than 32 bits, which DequantizeLinear has not")
    }
    let isConvolution = layer.kind == .convolution
    let weights = graph.integers(
      numbers.weights, model.weightWidth > 8 ? .int16 : .int8,
      shape: layer.weightShape, name: "\(name).weight")
    let bias = graph.integers(
      numbers.bias, .int32, shape: [layer.outputChannels], name: "\(name).bias")
    let scale = graph.reals(scales, shape: [scales.count], name: "\(name).scale")
    let realWeights = graph.add("DequantizeLinear", [weights, scale], ["axis": .int(0)])
    let realBias = graph.add("DequantizeLinear", [bias, scale], ["axis": .int(0)])
    if isConvolution {
      let map = graph.map(value, of: layer, isMap: isMap)
      return graph.add(
        "Conv", [map, realWeights, realBias], layer.window, name: name, output: output)
    }
    var flat = value
    if layer.averages {
      flat = graph.add("ReduceSum", [value, graph.list([2, 3])], ["keepdims": .int(0)])
    } else if isMap {
      flat = graph.add("Flatten", [value])
    }
    return graph.add(
      "Gemm", [flat, realWeights, realBias], ["transB": .int(1)], name: name, output: output)
  }
}
