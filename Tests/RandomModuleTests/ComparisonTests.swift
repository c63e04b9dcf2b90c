import Foundation
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

  /// Verilator 5.006 differs from all others in a module of a hundred, so that a module counts
  /// where Icarus Verilog does not side with the simulator.
  @Test(.enabled(if: Tools.haveVerilator && Tools.haveIcarus), arguments: Batch.all(400, by: 100))
  func agreesWithVerilator(batch: Batch) throws {
    let randoms = batch.seeds.map { RandomModule(seed: $0) }
    let differences = try Comparison.verilator(BuildCache()).differences(randoms)
    #expect(differences.count <= 5)
    let alone = try differences.filter { try !Comparison.icarus.differences([$0.random]).isEmpty }
    for difference in alone { Issue.record("\(difference)") }
  }

  @Test(.enabled(if: Tools.haveIcarus), arguments: Batch.all(2000, by: 50))
  func agreesWithIcarus(batch: Batch) throws { try compare(batch, .icarus) }

  @Test(.enabled(if: Tools.haveCXXRTL), arguments: Batch.all(20, by: 20))
  func agreesWithCXXRTL(batch: Batch) throws { try compare(batch, .cxxrtl) }

  private func compare(_ batch: Batch, _ comparison: Comparison) throws {
    let differences = try comparison.differences(batch.seeds.map { RandomModule(seed: $0) })
    for difference in differences {
      Issue.record(
        "\(difference.random.origin) shrinks to \(Shrinker(comparison).shrunk(difference))")
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
