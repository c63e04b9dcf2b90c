import HDL

/// Spells the expressions of one elaborated instance, a wire for each part.
struct NodePrinter {
  let module: ElaboratedModule
  /// What the nets of the instance are called.
  let names: [String]
  private var known: [ObjectIdentifier: String] = [:]

  init(module: ElaboratedModule, names: [String]) {
    self.module = module
    self.names = names
  }

  static func literal(_ value: UInt64, _ width: Int) -> String {
    width >= 64
      ? width == 64 ? "64'd\(value)" : "{\(width - 64)'d0, 64'd\(value)}"
      : "\(width)'d\(value & ((1 << UInt64(width)) - 1))"
  }

  /// A name or a literal with the node's value.
  mutating func text(_ node: Node, _ printer: inout ElaboratedVerilog) -> String {
    switch node.kind {
    case .net(let net): return names[net]
    case .constant(let value): return Self.literal(value, node.width)
    default: return named(node, &printer)
    }
  }

  /// A name with the node's value, of which bits can be taken.
  mutating func named(_ node: Node, _ printer: inout ElaboratedVerilog) -> String {
    if case .net(let net) = node.kind { return names[net] }
    if let name = known[ObjectIdentifier(node)] { return name }
    let name = printer.temporary(node.width, value(of: node, &printer))
    known[ObjectIdentifier(node)] = name
    return name
  }

  private mutating func value(of node: Node, _ printer: inout ElaboratedVerilog) -> String {
    switch node.kind {
    case .net(let net): return names[net]
    case .constant(let value): return Self.literal(value, node.width)
    case .word(let memory, let address): return "\(names[memory])[\(text(address, &printer))]"
    case .slice(let base, let low):
      return named(base, &printer) + ElaboratedVerilog.range(low, node.width)
    case .element(let base, let index):
      return
        "\(named(base, &printer)) >> ({32'd0, \(text(index, &printer))} * \(32 + index.width)'d\(node.width))"
    case .extended(let base): return extended(named(base, &printer), base, to: node.width)
    case .concatenation(let parts):
      return "{\(parts.map { text($0, &printer) }.joined(separator: ", "))}"
    case .repeated(let base, let count): return "{\(count){\(text(base, &printer))}}"
    case .unary(let op, let a): return "\(op.rawValue)\(text(a, &printer))"
    case .binary(let op, let a, let b): return binary(op, a, b, &printer)
    case .mux(let condition, let a, let b):
      return
        "\(text(condition, &printer)) ? \(text(a, &printer)) : \(text(b, &printer))"
    case .inserted(let base, let part, let low):
      let whole = named(base, &printer)
      let above = node.width - low - part.width
      let high = above > 0 ? whole + ElaboratedVerilog.range(low + part.width, above) + ", " : ""
      let rest = low > 0 ? ", " + whole + ElaboratedVerilog.range(0, low) : ""
      return "{\(high)\(text(part, &printer))\(rest)}"
    }
  }

  private func extended(_ name: String, _ node: Node, to width: Int) -> String {
    guard width > node.width else { return name }
    let fill = node.isSigned ? "\(name)[\(node.width - 1)]" : "1'b0"
    return "{{\(width - node.width){\(fill)}}, \(name)}"
  }

  private mutating func binary(
    _ op: Operator, _ a: Node, _ b: Node, _ printer: inout ElaboratedVerilog
  ) -> String {
    let (x, y) = (text(a, &printer), text(b, &printer))
    switch op {
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return a.isSigned ? "$signed(\(x)) \(op.rawValue) $signed(\(y))" : "\(x) \(op.rawValue) \(y)"
    case .arithmeticShiftRight: return "$signed(\(x)) >>> \(y)"
    default: return "\(x) \(op.rawValue) \(y)"
    }
  }
}
