/// Expressions at concrete widths: what they read, and their nodes.
extension Expansion {
  /// The bits that a name or a slice of one stands for; nil, and a report, where the name does not
  /// exist. A memory's words are one net: which of them, only its address can say.
  func bits(of target: Template, _ location: Location) -> ElaboratedModule.Bits? {
    switch target.kind {
    case .net(let place), .word(let place, address: _):
      return net(of: place, location).map {
        ElaboratedModule.Bits(net: $0, low: 0, width: nets[$0].width)
      }
    case .slice(let base, let from):
      guard let whole = bits(of: base, location), let low = from.value(indices),
        let width = target.width.value(indices)
      else { return nil }
      return ElaboratedModule.Bits(net: whole.net, low: whole.low + low, width: width)
    default: return nil
    }
  }

  /// Adds what `value` reads in the same cycle.
  mutating func read(_ value: Template, _ location: Location) {
    switch value.kind {
    case .net: readBits(of: value, location)
    case .slice(let base, _):
      if case .net = base.kind {
        readBits(of: value, location)
      } else {
        read(base, location)
      }
    case .word(_, let address):
      readBits(of: value, location)
      read(address, location)
    case .constant, .pattern: break
    case .compareNumber(let a, _, _), .extended(let a), .cast(let a), .repeated(let a, _),
      .unary(_, let a):
      read(a, location)
    case .element(let a, let b), .binary(_, let a, let b):
      read(a, location)
      read(b, location)
    case .mux(let condition, let a, let b):
      read(condition, location)
      read(a, location)
      read(b, location)
    case .concatenation(let parts): for part in parts { read(part, location) }
    }
  }

  private mutating func readBits(of value: Template, _ location: Location) {
    if let bits = bits(of: value, location) { addRead(bits) }
  }

  /// The node of an expression that has passed the checks.
  func node(_ template: Template) -> Node {
    let width = template.width.value(indices) ?? 1
    func make(_ kind: Node.Kind) -> Node { Node(kind, width: width, isSigned: template.isSigned) }
    let nowhere = Location("", 0)
    switch template.kind {
    case .net(let place): return make(.net(net(of: place, nowhere) ?? 0))
    case .word(let place, let address):
      return make(.word(memory: net(of: place, nowhere) ?? 0, address: node(address)))
    case .constant(let n): return make(.constant(UInt64(Swift.max(0, n.value(indices) ?? 0))))
    case .pattern(let value): return make(.constant(value))
    case .slice(let base, let from):
      let base = node(base)
      let low = from.value(indices) ?? 0
      if low == 0, base.width == width { return make(base.kind) }
      return make(.slice(base, low: low))
    case .element(let base, let index):
      return make(.element(node(base), index: node(index)))
    case .compareNumber(let operand, let op, let number):
      return comparison(node(operand), op, number.value(indices) ?? 0)
    case .extended(let operand):
      let operand = node(operand)
      return operand.width == width ? make(operand.kind) : make(.extended(operand))
    case .cast(let operand): return make(node(operand).kind)
    case .concatenation(let parts): return make(.concatenation(parts.map(node)))
    case .repeated(let operand, let count):
      return make(.repeated(node(operand), count: count.value(indices) ?? 1))
    case .unary(let op, let a): return make(.unary(op, node(a)))
    case .binary(let op, let a, let b): return make(.binary(op, node(a), node(b)))
    case .mux(let condition, let a, let b): return make(.mux(node(condition), node(a), node(b)))
    }
  }

  /// The number may need more bits than the operand has.
  private func comparison(_ operand: Node, _ op: Operator, _ number: Int) -> Node {
    let fits = operand.width >= 63 || number < 1 << operand.width
    let wide = fits ? operand : Node(.extended(operand), width: 64)
    let constant = Node(.constant(UInt64(Swift.max(0, number))), width: wide.width)
    return Node(.binary(op, wide, constant), width: 1)
  }
}
