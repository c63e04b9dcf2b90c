/// What the body of a `Module` writes to: declares names and adds statements, in order.
///
/// Names are given once, as text, and never altered. Every rule that is broken becomes a
/// `Diagnostic` with the designer's line.
public final class ModuleBuilder {
  let name: String
  private(set) var parameters: [Parameter] = []
  private(set) var constants: [NamedConstant] = []
  private(set) var ports: [Declaration] = []
  private(set) var loopIndices: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// Items of the generate block being described, innermost last.
  private var blocks: [[Item]] = [[]]
  private var scope: [ScopeStep] = []
  /// Names taken in each block around the current one, with the line that took them.
  private var names: [[String: Location]] = [[:]]
  /// Loop indices, with the line that used each first.
  private var indexLocations: [String: (isGenerate: Bool, location: Location)] = [:]

  init(name: String, location: Location) {
    self.name = name
    checkSpelling(name, location)
  }

  func finish() -> [Item] { blocks[0] }

  // MARK: Rules

  private func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  private func checkSpelling(_ name: String, _ location: Location) {
    if let problem = VerilogNames.problem(with: name) { report(problem, location) }
  }

  private func take(_ name: String, _ location: Location) {
    checkSpelling(name, location)
    for block in names {
      if let other = block[name] {
        report("the name `\(name)` is already taken at \(other); choose another", location)
        return
      }
    }
    names[names.count - 1][name] = location
  }

  /// A loop index may be used by several loops, all of them generate loops or all of them sums;
  /// it shares its scope with the module's names.
  private func checkIndex(_ index: String, isGenerate: Bool, _ location: Location) {
    if let other = names[0][index], indexLocations[index] == nil {
      report("the name `\(index)` is already taken at \(other); choose another", location)
    } else if let (wasGenerate, other) = indexLocations[index], wasGenerate != isGenerate {
      report(
        "`\(index)` is the index of a \(wasGenerate ? "generate loop" : "sum") at \(other) and "
          + "cannot be that of a \(isGenerate ? "generate loop" : "sum"); choose another", location)
    }
    guard indexLocations[index] == nil else { return }
    indexLocations[index] = (isGenerate, location)
    names[0][index] = location
    if isGenerate { loopIndices.append(index) }
  }

  /// Reports what is wrong with a signal at the statement that uses it, and keeps what only a
  /// configuration can decide.
  private func check(_ signal: Signal, _ location: Location) {
    for problem in signal.problems { report(problem, location) }
    for obligation in signal.obligations { add(.require(obligation, location)) }
  }

  private func check(assigning value: Signal, to target: Signal, _ location: Location) {
    var both = Signal(target.expression, target.shape, from: [target, value])
    both.require(
      target.width == value.width,
      "\(target.text) has \(target.widthText) and is assigned \(value.text) with "
        + "\(value.widthText); extend or truncate the value")
    if target.shape.isSigned != value.shape.isSigned {
      both.problems.append(
        "\(target.text) is \(target.signText) and is assigned \(value.text), which is "
          + "\(value.signText); use `asSigned` or `asUnsigned` where that is meant")
    }
    check(both, location)
  }

  private func add(_ item: Item) { blocks[blocks.count - 1].append(item) }

  private func nest(_ step: ScopeStep, _ body: () -> Void) -> [Item] {
    scope.append(step)
    blocks.append([])
    names.append([:])
    body()
    names.removeLast()
    scope.removeLast()
    return blocks.removeLast()
  }

  private func declare(
    _ name: String, _ shape: Shape, _ kind: Declaration.Kind, depth: Nat? = nil,
    isClocked: Bool = false, reset: Nat? = nil, doc: String, _ location: Location
  ) -> Declaration {
    take(name, location)
    let declaration = Declaration(
      name, shape, kind, depth: depth, isClocked: isClocked, reset: reset, doc: doc, scope: scope,
      location: location)
    return declaration
  }

  private func signal(_ declaration: Declaration) -> Signal {
    Signal(.reference(declaration, at: nil), declaration.shape)
  }

  // MARK: Parameters and constants

  /// A parameter with its default and inclusive range.
  public func parameter(
    _ name: String, default defaultValue: Nat, in range: ClosedRange<Int>, _ doc: String,
    file: StaticString = #fileID, line: Int = #line
  ) -> Nat {
    parameter(
      name, default: defaultValue, from: .literal(range.lowerBound),
      through: .literal(range.upperBound), doc, file: file, line: line)
  }

  /// A parameter whose range may depend on earlier parameters.
  public func parameter(
    _ name: String, default defaultValue: Nat, from minimum: Nat, through maximum: Nat,
    _ doc: String, file: StaticString = #fileID, line: Int = #line
  ) -> Nat {
    let location = Location(file, line)
    take(name, location)
    parameters.append(
      Parameter(
        name: name, defaultValue: defaultValue, minimum: minimum, maximum: maximum, doc: doc,
        location: location))
    return .parameter(name)
  }

  /// A named derived constant (`localparam`).
  public func constant(
    _ name: String, _ definition: Nat, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Nat {
    take(name, Location(file, line))
    constants.append(
      NamedConstant(name: name, definition: definition, bitPattern: nil, doc: doc))
    return .constant(name, definition)
  }

  /// A named fixed pattern of `width` bits, such as an identification.
  public func pattern(
    _ name: String, width: Int, value: UInt64, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    let location = Location(file, line)
    take(name, location)
    constants.append(
      NamedConstant(name: name, definition: 0, bitPattern: (width, value), doc: doc))
    let declaration = Declaration(
      name, bits(.literal(width)), .pattern, doc: doc, scope: [], location: location)
    return signal(declaration)
  }

  // MARK: Ports, wires, registers, memories

  /// An input of `shape`.
  public func input(
    _ name: String, _ shape: Shape, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    port(name, shape, .input, doc, Location(file, line))
  }

  /// An input of one bit.
  public func input(
    _ name: String, _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    port(name, .bit, .input, doc, Location(file, line))
  }

  /// An output of `shape` that `drive` or an instance gives its value.
  public func output(
    _ name: String, _ shape: Shape, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    port(name, shape, .output, doc, Location(file, line))
  }

  /// An output of one bit.
  public func output(
    _ name: String, _ doc: String = "", file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    port(name, .bit, .output, doc, Location(file, line))
  }

  /// An output that is a register; `reset` is its value on reset, if it has one.
  public func outputRegister(
    _ name: String, _ shape: Shape, reset: Nat? = nil, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    port(name, shape, .output, isClocked: true, reset: reset, doc, Location(file, line))
  }

  /// An output of one bit that is a register.
  public func outputRegister(
    _ name: String, reset: Nat? = nil, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    port(name, .bit, .output, isClocked: true, reset: reset, doc, Location(file, line))
  }

  private func port(
    _ name: String, _ shape: Shape, _ kind: Declaration.Kind, isClocked: Bool = false,
    reset: Nat? = nil, _ doc: String, _ location: Location
  ) -> Signal {
    let port = declare(name, shape, kind, isClocked: isClocked, reset: reset, doc: doc, location)
    ports.append(port)
    return signal(port)
  }

  /// A wire that `drive`, an instance or `sum` gives its value.
  public func wire(
    _ name: String, _ shape: Shape = .bit, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    let wire = declare(name, shape, .wire, doc: doc, Location(file, line))
    add(.declare(wire, value: nil))
    return signal(wire)
  }

  /// A wire with its value.
  public func wire(
    _ name: String, _ value: Signal, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Signal {
    let location = Location(file, line)
    let wire = declare(name, value.shape, .wire, doc: doc, location)
    check(value, location)
    add(.declare(wire, value: value))
    return signal(wire)
  }

  /// A register; `reset` is its value on reset, if it has one.
  public func register(
    _ name: String, _ shape: Shape = .bit, reset: Nat? = nil, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line
  ) -> Signal {
    let register = declare(
      name, shape, .register, isClocked: true, reset: reset, doc: doc, Location(file, line))
    add(.declare(register, value: nil))
    return signal(register)
  }

  /// A memory of `depth` words, written in a clocked process and read at any time.
  public func memory(
    _ name: String, _ shape: Shape, depth: Nat, _ doc: String = "", file: StaticString = #fileID,
    line: Int = #line
  ) -> Memory {
    let memory = declare(
      name, shape, .memory, depth: depth, isClocked: true, doc: doc, Location(file, line))
    add(.declare(memory, value: nil))
    return Memory(declaration: memory)
  }

  // MARK: Statements

  /// Continuous assignments.
  public func drive(@StatementBuilder _ statements: () -> [Statement]) {
    for statement in statements() {
      switch statement {
      case .assign(let target, let value, let location):
        let location = location!
        check(assigning: value, to: target, location)
        if let declaration = target.root, declaration.isClocked || declaration.kind == .input {
          report(
            declaration.kind == .input
              ? "\(target.text) is an input and cannot be driven inside the module"
              : "\(target.text) is a register; assign it inside `clocked`", location)
        }
        add(.assign(target: target, value: value, location))
      case .when(_, _, _, let location):
        report("`When` stands in `drive`; use `mux`, or a register in `clocked`", location)
      }
    }
  }

  /// Assignments at the rising edge of `clock`, where `enable` holds; registers with a reset value
  /// take it where `reset` holds.
  public func clocked(
    _ clock: Signal, reset: Signal? = nil, enable: Signal? = nil, file: StaticString = #fileID,
    line: Int = #line, @StatementBuilder _ statements: () -> [Statement]
  ) {
    let location = Location(file, line)
    for signal in [clock, reset, enable].compactMap({ $0 }) {
      var bit = signal
      bit.require(
        signal.width == 1,
        "\(signal.text) has \(signal.widthText); clock, reset and enable take 1 bit")
      check(bit, location)
    }
    let body = statements()
    checkClocked(body)
    let registers = ClockedProcess.targets(body)
    if reset == nil {
      for register in registers where register.reset != nil {
        report(
          "`\(register.name)` has a reset value and is assigned in a process without reset; pass "
            + "`reset:`", location)
      }
    } else if !registers.contains(where: { $0.reset != nil }) {
      report("no register of this process has a reset value; drop `reset:` or give one", location)
    }
    add(
      .clocked(
        ClockedProcess(
          clock: clock, reset: reset, enable: enable, statements: body, location: location)))
  }

  private func checkClocked(_ statements: [Statement]) {
    for statement in statements {
      switch statement {
      case .assign(let target, let value, let location):
        check(assigning: value, to: target, location!)
        if let declaration = target.root, !declaration.isClocked {
          report(
            "\(target.text) is not a register; declare it with `register`, or use `drive`",
            location!)
        }
      case .when(let condition, let then, let otherwise, let location):
        var bit = condition
        bit.require(
          condition.width == 1,
          "the condition \(condition.text) has \(condition.widthText), and takes 1 bit")
        check(bit, location)
        checkClocked(then)
        checkClocked(otherwise)
      }
    }
  }

  /// The sum of `term(i)` for i in `0..<count`, modulo 2^width; prints as a `for` loop.
  public func sum(
    _ name: String, _ shape: Shape, index: String, count: Nat, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line, of term: (Nat) -> Signal
  ) -> Signal {
    reduce(name, shape, .add, index, count, doc, Location(file, line), term)
  }

  /// The bitwise or of `term(i)` for i in `0..<count`; prints as a `for` loop.
  public func or(
    _ name: String, _ shape: Shape, index: String, count: Nat, _ doc: String = "",
    file: StaticString = #fileID, line: Int = #line, of term: (Nat) -> Signal
  ) -> Signal {
    reduce(name, shape, .bitOr, index, count, doc, Location(file, line), term)
  }

  private func reduce(
    _ name: String, _ shape: Shape, _ operation: Operator, _ index: String, _ count: Nat,
    _ doc: String, _ location: Location, _ term: (Nat) -> Signal
  ) -> Signal {
    let target = declare(name, shape, .wire, doc: doc, location)
    checkSpelling(index, location)
    checkIndex(index, isGenerate: false, location)
    let value = term(.index(index))
    let result = signal(target)
    // What the terms demand of the index is checked for every value of it.
    for problem in value.problems { report(problem, location) }
    if value.width.difference(from: shape.width) != 0 || value.shape.isSigned != shape.isSigned {
      report(
        "`\(name)` has \(result.widthText), \(result.signText), and its terms are "
          + "\(value.text) with \(value.widthText), \(value.signText); they must agree", location)
    }
    add(
      .reduce(
        Reduction(
          target: target, operation: operation, index: index, count: count, term: value,
          location: location)))
    return result
  }

  // MARK: Generate

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

/// A memory of words.
public struct Memory: Sendable {
  let declaration: Declaration

  /// The word at `address`: a value to read, or a target inside `clocked`.
  public subscript(address: Signal) -> Signal {
    Signal(.word(declaration, address: address), declaration.shape, from: [address])
  }
}

extension Signal {
  /// The declared name that an assignment to this signal drives, if it is one.
  var root: Declaration? {
    switch expression {
    case .reference(let declaration, _), .word(let declaration, _): return declaration
    case .slice(let base, _, _), .cast(let base): return base.root
    default: return nil
    }
  }
}

extension ClockedProcess {
  /// The registers that `statements` assign, each once, in order.
  static func targets(_ statements: [Statement]) -> [Declaration] {
    var result: [Declaration] = []
    func visit(_ statements: [Statement]) {
      for statement in statements {
        switch statement {
        case .assign(let target, _, _):
          if let root = target.root, !result.contains(where: { $0 === root }) {
            result.append(root)
          }
        case .when(_, let then, let otherwise, _):
          visit(then)
          visit(otherwise)
        }
      }
    }
    visit(statements)
    return result
  }
}
