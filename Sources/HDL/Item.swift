/// A derived constant (`localparam`).
struct NamedConstant: Sendable {
  let name: String
  let definition: Nat
  /// A fixed pattern of bits instead of an integer.
  let pattern: Pattern?
  let doc: String
  let location: Location

  struct Pattern: Sendable {
    let width: Int
    let value: UInt64
    let isHexadecimal: Bool
  }
}

/// One statement of a module, in the order written.
enum Item: Sendable {
  /// A wire with its value, or a wire, register or memory that statements drive.
  case declare(Declaration, value: Signal?)
  case assign(target: Signal, value: Signal, Location)
  case combinational(CombinationalProcess)
  case clocked(ClockedProcess)
  case reduce(Reduction)
  case forEach(GenerateLoop)
  case given(GenerateIf)
  case instance(Instance)
  case unused(name: String, [Signal], Location)
  case property(Property)
  /// What a formal run assumes of the first cycle.
  case start(Signal, Location)
  case event(Event)
  case comment(String)
  /// A constant that depends on the index of a loop around it.
  case constant(NamedConstant)
  /// What could not be proved for all parameter values.
  case require(Obligation, Location)
}

/// Statements that hold at all times: `always @*`.
struct CombinationalProcess: Sendable {
  let statements: [Statement]
  let location: Location
}

/// Statements at the rising edge of a clock.
struct ClockedProcess: Sendable {
  let clock: Signal
  let reset: Reset?
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
  let location: Location
}

struct Instance: Sendable {
  let name: String
  let module: Module
  let parameters: [(name: String, value: Nat)]
  let ports: [(name: String, signal: Signal)]
  let location: Location
}

/// A one-bit condition at every rising edge of a clock, outside of reset.
package struct Property: Sendable {
  package enum Kind: String, Sendable { case assert, assume, cover }
  package let kind: Kind
  let name: String
  let condition: Signal
  let clock: Signal
  let reset: Signal?
  let location: Location
}

/// A named pulse, which a simulation counts at every rising edge of a clock.
struct Event: Sendable {
  let name: String
  let pulse: Signal
  let clock: Signal
  let location: Location
}

extension [Item] {
  /// Calls `body` with every item, those inside generate blocks among them, in order.
  func forEachNested(_ body: (Item) -> Void) {
    for item in self {
      body(item)
      switch item {
      case .forEach(let loop): loop.body.forEachNested(body)
      case .given(let given):
        given.then.body.forEachNested(body)
        given.otherwise?.body.forEachNested(body)
      default: break
      }
    }
  }

  /// Calls `body` with every assignment of a value to a name.
  func forEachAssignment(_ body: (_ target: Signal, _ value: Signal, Location) -> Void) {
    forEachNested { item in
      switch item {
      case .declare(let declaration, let value?):
        let target = Signal(.reference(declaration, at: nil), declaration.shape)
        body(target, value, declaration.location)
      case .assign(let target, let value, let location): body(target, value, location)
      case .combinational(let process): process.statements.forEachAssignment(body)
      case .clocked(let process): process.statements.forEachAssignment(body)
      default: break
      }
    }
  }
}
