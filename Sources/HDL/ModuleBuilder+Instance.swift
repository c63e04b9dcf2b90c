/// What an instance gives to the parameters or the ports of its module, by name.
public struct Connections<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral,
  ExpressibleByArrayLiteral
{
  /// Names and what they are given, in the order given.
  public var pairs: [(String, Value)]
  /// Connections by computed names.
  public init(_ pairs: [(String, Value)]) { self.pairs = pairs }
  /// Connections as a literal, such as `["clk": clk]`.
  public init(dictionaryLiteral elements: (String, Value)...) { pairs = elements }
  /// Connections as a literal of pairs, such as `[("clk", clk)]`.
  public init(arrayLiteral elements: (String, Value)...) { pairs = elements }
  /// Both, in order.
  public static func + (a: Self, b: Self) -> Self { Self(a.pairs + b.pairs) }
}

extension ModuleBuilder {
  /// An instance of `module`; every port must be connected.
  public func instance(
    _ name: String, of module: Module, parameters: Connections<Nat> = [:],
    ports: Connections<Signal>, file: StaticString = #fileID, line: Int = #line
  ) {
    let location = Location(file, line)
    let values = parameters.pairs
    let connections = ports.pairs
    take(name, location)
    checkNames(
      values.map(\.0), "parameter", module.parameters.map(\.name), of: module, name, location)
    checkNames(connections.map(\.0), "port", module.portNames, of: module, name, location)
    for port in module.portNames where !connections.contains(where: { $0.0 == port }) {
      report("port `\(port)` of `\(module.name)` is not connected in `\(name)`", location)
    }

    let given = Dictionary(values, uniquingKeysWith: { first, _ in first })
    var environment: [String: Nat] = [:]
    for parameter in module.parameters {
      environment[parameter.name] =
        given[parameter.name] ?? parameter.defaultValue.substituting(environment)
    }
    for (port, signal) in connections {
      guard let declaration = module.ports.first(where: { $0.name == port }) else { continue }
      connect(
        signal, to: declaration, shape: declaration.shape.substituting(environment), of: module,
        location)
    }
    add(
      .instance(
        Instance(
          name: name, module: module, parameters: values.map { (name: $0.0, value: $0.1) },
          ports: connections.map { (name: $0.0, signal: $0.1) }, location: location)))
  }

  /// Reports names that the module does not have, and names given twice.
  private func checkNames(
    _ names: [String], _ kind: String, _ known: [String], of module: Module, _ instance: String,
    _ location: Location
  ) {
    for (i, name) in names.enumerated() {
      if !known.contains(name) {
        report("`\(module.name)` has no \(kind) `\(name)`", location)
      } else if names[..<i].contains(name) {
        report("\(kind) `\(name)` of `\(module.name)` is given twice in `\(instance)`", location)
      }
    }
  }

  /// Checks the signal connected to `port`, which has `shape` at the instance's parameters.
  private func connect(
    _ signal: Signal, to port: Declaration, shape: Shape, of module: Module, _ location: Location
  ) {
    var connected = signal
    connected.require(
      signal.width == shape.width,
      "port `\(port.name)` of `\(module.name)` has \(Signal.bitsText(shape.width)) and is connected "
        + "to \(signal.text) with \(signal.widthText)")
    if shape.isSigned != signal.shape.isSigned {
      connected.problems.append(
        "port `\(port.name)` of `\(module.name)` is \(shape.isSigned ? "signed" : "unsigned") and is "
          + "connected to \(signal.text), which is \(signal.signText)")
    }
    if port.kind == .output, let (reason, _) = obstacle(driving: signal, in: .instance) {
      connected.problems.append(
        "output port `\(port.name)` of `\(module.name)` is connected to \(signal.text), which "
          + "\(reason); connect a wire")
    }
    check(connected, location)
  }
}
