/// Unrolls modules at concrete parameter values.
///
/// Equal modules at equal values are unrolled once, so that a grid of elements costs its
/// connections only.
package final class Elaborator {
  private struct Key: Hashable {
    let module: String
    let values: [Int]
  }

  /// Whether the values of nets are wanted, for simulation, or only what drives and reads what.
  let wantsValues: Bool
  private var modules: [Key: ElaboratedModule] = [:]
  package private(set) var diagnostics: [Diagnostic] = []
  private var reported: Set<String> = []
  /// The modules in the order of their completion, instantiated ones first, each with the path of
  /// its first instance.
  private(set) var finished: [(module: ElaboratedModule, path: String)] = []

  package init(wantsValues: Bool) { self.wantsValues = wantsValues }

  func report(_ message: String, _ location: Location) {
    let diagnostic = Diagnostic(message: message, location: location)
    if reported.insert(diagnostic.description).inserted { diagnostics.append(diagnostic) }
  }

  /// The top module at `configuration`; nil, and reports, where a parameter has no value.
  package func elaborate(_ module: Module, _ configuration: Configuration) -> ElaboratedModule? {
    let location = module.parameters.first?.location ?? Location("", 0)
    for name in configuration.keys.sorted()
    where !module.parameters.contains(where: { $0.name == name }) {
      report("`\(module.name)` has no parameter `\(name)`", location)
    }
    guard let values = parameterValues(module, configuration, path: module.name, nil),
      diagnostics.isEmpty
    else { return nil }
    return elaborate(module, values, path: "")
  }

  /// The values of a module's parameters; nil, and a report, where one has none or is outside its
  /// range. The report is for the line of the instance, or else of the parameter.
  func parameterValues(
    _ module: Module, _ given: [String: Int?], path: @autoclosure () -> String,
    _ instance: Location?
  ) -> Configuration? {
    let resolved = module.resolvedParameters(given)
    for (parameter, problem) in resolved.problems {
      report(
        "parameter `\(parameter.name)` of `\(path())` \(problem)", instance ?? parameter.location)
    }
    return resolved.problems.isEmpty ? resolved.values : nil
  }

  /// A module at the values of all its parameters.
  func elaborate(_ module: Module, _ values: Configuration, path: @autoclosure () -> String)
    -> ElaboratedModule
  {
    let key = Key(module: module.name, values: module.parameters.map { values[$0.name] ?? 0 })
    if let known = modules[key] { return known }
    let path = path()
    let result = ElaboratedModule(module, values)
    modules[key] = result
    reportLargeNumbers(module, values)
    var expansion = Expansion(of: result, at: path, by: self)
    expansion.run()
    finished.append((result, path))
    return result
  }

  /// Reports what Verilog would compute to another number.
  private func reportLargeNumbers(_ module: Module, _ values: Configuration) {
    func check(_ number: Nat, _ what: @autoclosure () -> String, _ location: Location) {
      guard number.exceeds32Bits(values) else { return }
      report(
        "\(what()) has no value, or computes with a number beyond the 32 bits of Verilog", location)
    }
    for constant in module.constants where constant.pattern == nil {
      check(constant.definition, "the constant `\(constant.name)`", constant.location)
    }
    module.items.forEachNested { item in
      switch item {
      case .given(let given):
        for number in given.condition.numbers {
          check(number, "the condition of the block `\(given.then.label)`", given.location)
        }
      case .forEach(let loop):
        check(loop.count, "the count of the loop `\(loop.label)`", loop.location)
      default: break
      }
    }
  }
}

extension Condition {
  /// The numbers that are compared.
  fileprivate var numbers: [Nat] {
    switch self {
    case .compare(let a, _, let b): return [a, b]
    case .and(let a, let b), .or(let a, let b): return a.numbers + b.numbers
    }
  }
}

extension Module {
  /// The ports at concrete parameter values.
  ///
  /// - Throws: `HDLError` where a parameter is unknown or outside its range.
  package func portWidths(at configuration: Configuration) throws -> [Int] {
    let values = try parameterValues(configuration)
    return ports.map { $0.shape.width.value(values) ?? 0 }
  }
}
