extension Module {
  /// How the rules of a module were decided.
  public struct CheckSummary: Sendable, CustomStringConvertible {
    /// The configurations at which the elaborated design was checked.
    public let configurations: [Configuration]
    /// What no normal form decides for all parameter values, and was seen to hold at each of the
    /// configurations: a sentence and a line each. Everything else is proved.
    public let checkedOnly: [Diagnostic]

    /// What was only checked, a line each, and where.
    public var description: String {
      let places = configurations.map { configuration in
        configuration.isEmpty
          ? "the defaults"
          : configuration.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
            .joined(separator: ", ")
      }
      let head = "checked at \(places.joined(separator: "; "))"
      return ([head] + checkedOnly.map { "only there: \($0)" }).joined(separator: "\n")
    }
  }

  /// Runs every check: the rules that need no parameter values, on this module and those it
  /// instantiates, then the elaborated design at each of `configurations`.
  ///
  /// - Throws: `HDLError` with one sentence and the designer's line for each broken rule.
  @discardableResult
  public func check(at configurations: [Configuration]) throws -> CheckSummary {
    let fixed = hierarchy.flatMap(\.diagnostics) + sharedNameDiagnostics()
    guard fixed.isEmpty else { throw HDLError(diagnostics: fixed) }
    for configuration in configurations {
      let found = diagnostics(at: configuration)
      guard found.isEmpty else { throw HDLError(diagnostics: found) }
    }
    let unread = hierarchy.filter { !$0.isBlackBox }.flatMap(\.unreadNameDiagnostics)
    guard unread.isEmpty else { throw HDLError(diagnostics: unread) }
    return CheckSummary(configurations: configurations, checkedOnly: undecided)
  }

  /// What only a configuration decides.
  private var undecided: [Diagnostic] {
    var result: [Diagnostic] = []
    for module in hierarchy {
      module.items.forEachNested { item in
        guard case .require(let obligation, let location) = item else { return }
        let condition = VerilogExpression.text(obligation.condition)
        result.append(Diagnostic(message: "\(condition) in `\(module.name)`", location: location))
      }
    }
    return result
  }

  /// Different modules of one name, of which only one would be printed, and modules that contain one
  /// of their own name.
  private func sharedNameDiagnostics() -> [Diagnostic] {
    var result: [Diagnostic] = []
    var texts: [String: String] = [:]
    var seen: Set<ObjectIdentifier> = []
    func report(_ message: String, _ location: Location) {
      result.append(Diagnostic(message: message, location: location))
    }
    func visit(_ module: Module, _ around: [String]) {
      guard seen.insert(module.identity).inserted else { return }
      texts[module.name] = texts[module.name] ?? VerilogPrinter.print(module)
      for instance in module.instances {
        let inner = instance.module
        if (around + [module.name]).contains(inner.name) {
          report(
            "`\(instance.name)` is an instance of a module that is named `\(inner.name)`, which "
              + "contains it; choose another name", instance.location)
        } else if let known = texts[inner.name], !seen.contains(inner.identity),
          VerilogPrinter.print(inner) != known
        {
          report(
            "`\(instance.name)` is an instance of another module that is named `\(inner.name)` too; "
              + "choose another name", instance.location)
        } else {
          visit(inner, around + [module.name])
        }
      }
    }
    visit(self, [])
    return result
  }

  /// What the elaborated design breaks at one configuration, which each sentence names.
  func diagnostics(at configuration: Configuration) -> [Diagnostic] {
    let elaborator = Elaborator(wantsValues: false)
    _ = elaborator.elaborate(self, configuration)
    var found = elaborator.diagnostics
    let unknown = Set(boxesWithoutModel.map(\.name))
    for rule in [
      ElaboratedModule.driverDiagnostics, ElaboratedModule.loopDiagnostics,
      ElaboratedModule.unusedDiagnostics,
    ] where found.isEmpty {
      for (module, path) in elaborator.finished.reversed()
      where !unknown.contains(module.module.name) {
        for diagnostic in rule(module)(path.isEmpty ? "" : path + ".")
        where !found.contains(diagnostic) {
          found.append(diagnostic)
        }
      }
    }
    let values = configuration.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    guard !values.isEmpty else { return found }
    return found.map {
      Diagnostic(
        message: "\($0.message) (at \(values.joined(separator: ", ")))", location: $0.location)
    }
  }
}
