extension Module {
  /// Runs every check: the rules that need no parameter values, on this module and those it
  /// instantiates, then the elaborated design at each of `configurations`.
  ///
  /// - Throws: `HDLError` with one sentence and the designer's line for each broken rule.
  public func check(at configurations: [Configuration]) throws {
    let fixed = hierarchy.flatMap(\.diagnostics) + sharedNameDiagnostics()
    guard fixed.isEmpty else { throw HDLError(diagnostics: fixed) }
    for configuration in configurations {
      let found = diagnostics(at: configuration)
      guard found.isEmpty else { throw HDLError(diagnostics: found) }
    }
  }

  /// Different modules of one name: only one of them would be printed.
  private func sharedNameDiagnostics() -> [Diagnostic] {
    let modules = hierarchy
    let texts = Dictionary(
      uniqueKeysWithValues: modules.map { ($0.name, VerilogPrinter.print($0)) })
    return modules.flatMap(\.instances).compactMap { instance in
      let name = instance.module.name
      guard VerilogPrinter.print(instance.module) != texts[name] else { return nil }
      return Diagnostic(
        message: "`\(instance.name)` is an instance of another module that is named `\(name)` too; "
          + "choose another name", location: instance.location)
    }
  }

  /// What the elaborated design breaks at one configuration, which each sentence names.
  func diagnostics(at configuration: Configuration) -> [Diagnostic] {
    let elaboration = Elaboration(self, configuration)
    var found = elaboration.diagnostics
    if found.isEmpty { found = elaboration.driverDiagnostics() }
    if found.isEmpty { found = elaboration.loopDiagnostics() }
    let values = configuration.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    guard !values.isEmpty else { return found }
    return found.map {
      Diagnostic(
        message: "\($0.message) (at \(values.joined(separator: ", ")))", location: $0.location)
    }
  }
}

extension Elaboration {
  /// Bits that nothing drives, and bits with two drivers.
  func driverDiagnostics() -> [Diagnostic] {
    var result: [Diagnostic] = []
    func report(_ message: String, _ location: Location) {
      let diagnostic = Diagnostic(message: message, location: location)
      if !result.contains(diagnostic) { result.append(diagnostic) }
    }
    var byNet: [[Driver]] = Array(repeating: [], count: nets.count)
    for driver in drivers { byNet[driver.target.net].append(driver) }
    for (number, net) in nets.enumerated() where !net.isExternal {
      var next = 0
      var previous: Driver?
      for driver in byNet[number].sorted(by: { $0.target.low < $1.target.low }) {
        let target = driver.target
        if target.low > next {
          report("nothing drives \(net.text(next, target.low))", net.location)
        }
        if target.low < next, let previous,
          driver.process == nil || driver.process != previous.process
        {
          let end = min(next, target.low + target.width)
          let isPlural = (target.low, end) != (0, net.width) && end - target.low > 1
          report(
            "\(net.text(target.low, end)) \(isPlural ? "are" : "is") driven here and at "
              + "\(previous.location)", driver.location)
        }
        if target.low + target.width > next {
          next = target.low + target.width
          previous = driver
        }
      }
      if next < net.width { report("nothing drives \(net.text(next, net.width))", net.location) }
    }
    return result
  }

  /// The first combinational loop, node by node.
  func loopDiagnostics() -> [Diagnostic] {
    var byNet: [[Int]] = Array(repeating: [], count: nets.count)
    for (i, driver) in drivers.enumerated() where driver.process == nil {
      byNet[driver.target.net].append(i)
    }
    func sources(_ i: Int) -> [Int] {
      drivers[i].reads.flatMap { read in
        byNet[read.net].filter { drivers[$0].target.overlaps(read) }
      }
    }
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: drivers.count)
    for start in drivers.indices where marks[start] == .new && drivers[start].process == nil {
      // Depth first with an explicit stack: a drain chain is as deep as the array has rows.
      var stack: [(node: Int, rest: [Int])] = [(start, sources(start))]
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
          stack.append((next, sources(next)))
        case .open:
          let loop = stack.map(\.node).drop { $0 != next }
          let names = (loop + [next]).reversed().map { "`\(nets[drivers[$0].target.net].path)`" }
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

extension Elaboration.Net {
  /// Bits `low ..< end` in words.
  fileprivate func text(_ low: Int, _ end: Int) -> String {
    if low == 0, end == width { return "`\(path)`" }
    return (end - low == 1 ? "bit \(low)" : "bits \(low) to \(end - 1)") + " of `\(path)`"
  }
}
