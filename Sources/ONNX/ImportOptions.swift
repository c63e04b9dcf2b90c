/// What a graph does not say of the network.
public struct ImportOptions: Sendable {
  /// The real value of one step of a stored image; nil for 1/255, or what the graph multiplies
  /// images by first.
  public var inputScale: Double?
  /// The output that is the logits; nil where there is only one.
  public var output: String?

  /// Whether to take the nearest multiplier and shift where none comes to the same as a scale for all
  /// sums.
  public var approximates = false

  public init(inputScale: Double? = nil, output: String? = nil, approximates: Bool = false) {
    self.inputScale = inputScale
    self.output = output
    self.approximates = approximates
  }
}
