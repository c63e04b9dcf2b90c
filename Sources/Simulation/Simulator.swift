import HDL

/// Simulates a module from its elaborated form: two values a bit, a step a clock edge, no build.
///
/// Whatever the module has not set is zero at first, or random where `registers` says so.
public final class Simulator: TestBench {
  /// What registers and memories without contents hold before anything is written.
  public enum InitialState: Sendable {
    /// Every bit is 0.
    case zero
    /// Random bits, the same ones for the same module and seed.
    case random(seed: UInt64)
  }

  /// The module's ports in order.
  public let ports: [Port]
  /// Rising edges so far, of all clocks together.
  public private(set) var cycle = 0

  private let design: FlatDesign
  private let code: CodeGenerator
  private let schedule: Schedule
  private let groups: [Edge.Group]
  private let values: UnsafeMutablePointer<UInt64>
  private let scratch: UnsafeMutablePointer<UInt64>
  private let instructions: UnsafeMutablePointer<Instruction>
  private let wide: UnsafeMutablePointer<WideInstruction>
  private let interpreter: Interpreter
  private var isSettled = false
  private let clocks: [(name: String, place: Int)]
  private let properties:
    [(name: String, kind: Property.Kind, condition: Int, clock: Int, reset: Int?)]
  private let events: [(name: String, pulse: Int, clock: Int)]
  private var counts: [Int]
  private var reached: Set<String> = []
  private lazy var names = pathsOfSignals()

  /// Elaborates and checks `module` at `configuration`.
  ///
  /// - Throws: `HDLError` where the module breaks a rule; `TestBenchError` where a clock is not an
  ///   input of the module, or a black box has no model.
  public init(
    _ module: Module, _ configuration: Configuration = [:], registers: InitialState = .zero
  ) throws {
    try module.check(at: [configuration])
    if let box = module.boxesWithoutModel.first {
      throw TestBenchError(
        "`\(box.name)` is a black box without a model; describe one in its body, or simulate its "
          + "Verilog in Verilator")
    }
    let elaborator = Elaborator(wantsValues: true)
    guard let top = elaborator.elaborate(module, configuration) else {
      throw HDLError(diagnostics: elaborator.diagnostics)
    }
    design = FlatDesign(top)
    code = CodeGenerator(design)
    groups = Edge(design, code).groups
    ports = top.nets.prefix(top.portCount).map { net in
      let declaration = net.declaration
      return Port(
        name: declaration.name, width: net.width, isSigned: declaration.shape.isSigned,
        isInput: declaration.kind == .input)
    }
    let observed = Self.observed(design, code)
    (properties, events) = (observed.properties, observed.events)
    counts = Array(repeating: 0, count: observed.events.count)
    clocks = try Self.clocks(
      Set(groups.map(\.clock) + properties.map(\.clock) + events.map(\.clock)), ports, design, code)
    for port in ports.indices { _ = code.place(ofSignal: port) }
    schedule = Schedule(code.emitted)

    guard code.words < 1 << 28 else {
      throw TestBenchError(
        "`\(module.name)` has \(code.words) words of 64 bits; the simulator takes up to \(1 << 28)")
    }
    values = .allocate(capacity: code.words)
    values.initialize(repeating: 0, count: code.words)
    let scratchWords = 2 * BitVector.words(for: code.widestOperand) + 2
    scratch = .allocate(capacity: scratchWords)
    scratch.initialize(repeating: 0, count: scratchWords)
    instructions = .allocate(capacity: Swift.max(1, schedule.instructions.count))
    instructions.initialize(from: schedule.instructions, count: schedule.instructions.count)
    wide = .allocate(capacity: Swift.max(1, code.wide.count))
    wide.initialize(from: code.wide, count: code.wide.count)
    interpreter = Interpreter(
      values: values, instructions: instructions,
      wide: WideInterpreter(values: values, instructions: wide, scratch: scratch))
    for (place, words) in code.constants {
      for (i, word) in words.enumerated() { values[place + i] = word }
    }
    setInitial(registers)
  }

  deinit {
    values.deallocate()
    scratch.deallocate()
    instructions.deallocate()
    wide.deinitialize(count: code.wide.count)
    wide.deallocate()
  }

  // MARK: Setting up

  private func setInitial(_ state: InitialState) {
    let inputs = Set(ports.indices.filter { ports[$0].isInput })
    for (number, signal) in design.signals.enumerated()
    where design.root(number) == number && code.fragments[number].isEmpty
      && !inputs.contains(number)
    {
      let place = code.place(ofSignal: number)
      let words = BitVector.words(for: signal.width)
      if case .words(let contents) = signal.contents {
        for (address, word) in contents.enumerated() { values[place + address * words] = word }
      } else if case .random(let seed) = state, signal.contents == nil {
        var generator = SeededGenerator(seed: seed &+ UInt64(number))
        for word in 0..<Swift.max(1, signal.depth) {
          let bits = BitVector(width: signal.width, using: &generator)
          for (i, value) in bits.words.enumerated() { values[place + word * words + i] = value }
        }
      }
    }
  }

  private static func observed(
    _ design: FlatDesign, _ code: CodeGenerator
  ) -> (
    properties: [(name: String, kind: Property.Kind, condition: Int, clock: Int, reset: Int?)],
    events: [(name: String, pulse: Int, clock: Int)]
  ) {
    var properties: [(name: String, kind: Property.Kind, condition: Int, clock: Int, reset: Int?)] =
      []
    var events: [(name: String, pulse: Int, clock: Int)] = []
    for (number, scope) in design.scopes.enumerated() {
      for property in scope.module.properties {
        properties.append(
          (
            scope.path + property.path, property.kind,
            code.place(of: property.condition, in: number),
            code.place(of: property.clock, in: number),
            property.reset.map { code.place(of: $0, in: number) }
          ))
      }
      for event in scope.module.events {
        events.append(
          (
            scope.path + event.path, code.place(of: event.pulse, in: number),
            code.place(of: event.clock, in: number)
          ))
      }
    }
    return (properties, events)
  }

  private static func clocks(
    _ places: Set<Int>, _ ports: [Port], _ design: FlatDesign, _ code: CodeGenerator
  ) throws -> [(name: String, place: Int)] {
    let known = ports.indices.filter { ports[$0].isInput }.map {
      (name: ports[$0].name, place: code.place(ofSignal: $0))
    }
    let clocks = known.filter { places.contains($0.place) }
    guard clocks.count == places.count else {
      throw TestBenchError(
        "a clock is not an input of the module; the simulator has no gated clocks")
    }
    return clocks
  }

  // MARK: The test bench

  /// Gives an input its value.
  ///
  /// - Throws: `TestBenchError` where there is no such input, it is a clock, or the width is
  ///   another.
  public func poke(_ name: String, bits: BitVector) throws {
    let port = try port(name)
    guard port.isInput else { throw TestBenchError("`\(name)` is an output and takes no value") }
    guard !clocks.contains(where: { $0.name == name }) else {
      throw TestBenchError("`\(name)` is the clock, which only `step` moves")
    }
    guard bits.width == port.width else {
      throw TestBenchError("`\(name)` has \(port.width) bits and is given \(bits.width)")
    }
    let place = code.place(ofSignal: ports.firstIndex(of: port)!)
    for (i, word) in bits.words.enumerated() where values[place + i] != word {
      values[place + i] = word
      isSettled = false
    }
  }

  /// The value of a port or, by its path, of any signal.
  ///
  /// - Throws: `TestBenchError` where there is no such name.
  public func peek(bits name: String) throws -> BitVector {
    settle()
    if let port = ports.firstIndex(where: { $0.name == name }) { return value(ofSignal: port) }
    guard let signal = names[name] else {
      throw TestBenchError("there is no signal `\(name)`")
    }
    return value(ofSignal: signal)
  }

  /// The word of a memory, by the memory's path.
  ///
  /// - Throws: `TestBenchError` where there is no such memory or word.
  public func peek(word address: Int, of memory: String) throws -> BitVector {
    guard let signal = names[memory], design.signals[signal].depth > 0 else {
      throw TestBenchError("there is no memory `\(memory)`")
    }
    let (width, depth) = (design.signals[signal].width, design.signals[signal].depth)
    guard (0..<depth).contains(address) else {
      throw TestBenchError("`\(memory)` has words 0 to \(depth - 1); \(address) is asked for")
    }
    let words = BitVector.words(for: width)
    let place = code.place(ofSignal: signal) + address * words
    return BitVector(width: width, words: (0..<words).map { values[place + $0] })
  }

  private func value(ofSignal signal: Int) -> BitVector {
    let signal = design.root(signal)
    let width = design.signals[signal].width
    func read(_ place: Int, _ width: Int) -> BitVector {
      BitVector(width: width, words: (0..<BitVector.words(for: width)).map { values[place + $0] })
    }
    if code.places[signal] >= 0 { return read(code.places[signal], width) }
    var result = BitVector(width: width)
    for fragment in code.fragments[signal] {
      let part = read(fragment.place, fragment.width)
      for bit in 0..<fragment.width { result[fragment.low + bit] = part[bit] }
    }
    return result
  }

  /// The names that `peek` knows, with the instances and blocks around them, sorted.
  public var signalNames: [String] { names.keys.sorted() }

  private func pathsOfSignals() -> [String: Int] {
    var result: [String: Int] = [:]
    for scope in design.scopes {
      for net in scope.module.nets.indices {
        result[scope.path + scope.module.path(of: net)] = design.root(scope.signals[net])
      }
    }
    return result
  }

  /// How often an event has happened, by its path.
  ///
  /// - Throws: `TestBenchError` where there is no such event.
  public func count(of event: String) throws -> Int {
    guard let number = events.firstIndex(where: { $0.name == event }) else {
      let known = events.map { "`\($0.name)`" }.joined(separator: ", ")
      throw TestBenchError(
        "there is no event `\(event)`; "
          + (events.isEmpty ? "the module has none" : "the events are \(known)"))
    }
    return counts[number]
  }

  /// The paths of the covers that have been reached.
  public var coversReached: Set<String> { reached }

  private func settle() {
    guard !isSettled else { return }
    isSettled = true
    while true {
      interpreter.run(schedule.batches)
      guard takeAsynchronousResets() else { return }
    }
  }

  /// Whether an asynchronous reset has changed a register.
  private func takeAsynchronousResets() -> Bool {
    var changed = false
    for group in groups where group.isAsynchronous && values[group.reset!] != 0 {
      for copy in group.resets where values[Int(copy.target)] != values[Int(copy.source)] {
        values[Int(copy.target)] = values[Int(copy.source)]
        changed = true
      }
    }
    return changed
  }

  /// One rising edge of the clock; without a clock only `cycle` goes on.
  ///
  /// - Throws: `TestBenchError` where the module has several clocks; `AssertionFailure`, in which
  ///   case the edge has been all the same.
  public func step() throws {
    guard clocks.count < 2 else { throw TestBenchError(severalClocks: clocks.map(\.name)) }
    try edge(clocks.first?.place)
  }

  /// One rising edge of one of several clocks.
  ///
  /// - Throws: `TestBenchError` where there is no such clock; `AssertionFailure`.
  public func step(clock name: String) throws {
    guard let clock = clocks.first(where: { $0.name == name }) else {
      throw TestBenchError("there is no clock `\(name)`")
    }
    try edge(clock.place)
  }

  private func edge(_ clock: Int?) throws {
    settle()
    defer { cycle += 1 }
    guard let clock else { return }
    var failure: AssertionFailure?
    for property in properties where property.clock == clock {
      if let reset = property.reset, values[reset] != 0 { continue }
      let holds = values[property.condition] != 0
      if property.kind == .cover {
        if holds { reached.insert(property.name) }
      } else if !holds, failure == nil {
        failure = AssertionFailure(name: property.name, cycle: cycle)
      }
    }
    for (number, event) in events.enumerated()
    where event.clock == clock && values[event.pulse] != 0 {
      counts[number] += 1
    }
    values.run(groups, clock: clock)
    isSettled = false
    if let failure { throw failure }
  }
}

extension Simulator {
  /// How large the program is: instructions and batches.
  public var statistics: String {
    "\(schedule.instructions.count) instructions in \(schedule.batches.count) batches, \(code.words) words"
  }
}
