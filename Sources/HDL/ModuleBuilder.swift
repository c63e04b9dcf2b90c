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

  func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  func checkSpelling(_ name: String, _ location: Location) {
    if let problem = VerilogNames.problem(with: name) { report(problem, location) }
  }

  func take(_ name: String, _ location: Location) {
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
  func checkIndex(_ index: String, isGenerate: Bool, _ location: Location) {
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
  func check(_ signal: Signal, _ location: Location) {
    for problem in signal.problems { report(problem, location) }
    for obligation in signal.obligations { add(.require(obligation, location)) }
  }

  func check(assigning value: Signal, to target: Signal, _ location: Location) {
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

  func add(_ item: Item) { blocks[blocks.count - 1].append(item) }

  func nest(_ step: ScopeStep, _ body: () -> Void) -> [Item] {
    scope.append(step)
    blocks.append([])
    names.append([:])
    body()
    names.removeLast()
    scope.removeLast()
    return blocks.removeLast()
  }

  func declare(
    _ name: String, _ shape: Shape, _ kind: Declaration.Kind, depth: Nat? = nil,
    isClocked: Bool = false, reset: Nat? = nil, doc: String, _ location: Location
  ) -> Declaration {
    take(name, location)
    let declaration = Declaration(
      name, shape, kind, depth: depth, isClocked: isClocked, reset: reset, doc: doc, scope: scope,
      location: location)
    return declaration
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
}

/// A memory of words.
public struct Memory: Sendable {
  let declaration: Declaration

  /// The word at `address`: a value to read, or a target inside `clocked`.
  public subscript(address: Signal) -> Signal {
    Signal(.word(declaration, address: address), declaration.shape, from: [address])
  }
}
