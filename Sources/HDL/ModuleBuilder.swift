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
  private(set) var scope: [ScopeStep] = []
  private var names = NameTable()

  init(name: String, location: Location) {
    self.name = name
    checkSpelling(name, location)
  }

  func finish() -> [Item] { blocks[0] }

  // MARK: Rules

  func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  func checkSpelling(_ name: String, _ location: Location) {
    if let problem = VerilogNames.problem(with: name) { report(problem, location) }
  }

  func take(_ name: String, atHead: Bool = false, _ location: Location) {
    checkSpelling(name, location)
    if let problem = names.take(name, atHead: atHead, location) { report(problem, location) }
  }

  func takeIndex(_ index: String, isGenerate: Bool, _ location: Location) {
    checkSpelling(index, location)
    let (isFirst, problem) = names.takeIndex(index, isGenerate: isGenerate, location)
    if let problem { report(problem, location) }
    if isFirst, isGenerate { loopIndices.append(index) }
  }

  /// What Verilog declares at the head of the module cannot depend on a generate block.
  private func requireModuleLevel(_ what: String, _ name: String, _ location: Location) {
    guard let block = scope.last else { return }
    report(
      "\(what) `\(name)` is declared inside the block `\(block.label)`; declare it outside every block",
      location)
  }

  func add(_ item: Item) { blocks[blocks.count - 1].append(item) }

  func nest(_ step: ScopeStep, _ body: () -> Void) -> [Item] {
    scope.append(step)
    blocks.append([])
    names.beginBlock()
    body()
    names.endBlock()
    scope.removeLast()
    return blocks.removeLast()
  }

  func declare(
    _ name: String, _ shape: Shape, _ kind: Declaration.Kind, depth: Nat? = nil,
    isClocked: Bool = false, reset: Nat? = nil, doc: String, _ location: Location
  ) -> Declaration {
    take(name, atHead: kind == .input || kind == .output, location)
    if let reset { check(Signal(number: reset, shape), location) }
    return Declaration(
      name, shape, kind, depth: depth, isClocked: isClocked, reset: reset, doc: doc, scope: scope,
      location: location)
  }

  func signal(_ declaration: Declaration) -> Signal {
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
    requireModuleLevel("parameter", name, location)
    take(name, atHead: true, location)
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
    let location = Location(file, line)
    take(name, atHead: true, location)
    if let index = definition.loopIndex {
      report(
        "the constant `\(name)` depends on the loop index `\(index)`, which ends with its loop; use "
          + "the number itself", location)
    }
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
    take(name, atHead: true, location)
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
    requireModuleLevel("port", name, location)
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
}

/// A memory of words.
public struct Memory: Sendable {
  let declaration: Declaration

  /// The word at `address`: a value to read, or a target inside `clocked`.
  public subscript(address: Signal) -> Signal {
    Signal(.word(declaration, address: address), declaration.shape, from: [address])
  }
}
