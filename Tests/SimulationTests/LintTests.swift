import Gallery
import HDL
import Lint
import Testing

/// The printed text of every construct is clean in three linters, without a waiver.
@Suite(.enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"))
struct LintTests {
  @Test(arguments: Gallery.all) func nothingIsHeldAgainst(exhibit: Gallery.Exhibit) throws {
    for finding in try exhibit.module.lint(at: exhibit.configurations) {
      Issue.record("\(exhibit.module.name), \(finding)")
    }
  }

  /// Eight bits driven by four, which each linter sees where the language's own checks are passed by.
  @Test(arguments: Linter.allCases) func findingsAreReported(linter: Linter) throws {
    let box = Module("box", "Its Verilog is another's.", blackBox: true) { m in
      let a = m.input("a", bits(4))
      m.unused("a", a)
    }
    let top = Module("top", "Has an instance of it.") { m in
      let a = m.input("a", bits(4))
      m.instance("part", of: box, ports: ["a": a])
    }
    let wrong = VerilogFile(name: "box.v", text: "module box(input wire [3:0] b);\nendmodule\n")
    let findings = try top.lint(at: [[:]], with: [linter], blackBoxes: [wrong])
    #expect(findings.map(\.linter) == [linter])
  }
}
