import FIR
import HDL
import Lint
import Simulation
import Testing
import Verilated

/// The filter of `Examples/FIR` against the sum of products that it stands for.
@Suite struct FIRFilterTests {
  static let configurations: [Configuration] = [
    [:], ["TAPS": 1], ["TAPS": 5, "DATA_WIDTH": 3, "COEF_WIDTH": 2],
    ["TAPS": 7, "DATA_WIDTH": 24, "COEF_WIDTH": 18],
  ]

  /// One description, checked at every configuration.
  @Test func passesItsChecks() throws {
    try FIRFilter.filter.check(at: Self.configurations)
  }

  @Test(.enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"))
  func printsCleanVerilog() throws {
    for finding in try FIRFilter.filter.lint(at: Self.configurations) { Issue.record("\(finding)") }
  }

  @Test(arguments: configurations) func filtersInTheSimulator(at configuration: Configuration)
    throws
  {
    try Self.filters(on: Simulator(FIRFilter.filter, configuration), configuration)
  }

  /// The same test on Verilator, in lockstep with the simulator.
  @Test(arguments: configurations) func filtersInLockstep(at configuration: Configuration) throws {
    let bench = try Lockstep(
      Simulator(FIRFilter.filter, configuration), named: "the simulator",
      VerilatedBench(FIRFilter.filter, at: configuration), named: "Verilator")
    try Self.filters(on: bench, configuration)
  }

  /// Feeds random samples and compares every result with whole numbers.
  static func filters(on bench: any TestBench, _ configuration: Configuration) throws {
    let values = try FIRFilter.filter.parameterValues(configuration)
    let (taps, data, coef) = (values["TAPS"]!, values["DATA_WIDTH"]!, values["COEF_WIDTH"]!)
    var generator = SeededGenerator(seed: 7)
    func random(_ width: Int) -> Int {
      Int.random(in: -(1 << (width - 1))...(1 << (width - 1)) - 1, using: &generator)
    }
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)

    let coefficients = (0..<taps).map { _ in random(coef) }
    try bench.poke("load", 1)
    for (tap, value) in coefficients.enumerated() {
      try bench.poke("load_tap", tap)
      try bench.poke("coefficient", value)
      try bench.step()
    }
    try bench.poke("load", 0)

    let shift = Swift.max(0, coef - 2)
    try bench.poke("shift", shift)
    var history = Array(repeating: 0, count: taps)
    for cycle in 0..<300 {
      let isSample = cycle < 20 || Bool.random(using: &generator)
      let sample = random(data)
      try bench.poke("valid", isSample ? 1 : 0)
      try bench.poke("sample", sample)
      try bench.step()
      #expect(try bench.peek("result_valid") == (isSample ? 1 : 0))
      if isSample { history = [sample] + history.dropLast() }
      let sum = zip(coefficients, history).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(try bench.peek("result") == rounded(sum, shift, width: data), "cycle \(cycle)")
    }
  }

  /// To the nearest, a tie to the even one, then to the nearest that fits.
  static func rounded(_ sum: Int, _ shift: Int, width: Int) -> Int {
    let unit = 1 << shift
    let below = sum >= 0 ? sum / unit : -((-sum + unit - 1) / unit)
    let twice = 2 * (sum - below * unit)
    let up = twice > unit || (twice == unit && below % 2 != 0)
    let limit = 1 << (width - 1)
    return Swift.min(limit - 1, Swift.max(-limit, below + (up ? 1 : 0)))
  }
}
