import HDL
import Lint
import Testing

@testable import Machine

/// The accelerator's modules keep the language's rules and are clean for all linters.
@Suite struct AcceleratorLintTests {
  static let configurations: [Configuration] = [
    [:],
    [
      "ROWS": 1, "COLS": 1, "FEED_BANKS": 1, "AXI_DATA_WIDTH": 32, "ACT_BUFFER_KB": 1,
      "WEIGHT_BUFFER_KB": 1, "THRESHOLD_BUFFER_KB": 1,
    ],
    ["ROWS": 4, "COLS": 64, "FEED_BANKS": 1, "AXI_DATA_WIDTH": 256],
    [
      "ROWS": 7, "COLS": 5, "FEED_BANKS": 3, "AXI_DATA_WIDTH": 64, "ACT_WIDTH": 16, "ACT_SIGNED": 1,
      "WEIGHT_WIDTH": 16, "ACC_WIDTH": 48, "MULT_WIDTH": 0, "COUNT_EVENTS": 0,
    ],
  ]

  @Test func keepsTheRules() throws {
    try Machine.accelerator.check(at: Self.configurations)
  }

  @Test(
    .enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"))
  func printsCleanVerilog() throws {
    for finding in try Machine.accelerator.lint(at: Self.configurations) {
      Issue.record("\(finding)")
    }
  }
}
