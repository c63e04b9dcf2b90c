/// An expression at concrete widths, over the nets of one elaborated module.
///
/// Values are two's complement bits. Operands of an operator have the node's width unless the case
/// says otherwise; `isSigned` says how a node's own bits are read.
package final class Node: Sendable {
  package indirect enum Kind: Sendable {
    case net(Int)
    /// A word of a memory; zero past its end.
    case word(memory: Int, address: Node)
    /// Zero extended to the width.
    case constant(UInt64)
    /// The node's width of bits from `low` on.
    case slice(Node, low: Int)
    /// Element `index`, of the node's width, of a vector; zero past its end.
    case element(Node, index: Node)
    /// By the operand's sign.
    case extended(Node)
    /// The first in the highest bits.
    case concatenation([Node])
    case repeated(Node, count: Int)
    /// `not`, `bitNot`, or a reduction to one bit.
    case unary(Operator, Node)
    /// Comparisons, by the operands' sign, give one bit; the amount of a shift has any width.
    case binary(Operator, Node, Node)
    case mux(Node, Node, Node)
    /// The first with bits from `low` on replaced by the second.
    case inserted(Node, Node, low: Int)
  }

  package let kind: Kind
  package let width: Int
  package let isSigned: Bool

  init(_ kind: Kind, width: Int, isSigned: Bool = false) {
    self.kind = kind
    self.width = width
    self.isSigned = isSigned
  }

  static let one = Node(.constant(1), width: 1)

  func and(_ other: Node) -> Node { Node(.binary(.and, self, other), width: 1) }
  var inverted: Node { Node(.unary(.not, self), width: 1) }
}

extension Node {
  /// A whole net of a module.
  package convenience init(net: Int, of module: ElaboratedModule) {
    let description = module.nets[net]
    self.init(
      .net(net), width: description.width, isSigned: description.declaration.shape.isSigned)
  }
}
