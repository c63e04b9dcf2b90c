/// Two test benches of the same module that have to agree: every value poked goes to both, and
/// after every poke and step all outputs are compared.
public final class Lockstep: TestBench {
  /// Where two benches differ.
  public struct Difference: Error, Equatable, CustomStringConvertible {
    /// Name of the output, or path of the signal that was asked for.
    public let signal: String
    /// The cycle in which the benches differ, from 0.
    public let cycle: Int
    /// What each has, in hexadecimal, the first bench's first.
    public let values: [String]
    /// What each bench is called, the first one first.
    public let names: [String]
    /// The signal, the cycle and what each bench has, in one line.
    public var description: String {
      "`\(signal)` differs in cycle \(cycle): \(names[0]) has \(values[0]), \(names[1]) \(values[1])"
    }
  }

  private let benches: [any TestBench]
  private let names: [String]
  private let outputs: [String]

  /// - Throws: `TestBenchError` where the ports differ; `Difference` where the outputs do.
  public init(
    _ first: any TestBench, named firstName: String, _ second: any TestBench,
    named secondName: String
  ) throws {
    benches = [first, second]
    names = [firstName, secondName]
    outputs = first.ports.filter { !$0.isInput }.map(\.name)
    guard first.ports == second.ports else {
      throw TestBenchError("\(firstName) and \(secondName) have different ports")
    }
    try compare()
  }

  /// The ports that both benches have, in order.
  public var ports: [Port] { benches[0].ports }
  /// Rising edges so far.
  public var cycle: Int { benches[0].cycle }

  /// Gives an input of both benches its value.
  ///
  /// - Throws: What a bench throws that does not take it.
  public func poke(_ name: String, bits: BitVector) throws {
    for bench in benches { try bench.poke(name, bits: bits) }
  }

  /// The value of a port, or of a signal whose path both benches know.
  ///
  /// - Throws: `Difference` where the benches differ in it; what a bench throws.
  public func peek(bits name: String) throws -> BitVector {
    let first = try benches[0].peek(bits: name)
    try compare(name, first)
    return first
  }

  /// One rising edge of the clock in both benches.
  ///
  /// - Throws: `Difference` where an output differs before or after the edge; what a bench throws.
  public func step() throws {
    try compare()
    for bench in benches { try bench.step() }
    try compare()
  }

  /// One rising edge of one of several clocks in both benches.
  ///
  /// - Throws: What `step` throws.
  public func step(clock name: String) throws {
    try compare()
    for bench in benches { try bench.step(clock: name) }
    try compare()
  }

  private func compare() throws {
    for name in outputs { try compare(name, try benches[0].peek(bits: name)) }
  }

  private func compare(_ name: String, _ first: BitVector) throws {
    let second = try benches[1].peek(bits: name)
    guard first != second else { return }
    throw Difference(
      signal: name, cycle: cycle, values: [first.description, second.description], names: names)
  }
}
