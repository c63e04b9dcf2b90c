extension NetworkShape {
  /// The layers, and the first task's head, as a topology of SCALE-Sim.
  ///
  /// SCALE-Sim pads nothing, and rounds positions up where strides do not divide: a map is written
  /// with its padding, and without the rows and columns that no window reads.
  ///
  /// - Throws: `NetworkError` for a layer that SCALE-Sim cannot describe.
  public func scaleSimTopology() throws(NetworkError) -> String {
    var text =
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, "
      + "Strides,\n"
    for layer in layersOfOneTask {
      func refuse(_ why: String) -> NetworkError {
        NetworkError("layer '\(layer.name)' cannot be written for SCALE-Sim: \(why)")
      }
      guard layer.groups == 1 else { throw refuse("it has \(layer.groups) groups; it must have 1") }
      guard layer.stride.isSquare else {
        throw refuse("its strides are \(layer.stride); they must be equal")
      }
      let isPlain = layer.name.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
      }
      guard isPlain, !layer.name.isEmpty, !layer.name.contains("DP") else {
        throw refuse("its name must be of letters, digits and _, without DP")
      }
      let numbers = [
        (layer.output.height - 1) * layer.stride.height + layer.kernel.height,
        (layer.output.width - 1) * layer.stride.width + layer.kernel.width,
        layer.kernel.height, layer.kernel.width, layer.inputChannels, layer.outputChannels,
        layer.stride.height,
      ]
      text += layer.name + numbers.reduce(into: "") { $0 += ", \($1)" } + ",\n"
    }
    return text
  }

  /// The hidden layers and the first task's head.
  public var layersOfOneTask: [LayerShape] { layers + [tasks[0].head].compactMap { $0 } }
}
