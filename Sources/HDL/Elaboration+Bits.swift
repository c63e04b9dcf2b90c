/// From the names and slices of an expression to bits of nets.
extension Elaboration {
  /// The bits that `value` reads in the same cycle.
  mutating func bits(readBy value: Signal, _ context: Context) -> [Bits] {
    var reads: [Bits] = []
    switch value.expression {
    case .reference, .slice: return bits(of: value, context).map { [$0] } ?? []
    case .word: reads += bits(of: value, context).map { [$0] } ?? []
    default: break
    }
    for operand in value.expression.operands { reads += bits(readBy: operand, context) }
    return reads
  }

  /// The bits that a name or a slice of one stands for; nil, and a report, where the name does not
  /// exist. A memory's words are one net: which of them, only its address can say.
  mutating func bits(of target: Signal, _ context: Context) -> Bits? {
    switch target.expression {
    case .reference(let declaration, _) where declaration.kind == .pattern: return nil
    case .reference(let declaration, let indices):
      return net(declaration, indices, context).map {
        Bits(net: $0, low: 0, width: nets[$0].width)
      }
    case .word(let declaration, _):
      return net(declaration, nil, context).map { Bits(net: $0, low: 0, width: nets[$0].width) }
    case .slice(let base, let from, _):
      guard let whole = bits(of: base, context), let low = from.value(context.environment),
        let width = target.width.value(context.environment)
      else { return nil }
      return Bits(net: whole.net, low: whole.low + low, width: width)
    default: return nil
    }
  }

  private mutating func net(
    _ declaration: Declaration, _ indices: [Nat]?, _ context: Context
  ) -> Int? {
    var rest = (indices ?? [])[...]
    var path = context.prefix
    for step in declaration.scope {
      guard let index = step.index else {
        path += "\(step.label)."
        continue
      }
      let number = indices == nil ? .index(index) : rest.popFirst() ?? 0
      path += "\(step.label)[\(number.value(context.environment) ?? -1)]."
    }
    return net(at: path + declaration.name, context)
  }
}
