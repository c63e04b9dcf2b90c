/// A hardware module: the value that every interpreter of the language reads.
///
/// The Swift body of a module runs once, with symbolic parameters. What it yields is printed as
/// Verilog (`VerilogPrinter`) and elaborated at concrete parameter values (`Elaboration`), so the
/// two cannot differ.
public struct Module: Sendable {
  public let name: String
  public let doc: String
  public let parameters: [Parameter]
  let constants: [NamedConstant]
  let ports: [Declaration]
  /// The variables of its generate loops, in the order of first use.
  let loopIndices: [String]
  let items: [Item]
  /// Rules broken that need no parameter values to be seen.
  public let diagnostics: [Diagnostic]

  /// Runs `body` once to describe the module.
  public init(
    _ name: String, _ doc: String, file: StaticString = #fileID, line: Int = #line,
    _ body: (ModuleBuilder) -> Void
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
    diagnostics = builder.diagnostics
  }

  private init(_ module: Module, parameters: [Parameter]) {
    name = module.name
    doc = module.doc
    self.parameters = parameters
    constants = module.constants
    ports = module.ports
    loopIndices = module.loopIndices
    items = module.items
    diagnostics = module.diagnostics
  }

  /// The same module with other defaults for some of its parameters.
  public func withDefaults(_ values: Configuration) -> Module {
    Module(
      self,
      parameters: parameters.map { parameter in
        guard let value = values[parameter.name] else { return parameter }
        return Parameter(
          name: parameter.name, defaultValue: .literal(value), minimum: parameter.minimum,
          maximum: parameter.maximum, doc: parameter.doc, location: parameter.location)
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
        problems.append((parameter, "or its range has no value"))
        continue
      }
      values[parameter.name] = value
      if value < low || value > high {
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
    func instances(_ items: [Item]) -> [Instance] {
      items.flatMap { item -> [Instance] in
        switch item {
        case .instance(let instance): return [instance]
        case .forEach(let loop): return instances(loop.body)
        case .given(let given):
          return instances(given.then.body) + instances(given.otherwise?.body ?? [])
        default: return []
        }
      }
    }
    return instances(items)
  }
}

/// A port as a user of the module sees it.
public struct PortSummary: Sendable {
  public let name: String
  public let isInput: Bool
  public let isSigned: Bool
  /// Width in bits: Verilog, in terms of the parameters.
  public let width: String
}

/// A Verilog parameter: an integer with a default and the range that the module is made for.
public struct Parameter: Sendable {
  public let name: String
  public let defaultValue: Nat
  public let minimum: Nat
  public let maximum: Nat
  public let doc: String
  let location: Location
}

/// A derived constant (`localparam`).
struct NamedConstant: Sendable {
  let name: String
  let definition: Nat
  /// A fixed pattern of so many bits instead of an integer.
  let bitPattern: (width: Int, value: UInt64)?
  let doc: String
}

/// One statement of a module, in the order written.
enum Item: Sendable {
  /// A wire with its value, or a wire, register or memory that statements drive.
  case declare(Declaration, value: Signal?)
  case assign(target: Signal, value: Signal, Location)
  case clocked(ClockedProcess)
  case reduce(Reduction)
  case forEach(GenerateLoop)
  case given(GenerateIf)
  case instance(Instance)
  case unused(name: String, [Signal], Location)
  case comment(String)
  /// What could not be proved for all parameter values.
  case require(Obligation, Location)
}

struct ClockedProcess: Sendable {
  let clock: Signal
  let reset: Signal?
  let enable: Signal?
  let statements: [Statement]
  let location: Location
}

/// `target = term(0) + term(1) + ... + term(count - 1)`, or likewise with `|`.
struct Reduction: Sendable {
  let target: Declaration
  /// `add` (modulo 2^width of the target) or `bitOr`.
  let operation: Operator
  let index: String
  let count: Nat
  let term: Signal
  let location: Location
}

struct GenerateLoop: Sendable {
  let label: String
  let index: String
  let count: Nat
  let body: [Item]
  let location: Location
}

struct GenerateIf: Sendable {
  struct Branch: Sendable {
    let label: String
    let body: [Item]
  }
  let condition: Condition
  let then: Branch
  let otherwise: Branch?
}

struct Instance: Sendable {
  let name: String
  let module: Module
  let parameters: [(name: String, value: Nat)]
  let ports: [(name: String, signal: Signal)]
  let location: Location
}
