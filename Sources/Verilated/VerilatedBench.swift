import HDL
import Simulation

/// A module as Verilator simulates it.
///
/// Inputs poked reach the outputs at the next peek, with the clock low; `step` raises the clock and
/// lowers it again. `$stop`, `$finish` and failed assertions of the Verilog are
/// `AssertionFailure`s, after which the bench may go on; what the Verilog displays goes to standard
/// error. Not for use from two threads at once.
public final class VerilatedBench: TestBench {
  /// The module's ports in order.
  public let ports: [Port]
  /// Rising edges so far, of all clocks together.
  public private(set) var cycle = 0
  private let module: VerilatedModule
  private let functions: BenchFunctions
  private let bench: BenchFunctions.Bench
  /// The clocks and the numbers of their ports.
  private var clocks: [(name: String, port: Int)] = []
  private let numbers: [String: Int]

  /// A bench of module `index` of `library`.
  init(_ library: VerilatedLibrary, _ index: Int, clock: String?, seed: UInt32) throws {
    module = library.modules[index]
    functions = library.functions
    ports = module.ports
    numbers = Dictionary(
      ports.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    // The C++ side takes a seed from 1 on, and 0 for zeros.
    let seed = library.options.initialValues == .zero ? 0 : Int32(seed % 0x7fff_ffff) + 1
    var status: Int32 = 0
    bench = functions.create(UInt32(index), seed, &status)
    clocks = try (clock.map { [$0] } ?? module.clocks).map {
      (name: $0, port: try number(ofClock: $0))
    }
    try check(status)
    // An edge of each, as a simulation that looks at levels has it.
    for name in module.lowResets {
      try poke(name, 1)
      _ = try peek(bits: name)
      try poke(name, 0)
    }
  }

  /// A bench of one module, built unless the cache has it.
  ///
  /// - Parameters:
  ///   - clock: the input that `step` raises; else the module's clock, and without one `step` only
  ///     counts.
  ///   - seed: what random initial values are drawn from.
  /// - Throws: `RTLError` when Verilator refuses the Verilog or it has other ports;
  ///   `EnvironmentError` when a tool or a folder fails; `TestBenchError` where `clock` is no input
  ///   of one bit; `AssertionFailure` where the Verilog fails before the first cycle.
  public convenience init(
    _ module: VerilatedModule, clock: String? = nil, seed: UInt32 = 1,
    options: VerilatedOptions = VerilatedOptions(), in cache: BuildCache = BuildCache()
  ) throws {
    try self.init(
      VerilatedLibrary([module], options: options, in: cache), 0, clock: clock, seed: seed)
  }

  /// A bench of the Verilog that `module` prints, with its parameters at `configuration`.
  ///
  /// - Throws: `HDLError` where a rule of the language is broken, and what the other benches throw.
  public convenience init(
    _ module: Module, at configuration: Configuration = [:], clock: String? = nil,
    seed: UInt32 = 1, options: VerilatedOptions = VerilatedOptions(),
    in cache: BuildCache = BuildCache()
  ) throws {
    try self.init(
      VerilatedModule(module, at: configuration), clock: clock, seed: seed, options: options,
      in: cache)
  }

  deinit { functions.destroy(bench) }

  /// Gives an input its value.
  ///
  /// - Throws: `TestBenchError` where there is no such input, it is the clock, or the width is
  ///   another.
  public func poke(_ name: String, bits: BitVector) throws {
    let number = try number(of: name)
    let port = ports[number]
    guard port.isInput else { throw TestBenchError("`\(name)` is an output and takes no value") }
    guard !clocks.contains(where: { $0.port == number }) else {
      throw TestBenchError("`\(name)` is the clock, which only `step` moves")
    }
    guard port.width == bits.width else {
      throw TestBenchError("`\(name)` has \(port.width) bits and is given \(bits.width)")
    }
    bits.words.withUnsafeBufferPointer { functions.poke(bench, UInt32(number), $0.baseAddress!) }
  }

  /// - Throws: `TestBenchError` where there is no such port; `AssertionFailure`; `RTLError` where
  ///   the outputs do not settle.
  public func peek(bits name: String) throws -> BitVector {
    let number = try number(of: name)
    let width = ports[number].width
    var words = [UInt64](repeating: 0, count: BitVector.words(for: width))
    try check(functions.peek(bench, UInt32(number), &words))
    return BitVector(width: width, words: words)
  }

  /// - Throws: `AssertionFailure`, in which case the edge has been all the same; `RTLError` where
  ///   the signals do not settle; `TestBenchError` where the module has several clocks.
  public func step() throws {
    guard clocks.count < 2 else { throw TestBenchError(severalClocks: clocks.map(\.name)) }
    try edge(of: clocks.first?.port)
  }

  /// One rising edge of one of several clocks.
  ///
  /// - Throws: `TestBenchError` where there is no such clock; what `step` throws.
  public func step(clock name: String) throws { try edge(of: number(ofClock: name)) }

  private func edge(of clock: Int?) throws {
    let status = functions.step(bench, Int32(clock ?? -1))
    // A bench that cannot go on stays in its cycle.
    defer { if status != BenchStatus.dead.rawValue { cycle += 1 } }
    try check(status)
  }

  /// The paths of the covers that have been reached.
  public var coversReached: Set<String> {
    let paths = String(cString: functions.covers(bench)).split(separator: "\n")
    return Set(paths.map { pathInside(String($0)) })
  }

  private func number(of name: String) throws -> Int {
    if let number = numbers[name] { return number }
    // There is none, which the error says.
    _ = try port(name)
    preconditionFailure("`ports` and `numbers` differ")
  }

  private func number(ofClock name: String) throws -> Int {
    let number = ports.firstIndex { $0.name == name && $0.isInput && $0.width == 1 }
    guard let number else {
      throw TestBenchError(
        "`\(name)` is no input of 1 bit of `\(module.top)` and cannot be its clock")
    }
    return number
  }

  /// A path of the Verilog without the module's own name before it.
  private func pathInside(_ path: String) -> String {
    let top = "\(module.top)."
    return path.hasPrefix(top) ? String(path.dropFirst(top.count)) : path
  }

  /// Turns a failure of the library into an error.
  private func check(_ status: Int32) throws {
    guard status != BenchStatus.fine.rawValue else { return }
    let what = String(cString: functions.failure(bench))
    if status == BenchStatus.failed.rawValue {
      throw AssertionFailure(name: pathInside(what), cycle: cycle)
    }
    throw RTLError("the simulation of \(module.top) cannot go on in cycle \(cycle): \(what)")
  }
}
