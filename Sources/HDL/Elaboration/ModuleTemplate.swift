/// A module at concrete parameter values, its generate loops still rolled up.
struct ModuleTemplate {
  let layout: Layout
  let ports: [(declaration: Declaration, width: Number)]
  private(set) var items: [ItemTemplate] = []
  /// Loop indices that are in force where the work is, and their slots.
  private var names: Number.Names

  init(_ module: Module, _ values: Configuration) {
    layout = Layout(module)
    let names = Number.Names(values: values)
    self.names = names
    ports = module.ports.map { ($0, Number($0.shape.width, names)) }
    items = templates(of: module.items, in: 0)
  }

  private func number(_ n: Nat) -> Number { Number(n, names) }

  private mutating func inLoop<Result>(
    _ index: String, _ body: (inout ModuleTemplate, Int) -> Result
  ) -> Result {
    let slot = names.slots.count
    names.slots[index] = slot
    let result = body(&self, slot)
    names.slots[index] = nil
    return result
  }

  // MARK: Items

  private mutating func templates(of items: [Item], in block: Int) -> [ItemTemplate] {
    items.flatMap { template(of: $0, in: block) }
  }

  private mutating func template(of item: Item, in block: Int) -> [ItemTemplate] {
    switch item {
    case .declare(let declaration, let value):
      let local = layout.locals[ObjectIdentifier(declaration)]!
      let declare = ItemTemplate.declare(
        declaration, local: local, width: number(declaration.shape.width),
        depth: declaration.depth.map(number))
      guard let value else { return [declare] }
      let target = Signal(.reference(declaration, at: nil), declaration.shape)
      return [
        declare,
        .drive(target: template(of: target), value: template(of: value), declaration.location),
      ]
    case .assign(let target, let value, let location):
      return [.drive(target: template(of: target), value: template(of: value), location)]
    case .combinational(let process):
      return [.combinational(templates(of: process.statements), process.location)]
    case .clocked(let process): return [.clocked(template(of: process))]
    case .reduce(let reduction): return template(of: reduction)
    case .forEach(let loop):
      let child = layout.blocks[block].children[loop.label] ?? 0
      let inner = layout.blocks[block].childBlocks[child]
      let count = number(loop.count)
      return inLoop(loop.index) { template, slot in
        let body = template.templates(of: loop.body, in: inner)
        return [.loop(child: child, slot: slot, count: count, body: body, loop)]
      }
    case .given(let given): return [template(of: given, in: block)]
    case .instance(let instance): return [.instance(template(of: instance))]
    case .unused(_, let signals, let location):
      return [.read(signals.map { template(of: $0) }, location)]
    case .start(let condition, let location): return [.read([template(of: condition)], location)]
    case .property(let property):
      return [
        .property(
          property, condition: template(of: property.condition),
          clock: template(of: property.clock),
          reset: property.reset.map { template(of: $0) })
      ]
    case .event(let event):
      return [.event(event, pulse: template(of: event.pulse), clock: template(of: event.clock))]
    case .require(let obligation, let location): return [template(of: obligation, location)]
    case .comment, .constant: return []
    }
  }

  private mutating func template(of reduction: Reduction) -> [ItemTemplate] {
    let declaration = reduction.target
    let target = template(of: Signal(.reference(declaration, at: nil), declaration.shape))
    let count = number(reduction.count)
    let declare = ItemTemplate.declare(
      declaration, local: layout.locals[ObjectIdentifier(declaration)]!, width: target.width,
      depth: nil)
    let reduce = inLoop(reduction.index) { template, slot in
      ItemTemplate.reduce(
        target: target, reduction.operation, slot: slot, count: count,
        term: template.template(of: reduction.term), reduction.location)
    }
    return [declare, reduce]
  }

  private mutating func template(of given: GenerateIf, in block: Int) -> ItemTemplate {
    func child(_ branch: GenerateIf.Branch) -> Int {
      layout.blocks[block].children[branch.label] ?? 0
    }
    let condition = NumberCondition(given.condition, names)
    let then = child(given.then)
    let thenItems = templates(of: given.then.body, in: layout.blocks[block].childBlocks[then])
    guard let branch = given.otherwise else {
      return .given(condition, then: then, thenItems, otherwise: -1, [])
    }
    let otherwise = child(branch)
    let items = templates(of: branch.body, in: layout.blocks[block].childBlocks[otherwise])
    return .given(condition, then: then, thenItems, otherwise: otherwise, items)
  }

  private func template(of instance: Instance) -> InstanceTemplate {
    var inputs: [(port: Int, signal: Template)] = []
    var outputs: [(port: Int, signal: Template)] = []
    for (name, signal) in instance.ports {
      guard let port = instance.module.ports.firstIndex(where: { $0.name == name }) else {
        continue
      }
      let connection = (port: port, signal: template(of: signal))
      if instance.module.ports[port].kind == .input {
        inputs.append(connection)
      } else {
        outputs.append(connection)
      }
    }
    return InstanceTemplate(
      instance: instance,
      parameters: instance.parameters.map { ($0.name, number($0.value)) }, inputs: inputs,
      outputs: outputs)
  }

  private mutating func template(of obligation: Obligation, _ location: Location) -> ItemTemplate {
    let outer = names
    var loops: [(slot: Int, count: Number)] = []
    for loop in obligation.loops {
      let slot = names.slots.count
      loops.append((slot, number(loop.count)))
      names.slots[loop.name] = slot
    }
    let condition = NumberCondition(obligation.condition, names)
    names = outer
    return .require(condition, loops: loops, message: obligation.message, location)
  }

  // MARK: Statements

  private mutating func template(of process: ClockedProcess) -> ProcessTemplate {
    var resets: [ObjectIdentifier: Template] = [:]
    for register in process.statements.targets {
      if let reset = register.reset { resets[ObjectIdentifier(register)] = template(of: reset) }
    }
    return ProcessTemplate(
      clock: template(of: process.clock),
      reset: process.reset.map { (template(of: $0.signal), $0.kind) },
      enable: process.enable.map { template(of: $0) },
      statements: templates(of: process.statements),
      resetValues: resets, location: process.location)
  }

  private mutating func templates(of statements: [Statement]) -> [StatementTemplate] {
    statements.map { statement in
      let location = statement.location!
      switch statement.node {
      case .assign(let target, let value):
        return .assign(target: template(of: target), value: template(of: value), location)
      case .when(let condition, let then, let otherwise):
        return .when(
          template(of: condition), then: templates(of: then), otherwise: templates(of: otherwise),
          location)
      case .match(let match):
        let branches = match.branches.map { branch in
          StatementTemplate.Branch(
            labels: branch.labels.map { template(of: $0) },
            statements: templates(of: branch.statements), location: branch.location)
        }
        return .match(
          template(of: match.subject), branches: branches,
          otherwise: match.otherwise.map { templates(of: $0) }, isExhaustive: match.isExhaustive,
          location)
      case .loop(let loop):
        let count = number(loop.count)
        return inLoop(loop.index) { template, slot in
          .loop(
            slot: slot, count: count, label: loop.label, body: template.templates(of: loop.body),
            location)
        }
      }
    }
  }

  // MARK: Expressions

  private func template(of signal: Signal) -> Template {
    Template(
      kind(of: signal), width: number(signal.width), isSigned: signal.shape.isSigned)
  }

  private func kind(of signal: Signal) -> Template.Kind {
    switch signal.expression {
    case .reference(let declaration, _) where declaration.kind == .pattern:
      return .pattern(declaration.pattern)
    case .reference(let declaration, let indices): return .net(place(of: declaration, at: indices))
    case .word(let memory, let address):
      return .word(place(of: memory, at: nil), address: template(of: address))
    case .slice(let base, let from, _): return .slice(template(of: base), from: number(from))
    case .element(let base, let index):
      return .element(template(of: base), index: template(of: index))
    case .constant(let n): return .constant(number(n))
    case .compareNumber(let a, let op, let n): return .compareNumber(template(of: a), op, number(n))
    case .widened(let a): return .extended(template(of: a))
    case .cast(let a): return .cast(template(of: a))
    case .concatenation(let parts): return .concatenation(parts.map { template(of: $0) })
    case .repeated(let a, let count): return .repeated(template(of: a), count: number(count))
    case .unary(let op, let a): return .unary(op, template(of: a))
    case .binary(let op, let a, let b): return .binary(op, template(of: a), template(of: b))
    case .mux(let condition, let a, let b):
      return .mux(template(of: condition), template(of: a), template(of: b))
    }
  }

  private func place(of declaration: Declaration, at indices: [Nat]?) -> Place {
    var rest = (indices ?? [])[...]
    var block = 0
    var steps: [Place.Step] = []
    for step in declaration.scope {
      let child = layout.blocks[block].children[step.label] ?? 0
      let index = step.index.map { indices == nil ? Nat.index($0) : rest.popFirst() ?? 0 }
      steps.append(Place.Step(child: child, index: index.map { number($0) }))
      block = layout.blocks[block].childBlocks[child]
    }
    return Place(
      declaration: declaration, steps: steps,
      local: layout.locals[ObjectIdentifier(declaration)] ?? 0)
  }
}
