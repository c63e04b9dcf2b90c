import HDL

/// Writes random items into a module, each of which keeps the rules of the language.
///
/// What is declared goes to the pool, and expressions are made of what is in the pool already, so
/// that there are no loops.
final class Grower {
  let m: ModuleBuilder
  let choices: Choices
  let name: String
  /// How many levels of instances may be below the module.
  let depth: Int
  let parameters: [Nat]
  /// The values of the parameters at each of the configurations in which the module is used.
  let environments: [[Int]]
  private(set) var ports: [RandomPort] = []
  let clock: Clocking
  var pool: [Term] = []
  /// Names that nothing has to have read yet.
  var unread: [Term] = []
  var memories: [RandomMemory] = []
  var hasMachine = false
  private var constants: [Signal] = []
  private(set) var sizes: [Size] = []
  private var count = 0
  private var children = 0
  /// Whether a wire can be declared for a part of an expression.
  var canDeclare = true
  /// Whether the pool holds terms of a loop in statements, which no wire can have.
  var wordsNeedNames = false

  /// The inputs that every module has.
  struct Clocking {
    let clk, rst, arst, arstN: Signal
  }

  /// The parameters of every random module: two widths and a count.
  static let parameterCount = 3
  static let ranges = [1...100, 1...100, 1...4]
  static let parameterNames = ["P", "Q", "C"]

  init(
    _ m: ModuleBuilder, _ choices: Choices, name: String, depth: Int, defaults: [Int],
    environments: [[Int]]
  ) {
    self.m = m
    self.choices = choices
    self.name = name
    self.depth = depth
    self.environments = environments
    parameters = zip(Self.parameterNames, zip(defaults, Self.ranges)).map { name, pair in
      m.parameter(name, default: .literal(pair.0), in: pair.1, "a size")
    }
    clock = Clocking(
      clk: m.input("clk"), rst: m.input("rst"), arst: m.input("arst"), arstN: m.input("arst_n"))
    sizes = [.one, pickLiteral(), .parameter(0), .parameter(1)]
    for _ in 0..<3 { sizes.append(newSize()) }
  }

  // MARK: Sizes

  private func pickLiteral() -> Size {
    .literal(
      choices.pick([
        1, 2, 3, 4, 5, 8, 6, 7, 9, 12, 16, 31, 32, 33, 17, 63, 64, 65, 40, 96, 127, 128, 129, 200,
      ]))
  }

  private func newSize() -> Size {
    let first = choices.pick(sizes)
    let size: Size
    switch choices.below(5) {
    case 0: size = pickLiteral()
    case 1: size = .sum(first, choices.pick(sizes))
    case 2: size = .sum(first, .literal(1 + choices.below(4)))
    case 3: size = .product(.literal(2 + choices.below(2)), first)
    default: size = .product(first, .parameter(2))
    }
    return high(size) <= 200 ? size : first
  }

  func size() -> Size { choices.pick(sizes) }
  func nat(_ size: Size) -> Nat { size.nat(parameters) }
  func low(_ size: Size) -> Int { environments.map { size.value($0) }.min()! }
  func high(_ size: Size) -> Int { environments.map { size.value($0) }.max()! }
  func shape(_ size: Size, _ isSigned: Bool) -> Shape {
    Shape(width: nat(size), isSigned: isSigned)
  }

  /// Whether `a` is not larger than `b` in every environment.
  func fits(_ a: Size, in b: Size) -> Bool {
    environments.allSatisfy { a.value($0) <= b.value($0) }
  }

  // MARK: Names

  func fresh(_ stem: String) -> String {
    count += 1
    return "\(stem)\(count)"
  }

  /// A named constant, which counts as read.
  func constant(_ stem: String, _ number: Nat) -> Nat {
    let constant = m.constant(fresh(stem), number)
    constants.append(HDL.constant(constant, width: 32))
    return constant
  }

  /// A named pattern, which counts as read.
  func pattern(_ stem: String, width: Int, value: UInt64) -> Signal {
    constants.append(m.pattern(fresh(stem), width: width, value: value))
    return constants[constants.count - 1]
  }

  func freshChild() -> String {
    children += 1
    return "\(name)_\(children)"
  }

  /// A name that has been declared: part of the pool, and to be read.
  @discardableResult
  func declared(_ signal: Signal, _ size: Size, _ isSigned: Bool, isLive: Bool = false) -> Term {
    let term = Term(
      signal: signal, size: size, isSigned: isSigned, isName: true, hasSign: true, isLive: isLive)
    pool.append(term)
    unread.append(term)
    return term
  }

  /// The term under a name of its own; nil where no name can be declared.
  func named(_ term: Term) -> Term? {
    if term.isName { return term }
    guard canDeclare else { return nil }
    return declared(m.wire(fresh("w"), term.signal), term.size, term.isSigned)
  }

  // MARK: Ports

  func input(_ size: Size, _ isSigned: Bool) {
    let port = RandomPort(name: fresh("in"), size: size, isSigned: isSigned, isInput: true)
    ports.append(port)
    declared(m.input(port.name, shape(size, isSigned)), size, isSigned, isLive: true)
  }

  func output(_ size: Size, _ isSigned: Bool) -> Signal {
    let port = RandomPort(name: fresh("out"), size: size, isSigned: isSigned, isInput: false)
    ports.append(port)
    return m.output(port.name, shape(size, isSigned))
  }

  func outputRegister(_ size: Size, _ isSigned: Bool, reset: Nat?) -> Signal {
    let port = RandomPort(name: fresh("out"), size: size, isSigned: isSigned, isInput: false)
    ports.append(port)
    return m.outputRegister(port.name, shape(size, isSigned), reset: reset)
  }

  /// Drives outputs with all that has to be read, side by side.
  func finish() {
    for start in stride(from: 0, to: unread.count, by: 4) {
      let (signal, size) = sideBySide(Array(unread[start..<min(start + 4, unread.count)]))
      let output = output(size, false)
      m.drive { output <== signal }
    }
    m.unused("clocking", clock.clk, clock.rst, clock.arst, clock.arstN)
    for signal in parameters.map({ HDL.constant($0, width: 32) }) + constants {
      m.unused(fresh("number"), signal)
    }
  }

  /// The terms in one vector.
  func sideBySide(_ terms: [Term]) -> (signal: Signal, size: Size) {
    var (signal, size) = (terms[0].signal.asUnsigned, terms[0].size)
    for term in terms.dropFirst() {
      signal = concatenate(signal, term.signal.asUnsigned)
      size = .sum(size, term.size)
    }
    return (signal, size)
  }

  /// Runs `body`, whose names end with it and are read inside.
  func inBlock(_ body: () -> Void) {
    let before = (pool, unread, memories)
    unread = []
    body()
    (pool, unread, memories) = before
  }
}
