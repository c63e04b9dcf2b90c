/// What the body of a `Module` writes to: declares names and adds statements, in order.
///
/// Names are given once, as text, and never altered. Every rule that is broken becomes a
/// `Diagnostic` with the designer's line.
public final class ModuleBuilder {
  /// Stands for one run of a module's body.
  final class Identity: Sendable {}
  let identity = Identity()
  let name: String
  var parameters: [Parameter] = []
  var constants: [NamedConstant] = []
  var ports: [Declaration] = []
  var machines: [Machine] = []
  /// The names of the states of each enumeration.
  var statePatterns: [ObjectIdentifier: [(state: String, signal: Signal)]] = [:]
  /// What parameters, and the indices of the loops around the statement, can be.
  var ranges = Ranges()
  /// The loops inside statements around what is being checked.
  var statementLoops: [StatementIndex] = []
  private(set) var loopIndices: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// Items of the generate block being described, innermost last.
  private var blocks: [[Item]] = [[]]
  private(set) var scope: [ScopeStep] = []
  private var names = NameTable()

  init(name: String, location: Location) {
    self.name = name
    take(name, atHead: true, location)
  }

  /// The items, after the rules that need all of them.
  func finish() -> [Item] {
    checkMachines(blocks[0])
    return blocks[0]
  }

  /// The names that a process of `drive` gives their values, and Verilog declares as `reg`.
  var procedural: Set<ObjectIdentifier> {
    var result: Set<ObjectIdentifier> = []
    blocks[0].forEachNested { item in
      guard case .combinational(let process) = item else { return }
      result.formUnion(process.statements.targets.map { ObjectIdentifier($0) })
    }
    return result
  }

  // MARK: Rules

  func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
  }

  func checkSpelling(_ name: String, _ location: Location) {
    if let problem = VerilogNames.problem(with: name) { report(problem, location) }
  }

  func take(_ name: String, atHead: Bool = false, _ location: Location) {
    checkSpelling(name, location)
    if let problem = names.take(name, atHead: atHead, location) { report(problem, location) }
  }

  /// Names taken in `body` are those of a block of their own.
  func inNamedBlock(_ body: () -> Void) {
    names.beginBlock()
    body()
    names.endBlock()
  }

  func takeIndex(_ index: String, isGenerate: Bool, _ location: Location) {
    checkSpelling(index, location)
    let (isFirst, problem) = names.takeIndex(index, isGenerate: isGenerate, location)
    if let problem { report(problem, location) }
    if isFirst, isGenerate { loopIndices.append(index) }
  }

  /// What Verilog declares at the head of the module cannot depend on a generate block.
  func requireModuleLevel(_ what: String, _ name: String, _ location: Location) {
    guard let block = scope.last else { return }
    report(
      "\(what) `\(name)` is declared inside the block `\(block.label)`; declare it outside every block",
      location)
  }

  func add(_ item: Item) { blocks[blocks.count - 1].append(item) }

  func nest<Result>(_ step: ScopeStep, _ body: () -> Result) -> (items: [Item], result: Result) {
    scope.append(step)
    blocks.append([])
    names.beginBlock()
    let result = body()
    names.endBlock()
    scope.removeLast()
    return (blocks.removeLast(), result)
  }

  func declare(
    _ name: String, _ shape: Shape, _ kind: Declaration.Kind, depth: Nat? = nil,
    isClocked: Bool = false, reset: Signal? = nil, contents: MemoryContents? = nil, doc: String,
    _ location: Location
  ) -> Declaration {
    take(name, atHead: kind == .input || kind == .output, location)
    if let reset { check(reset, location) }
    return Declaration(
      name, shape, kind, depth: depth, isClocked: isClocked, reset: reset, contents: contents,
      doc: doc, scope: scope, location: location, owner: identity)
  }

  func signal(_ declaration: Declaration) -> Signal {
    Signal(.reference(declaration, at: nil), declaration.shape)
  }
}
