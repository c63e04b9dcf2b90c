/// Integer arithmetic on the sums of a layer that have passed their thresholds, element by element.
struct Expression {
  indirect enum Term: Hashable {
    case sums
    /// A number for each channel.
    case channels([Int64])
    case apply(Operation, [Term])
  }

  /// Each is an operator of ONNX.
  enum Operation: Hashable {
    case add, subtract, multiply, divide, remainder, shiftLeft, shiftRight
    case greater, greaterOrEqual, less, and, abs, choose
    case cast(DataType)
    case clip(Int64, Int64)
  }

  /// The layer whose sums they are.
  let layer: HiddenLayer
  let term: Term
  /// Operators and operands.
  private let size: Int

  /// More than a requantization takes.
  private static let limit = 1000

  /// The sums.
  init(_ activation: Activation) {
    guard let layer = activation.layer else { preconditionFailure("images are no sums") }
    self.init(layer: layer, term: .sums, size: 1)
  }

  init(channels: [Int64], of layer: HiddenLayer) {
    self.init(layer: layer, term: .channels(channels), size: 1)
  }

  private init(layer: HiddenLayer, term: Term, size: Int) {
    self.layer = layer
    self.term = term
    self.size = size
  }

  private func apply(
    _ operation: Operation, _ operands: [Expression], _ node: Node
  ) throws(ONNXError) -> Expression {
    let size = operands.reduce(1) { $0 + $1.size }
    guard size <= Self.limit, operands.allSatisfy({ $0.layer === layer }) else {
      throw node.error(
        "computes with sums in a way that is no requantization; docs/onnx.md has those")
    }
    return Expression(layer: layer, term: .apply(operation, operands.map(\.term)), size: size)
  }

  func applying(_ operation: Operation, _ node: Node) throws(ONNXError) -> Expression {
    try apply(operation, [self], node)
  }

  func combined(
    _ other: Expression, by operation: Operation, _ node: Node
  ) throws(ONNXError) -> Expression {
    try apply(operation, [self, other], node)
  }

  func combined(
    from left: Expression, by operation: Operation, _ node: Node
  ) throws(ONNXError) -> Expression {
    try apply(operation, [left, self], node)
  }

  func choosing(
    _ yes: Expression, _ no: Expression, _ node: Node
  ) throws(ONNXError) -> Expression {
    try apply(.choose, [self, yes, no], node)
  }
}
