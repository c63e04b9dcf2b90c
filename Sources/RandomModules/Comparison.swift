import HDL
import Simulation
import Verilated

/// Runs random modules in the package's simulator and in another one.
public enum Comparison: Sendable {
  case verilator(BuildCache)
  case icarus
  case cxxrtl

  /// Where Debian's `yosys-dev` puts the headers that CXXRTL needs.
  public static let cxxrtlHeaders = "/usr/share/yosys/include"

  var name: String {
    switch self {
    case .verilator: return "Verilator"
    case .icarus: return "Icarus Verilog"
    case .cxxrtl: return "CXXRTL"
    }
  }

  /// The first difference of each module that has one.
  ///
  /// - Throws: `HDLError` where a module breaks a rule; what the other simulator throws.
  public func differences(_ randoms: [RandomModule]) throws -> [Difference] {
    let runs = try Run.all(randoms)
    let others: [[[String]]?]
    switch self {
    case .verilator(let cache): others = try Self.verilator(runs, cache)
    case .icarus: others = try IcarusRun.outputs(of: runs)
    case .cxxrtl: others = try CXXRTLRun.outputs(of: runs)
    }
    var result: [Difference] = []
    for (run, other) in zip(runs, others) {
      guard let other else { continue }
      let simulator = try Simulator(run.random.module, run.configuration)
      let own = try run.outputs(of: simulator).map { $0.map(\.description) }
      guard let difference = run.difference(own, "the simulator", other, name) else { continue }
      if result.last?.random.module.name != difference.random.module.name {
        result.append(difference)
      }
    }
    return result
  }

  /// The outputs in Verilator; nil for a module on which Verilator itself breaks, at most one in
  /// fifty, which says nothing about the module.
  private static func verilator(_ runs: [Run], _ cache: BuildCache) throws -> [[[String]]?] {
    var kept = Array(runs.indices)
    while true {
      do {
        let library = try VerilatedLibrary(
          kept.map { try VerilatedModule(runs[$0].random.module, at: runs[$0].configuration) },
          in: cache)
        var result = runs.map { _ in [[String]]?.none }
        for (number, run) in kept.enumerated() {
          result[run] = try runs[run].outputs(of: library.bench(number)).map {
            $0.map(\.description)
          }
        }
        return result
      } catch let error as RTLError {
        guard let broken = brokenModule(error.description), kept.indices.contains(broken),
          50 * (runs.count - kept.count) <= runs.count
        else { throw error }
        kept.remove(at: broken)
      }
    }
  }

  /// The number of the module at which Verilator reports an error of its own, `5/module.v`.
  private static func brokenModule(_ message: String) -> Int? {
    guard let range = message.range(of: "Internal Error: ") else { return nil }
    return Int(message[range.upperBound...].prefix { $0.isNumber })
  }
}
