extension Module {
  /// The same module under the same name, with an output `probe_<name>` for each of these registers,
  /// wires and memories.
  ///
  /// A memory's output is the word at a further input, `probe_<name>_address`. What stands inside a
  /// generate block cannot be probed.
  public func probing(
    _ names: String..., file: StaticString = #fileID, line: Int = #line
  ) -> Module {
    let location = Location(file, line)
    let declarations = items.declarations
    var ports: [Declaration] = []
    var assignments: [Item] = []
    var problems: [Diagnostic] = []
    func port(_ name: String, _ shape: Shape, _ kind: Declaration.Kind) -> Signal {
      if self.ports.contains(where: { $0.name == name }) {
        problems.append(
          Diagnostic(message: "`\(self.name)` has a port `\(name)` already", location: location))
      }
      let port = Declaration(name, shape, kind, doc: "", scope: [], location: location)
      ports.append(port)
      return Signal(.reference(port, at: nil), shape)
    }
    for name in names {
      guard let declaration = declarations.first(where: { $0.name == name }) else {
        problems.append(
          Diagnostic(
            message: "`\(self.name)` has no register, wire or memory `\(name)` outside its blocks",
            location: location))
        continue
      }
      var value = Signal(.reference(declaration, at: nil), declaration.shape)
      if let depth = declaration.depth {
        let address = port("probe_\(name)_address", bits(indexWidth(depth)), .input)
        value = Signal(.word(declaration, address: address), declaration.shape)
      }
      let output = port("probe_\(name)", declaration.shape, .output)
      assignments.append(.assign(target: output, value: value, location))
    }
    return Module(self, adding: ports, assignments, problems)
  }
}

extension [Item] {
  /// The registers, wires and memories outside of every generate block.
  fileprivate var declarations: [Declaration] {
    compactMap { item in
      switch item {
      case .declare(let declaration, _): return declaration
      case .reduce(let reduction): return reduction.target
      default: return nil
      }
    }
  }
}
