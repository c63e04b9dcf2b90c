import Foundation
import Lint
import RandomModules
import Testing
import Verilated

/// Random modules mean the same in the package's simulator and in others, cycle by cycle.
@Suite struct ComparisonTests {
  /// A simulator and the seeds it takes, so many to a build.
  struct Batch: Sendable, CustomTestStringConvertible {
    let seeds: Range<UInt64>
    var testDescription: String { "seeds \(seeds)" }

    static func all(_ count: UInt64, by size: UInt64) -> [Batch] {
      stride(from: 0, to: count, by: UInt64.Stride(size)).map { Batch(seeds: $0..<$0 + size) }
    }
  }

  /// Verilator 5.006 has faults of its own that show in a module of a hundred.
  @Test(.enabled(if: Tools.haveVerilator && Tools.haveIcarus), arguments: Batch.all(400, by: 100))
  func agreesWithVerilator(batch: Batch) throws {
    try compare(batch, .verilator(BuildCache()), faults: 5)
  }

  @Test(.enabled(if: Tools.haveIcarus), arguments: Batch.all(2000, by: 50))
  func agreesWithIcarus(batch: Batch) throws { try compare(batch, .icarus, faults: 0) }

  /// CXXRTL of Yosys 0.23 leaves bits above a value that is shifted left.
  @Test(.enabled(if: Tools.haveCXXRTL && Tools.haveIcarus), arguments: Batch.all(20, by: 20))
  func agreesWithCXXRTL(batch: Batch) throws { try compare(batch, .cxxrtl, faults: 3) }

  /// Expects no difference but for so many faults of the other simulator: modules in which Icarus
  /// Verilog sides with the package's simulator.
  private func compare(_ batch: Batch, _ comparison: Comparison, faults: Int) throws {
    let differences = try comparison.differences(batch.seeds.map { RandomModule(seed: $0) })
    #expect(differences.count <= faults)
    for difference in differences {
      if faults > 0, try Comparison.icarus.differences([difference.random]).isEmpty { continue }
      Issue.record(
        "\(difference.random.origin) shrinks to \(Shrinker(comparison).shrunk(difference))")
    }
  }

  /// What the linters say of modules with arbitrary expressions: nothing but that comparisons with
  /// arbitrary numbers are the same for all values.
  @Test(.enabled(if: Linter.verilator.isInstalled && Linter.icarus.isInstalled))
  func printsCleanVerilog() throws {
    for seed in UInt64(0)..<40 {
      let random = RandomModule(seed: seed)
      let findings = try random.module.lint(
        at: random.configurations, with: [.verilator, .icarus])
      for finding in findings {
        let warnings = finding.text.components(separatedBy: "%Warning-").dropFirst()
          .map { $0.prefix { $0.isLetter } }
        let isExpected =
          finding.linter == .verilator && warnings.count > 0
          && warnings.allSatisfy { $0 == "CMPCONST" || $0 == "UNSIGNED" }
        #expect(isExpected, "\(random.origin), \(finding)")
      }
    }
  }
}

/// The programs that tests need.
enum Tools {
  static let haveVerilator = isFound("verilator")
  static let haveIcarus = isFound("iverilog") && isFound("vvp")
  static let haveCXXRTL =
    isFound("yosys")
    && FileManager.default.fileExists(
      atPath: Comparison.cxxrtlHeaders + "/backends/cxxrtl/cxxrtl.h")

  private static func isFound(_ tool: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }
}
