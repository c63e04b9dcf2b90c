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
    /// The clocked process that drives a register or a memory; nil for a wire. Inside a process
    /// the last assignment counts, so that one process may drive a bit in several places.
    let process: Int?
  }

  private(set) var nets: [Net] = []
  private(set) var drivers: [Driver] = []
  private(set) var diagnostics: [Diagnostic] = []
  private var numbers: [String: Int] = [:]
  /// Clocked processes so far.
  private var processes = 0

  /// Flattens `module`; rules that its numbers break are in `diagnostics`.
  init(_ module: Module, _ configuration: Configuration) {
    let location = module.parameters.first?.location ?? Location("", 0)
    for name in configuration.keys.sorted()
    where !module.parameters.contains(where: { $0.name == name }) {
      report("`\(module.name)` has no parameter `\(name)`", location)
    }
    guard let environment = parameterValues(module, configuration, path: module.name, nil),
      diagnostics.isEmpty
    else { return }
    let context = Context(
      prefix: "", environment: environment, module: module, location: location)
    for port in module.ports { declare(port, context, isExternal: port.kind == .input) }
    // Names first: a statement may read a name of another iteration or of a later line.
    visit(module.items, context, .declare)
    visit(module.items, context, .connect)
  }

  private mutating func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  struct Context {
    /// Path of the instance, with a trailing dot.
    let prefix: String
    /// Labels of the generate blocks inside the module.
    var blocks = ""
    var environment: [String: Int]
    let module: Module
    /// The statement in hand.
    var location: Location

    var path: String { prefix + blocks }

    func at(_ location: Location) -> Context {
      var context = self
      context.location = location
      return context
    }
  }

  /// The values of a module's parameters; nil, and a report, where one has none or is outside its
  /// range. The report is for the line of the instance, or else of the parameter.
  private mutating func parameterValues(
    _ module: Module, _ given: [String: Int?], path: String, _ instance: Location?
  ) -> [String: Int]? {
    let resolved = module.resolvedParameters(given)
    for (parameter, problem) in resolved.problems {
      report(
        "parameter `\(parameter.name)` of `\(path)` \(problem)", instance ?? parameter.location)
    }
    return resolved.problems.isEmpty ? resolved.values : nil
  }

  private mutating func declare(
    _ declaration: Declaration, _ context: Context, isExternal: Bool = false
  ) {
    let name = context.path + declaration.name
    let width = declaration.shape.width.value(context.environment) ?? 0
    if width < 1 {
      report(
        "`\(declaration.name)` has \(width) bits; a signal has at least 1", declaration.location)
    }
    if let depth = declaration.depth, (depth.value(context.environment) ?? 0) < 1 {
      report("memory `\(declaration.name)` has no words", declaration.location)
    }
    numbers[name] = nets.count
    nets.append(
      Net(path: name, width: width, location: declaration.location, isExternal: isExternal))
  }

  /// The number of a net by its path; nil, and a report, where it does not exist.
  mutating func net(at path: String, _ context: Context) -> Int? {
    if let number = numbers[path] { return number }
    report(
      "`\(path)` does not exist at these parameters; guard the edge with `given`", context.location)
    return nil
  }

  // MARK: Items

  private enum Pass { case declare, connect }

  private mutating func visit(_ items: [Item], _ context: Context, _ pass: Pass) {
    for item in items {
      switch item {
      case .forEach(let loop):
        guard let count = loop.count.value(context.environment), count >= 0 else {
          report("the count of the loop `\(loop.label)` is not a number from 0 on", loop.location)
          continue
        }
        for i in 0..<count {
          var inner = context
          inner.blocks += "\(loop.label)[\(i)]."
          inner.environment[loop.index] = i
          visit(loop.body, inner, pass)
        }
      case .given(let given):
        let holds = given.condition.value(context.environment) == true
        guard let branch = holds ? given.then : given.otherwise else { continue }
        var inner = context
        inner.blocks += "\(branch.label)."
        visit(branch.body, inner, pass)
      case .instance(let instance): visit(instance, context, pass)
      default:
        switch pass {
        case .declare: declare(item, context)
        case .connect: connect(item, context)
        }
      }
    }
  }

  private mutating func visit(_ instance: Instance, _ context: Context, _ pass: Pass) {
    let path = context.path + instance.name
    var given: [String: Int?] = [:]
    for parameter in instance.parameters {
      given[parameter.name] = .some(parameter.value.value(context.environment))
    }
    guard
      let environment = parameterValues(instance.module, given, path: path, instance.location)
    else { return }
    let inner = Context(
      prefix: path + ".", environment: environment, module: instance.module,
      location: instance.location)
    switch pass {
    case .declare: for port in instance.module.ports { declare(port, inner) }
    case .connect: connectPorts(of: instance, inner, context.at(instance.location))
    }
    visit(instance.module.items, inner, pass)
  }

  private mutating func declare(_ item: Item, _ context: Context) {
    switch item {
    case .declare(let declaration, _): declare(declaration, context)
    case .reduce(let reduction): declare(reduction.target, context)
    default: break
    }
  }

  private mutating func connect(_ item: Item, _ context: Context) {
    switch item {
    case .declare(let declaration, let value):
      guard let value else { return }
      let target = Signal(.reference(declaration, at: nil), declaration.shape)
      drive(target, value, context.at(declaration.location))
    case .assign(let target, let value, let location): drive(target, value, context.at(location))
    case .clocked(let process): clocked(process, context)
    case .reduce(let reduction): reduce(reduction, context.at(reduction.location))
    case .require(let obligation, let location): require(obligation, context.at(location))
    case .unused(_, let signals, let location):
      for signal in signals { _ = bits(readBy: signal, context.at(location)) }
    case .comment, .forEach, .given, .instance: break
    }
  }

  private mutating func require(_ obligation: Obligation, _ context: Context) {
    if obligation.condition.value(context.environment) != true {
      report(obligation.message, context.location)
    }
  }

  private mutating func drive(_ target: Signal, _ value: Signal, _ context: Context) {
    let reads = bits(readBy: value, context)
    guard let target = bits(of: target, context) else { return }
    addDriver(target, reads, context)
  }

  private mutating func addDriver(
    _ target: Bits, _ reads: [Bits], _ context: Context, process: Int? = nil
  ) {
    drivers.append(
      Driver(target: target, reads: reads, location: context.location, process: process))
  }

  private mutating func reduce(_ reduction: Reduction, _ context: Context) {
    let target = Signal(.reference(reduction.target, at: nil), reduction.target.shape)
    guard let bits = bits(of: target, context) else { return }
    var reads: [Bits] = []
    for i in 0..<Swift.max(0, reduction.count.value(context.environment) ?? 0) {
      var inner = context
      inner.environment[reduction.index] = i
      for obligation in reduction.term.obligations { require(obligation, inner) }
      reads += self.bits(readBy: reduction.term, inner)
    }
    addDriver(bits, reads, context)
  }

  private mutating func clocked(_ process: ClockedProcess, _ context: Context) {
    processes += 1
    for signal in [process.clock, process.reset, process.enable].compactMap({ $0 }) {
      _ = bits(readBy: signal, context.at(process.location))
    }
    visit(process.statements, of: process, context)
  }

  private mutating func visit(
    _ statements: [Statement], of process: ClockedProcess, _ context: Context
  ) {
    for statement in statements {
      switch statement {
      case .assign(let target, let value, let location):
        let context = context.at(location ?? process.location)
        for operand in [value] + target.expression.operands { _ = bits(readBy: operand, context) }
        // A reset gives its value to the whole register.
        let isReset = process.reset != nil && target.root?.reset != nil
        guard let some = bits(of: target, context) else { continue }
        let all = Bits(net: some.net, low: 0, width: nets[some.net].width)
        addDriver(isReset ? all : some, [], context, process: processes)
      case .when(let condition, let then, let otherwise, let location):
        _ = bits(readBy: condition, context.at(location))
        visit(then, of: process, context)
        visit(otherwise, of: process, context)
      }
    }
  }

  /// `inner` is the context inside the instance, `outer` that of its statement.
  private mutating func connectPorts(
    of instance: Instance, _ inner: Context, _ outer: Context
  ) {
    for (name, signal) in instance.ports {
      guard let port = instance.module.ports.first(where: { $0.name == name }),
        let inside = bits(of: Signal(.reference(port, at: nil), port.shape), inner)
      else { continue }
      if port.kind == .input {
        addDriver(inside, bits(readBy: signal, outer), outer)
      } else if let target = bits(of: signal, outer) {
        addDriver(target, [inside], outer)
      }
    }
  }
}
