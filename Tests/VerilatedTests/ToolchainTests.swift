import Foundation
import Testing

@testable import Verilated

@Suite struct ToolchainTests {
  static let path = ProcessInfo.processInfo.environment["PATH"] ?? ""

  /// A tool that only says its version.
  static func tool(_ version: String) -> String { "echo '\(version)'" }

  static func error(_ environment: [String: String]) -> String? {
    do {
      _ = try Toolchain(environment: environment)
      return nil
    } catch {
      return (error as? EnvironmentError)?.description ?? "another error: \(error)"
    }
  }

  @Test func findsTheToolsHere() throws {
    let tools = try Toolchain()
    #expect(tools.versions[0].hasPrefix("Verilator 5."))
    try tools.checkCompiler()
  }

  @Test func saysWhatIsMissing() throws {
    try withFolder { folder in
      let environment = ["PATH": folder]
      #expect(
        Self.error(environment)
          == "verilator is not on the PATH; the simulation needs Verilator 5.006 or later: install "
          + "it (apt-get install verilator).")
      try writeScript(folder + "/verilator", Self.tool("Verilator 5.006 2023-01-22"))
      #expect(
        Self.error(environment)
          == "make is not on the PATH; the simulation needs GNU make: install it (apt-get install "
          + "make).")
      try writeScript(folder + "/make", "true")
      #expect(
        Self.error(environment)
          == "clang++ or g++ is not on the PATH; the simulation needs a C++17 compiler: install it "
          + "(apt-get install g++).")
      #expect(
        Self.error(["PATH": folder, "CXX": "icpc"])
          == "icpc is not on the PATH; the simulation needs a C++17 compiler (CXX is set to icpc): "
          + "install it (apt-get install g++).")
      try writeScript(folder + "/clang++", Self.tool("clang version 16"))
      #expect(Self.error(environment) == nil)
    }
  }

  @Test(arguments: [
    ("Verilator 4.228 2022-10-01", "is Verilator 4.228, which is too old; install 5.006 or later"),
    ("Verilator 5.004 2022-12-14", "is Verilator 5.004, which is too old; install 5.006 or later"),
    ("Verilator 5.006 2023-01-22", nil),
    ("Verilator 5.040 2025-08-30", nil),
    ("Verilator 6.002 2030-01-01", nil),
    ("Icarus 5.006", "--version says 'Icarus 5.006', which is not Verilator's form"),
  ]) func checksVerilatorsVersion(version: String, message: String?) throws {
    try withFolder { folder in
      try writeScript(folder + "/verilator", Self.tool(version))
      try writeScript(folder + "/make", "true")
      try writeScript(folder + "/g++", Self.tool("g++ 12"))
      let error = Self.error(["PATH": folder])
      if let message {
        #expect(error?.contains(message) == true, "\(error ?? "no error")")
      } else {
        #expect(error == nil)
      }
    }
  }

  @Test func refusesACompilerWithoutCpp17() throws {
    try withFolder { folder in
      try writeScript(
        folder + "/c++old",
        "[ \"$1\" = --version ] && echo g++ 4 && exit 0\ncat > /dev/null; exit 1")
      let tools = try Toolchain(environment: ["PATH": Self.path, "CXX": folder + "/c++old"])
      #expect(
        throws: EnvironmentError(
          "the C++ compiler \(folder)/c++old does not compile C++17 with its standard library; "
            + "install g++ 9 or later (apt-get install g++) or set CXX to another compiler.")
      ) { try tools.checkCompiler() }
    }
  }

  @Test func refusesAToolThatFails() throws {
    try withFolder { folder in
      try writeScript(folder + "/verilator", "exit 3")
      try writeScript(folder + "/make", "true")
      try writeScript(folder + "/g++", Self.tool("g++ 12"))
      #expect(
        Self.error(["PATH": folder])
          == "\(folder)/verilator --version ends with status 3; reinstall it or put a working one "
          + "before it on the PATH.")
    }
  }
}
