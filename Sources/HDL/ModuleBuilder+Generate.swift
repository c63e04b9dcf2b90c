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
    takeIndex(index, isGenerate: true, location)
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
