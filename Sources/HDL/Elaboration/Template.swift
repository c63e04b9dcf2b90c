/// An expression with the parameters filled in, for every iteration of the loops around it.
final class Template {
  indirect enum Kind {
    case net(Place)
    case word(Place, address: Template)
    case constant(Number)
    case pattern(UInt64)
    case slice(Template, from: Number)
    case element(Template, index: Template)
    case compareNumber(Template, Operator, Number)
    case extended(Template)
    case cast(Template)
    case concatenation([Template])
    case repeated(Template, count: Number)
    case unary(Operator, Template)
    case binary(Operator, Template, Template)
    case mux(Template, Template, Template)
  }

  let kind: Kind
  let width: Number
  let isSigned: Bool

  init(_ kind: Kind, width: Number, isSigned: Bool) {
    self.kind = kind
    self.width = width
    self.isSigned = isSigned
  }
}

/// Where a declaration is: the way from the module's own block to its copy's.
struct Place {
  struct Step {
    /// Which of the block's children.
    let child: Int
    /// Which iteration; nil for the block of a `given`.
    let index: Number?
  }
  let declaration: Declaration
  let steps: [Step]
  /// Which of the block's declarations.
  let local: Int
}

/// A statement with the parameters filled in.
indirect enum StatementTemplate {
  case assign(target: Template, value: Template, Location)
  case when(Template, then: [StatementTemplate], otherwise: [StatementTemplate], Location)
  case match(
    Template, branches: [Branch], otherwise: [StatementTemplate]?, isExhaustive: Bool, Location)
  case loop(slot: Int, count: Number, label: String, body: [StatementTemplate], Location)

  struct Branch {
    let labels: [Template]
    let statements: [StatementTemplate]
    let location: Location
  }
}

/// An item with the parameters filled in.
indirect enum ItemTemplate {
  case declare(Declaration, local: Int, width: Number, depth: Number?)
  case drive(target: Template, value: Template, Location)
  case combinational([StatementTemplate], Location)
  case clocked(ProcessTemplate)
  case reduce(target: Template, Operator, slot: Int, count: Number, term: Template, Location)
  case loop(child: Int, slot: Int, count: Number, body: [ItemTemplate], GenerateLoop)
  case given(NumberCondition, then: Int, [ItemTemplate], otherwise: Int, [ItemTemplate])
  case instance(InstanceTemplate)
  case read([Template], Location)
  case property(Property, condition: Template, clock: Template, reset: Template?)
  case event(Event, pulse: Template, clock: Template)
  case require(NumberCondition, loops: [(slot: Int, count: Number)], message: String, Location)
}

struct ProcessTemplate {
  let clock: Template
  let reset: (signal: Template, kind: Reset.Kind)?
  let enable: Template?
  let statements: [StatementTemplate]
  let resetValues: [ObjectIdentifier: Template]
  let location: Location
}

final class InstanceTemplate {
  let instance: Instance
  let parameters: [(name: String, value: Number)]
  let inputs: [(port: Int, signal: Template)]
  let outputs: [(port: Int, signal: Template)]

  init(
    instance: Instance, parameters: [(name: String, value: Number)],
    inputs: [(port: Int, signal: Template)], outputs: [(port: Int, signal: Template)]
  ) {
    self.instance = instance
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
  }
}
