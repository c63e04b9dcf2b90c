/// Values for the parameters of a module; what is not named takes its default.
public typealias Configuration = [String: Int]

/// A module flattened at concrete parameter values: its signals, and what drives which bits.
///
/// The second interpreter of the language beside `VerilogPrinter`. `Module.check` runs its rules;
/// a simulator can read the same value.
struct Elaboration {
  struct Net {
    let path: String
    let width: Int
    let location: Location
    /// Driven from outside: an input of the top module, or a fixed pattern.
    let isExternal: Bool
  }

  /// Bits `low ..< low + width` of a net.
  struct Bits: Equatable {
    let net: Int
    let low: Int
    let width: Int
    func overlaps(_ other: Bits) -> Bool {
      net == other.net && low < other.low + other.width && other.low < low + width
    }
  }

  /// One driver of some bits.
  struct Driver {
    let target: Bits
    /// What it reads in the same cycle; empty for a register.
    let reads: [Bits]
    let location: Location
    let isRegister: Bool
    /// A memory is written by address: its words are one net here.
    let isWhole: Bool
  }

  private(set) var nets: [Net] = []
  private(set) var drivers: [Driver] = []
  private(set) var diagnostics: [Diagnostic] = []
  private var numbers: [String: Int] = [:]

  /// Flattens `module`; rules that its numbers break are in `diagnostics`.
  init(_ module: Module, _ configuration: Configuration) {
    let location = module.parameters.first?.location ?? Location("", 0)
    for name in configuration.keys.sorted()
    where !module.parameters.contains(where: { $0.name == name }) {
      report("`\(module.name)` has no parameter `\(name)`", location)
    }
    let environment = parameterValues(module, configuration, path: module.name, location)
    guard diagnostics.isEmpty else { return }
    for port in module.ports {
      declare(port, "", environment, isExternal: port.kind == .input)
    }
    visit(module.items, Context(prefix: "", environment: environment, module: module))
  }

  private mutating func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  private struct Context {
    /// Path of the instance, with a trailing dot.
    let prefix: String
    /// Labels of the generate blocks inside the module.
    var blocks = ""
    var environment: [String: Int]
    let module: Module
  }

  private mutating func parameterValues(
    _ module: Module, _ given: [String: Int], path: String, _ location: Location
  ) -> [String: Int] {
    var environment: [String: Int] = [:]
    for parameter in module.parameters {
      guard let value = given[parameter.name] ?? parameter.defaultValue.value(environment),
        let low = parameter.minimum.value(environment),
        let high = parameter.maximum.value(environment)
      else {
        report("the value or range of parameter `\(parameter.name)` has no value", location)
        continue
      }
      environment[parameter.name] = value
      if value < low || value > high {
        report(
          "parameter `\(parameter.name)` of `\(path)` is \(value); it goes from \(low) to \(high)",
          parameter.location)
      }
    }
    return environment
  }

  @discardableResult
  private mutating func declare(
    _ declaration: Declaration, _ path: String, _ environment: [String: Int],
    isExternal: Bool = false
  ) -> Int {
    let name = path + declaration.name
    if let number = numbers[name] { return number }
    let width = declaration.shape.width.value(environment) ?? 0
    if width < 1 {
      report(
        "`\(declaration.name)` has \(width) bits; a signal has at least 1", declaration.location)
    }
    if let depth = declaration.depth, (depth.value(environment) ?? 0) < 1 {
      report("memory `\(declaration.name)` has no words", declaration.location)
    }
    numbers[name] = nets.count
    nets.append(
      Net(path: name, width: width, location: declaration.location, isExternal: isExternal))
    return nets.count - 1
  }

  // MARK: Items

  private mutating func visit(_ items: [Item], _ context: Context) {
    let path = context.prefix + context.blocks
    // Names first: an item may read a name of another iteration or of a later line.
    for item in items {
      switch item {
      case .declare(let declaration, _): declare(declaration, path, context.environment)
      case .reduce(let reduction): declare(reduction.target, path, context.environment)
      default: break
      }
    }
    for item in items { visit(item, context) }
  }

  private mutating func visit(_ item: Item, _ context: Context) {
    switch item {
    case .declare(let declaration, let value):
      guard let value else { return }
      let target = Signal(.reference(declaration, at: nil), declaration.shape)
      drive(target, [value], declaration.location, context)
    case .assign(let target, let value, let location): drive(target, [value], location, context)
    case .clocked(let process): clocked(process, context)
    case .reduce(let reduction): reduce(reduction, context)
    case .forEach(let loop):
      guard let count = loop.count.value(context.environment), count >= 0 else {
        return report("the count of loop `\(loop.label)` has no value", loop.location)
      }
      for i in 0..<count {
        var inner = context
        inner.blocks += "\(loop.label)[\(i)]."
        inner.environment[loop.index] = i
        visit(loop.body, inner)
      }
    case .given(let given):
      let branch =
        given.condition.value(context.environment) == true ? given.then : given.otherwise
      guard let branch else { return }
      var inner = context
      inner.blocks += "\(branch.label)."
      visit(branch.body, inner)
    case .instance(let instance): self.instance(instance, context)
    case .require(let obligation, let location): require(obligation, location, context)
    case .unused, .comment: break
    }
  }

  private mutating func require(
    _ obligation: Obligation, _ location: Location, _ context: Context
  ) {
    if obligation.condition.value(context.environment) != true {
      report(obligation.message, location)
    }
  }

  private mutating func drive(
    _ target: Signal, _ values: [Signal], _ location: Location, _ context: Context
  ) {
    guard let bits = bits(of: target, context) else { return }
    var reads: [Bits] = []
    for value in values { collect(value, &reads, context) }
    drivers.append(
      Driver(
        target: bits, reads: reads, location: location, isRegister: false, isWhole: false))
  }

  private mutating func reduce(_ reduction: Reduction, _ context: Context) {
    let target = Signal(.reference(reduction.target, at: nil), reduction.target.shape)
    guard let bits = bits(of: target, context) else { return }
    var reads: [Bits] = []
    for i in 0..<Swift.max(0, reduction.count.value(context.environment) ?? 0) {
      var inner = context
      inner.environment[reduction.index] = i
      for obligation in reduction.term.obligations {
        require(obligation, reduction.location, inner)
      }
      collect(reduction.term, &reads, inner)
    }
    drivers.append(
      Driver(
        target: bits, reads: reads, location: reduction.location, isRegister: false, isWhole: false)
    )
  }

  private mutating func clocked(_ process: ClockedProcess, _ context: Context) {
    var seen: [Bits] = []
    func targets(_ statements: [Statement]) -> [(Signal, Location)] {
      statements.flatMap { statement -> [(Signal, Location)] in
        switch statement {
        case .assign(let target, _, let location): return [(target, location!)]
        case .when(_, let then, let otherwise, _): return targets(then) + targets(otherwise)
        }
      }
    }
    for (target, location) in targets(process.statements) {
      guard let bits = bits(of: target, context), !seen.contains(bits) else { continue }
      seen.append(bits)
      var isWhole = false
      if case .word = target.expression { isWhole = true }
      drivers.append(
        Driver(target: bits, reads: [], location: location, isRegister: true, isWhole: isWhole))
    }
  }

  private mutating func instance(_ instance: Instance, _ context: Context) {
    let path = context.prefix + context.blocks + instance.name
    var given: [String: Int] = [:]
    for parameter in instance.parameters {
      given[parameter.name] = parameter.value.value(context.environment)
    }
    let environment = parameterValues(instance.module, given, path: path, instance.location)
    let inner = Context(prefix: path + ".", environment: environment, module: instance.module)
    for port in instance.module.ports { declare(port, inner.prefix, environment) }
    for (name, signal) in instance.ports {
      guard let port = instance.module.ports.first(where: { $0.name == name }) else { continue }
      let inside = Signal(.reference(port, at: nil), port.shape)
      if port.kind == .input {
        guard let target = bits(of: inside, inner) else { continue }
        var reads: [Bits] = []
        collect(signal, &reads, context)
        drivers.append(
          Driver(
            target: target, reads: reads, location: instance.location, isRegister: false,
            isWhole: false))
      } else if let target = bits(of: signal, context), let source = bits(of: inside, inner) {
        drivers.append(
          Driver(
            target: target, reads: [source], location: instance.location, isRegister: false,
            isWhole: false))
      }
    }
    visit(instance.module.items, inner)
  }

  // MARK: Bits

  private mutating func net(
    _ declaration: Declaration, _ indices: [Nat]?, _ context: Context
  ) -> Int? {
    if declaration.kind == .pattern {
      return declare(declaration, context.prefix, context.environment, isExternal: true)
    }
    var rest = (indices ?? [])[...]
    var path = context.prefix
    for step in declaration.scope {
      guard let index = step.index else {
        path += "\(step.label)."
        continue
      }
      let number = indices == nil ? .index(index) : rest.popFirst() ?? 0
      path += "\(step.label)[\(number.value(context.environment) ?? -1)]."
    }
    if let number = numbers[path + declaration.name] { return number }
    report(
      "`\(path)\(declaration.name)` does not exist at these parameters; guard the edge with `given`",
      declaration.location)
    return nil
  }

  private mutating func bits(of target: Signal, _ context: Context) -> Bits? {
    switch target.expression {
    case .reference(let declaration, let indices):
      return net(declaration, indices, context).map {
        Bits(net: $0, low: 0, width: nets[$0].width)
      }
    case .word(let declaration, _):
      return net(declaration, nil, context).map { Bits(net: $0, low: 0, width: nets[$0].width) }
    case .slice(let base, let from, _):
      guard let whole = bits(of: base, context), let low = from.value(context.environment),
        let width = target.width.value(context.environment)
      else { return nil }
      return Bits(net: whole.net, low: whole.low + low, width: width)
    case .cast(let inner): return bits(of: inner, context)
    default: return nil
    }
  }

  private mutating func collect(_ value: Signal, _ reads: inout [Bits], _ context: Context) {
    switch value.expression {
    case .reference, .slice:
      if let bits = bits(of: value, context) { reads.append(bits) }
    case .word(_, let address):
      if let bits = bits(of: value, context) { reads.append(bits) }
      collect(address, &reads, context)
    case .element(let base, let index):
      collect(base, &reads, context)
      collect(index, &reads, context)
    case .constant: break
    case .compareNumber(let a, _, _), .widened(let a), .unary(_, let a), .cast(let a):
      collect(a, &reads, context)
    case .concatenation(let parts): for part in parts { collect(part, &reads, context) }
    case .binary(_, let a, let b):
      collect(a, &reads, context)
      collect(b, &reads, context)
    case .mux(let condition, let a, let b):
      collect(condition, &reads, context)
      collect(a, &reads, context)
      collect(b, &reads, context)
    }
  }
}
