/// A port of a module under test, at its width.
public struct Port: Sendable, Equatable {
  /// The name in Verilog.
  public let name: String
  /// In bits.
  public let width: Int
  /// Whether its bits are a two's complement number.
  public let isSigned: Bool
  /// Whether it is an input, else an output.
  public let isInput: Bool

  /// A port of `width` bits.
  public init(name: String, width: Int, isSigned: Bool, isInput: Bool) {
    self.name = name
    self.width = width
    self.isSigned = isSigned
    self.isInput = isInput
  }
}

/// What a test does with a module: the same for this package's simulator, for Verilator, and for
/// both in lockstep.
///
/// Inputs hold what was poked last, zero at first. Outputs follow inputs at once where logic
/// connects them; registers take their values in `step`.
public protocol TestBench: AnyObject {
  /// The module's ports in order.
  var ports: [Port] { get }
  /// Rising edges so far.
  var cycle: Int { get }
  /// Gives an input its value.
  ///
  /// - Throws: `TestBenchError` where there is no such input, or the width is another.
  func poke(_ name: String, bits: BitVector) throws
  /// The value of a port; of any signal, by its path, where the bench knows them.
  ///
  /// - Throws: `TestBenchError` where there is no such name.
  func peek(bits name: String) throws -> BitVector
  /// One rising edge of the clock.
  ///
  /// - Throws: `AssertionFailure` where an assertion of the module fails in this cycle, and what a
  ///   bench of several finds.
  func step() throws
  /// One rising edge of one of several clocks.
  ///
  /// - Throws: `TestBenchError` where there is no such clock; what `step` throws.
  func step(clock name: String) throws
}

/// A name or a number that a test bench cannot take.
public struct TestBenchError: Error, Equatable, CustomStringConvertible {
  /// What cannot be taken and why, in one sentence.
  public let description: String
  /// An error that says `description`, one sentence.
  public init(_ description: String) { self.description = description }

  /// The error of a step that does not say which clock.
  package init(severalClocks names: [String]) {
    let list = names.map { "`\($0)`" }.joined(separator: ", ")
    self.init("the module has the clocks \(list); name one in `step(clock:)`")
  }
}

/// An assertion of the module that did not hold.
public struct AssertionFailure: Error, Equatable, CustomStringConvertible {
  /// Path of the assertion.
  public let name: String
  /// The cycle in which it failed, from 0.
  public let cycle: Int
  /// A failure of the assertion at the path `name`.
  public init(name: String, cycle: Int) {
    self.name = name
    self.cycle = cycle
  }
  /// The assertion and the cycle, in one sentence.
  public var description: String { "assertion `\(name)` fails in cycle \(cycle)" }
}

extension TestBench {
  /// A bench without clocks of several names.
  public func step(clock name: String) throws {
    throw TestBenchError("this bench has no clock `\(name)`")
  }

  /// The port of that name.
  ///
  /// - Throws: `TestBenchError` where there is none.
  public func port(_ name: String) throws -> Port {
    if let port = ports.first(where: { $0.name == name }) { return port }
    throw TestBenchError(
      "there is no port `\(name)`; the ports are \(ports.map { "`\($0.name)`" }.joined(separator: ", "))"
    )
  }

  /// Gives an input a number: of its own sign, or the bits of a negative one for an unsigned input.
  ///
  /// - Throws: `TestBenchError` where the number does not fit.
  public func poke(_ name: String, _ value: Int) throws {
    let port = try port(name)
    let bits = BitVector(width: port.width, value)
    guard bits.value(isSigned: port.isSigned) == value || bits.value(isSigned: true) == value else {
      throw TestBenchError("\(value) does not fit the \(port.width) bits of `\(name)`")
    }
    try poke(name, bits: bits)
  }

  /// The number at a port, signed if the port is.
  ///
  /// - Throws: `TestBenchError` where an `Int` cannot hold it.
  public func peek(_ name: String) throws -> Int {
    let bits = try peek(bits: name)
    let isSigned = ports.first { $0.name == name }?.isSigned ?? false
    if let value = bits.value(isSigned: isSigned) { return value }
    throw TestBenchError("`\(name)` is \(bits), too large for a number; use `peek(bits:)`")
  }

  /// `count` rising edges.
  ///
  /// - Throws: `TestBenchError` where the count is negative; what `step` throws.
  public func step(_ count: Int) throws {
    guard count >= 0 else { throw TestBenchError("\(count) steps are asked for; 0 is the least") }
    for _ in 0..<count { try step() }
  }

  /// Steps until `condition` holds, and gives the number of steps.
  ///
  /// - Throws: `TestBenchError` where it does not hold within `limit` steps.
  @discardableResult
  public func run(
    until what: String = "the condition", limit: Int = 100_000, _ condition: () throws -> Bool
  ) throws -> Int {
    guard limit >= 0 else { throw TestBenchError("the limit is \(limit) steps; 0 is the least") }
    for count in 0..<limit {
      if try condition() { return count }
      try step()
    }
    guard try condition() else {
      throw TestBenchError("\(what) did not come within \(limit) steps")
    }
    return limit
  }
}
