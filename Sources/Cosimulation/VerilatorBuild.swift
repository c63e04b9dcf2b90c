import Foundation
import Testbench
import Verilated

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
        try tools.verilate(verilatorArguments(tools), in: folder)
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
    try writeFiles(verilog + Testbench.files.map { (name: $0.name, bytes: $0.text) }, to: folder)
  }

  /// Compares the ports of the verilated model, as its header declares them, with the core's.
  private func checkPorts(in folder: String) throws {
    let header = "\(folder)/\(Self.objectFolder)/\(Testbench.modelPrefix).h"
    let text = FileManager.default.contents(atPath: header).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let text else { throw RTLError("Verilator wrote no \(Testbench.modelPrefix).h.") }
    try HeaderPort.check(
      HeaderPort.all(in: text),
      against: parameters.ports.map { ($0.name, $0.direction == .input, $0.width) }, of: Self.top,
      at: parameters.verilogParameters)
  }
}
