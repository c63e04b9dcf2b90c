import HDL
import Simulation

/// A random module at one of its configurations, with what its inputs are in every cycle.
struct Run: Sendable {
  static let cycles = 24

  let random: RandomModule
  let configuration: Configuration
  let ports: [Port]
  /// For every cycle, the bits of every input but the clock, in the order of the ports.
  let inputs: [[BitVector]]

  var inputPorts: [Port] { ports.filter { $0.isInput && $0.name != "clk" } }
  var outputPorts: [Port] { ports.filter { !$0.isInput } }

  /// - Throws: `HDLError` where the configuration is none of the module.
  init(_ random: RandomModule, at configuration: Configuration) throws {
    self.random = random
    self.configuration = configuration
    let widths = try random.module.portWidths(at: configuration)
    ports = zip(random.module.portSummaries, widths).map {
      Port(name: $0.name, width: $1, isSigned: $0.isSigned, isInput: $0.isInput)
    }
    let driven = ports.filter { $0.isInput && $0.name != "clk" }
    inputs = (0..<Self.cycles).map { cycle in
      driven.map { Self.bits(of: $0, in: cycle) }
    }
  }

  /// All modules at all their configurations.
  ///
  /// - Throws: `HDLError` where a module breaks a rule.
  static func all(_ randoms: [RandomModule]) throws -> [Run] {
    try randoms.flatMap { random in try random.configurations.map { try Run(random, at: $0) } }
  }

  /// Extremes and random numbers, the same for the same name and cycle; resets are off in the first
  /// cycle, on in the second, and at times later.
  private static func bits(of port: Port, in cycle: Int) -> BitVector {
    let name = port.name.utf8.reduce(UInt64(14_695_981)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    var generator = SeededGenerator(seed: name &+ UInt64(cycle) << 32)
    let kind = Int.random(in: 0..<8, using: &generator)
    if port.name == "rst" || port.name.hasPrefix("arst") {
      let isOn = cycle == 1 || cycle > 1 && Int.random(in: 0..<12, using: &generator) == 0
      return BitVector(width: 1, isOn != (port.name == "arst_n") ? 1 : 0)
    }
    let random = BitVector(width: port.width, using: &generator)
    switch kind {
    case 0: return BitVector(width: port.width)
    case 1: return BitVector(width: port.width, -1)
    case 2:
      var sign = BitVector(width: port.width)
      sign[port.width - 1] = true
      return sign
    case 3: return BitVector(width: port.width, Int(random.words[0] & 3))
    default: return random
    }
  }

  /// The outputs of every cycle, before its edge.
  ///
  /// - Throws: what `bench` throws.
  func outputs(of bench: any TestBench) throws -> [[BitVector]] {
    let (driven, read) = (inputPorts, outputPorts)
    return try inputs.map { values in
      for (port, bits) in zip(driven, values) { try bench.poke(port.name, bits: bits) }
      let row = try read.map { try bench.peek(bits: $0.name) }
      try bench.step()
      return row
    }
  }

  /// The first place where two simulations differ.
  func difference(
    _ first: [[String]], _ firstName: String, _ second: [[String]], _ secondName: String
  ) -> Difference? {
    for cycle in 0..<Self.cycles {
      for (number, port) in outputPorts.enumerated() {
        let values = [first, second].map { cycle < $0.count ? $0[cycle][number] : "nothing" }
        guard values[0] != values[1] else { continue }
        return Difference(
          random: random, configuration: configuration, cycle: cycle, signal: port.name,
          names: [firstName, secondName], values: values)
      }
    }
    return nil
  }
}
