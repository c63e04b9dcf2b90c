/// The blocks of a module and the places of its declarations in them, whatever the numbers are.
struct Layout {
  struct Block {
    let label: String
    let isLoop: Bool
    var children: [String: Int] = [:]
    /// The blocks that are its children, by place.
    var childBlocks: [Int] = []
    var locals = 0
  }

  /// The first is the module itself.
  private(set) var blocks = [Block(label: "", isLoop: false)]
  private(set) var locals: [ObjectIdentifier: Int] = [:]
  /// The largest number of loops around a statement.
  private(set) var depth = 0

  init(_ module: Module) {
    for port in module.ports { place(port, in: 0) }
    visit(module.items, in: 0, depth: 0)
  }

  private mutating func place(_ declaration: Declaration, in block: Int) {
    locals[ObjectIdentifier(declaration)] = blocks[block].locals
    blocks[block].locals += 1
  }

  private mutating func addChild(_ label: String, of block: Int, isLoop: Bool) -> Int {
    let child = blocks.count
    blocks[block].children[label] = blocks[block].childBlocks.count
    blocks[block].childBlocks.append(child)
    blocks.append(Block(label: label, isLoop: isLoop))
    return child
  }

  private mutating func visit(_ items: [Item], in block: Int, depth: Int) {
    // Sums and the loops inside statements nest in a statement.
    self.depth = Swift.max(self.depth, depth + 1)
    for item in items {
      switch item {
      case .declare(let declaration, _): place(declaration, in: block)
      case .reduce(let reduction): place(reduction.target, in: block)
      case .forEach(let loop):
        let child = addChild(loop.label, of: block, isLoop: true)
        visit(loop.body, in: child, depth: depth + 1)
      case .given(let given):
        for branch in [given.then, given.otherwise].compactMap({ $0 }) {
          visit(branch.body, in: addChild(branch.label, of: block, isLoop: false), depth: depth)
        }
      case .combinational(let process):
        self.depth = Swift.max(self.depth, depth + process.statements.loopDepth)
      case .clocked(let process):
        self.depth = Swift.max(self.depth, depth + process.statements.loopDepth)
      default: break
      }
    }
  }
}

extension [Statement] {
  fileprivate var loopDepth: Int {
    map { statement in
      switch statement.node {
      case .assign: return 0
      case .when(_, let then, let otherwise): return Swift.max(then.loopDepth, otherwise.loopDepth)
      case .match(let match):
        return Swift.max(
          match.branches.map(\.statements.loopDepth).max() ?? 0, match.otherwise?.loopDepth ?? 0)
      case .loop(let loop): return 1 + loop.body.loopDepth
      }
    }.max() ?? 0
  }
}
