import Foundation
import HDL
import Verilated

/// A program that reads a module's Verilog and says what it holds against it.
public enum Linter: String, CaseIterable, Sendable {
  /// Verilator with all warnings, at Verilog-2005.
  case verilator
  /// Icarus Verilog with all warnings, at Verilog-2005.
  case icarus = "iverilog"
  /// Yosys: the design is read and checked.
  case yosys

  /// Whether the program is on the PATH.
  public var isInstalled: Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(rawValue)") }
  }

  /// What it is called with.
  private func arguments(
    _ top: String, _ parameters: [(name: String, value: Int)], _ files: [String]
  ) -> [String] {
    switch self {
    case .verilator:
      return ["--lint-only", "-Wall", "--language", "1364-2005", "--top-module", top]
        + parameters.map { "-G\($0.name)=\($0.value)" } + files
    case .icarus:
      return ["-g2005", "-Wall", "-s", top, "-o", "/dev/null"]
        + parameters.map { "-P\(top).\($0.name)=\($0.value)" } + files
    case .yosys:
      let overrides = parameters.map { " -chparam \($0.name) \($0.value)" }.joined()
      let read = "read_verilog -defer \(files.joined(separator: " "))"
      return [
        "-q", "-p", "\(read); hierarchy -check -top \(top)\(overrides); proc; check -assert",
      ]
    }
  }

  /// Everything that it says of the files in `folder`; nothing for a clean design.
  fileprivate func complaint(
    _ top: String, _ parameters: [(name: String, value: Int)], _ files: [String],
    in folder: String
  ) throws -> String? {
    let run = try Subprocess.run(
      tool: rawValue, arguments(top, parameters, files), in: folder)
    if run.status == 0, run.output.isEmpty { return nil }
    return run.output.isEmpty ? "exit status \(run.status)" : run.output
  }
}

/// What a linter says of a module at one configuration.
public struct LintFinding: Sendable, CustomStringConvertible {
  /// Who says it.
  public let linter: Linter
  /// The values that the parameters had; others had their defaults.
  public let configuration: Configuration
  /// The linter's own words.
  public let text: String

  /// The linter, the configuration and the words.
  public var description: String {
    let values = configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let place = values.isEmpty ? "the defaults" : values.joined(separator: " ")
    return "\(linter.rawValue) at \(place): \(text)"
  }
}

extension Module {
  /// Shows the module's Verilog, as it is printed, to `linters` at each of `configurations`.
  ///
  /// - Parameter blackBoxes: the Verilog of its black boxes, where it is not their models that are
  ///   to be read.
  /// - Returns: what they say; empty for a design that is clean everywhere.
  /// - Throws: `HDLError` where the module breaks a rule; `EnvironmentError` where a linter cannot be
  ///   started.
  public func lint(
    at configurations: [Configuration], with linters: [Linter] = Linter.allCases,
    blackBoxes: [VerilogFile] = []
  ) throws -> [LintFinding] {
    try check(at: configurations)
    let files = verilogFiles(models: blackBoxes.isEmpty) + blackBoxes
    var findings: [LintFinding] = []
    try Scratch.with { folder in
      try writeFiles(files.map { ($0.name, Array($0.text.utf8)) }, to: folder)
      for configuration in configurations {
        let parameters = configuration.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for linter in linters {
          if let text = try linter.complaint(
            name, parameters, files.map(\.name), in: folder)
          {
            findings.append(
              LintFinding(linter: linter, configuration: configuration, text: text))
          }
        }
      }
    }
    return findings
  }
}
