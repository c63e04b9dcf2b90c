/// The widths a machine needs to run the model.
extension Model {
  /// Bits of the narrowest signed format that holds every weight.
  public var weightWidth: Int {
    widest { numbers in
      numbers.weights.lazy.map { AccumulatorBound.width(of: Int128($0)) }.max() ?? 0
    }
  }

  /// Bits of the narrowest unsigned format that holds every requantize multiplier; 0 where all of
  /// them are 1 and a shift is enough.
  public var multiplierWidth: Int {
    widest { numbers in
      guard numbers.multipliers.contains(where: { $0 != 1 }) else { return 0 }
      return numbers.multipliers.map { max(1, UInt32.bitWidth - $0.leadingZeroBitCount) }.max() ?? 0
    }
  }

  /// Bits that hold images and hidden activations.
  public var activationWidth: Int { max(input.width, activation.width) }

  private func widest(_ width: (LayerParameters) -> Int) -> Int {
    var result = 0
    for task in tasks.indices {
      for layer in 0...layers.count where task == 0 || !sharesWeights(inLayer: layer) {
        result = max(result, width(parameters(ofLayer: layer, task: task)))
      }
    }
    return result
  }
}
