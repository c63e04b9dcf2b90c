/// Unrolls one module: first its blocks and nets, then what drives and reads them.
struct Expansion {
  let result: ElaboratedModule
  let template: ModuleTemplate
  let elaborator: Elaborator
  /// Path of the instance, with a trailing dot; empty at the top.
  let prefix: String
  /// The loop indices in force, by slot.
  var indices: [Int]
  // What grows with every copy is kept here until the end: a class would check each access.
  var nets: [ElaboratedModule.Net] = []
  var blocks = BlockTable()
  var drivers: [ElaboratedModule.Driver] = []
  var reads: [ElaboratedModule.Bits] = []
  private var used = UsedBits()
  /// Nets that reset at the edge, and nets that reset at once.
  var resets: (synchronous: [Int: Location], asynchronous: [Int: Location]) = ([:], [:])
  /// The clock of each register and memory, and where it is first assigned.
  var clocks: [Int: (clock: ElaboratedModule.Bits, location: Location)] = [:]
  /// The copy of the block that the work is in.
  private var block = 0
  private var processCount = 0
  /// The last module of each instance statement, and the parameter values that led to it.
  private var lastInstances: [ObjectIdentifier: (values: [Int?], module: ElaboratedModule)] = [:]

  init(of result: ElaboratedModule, at path: String, by elaborator: Elaborator) {
    self.result = result
    self.elaborator = elaborator
    template = ModuleTemplate(result.module, result.values)
    prefix = path.isEmpty ? "" : path + "."
    indices = Array(repeating: 0, count: template.layout.depth + 1)
  }

  mutating func run() {
    blocks.add(template.layout.blocks[0], copies: 1, child: 0, of: -1, isLoop: false)
    for port in template.ports { addNet(port.declaration, port.width, depth: nil) }
    declare(template.items, layout: 0)
    used = UsedBits(nets)
    // The paths of nets are asked for on the way.
    (result.nets, result.blocks) = (nets, blocks)
    connect(template.items)
    (result.drivers, result.reads, result.used) = (drivers, reads, used)
    result.findDependencies()
  }

  /// Remembers what the driver in hand reads in the same cycle.
  mutating func addRead(_ bits: ElaboratedModule.Bits) {
    reads.append(bits)
    if bits.net < nets.count { used.insert(bits) }
  }

  // MARK: Nets

  private mutating func addNet(_ declaration: Declaration, _ width: Number, depth: Number?) {
    let name = declaration.name
    func number(_ n: Number, _ what: String, upTo limit: Int) -> Int {
      guard let value = n.value(indices) else {
        elaborator.report(
          "the number of \(what)s of `\(name)` has no value: it divides by zero, is too large, or "
            + "names what is not here", declaration.location)
        return 1
      }
      if value < 1 {
        elaborator.report(
          what == "word"
            ? "memory `\(name)` has no words"
            : "`\(name)` has \(value) bits; a signal has at least 1", declaration.location)
      } else if value > limit {
        elaborator.report(
          "`\(name)` has \(value) \(what)s, and at most \(limit)", declaration.location)
      }
      return Swift.min(limit, Swift.max(0, value))
    }
    // The limits are those of Verilog's tools and numbers.
    let bits = number(width, "bit", upTo: 1 << 20)
    let words = depth.map { number($0, "word", upTo: 1 << 31 - 1) }
    nets.append(
      ElaboratedModule.Net(declaration: declaration, block: block, width: bits, depth: words ?? 0))
  }

  /// The nets of a block, then those of the blocks in it.
  private mutating func declare(_ items: [ItemTemplate], layout: Int) {
    if block > 0 { blocks.setFirstNet(nets.count, of: block) }
    for item in items {
      if case .declare(let declaration, _, let width, let depth) = item {
        addNet(declaration, width, depth: depth)
      }
    }
    for item in items {
      switch item {
      case .loop(let child, let slot, let count, let body, let loop):
        guard let copies = count.value(indices), copies >= 0 else {
          elaborator.report(
            "the count of the loop `\(loop.label)` is not a number from 0 on", loop.location)
          continue
        }
        let inner = template.layout.blocks[layout].childBlocks[child]
        blocks.add(
          template.layout.blocks[inner], copies: copies, child: child, of: block, isLoop: true)
        inCopies(child, slot, copies) { $0.declare(body, layout: inner) }
      case .given(let condition, let then, let thenItems, let otherwise, let otherwiseItems):
        let holds = condition.value(indices) == true
        let child = holds ? then : otherwise
        guard child >= 0 else { continue }
        let inner = template.layout.blocks[layout].childBlocks[child]
        blocks.add(
          template.layout.blocks[inner], copies: 1, child: child, of: block, isLoop: false)
        inCopies(child, nil, 1) { $0.declare(holds ? thenItems : otherwiseItems, layout: inner) }
      default: break
      }
    }
  }

  private mutating func inCopies(
    _ child: Int, _ slot: Int?, _ copies: Int, _ body: (inout Expansion) -> Void
  ) {
    let outer = block
    for copy in 0..<copies {
      guard let inner = blocks.child(child, copy, of: outer) else { break }
      block = inner
      if let slot { indices[slot] = copy }
      body(&self)
    }
    block = outer
  }

  /// The net of a place; nil, and a report, where it does not exist.
  func net(of place: Place, _ location: Location) -> Int? {
    var block = 0
    for step in place.steps {
      let index = step.index.map { $0.value(indices) ?? -1 } ?? 0
      guard let child = blocks.child(step.child, index, of: block) else {
        let path = path(of: place)
        elaborator.report(
          "`\(path)` does not exist at these parameters; guard the edge with `given`", location)
        return nil
      }
      block = child
    }
    return blocks.firstNet(of: block) + place.local
  }

  private func path(of place: Place) -> String {
    let steps = zip(place.declaration.scope, place.steps).map { step, numbers in
      numbers.index.map { "\(step.label)[\($0.value(indices) ?? -1)]." } ?? "\(step.label)."
    }
    return prefix + steps.joined() + place.declaration.name
  }

  // MARK: Items

  private mutating func connect(_ items: [ItemTemplate]) {
    for item in items {
      switch item {
      case .declare: break
      case .drive(let target, let value, let location): drive(target, value, location)
      case .combinational(let statements, let location): combinational(statements, location)
      case .clocked(let process): clocked(process)
      case .reduce(let target, let op, let slot, let count, let term, let location):
        reduce(target, op, slot, count.value(indices) ?? 0, term, location)
      case .loop(let child, let slot, let count, let body, _):
        inCopies(child, slot, Swift.max(0, count.value(indices) ?? 0)) { $0.connect(body) }
      case .given(let condition, let then, let thenItems, let otherwise, let otherwiseItems):
        let holds = condition.value(indices) == true
        guard holds || otherwise >= 0 else { break }
        inCopies(holds ? then : otherwise, nil, 1) {
          $0.connect(holds ? thenItems : otherwiseItems)
        }
      case .instance(let instance): connect(instance)
      case .read(let signals, let location): for signal in signals { read(signal, location) }
      case .property(let property, let condition, let clock, let reset):
        for signal in [condition, clock, reset].compactMap({ $0 }) {
          read(signal, property.location)
        }
        guard elaborator.wantsValues else { break }
        result.properties.append(
          ElaboratedModule.ElaboratedProperty(
            kind: property.kind, path: blocks.path(of: block) + property.name,
            condition: node(condition), clock: node(clock), reset: reset.map { node($0) }))
      case .event(let event, let pulse, let clock):
        guard elaborator.wantsValues else { break }
        result.events.append(
          ElaboratedModule.ElaboratedEvent(
            path: blocks.path(of: block) + event.name, pulse: node(pulse),
            clock: node(clock)))
      case .require(let condition, let loops, let message, let location):
        require(condition, loops[...], message, location)
      }
    }
  }

  private mutating func require(
    _ condition: NumberCondition, _ loops: ArraySlice<(slot: Int, count: Number)>,
    _ message: String, _ location: Location
  ) {
    guard let loop = loops.first else {
      switch condition.value(indices) {
      case true?: break
      case false?: elaborator.report(message, location)
      case nil: elaborator.report("\(message); a number in it has no value here", location)
      }
      return
    }
    for i in 0..<Swift.max(0, loop.count.value(indices) ?? 0) {
      indices[loop.slot] = i
      require(condition, loops.dropFirst(), message, location)
    }
  }

  mutating func addDriver(
    _ target: ElaboratedModule.Bits, reads: Range<Int>, process: Int = -1, isClocked: Bool = false,
    _ location: Location
  ) {
    drivers.append(
      ElaboratedModule.Driver(
        target, reads: reads, process: process, isClocked: isClocked, location))
  }

  private mutating func drive(_ target: Template, _ value: Template, _ location: Location) {
    let start = reads.count
    read(value, location)
    guard let bits = bits(of: target, location) else { return }
    addDriver(bits, reads: start..<reads.count, location)
    if elaborator.wantsValues {
      result.assignments.append(ElaboratedModule.Assignment(target: bits, value: node(value)))
    }
  }

  private mutating func reduce(
    _ target: Template, _ op: Operator, _ slot: Int, _ count: Int, _ term: Template,
    _ location: Location
  ) {
    guard let bits = bits(of: target, location) else { return }
    let start = reads.count
    var total = Node(.constant(0), width: bits.width, isSigned: target.isSigned)
    for i in 0..<Swift.max(0, count) {
      indices[slot] = i
      read(term, location)
      guard elaborator.wantsValues else { continue }
      total = Node(.binary(op, total, node(term)), width: bits.width, isSigned: target.isSigned)
    }
    addDriver(bits, reads: start..<reads.count, location)
    if elaborator.wantsValues {
      result.assignments.append(ElaboratedModule.Assignment(target: bits, value: total))
    }
  }

  mutating func nextProcess() -> Int {
    processCount += 1
    return processCount
  }

  // MARK: Instances

  private mutating func connect(_ instance: InstanceTemplate) {
    let statement = instance.instance
    let given = instance.parameters.map { $0.value.value(indices) }
    guard let module = module(of: instance, given) else { return }
    var inputs: [(net: Int, value: Node)] = []
    var outputs: [(target: ElaboratedModule.Bits, net: Int)] = []
    let dependent = module.dependencies.isEmpty ? nil : addPortNets(of: module, instance)
    for (port, signal) in instance.inputs {
      let start = reads.count
      read(signal, statement.location)
      if let net = dependent?[port] {
        let whole = ElaboratedModule.Bits(net: net, low: 0, width: module.nets[port].width)
        addDriver(whole, reads: start..<reads.count, statement.location)
      }
      if elaborator.wantsValues { inputs.append((port, node(signal))) }
    }
    for (port, signal) in instance.outputs {
      guard let target = bits(of: signal, statement.location) else { continue }
      let start = reads.count
      if let net = dependent?[port] {
        addRead(.init(net: net, low: 0, width: module.nets[port].width))
      }
      addDriver(target, reads: start..<reads.count, statement.location)
      outputs.append((target, port))
    }
    guard elaborator.wantsValues else { return }
    result.instances.append(
      ElaboratedModule.ElaboratedInstance(
        path: blocks.path(of: block) + statement.name, module: module, inputs: inputs,
        outputs: outputs))
  }

  private mutating func module(
    of instance: InstanceTemplate, _ given: [Int?]
  ) -> ElaboratedModule? {
    let key = ObjectIdentifier(instance)
    if let last = lastInstances[key], last.values == given { return last.module }
    let statement = instance.instance
    let path = prefix + blocks.path(of: block) + statement.name
    var parameters: [String: Int?] = [:]
    for (parameter, value) in zip(instance.parameters, given) {
      parameters[parameter.name] = .some(value)
    }
    guard
      let values = elaborator.parameterValues(
        statement.module, parameters, path: path, statement.location)
    else { return nil }
    let module = elaborator.elaborate(statement.module, values, path: path)
    lastInstances[key] = (given, module)
    return module
  }

  /// Nets for the ports of an instance that are part of paths through it, and those paths.
  private mutating func addPortNets(
    of module: ElaboratedModule, _ instance: InstanceTemplate
  ) -> [Int: Int] {
    let base = "\(blocks.path(of: block))\(instance.instance.name)."
    var known: [Int: Int] = [:]
    func net(_ port: Int) -> Int {
      if let number = known[port] { return number }
      let number = self.nets.count + result.portNets.count
      let name = module.nets[port].declaration.name
      result.portNets.append((base + name, module.nets[port].width))
      known[port] = number
      return number
    }
    for (output, inputs) in module.dependencies {
      let start = reads.count
      for bits in inputs {
        reads.append(.init(net: net(bits.net), low: bits.low, width: bits.width))
      }
      let target = ElaboratedModule.Bits(
        net: net(output.net), low: output.low, width: output.width)
      addDriver(target, reads: start..<reads.count, instance.instance.location)
    }
    return known
  }
}
