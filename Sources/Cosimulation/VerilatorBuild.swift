import Foundation
import Testbench

/// A verilated `mime_core` with its harness, built into a library or taken from the cache.
public struct VerilatorBuild: Sendable {
  public let sources: VerilogSources
  public let parameters: CoreParameters
  /// Whether the model can write waves; it is slower then.
  public let writesWaves: Bool

  public init(_ sources: VerilogSources, _ parameters: CoreParameters, writesWaves: Bool = false) {
    self.sources = sources
    self.parameters = parameters
    self.writesWaves = writesWaves
  }

  /// A built library, and whether this call built it.
  public struct Product: Sendable {
    public let path: String
    public let isNew: Bool
  }

  /// Builds the library unless the cache has it.
  ///
  /// - Throws: `RTLError` when Verilator refuses the Verilog or its ports are not a `mime_core`'s;
  ///   `EnvironmentError` when a tool or a folder fails.
  public func product(
    in cache: BuildCache = BuildCache(), with tools: Toolchain? = nil
  ) throws -> Product {
    let tools = try tools ?? Toolchain()
    let entry = try cache.entry("mime_core-\(fingerprint(tools)).so") { path in
      try tools.checkCompiler()
      try Scratch.with { folder in
        try write(to: folder)
        try verilate(in: folder, tools)
        try checkPorts(in: folder)
        try compile(in: folder, tools)
        do {
          try FileManager.default.copyItem(atPath: "\(folder)/obj/\(Self.library)", toPath: path)
        } catch {
          throw cache.unwritable(error.localizedDescription)
        }
      }
    }
    return Product(path: entry.path, isNew: entry.isNew)
  }

  private static let top = "mime_core"
  private static let library = "mime_core.so"
  static let objectFolder = "obj"

  /// All that decides what the library does.
  func fingerprint(_ tools: Toolchain) -> String {
    var print = Fingerprint()
    for text in tools.versions + verilatorArguments(tools) + Self.optimization {
      print.add(text.utf8)
    }
    for file in sources.files {
      print.add(file.name.utf8)
      print.add(file.text.utf8)
    }
    for file in Testbench.files { print.add(file.text) }
    return print.text
  }

  private func verilatorArguments(_ tools: Toolchain) -> [String] {
    let compilerFlags = [
      "-std=c++17", "-fPIC", "-fvisibility=hidden", tools.isGNU ? "-fno-gnu-unique" : "", "-I..",
      "-include", Testbench.preludeFile, "-DVL_USER_STOP", "-DVL_USER_FATAL", "-DVL_USER_FINISH",
    ].filter { !$0.isEmpty }
    var arguments = [
      "--cc", "--exe", "-O3", "--assert", "--x-assign", "unique", "--x-initial", "unique",
      "--top-module", Self.top, "--prefix", Testbench.modelPrefix, "--Mdir", Self.objectFolder,
      "-Wno-lint", "-Wno-style", "-Wno-fatal", "-CFLAGS", compilerFlags.joined(separator: " "),
      "-LDFLAGS", "-shared", "-o", Self.library,
    ]
    if writesWaves { arguments.append("--trace") }
    arguments += parameters.verilogParameters.map { "-G\($0.name)=\($0.value)" }
    return arguments + [Testbench.mainFile] + sources.files.map(\.name)
  }

  private func write(to folder: String) throws {
    let verilog = sources.files.map { (name: $0.name, bytes: Array($0.text.utf8)) }
    let testbench = Testbench.files.map { (name: $0.name, bytes: $0.text) }
    for file in verilog + testbench {
      let url = URL(fileURLWithPath: "\(folder)/\(file.name)")
      do {
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: url)
      } catch {
        throw EnvironmentError("\(url.path) cannot be written: \(error.localizedDescription)")
      }
    }
  }

  private func verilate(in folder: String, _ tools: Toolchain) throws {
    let run = try Subprocess.run(
      tools.verilator, verilatorArguments(tools), in: folder, environment: tools.environment)
    guard run.status != 0 else { return }
    throw refusal(run, "Verilator refuses the Verilog") { $0.hasPrefix("%Error") }
  }

  /// The error of a tool that failed: its first error lines, or the full disk behind them.
  func refusal(
    _ run: Subprocess, _ what: String, isError: (Substring) -> Bool
  ) -> any Error {
    if run.output.contains("No space left on device") {
      return EnvironmentError("no space is left in \(Scratch.parent); free some or set TMPDIR.")
    }
    let lines = run.output.split(whereSeparator: \.isNewline).filter(isError).prefix(5)
    let detail = lines.isEmpty ? ["(exit status \(run.status))"] : Array(lines)
    return RTLError("\(what):\n\(detail.joined(separator: "\n"))")
  }

  /// Compares the ports of the verilated model, as its header declares them, with the core's.
  private func checkPorts(in folder: String) throws {
    let header = "\(folder)/\(Self.objectFolder)/\(Testbench.modelPrefix).h"
    let text = FileManager.default.contents(atPath: header).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let text else { throw RTLError("Verilator wrote no \(Testbench.modelPrefix).h.") }
    let found = verilatedPorts(header: text)
    let values = parameters.verilogParameters.map { "\($0.name)=\($0.value)" }
    for port in parameters.ports {
      guard let other = found.first(where: { $0.name == port.name }) else {
        throw RTLError("module \(Self.top) has no port `\(port.name)`.")
      }
      guard other.direction == port.direction else {
        throw RTLError(
          "port `\(port.name)` of \(Self.top) is an \(other.direction); it must be an "
            + "\(port.direction).")
      }
      guard other.width == port.width else {
        throw RTLError(
          "port `\(port.name)` of \(Self.top) has \(other.width) bits; it must have \(port.width) "
            + "with \(values.joined(separator: " ")).")
      }
    }
    for port in found where !parameters.ports.contains(where: { $0.name == port.name }) {
      throw RTLError(
        "module \(Self.top) has a port `\(port.name)` that the testbench does not know.")
    }
  }
}

/// The ports that a verilated model's header declares, such as `VL_IN8(&clk,0,0);`.
func verilatedPorts(header: String) -> [CorePort] {
  header.split(whereSeparator: \.isNewline).compactMap { line in
    let parts = line.split { "(),&; ".contains($0) }
    guard parts.count >= 4, let high = Int(parts[2]), let low = Int(parts[3]) else { return nil }
    let isInput = parts[0].hasPrefix("VL_IN") && !parts[0].hasPrefix("VL_INOUT")
    guard isInput || parts[0].hasPrefix("VL_OUT") else { return nil }
    return CorePort(
      name: String(parts[1]), direction: isInput ? .input : .output, width: high - low + 1)
  }
}
