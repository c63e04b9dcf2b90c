/// A hardware module: the value that every interpreter of the language reads.
///
/// The Swift body of a module runs once, with symbolic parameters. What it yields is printed as
/// Verilog (`VerilogPrinter`) and elaborated at concrete parameter values (`Elaboration`), so the
/// two cannot differ.
public struct Module: Sendable {
  /// The name in Verilog; modules of one design have different ones.
  public let name: String
  /// What the module does; the comment above it in Verilog.
  public let doc: String
  /// In the order of declaration: default and range of one may depend on those before it.
  public let parameters: [Parameter]
  let constants: [NamedConstant]
  let ports: [Declaration]
  /// The variables of its generate loops, in the order of first use.
  let loopIndices: [String]
  let items: [Item]
  /// The names that statements of `drive` other than plain assignments give their values.
  let procedural: Set<ObjectIdentifier>
  /// What tells modules of one name apart: the description that each comes from.
  let identity: ObjectIdentifier
  private let builder: ModuleBuilder.Identity
  /// Whether the Verilog of the module is somebody else's; the items are then its model.
  public let isBlackBox: Bool
  /// Rules broken that need no parameter values to be seen.
  public let diagnostics: [Diagnostic]

  /// Runs `body` once to describe the module.
  ///
  /// - Parameter blackBox: the module's Verilog comes from elsewhere, such as a memory macro; it is
  ///   not among the files, and what `body` describes beyond the ports is its model for checks and
  ///   simulation, if it has one.
  public init(
    _ name: String, _ doc: String, blackBox: Bool = false, file: StaticString = #fileID,
    line: Int = #line, _ body: (ModuleBuilder) -> Void
  ) {
    let builder = ModuleBuilder(name: name, location: Location(file, line))
    body(builder)
    self.name = name
    self.doc = doc
    parameters = builder.parameters
    constants = builder.constants
    ports = builder.ports
    loopIndices = builder.loopIndices
    items = builder.finish()
    procedural = builder.procedural
    self.builder = builder.identity
    identity = ObjectIdentifier(builder.identity)
    isBlackBox = blackBox
    diagnostics = builder.diagnostics
  }

  private init(_ module: Module, parameters: [Parameter], _ problems: [Diagnostic]) {
    name = module.name
    doc = module.doc
    self.parameters = parameters
    constants = module.constants
    ports = module.ports
    loopIndices = module.loopIndices
    items = module.items
    procedural = module.procedural
    builder = module.builder
    identity = module.identity
    isBlackBox = module.isBlackBox
    diagnostics = module.diagnostics + problems
  }

  /// The same module with further ports and items: another description of that name.
  init(
    _ module: Module, adding ports: [Declaration], _ items: [Item], _ diagnostics: [Diagnostic]
  ) {
    name = module.name
    doc = module.doc
    parameters = module.parameters
    constants = module.constants
    self.ports = module.ports + ports
    loopIndices = module.loopIndices
    self.items = module.items + items
    procedural = module.procedural
    builder = ModuleBuilder.Identity()
    identity = ObjectIdentifier(builder)
    isBlackBox = module.isBlackBox
    self.diagnostics = module.diagnostics + diagnostics
  }

  /// The same module with other defaults for some of its parameters. A name that is none of theirs
  /// is found by the checks.
  public func withDefaults(
    _ values: Configuration, file: StaticString = #fileID, line: Int = #line
  ) -> Module {
    let unknown = values.keys.sorted().filter { name in
      !parameters.contains { $0.name == name }
    }
    return Module(
      self,
      parameters: parameters.map { parameter in
        guard let value = values[parameter.name] else { return parameter }
        return Parameter(
          name: parameter.name, defaultValue: .literal(value), minimum: parameter.minimum,
          maximum: parameter.maximum, doc: parameter.doc, location: parameter.location)
      },
      unknown.map {
        Diagnostic(
          message: "`\(name)` has no parameter `\($0)`", location: Location(file, line))
      })
  }

  /// The values that the parameters have where only `values` are given, defaults for the others.
  ///
  /// - Throws: `HDLError` where a name is unknown or a value is outside its range.
  public func parameterValues(_ values: Configuration) throws -> Configuration {
    var problems: [Diagnostic] = []
    for name in values.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
      problems.append(
        Diagnostic(message: "`\(self.name)` has no parameter `\(name)`", location: Location("", 0)))
    }
    let resolved = resolvedParameters(values)
    problems += resolved.problems.map {
      Diagnostic(message: "\($0.parameter.name) \($0.problem)", location: $0.parameter.location)
    }
    guard problems.isEmpty else { throw HDLError(diagnostics: problems) }
    return resolved.values
  }

  /// The values of the parameters, and what is wrong with those that have none or are outside their
  /// range. A given nil is a number that has no value.
  func resolvedParameters(
    _ given: [String: Int?]
  ) -> (values: Configuration, problems: [(parameter: Parameter, problem: String)]) {
    var values: Configuration = [:]
    var problems: [(parameter: Parameter, problem: String)] = []
    for parameter in parameters {
      guard let value = given[parameter.name] ?? parameter.defaultValue.value(values),
        let low = parameter.minimum.value(values), let high = parameter.maximum.value(values)
      else {
        problems.append((parameter, "or its range has no value, or one too large"))
        continue
      }
      values[parameter.name] = value
      if Int32(exactly: value) == nil {
        problems.append((parameter, "is \(value); a number of Verilog has 32 bits and a sign"))
      } else if value < low || value > high {
        problems.append((parameter, "is \(value); it goes from \(low) to \(high)"))
      }
    }
    return (values, problems)
  }

  /// The ports' names, directions and widths as expressions of the parameters, in order.
  public var portSummaries: [PortSummary] {
    ports.map {
      PortSummary(
        name: $0.name, isInput: $0.kind == .input, isSigned: $0.shape.isSigned,
        width: VerilogExpression.text($0.shape.width))
    }
  }

  /// The parameters with defaults and ranges as expressions of the parameters before them, in order.
  public var parameterSummaries: [ParameterSummary] {
    parameters.map {
      ParameterSummary(
        name: $0.name, defaultValue: VerilogExpression.text($0.defaultValue),
        minimum: VerilogExpression.text($0.minimum), maximum: VerilogExpression.text($0.maximum),
        doc: $0.doc)
    }
  }

  /// The names of the ports, in order.
  public var portNames: [String] { ports.map(\.name) }

  /// This module and those it instantiates, each once, instantiated ones first.
  public var hierarchy: [Module] {
    var seen: Set<String> = []
    var result: [Module] = []
    func visit(_ module: Module) {
      guard seen.insert(module.name).inserted else { return }
      for instance in module.instances { visit(instance.module) }
      result.append(module)
    }
    visit(self)
    return result
  }

  /// Its instances, those inside generate blocks among them, in order.
  var instances: [Instance] {
    var result: [Instance] = []
    items.forEachNested { if case .instance(let instance) = $0 { result.append(instance) } }
    return result
  }
}

/// A port as a user of the module sees it.
public struct PortSummary: Sendable {
  /// The name in Verilog.
  public let name: String
  /// Whether the port is an input, else an output.
  public let isInput: Bool
  /// Whether its bits are two's complement.
  public let isSigned: Bool
  /// Width in bits: Verilog, in terms of the parameters.
  public let width: String
}

/// A parameter as a user of the module sees it.
public struct ParameterSummary: Sendable {
  /// The name in Verilog.
  public let name: String
  /// The value where none is given: Verilog, as the range is.
  public let defaultValue: String
  /// The least value allowed.
  public let minimum: String
  /// The greatest value allowed.
  public let maximum: String
  /// What the parameter sets.
  public let doc: String
}

/// A Verilog parameter: an integer with a default and the range that the module is made for.
public struct Parameter: Sendable {
  /// The name in Verilog.
  public let name: String
  /// The value where none is given; may depend on the parameters before it.
  public let defaultValue: Nat
  /// The least value allowed; may depend on the parameters before it.
  public let minimum: Nat
  /// The greatest value allowed; may depend on the parameters before it.
  public let maximum: Nat
  /// What the parameter sets; its comment in Verilog.
  public let doc: String
  let location: Location
}
