import HDL

/// Where two simulations of a random module differ.
public struct Difference: Error, CustomStringConvertible {
  public let random: RandomModule
  public let configuration: Configuration
  public let cycle: Int
  public let signal: String
  public let names: [String]
  /// What each has, in hexadecimal.
  public let values: [String]

  public var description: String {
    let parameters = configuration.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    return """
      \(random.origin) at \(parameters.isEmpty ? "its defaults" : parameters.joined(separator: ", ")): \
      `\(signal)` differs in cycle \(cycle): \(names[0]) has \(values[0]), \(names[1]) \(values[1])
      \(random.verilog)
      """
  }
}
