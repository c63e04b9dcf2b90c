import HDL

/// An elaborated module with its instances dissolved: signals, and what drives their bits.
///
/// A port that is connected to a whole signal is that signal.
struct FlatDesign {
  struct Signal {
    let width: Int
    /// Words of a memory; 0 for other names.
    let depth: Int
    let contents: MemoryContents?
  }

  /// An instance: where its nets are, so that its nodes can be read.
  struct Scope {
    let path: String
    let module: ElaboratedModule
    /// The signal of each net.
    let signals: [Int]
  }

  struct Driver {
    let signal: Int
    let low: Int
    let width: Int
    let value: Node
    let scope: Int
  }

  private(set) var signals: [Signal] = []
  private(set) var scopes: [Scope] = []
  private(set) var drivers: [Driver] = []
  /// For a signal that always equals another one: that one.
  private var aliases: [Int] = []

  init(_ top: ElaboratedModule) {
    add(top, path: "", ports: [:])
    dissolveCopies()
  }

  /// The signal that stands for a net.
  func signal(of net: Int, in scope: Int) -> Int { root(scopes[scope].signals[net]) }

  /// A signal that is driven as a whole by another whole one is that one.
  private mutating func dissolveCopies() {
    aliases = Array(signals.indices)
    drivers.removeAll { driver in
      guard case .net(let net) = driver.value.kind, driver.low == 0,
        driver.width == signals[driver.signal].width
      else { return false }
      let source = scopes[driver.scope].signals[net]
      guard signals[source].width == driver.width else { return false }
      aliases[driver.signal] = source
      return true
    }
    for number in aliases.indices { aliases[number] = end(of: number) }
  }

  private func end(of signal: Int) -> Int {
    var signal = signal
    while aliases[signal] != signal { signal = aliases[signal] }
    return signal
  }

  func root(_ signal: Int) -> Int { aliases[signal] }

  private mutating func add(_ module: ElaboratedModule, path: String, ports: [Int: Int]) {
    let scope = scopes.count
    let numbers = module.nets.enumerated().map { net, description in
      if let known = ports[net] { return known }
      signals.append(
        Signal(
          width: description.width, depth: description.depth,
          contents: description.declaration.contents))
      return signals.count - 1
    }
    scopes.append(Scope(path: path, module: module, signals: numbers))
    for assignment in module.assignments {
      drivers.append(
        Driver(
          signal: numbers[assignment.target.net], low: assignment.target.low,
          width: assignment.target.width, value: assignment.value, scope: scope))
    }
    for instance in module.instances { add(instance, in: scope, numbers) }
  }

  private mutating func add(
    _ instance: ElaboratedModule.ElaboratedInstance, in outer: Int, _ numbers: [Int]
  ) {
    let module = instance.module
    var ports: [Int: Int] = [:]
    var driven: [(net: Int, value: Node)] = []
    for (net, value) in instance.inputs {
      if case .net(let whole) = value.kind, value.width == module.nets[net].width {
        ports[net] = numbers[whole]
      } else {
        driven.append((net, value))
      }
    }
    var partial: [(target: ElaboratedModule.Bits, net: Int)] = []
    for (target, net) in instance.outputs {
      if target.width == signals[numbers[target.net]].width {
        ports[net] = numbers[target.net]
      } else {
        partial.append((target, net))
      }
    }
    let scope = scopes.count
    add(module, path: scopes[outer].path + instance.path + ".", ports: ports)
    for (net, value) in driven {
      drivers.append(
        Driver(
          signal: scopes[scope].signals[net], low: 0, width: module.nets[net].width, value: value,
          scope: outer))
    }
    for (target, net) in partial {
      drivers.append(
        Driver(
          signal: numbers[target.net], low: target.low, width: target.width,
          value: Node(net: net, of: module), scope: scope))
    }
  }
}
