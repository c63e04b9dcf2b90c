/// Parameters and constants that nothing reads.
extension Module {
  /// What the Verilog of the module itself declares and never mentions again, and constants that no
  /// port's width mentions either.
  var unreadNameDiagnostics: [Diagnostic] {
    let words = VerilogPrinter.words(
      VerilogPrinter.print(self).split(separator: "\n").map(String.init))
    let inPorts = ports.reduce(into: Set<String>()) { $0.formUnion($1.shape.width.constants) }
    let parameters = parameters.filter { words[$0.name, default: 0] < 2 }.map {
      Diagnostic(
        message: "nothing reads the parameter `\($0.name)` of `\(name)`; drop it",
        location: $0.location)
    }
    let constants = constants.filter { words[$0.name] == nil && !inPorts.contains($0.name) }.map {
      Diagnostic(
        message: "nothing reads the constant `\($0.name)` of `\(name)`; drop it",
        location: $0.location)
    }
    var local: [Diagnostic] = []
    items.forEachNested { item in
      guard case .constant(let constant) = item, words[constant.name, default: 0] < 2 else {
        return
      }
      local.append(
        Diagnostic(
          message: "nothing reads the constant `\(constant.name)` of `\(name)`; drop it",
          location: constant.location))
    }
    return parameters + constants + local
  }
}

extension VerilogPrinter {
  /// How often each word stands in `lines`, comments aside.
  static func words(_ lines: [String]) -> [String: Int] {
    var result: [String: Int] = [:]
    for line in lines {
      let code = line.drop { $0 == " " }
      if code.hasPrefix("//") { continue }
      for word in code.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }) {
        result[String(word), default: 0] += 1
      }
    }
    return result
  }
}

extension Nat {
  /// The names of the constants in it, and of those in their definitions.
  fileprivate var constants: Set<String> {
    switch self {
    case .literal, .parameter, .index: return []
    case .constant(let name, let definition): return definition.constants.union([name])
    case .ceilLog2(let a): return a.constants
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .divide(let a, let b), .shiftLeft(let a, let b), .maximum(let a, let b):
      return a.constants.union(b.constants)
    }
  }
}
