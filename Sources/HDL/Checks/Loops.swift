/// What follows from what in the same cycle.
extension ElaboratedModule {
  /// The drivers without a register, by the net they drive.
  private struct Graph {
    let module: ElaboratedModule
    private let index: DriverIndex

    init(_ module: ElaboratedModule) {
      self.module = module
      index = DriverIndex(module) { !$0.isClocked }
    }

    /// The drivers of any of `bits`.
    func drivers(of bits: Bits) -> [Int] {
      index[bits.net].filter { module.drivers[$0].target.overlaps(bits) }
    }

    func sources(of driver: Int) -> [Int] {
      module.reads[module.drivers[driver].reads].flatMap { drivers(of: $0) }
    }
  }

  /// Finds what each output depends on in the same cycle.
  func findDependencies() {
    let graph = Graph(self)
    var visited: Set<Int> = []
    for (port, net) in nets.prefix(portCount).enumerated() where net.declaration.kind == .output {
      for start in graph.drivers(of: Bits(net: port, low: 0, width: net.width)) {
        var inputs: [Bits] = []
        visited.removeAll(keepingCapacity: true)
        var stack = [start]
        while let driver = stack.popLast() {
          guard visited.insert(driver).inserted else { continue }
          for read in reads[drivers[driver].reads] {
            if read.net < portCount, nets[read.net].declaration.kind == .input {
              if !inputs.contains(read) { inputs.append(read) }
            } else {
              stack += graph.drivers(of: read)
            }
          }
        }
        if !inputs.isEmpty { dependencies.append((drivers[start].target, inputs)) }
      }
    }
  }

  /// The first combinational loop, node by node.
  func loopDiagnostics(_ prefix: String) -> [Diagnostic] {
    let graph = Graph(self)
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: drivers.count)
    for start in drivers.indices where marks[start] == .new && !drivers[start].isClocked {
      // Depth first with an explicit stack: a drain chain is as deep as the array has rows.
      var stack: [(node: Int, rest: [Int])] = [(start, graph.sources(of: start))]
      marks[start] = .open
      while let top = stack.last {
        guard let next = top.rest.last else {
          marks[top.node] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].rest.removeLast()
        switch marks[next] {
        case .done: continue
        case .new:
          marks[next] = .open
          stack.append((next, graph.sources(of: next)))
        case .open:
          let loop = stack.map(\.node).drop { $0 != next }
          let names = (loop + [next]).reversed().map {
            "`\(prefix)\(path(of: drivers[$0].target.net))`"
          }
          return [
            Diagnostic(
              message:
                "a combinational loop: \(names.joined(separator: " -> ")); break it with a register",
              location: drivers[next].location)
          ]
        }
      }
    }
    return []
  }
}
