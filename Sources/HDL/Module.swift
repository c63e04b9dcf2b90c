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
    items = builder.finish()
    diagnostics = builder.diagnostics
  }

  /// The names of the ports, in order.
  public var portNames: [String] { ports.map(\.name) }

  /// This module and those it instantiates, each once, instantiated ones first.
  public var hierarchy: [Module] {
    var seen: Set<String> = []
    var result: [Module] = []
    func visitItems(_ items: [Item]) {
      for item in items {
        switch item {
        case .instance(let instance): visit(instance.module)
        case .forEach(let loop): visitItems(loop.body)
        case .given(let given):
          visitItems(given.then.body)
          visitItems(given.otherwise?.body ?? [])
        default: break
        }
      }
    }
    func visit(_ module: Module) {
      guard seen.insert(module.name).inserted else { return }
      visitItems(module.items)
      result.append(module)
    }
    visit(self)
    return result
  }
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
  case sum(Sum)
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

/// `target = sum over index in 0..<count of term`, modulo 2^width of the target.
struct Sum: Sendable {
  let target: Declaration
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
