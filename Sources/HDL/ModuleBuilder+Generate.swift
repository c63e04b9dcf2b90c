extension ModuleBuilder {
  /// Copies of `body` for `index` in `0..<count`.
  public func forEach(
    _ label: String, index: String, count: Nat, file: StaticString = #fileID, line: Int = #line,
    _ body: (Nat) -> Void
  ) {
    let location = Location(file, line)
    take(label, location)
    if scope.contains(where: { $0.index == index }) {
      report("the loop index `\(index)` is the index of a loop around it; choose another", location)
    }
    checkSpelling(index, location)
    checkIndex(index, isGenerate: true, location)
    let items = nest(ScopeStep(label: label, index: index)) { body(.index(index)) }
    add(
      .forEach(
        GenerateLoop(label: label, index: index, count: count, body: items, location: location)))
  }

  /// `then` only where `condition` holds at elaboration; the label names the block.
  public func given(
    _ condition: Condition, _ label: String, file: StaticString = #fileID, line: Int = #line,
    _ then: () -> Void
  ) {
    take(label, Location(file, line))
    let items = nest(ScopeStep(label: label, index: nil), then)
    add(
      .given(
        GenerateIf(condition: condition, then: .init(label: label, body: items), otherwise: nil)))
  }

  /// `then` where `condition` holds at elaboration, else `otherwise`; the labels name the blocks.
  public func given(
    _ condition: Condition, _ label: String, else elseLabel: String,
    file: StaticString = #fileID, line: Int = #line, _ then: () -> Void,
    else otherwise: () -> Void
  ) {
    let location = Location(file, line)
    take(label, location)
    take(elseLabel, location)
    let thenItems = nest(ScopeStep(label: label, index: nil), then)
    let elseItems = nest(ScopeStep(label: elseLabel, index: nil), otherwise)
    add(
      .given(
        GenerateIf(
          condition: condition, then: .init(label: label, body: thenItems),
          otherwise: .init(label: elseLabel, body: elseItems))))
  }

  /// An instance of `module`; every port must be connected.
  public func instance(
    _ name: String, of module: Module, parameters values: [(String, Nat)] = [],
    ports connections: [(String, Signal)], file: StaticString = #fileID, line: Int = #line
  ) {
    let location = Location(file, line)
    take(name, location)
    let given = Dictionary(values, uniquingKeysWith: { first, _ in first })
    for (parameter, _) in values where !module.parameters.contains(where: { $0.name == parameter })
    {
      report("`\(module.name)` has no parameter `\(parameter)`", location)
    }
    var environment: [String: Nat] = [:]
    for parameter in module.parameters {
      environment[parameter.name] =
        given[parameter.name] ?? parameter.defaultValue.substituting(environment)
    }
    for (port, signal) in connections {
      guard let declaration = module.ports.first(where: { $0.name == port }) else {
        report("`\(module.name)` has no port `\(port)`", location)
        continue
      }
      let shape = declaration.shape.substituting(environment)
      var connected = signal
      connected.require(
        signal.width == shape.width,
        "port `\(port)` of `\(module.name)` has \(Signal.bitsText(shape.width)) and is connected to "
          + "\(signal.text) with \(signal.widthText)")
      if shape.isSigned != signal.shape.isSigned {
        connected.problems.append(
          "port `\(port)` of `\(module.name)` is \(shape.isSigned ? "signed" : "unsigned") and is "
            + "connected to \(signal.text), which is \(signal.signText)")
      }
      if declaration.kind == .output, signal.root == nil {
        connected.problems.append(
          "output port `\(port)` of `\(module.name)` is connected to \(signal.text), which cannot be "
            + "driven; connect a wire")
      }
      check(connected, location)
    }
    let connectedNames = connections.map(\.0)
    for port in module.ports where !connectedNames.contains(port.name) {
      report("port `\(port.name)` of `\(module.name)` is not connected in `\(name)`", location)
    }
    add(
      .instance(
        Instance(
          name: name, module: module, parameters: values.map { (name: $0.0, value: $0.1) },
          ports: connections.map { (name: $0.0, signal: $0.1) }, location: location)))
  }

  /// Names signals that nothing reads, on purpose.
  public func unused(
    _ name: String, _ signals: Signal..., file: StaticString = #fileID, line: Int = #line
  ) {
    let location = Location(file, line)
    take("unused_" + name, location)
    for signal in signals { check(signal, location) }
    add(.unused(name: "unused_" + name, signals, location))
  }

  /// A comment of its own line.
  public func comment(_ text: String) { add(.comment(text)) }
}
