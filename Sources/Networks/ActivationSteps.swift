/// Multiples of a step as which a trained network has the activations of each hidden layer.
///
/// An activation a is min(a / step to the nearest, ties to even; levels) · step: what a machine with
/// integers computes, and what the thresholds of such a network were learned with.
public struct ActivationSteps: Sendable, Equatable {
  /// [hidden layers].
  public let values: [Float]
  /// The largest multiple, such as 255.
  public let levels: Int

  static let levelRange = 1...0xFF_FFFF

  public init(values: [Float], levels: Int) {
    self.values = values
    self.levels = levels
  }

  /// An activation of 0 or more as such a multiple.
  public func rounded(_ activation: Float, layer: Int) -> Float {
    let step = values[layer]
    return min((activation / step).rounded(.toNearestOrEven), Float(levels)) * step
  }
}
