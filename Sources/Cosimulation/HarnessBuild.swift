import Foundation
import Testbench
import Verilated

/// A verilated module with its harness, built into a library or taken from the cache.
struct HarnessBuild: Sendable {
  let testbench: Testbench
  let sources: VerilogSources
  /// The module that the harness drives.
  let top: String
  let parameters: [(name: String, value: Int)]
  /// Whether the model can write waves; it is slower then.
  let writesWaves: Bool
  /// The ports that the module must have, of those that it has.
  let ports: @Sendable ([HeaderPort]) throws -> [CorePort]

  /// Builds the library unless the cache has it.
  ///
  /// - Throws: `RTLError` when Verilator refuses the Verilog or its ports are others;
  ///   `EnvironmentError` when a tool or a folder fails.
  func product(
    in cache: BuildCache = BuildCache(), with tools: Toolchain? = nil
  ) throws -> VerilatorBuild.Product {
    let tools = try tools ?? Toolchain()
    let entry = try cache.entry("\(testbench.name)-\(fingerprint(tools)).so") { path in
      try tools.checkCompiler()
      try Scratch.with { folder in
        try write(to: folder)
        try tools.verilate(verilatorArguments(tools), in: folder)
        try checkPorts(in: folder)
        try compile(in: folder, tools)
        do {
          try FileManager.default.copyItem(atPath: "\(folder)/obj/\(library)", toPath: path)
        } catch {
          throw cache.unwritable(error.localizedDescription)
        }
      }
    }
    return VerilatorBuild.Product(path: entry.path, isNew: entry.isNew)
  }

  private var library: String { "\(testbench.name).so" }
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
    for file in testbench.files { print.add(file.text) }
    return print.text
  }

  private func verilatorArguments(_ tools: Toolchain) -> [String] {
    let compilerFlags = [
      "-std=c++17", "-fPIC", "-fvisibility=hidden", tools.isGNU ? "-fno-gnu-unique" : "", "-I..",
      "-include", Testbench.preludeFile, "-DVL_USER_STOP", "-DVL_USER_FATAL", "-DVL_USER_FINISH",
    ].filter { !$0.isEmpty }
    var arguments = [
      "--cc", "--exe", "-O3", "--assert", "--x-assign", "unique", "--x-initial", "unique",
      "--top-module", top, "--prefix", testbench.modelPrefix, "--Mdir", Self.objectFolder,
      "-Wno-lint", "-Wno-style", "-Wno-fatal", "-CFLAGS", compilerFlags.joined(separator: " "),
      "-LDFLAGS", "-shared", "-o", library,
    ]
    if writesWaves { arguments.append("--trace") }
    arguments += parameters.map { "-G\($0.name)=\($0.value)" }
    return arguments + [testbench.mainFile] + sources.files.map(\.name)
  }

  private func write(to folder: String) throws {
    let verilog = sources.files.map { (name: $0.name, bytes: Array($0.text.utf8)) }
    try writeFiles(verilog + testbench.files.map { (name: $0.name, bytes: $0.text) }, to: folder)
  }

  /// Compares the ports of the verilated model, as its header declares them, with those wanted.
  private func checkPorts(in folder: String) throws {
    let header = "\(folder)/\(Self.objectFolder)/\(testbench.modelPrefix).h"
    let text = FileManager.default.contents(atPath: header).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard let text else { throw RTLError("Verilator wrote no \(testbench.modelPrefix).h.") }
    let found = HeaderPort.all(in: text)
    try HeaderPort.check(
      found, against: ports(found).map { ($0.name, $0.direction == .input, $0.width) }, of: top,
      at: parameters)
  }
}
