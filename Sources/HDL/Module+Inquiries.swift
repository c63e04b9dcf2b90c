extension Module {
  /// What kinds of properties it has, those of its instances among them.
  package var propertyKinds: [Property.Kind] {
    var kinds: [Property.Kind] = []
    for module in hierarchy {
      module.items.forEachNested {
        if case .property(let property) = $0 { kinds.append(property.kind) }
      }
    }
    return kinds
  }

  /// The inputs whose edges it, or something in it, waits for.
  package var edgeInputs: (clocks: [String], lowResets: [String]) {
    var clocks: Set<String> = []
    var lowResets: Set<String> = []
    func name(_ signal: Signal) -> String? {
      if case .reference(let declaration, _) = signal.expression { return declaration.name }
      return nil
    }
    func insert(_ signal: Signal, into names: inout Set<String>) {
      if let name = name(signal) { names.insert(name) }
    }
    items.forEachNested { item in
      switch item {
      case .clocked(let process):
        insert(process.clock, into: &clocks)
        if let reset = process.reset, reset.kind == .asynchronousLow {
          insert(reset.signal, into: &lowResets)
        }
      case .property(let property): insert(property.clock, into: &clocks)
      case .event(let event): insert(event.clock, into: &clocks)
      case .instance(let instance):
        let inner = instance.module.edgeInputs
        for (port, signal) in instance.ports {
          if inner.clocks.contains(port) { insert(signal, into: &clocks) }
          if inner.lowResets.contains(port) { insert(signal, into: &lowResets) }
        }
      default: break
      }
    }
    let inputs = ports.filter { $0.kind == .input }.map(\.name)
    return (inputs.filter(clocks.contains), inputs.filter(lowResets.contains))
  }
}
