import Foundation
import HDL
import Lint
import Simulation
import Testing
import Waves

/// Every block of docs/language.md is code that is compiled here, or what that code prints.
///
/// With `UPDATE_GUIDE=1` the blocks of the guide are written anew.
@Suite struct GuideTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let guide = root.appending(path: "docs/language.md")

  @Test func blocksAreWhatTheCodeIsAndPrints() throws {
    let text = try String(contentsOf: Self.guide, encoding: .utf8)
    let renewed = try Self.renewed(text)
    if ProcessInfo.processInfo.environment["UPDATE_GUIDE"] == "1" {
      try renewed.write(to: Self.guide, atomically: true, encoding: .utf8)
    } else {
      #expect(renewed == text, "docs/language.md differs; run the tests with UPDATE_GUIDE=1")
    }
  }

  /// No block stands in the guide without a source.
  @Test func everyBlockHasASource() throws {
    let lines = try String(contentsOf: Self.guide, encoding: .utf8).components(separatedBy: "\n")
    var isOpen = false
    for (number, line) in lines.enumerated() where line.hasPrefix("```") {
      isOpen.toggle()
      if isOpen {
        #expect(
          number > 0 && lines[number - 1].hasPrefix("<!-- "), "the block of line \(number + 1)")
      }
    }
    #expect(!isOpen)
  }

  @Test func testBenchRunsOnBoth() throws { try GuideModules.onBoth() }

  @Test(.enabled(if: Linter.allCases.allSatisfy(\.isInstalled), "a linter is not installed"))
  func lintersAreContent() throws { try GuideModules.lints() }

  @Test func modulesPassTheirChecks() throws {
    for module in [
      GuideModules.counter, GuideModules.adder, GuideModules.window, GuideModules.unit,
      GuideModules.crossing, GuideModules.bytes, GuideModules.mesh, GuideModules.doubled,
      GuideModules.timer.module(), GuideModules.scratchpad, GuideModules.scaler,
      GuideModules.watched, GuideModules.bounded,
    ] {
      try module.check(at: [[:]])
    }
  }

  /// Replaces the block after each marker.
  static func renewed(_ text: String) throws -> String {
    var result: [String] = []
    var lines = text.components(separatedBy: "\n")[...]
    while let line = lines.popFirst() {
      result.append(line)
      guard line.hasPrefix("<!-- "), line.hasSuffix(" -->") else { continue }
      let words = line.dropFirst(5).dropLast(4).split(separator: " ").map(String.init)
      let next = lines.popFirst()
      let fence = try #require(next)
      #expect(fence.hasPrefix("```"))
      while let old = lines.popFirst(), old != "```" {}
      let block =
        words[0] == "swift:" ? try source(words[1]) : try printed(words[0], words[1])
      result += [fence] + block.components(separatedBy: "\n") + ["```"]
    }
    return result.joined(separator: "\n")
  }

  /// The lines between `guide: name` and `guide end`, without their indentation.
  static func source(_ name: String) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "GuideModules.swift")
    let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let start = try #require(lines.firstIndex { $0 == "  // guide: \(name)" }, "\(name)")
    let block = lines[(start + 1)...].prefix { $0 != "  // guide end" }
    return block.map { $0.hasPrefix("  ") ? String($0.dropFirst(2)) : $0 }
      .joined(separator: "\n")
  }

  static func printed(_ kind: String, _ name: String) throws -> String {
    switch (kind, name) {
    case ("verilog:", "counter"): return verilog(GuideModules.counter)
    case ("verilog:", "match"): return verilog(GuideModules.unit)
    case ("verilog:", "states"): return verilog(GuideModules.crossing)
    case ("verilog:", "memory"): return verilog(GuideModules.bytes)
    case ("verilog:", "grid"): return verilog(GuideModules.mesh)
    case ("verilog:", "watched"): return verilog(GuideModules.watched)
    case ("error:", "narrow"): return error { try GuideModules.tooNarrow.check(at: [[:]]) }
    case ("error:", "configuration"):
      return error { try GuideModules.window.check(at: [[:], ["FROM": 6]]) }
    case ("error:", "latch"): return error { try GuideModules.latch.check(at: [[:]]) }
    case ("error:", "waves"): return error { try GuideModules.stopsWithWaves() }
    case ("header:", "registers"): return String(GuideModules.timer.cHeader.dropLast())
    case ("files:", "blackbox"):
      return GuideModules.scratchpad.verilogFiles().map(\.name).joined(separator: "\n")
    case ("verdicts:", "proof"):
      return try GuideModules.proves().map(\.description).joined(separator: "\n")
    case ("tiers:", "configuration"):
      let summary = try GuideModules.window.check(at: [[:], ["FROM": 4]])
      return summary.checkedOnly.map { "\($0)" }.joined(separator: "\n")
    default: throw TestBenchError("the guide has a block `\(kind) \(name)` without a source")
    }
  }

  private static func verilog(_ module: Module) -> String {
    String(VerilogPrinter.print(module).dropLast())
  }

  private static func error(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}
