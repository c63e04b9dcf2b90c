import Foundation

/// The programs that build a verilated model, as found on the PATH.
public struct Toolchain: Sendable {
  /// Paths of the programs.
  package let verilator, compiler, make: String
  /// What the programs say of their versions; part of a build's identity.
  package let versions: [String]
  let environment: [String: String]

  /// The oldest Verilator that builds the models.
  static let minimumVerilator = (major: 5, minor: 6)

  /// Looks for Verilator, make and a C++ compiler: `$CXX` if set, else clang++, which
  /// builds the model in two thirds of the time, else g++.
  ///
  /// - Throws: `EnvironmentError` naming the program that is missing or too old.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    self.environment = environment
    verilator = try Self.find(
      ["verilator"], environment, what: "Verilator 5.006 or later", package: "verilator")
    make = try Self.find(["make"], environment, what: "GNU make", package: "make")
    let chosen = environment["CXX"].flatMap { $0.isEmpty ? nil : $0 }
    compiler = try Self.find(
      chosen.map { [$0] } ?? ["clang++", "g++"], environment,
      what: "a C++17 compiler\(chosen.map { " (CXX is set to \($0))" } ?? "")", package: "g++")
    let verilatorVersion = try Self.version(of: verilator, environment)
    let compilerVersion = try Self.version(of: compiler, environment)
    versions = [verilatorVersion, compilerVersion]
    try Self.checkVerilator(verilatorVersion, path: verilator)
  }

  /// The tools of this process's environment, looked for once.
  ///
  /// - Throws: `EnvironmentError` naming the program that is missing or too old.
  static func shared() throws -> Toolchain { try ofThisProcess.get() }
  private static let ofThisProcess = Result { try Toolchain() }

  /// Whether the compiler takes `-fno-gnu-unique`.
  package var isGNU: Bool { versions[1].contains("Free Software Foundation") }

  /// Compiles a line of C++17 with the standard library.
  ///
  /// - Throws: `EnvironmentError` when the compiler is too old or its library is missing.
  package func checkCompiler() throws {
    let probe = try Subprocess.run(
      compiler, ["-std=c++17", "-fsyntax-only", "-x", "c++", "-"],
      input: "#include <string_view>\nconstexpr std::string_view text = \"x\";\n",
      environment: environment)
    guard probe.status != 0 else { return }
    throw EnvironmentError(
      "the C++ compiler \(compiler) does not compile C++17 with its standard library; "
        + "install g++ 9 or later (apt-get install g++) or set CXX to another compiler.")
  }

  private static func find(
    _ names: [String], _ environment: [String: String], what: String, package: String
  ) throws -> String {
    for name in names {
      let candidates =
        name.contains("/")
        ? [name]
        : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      for path in candidates where FileManager.default.isExecutableFile(atPath: path) {
        return path
      }
    }
    throw EnvironmentError(
      "\(names.joined(separator: " or ")) is not on the PATH; the simulation needs \(what): "
        + "install it (apt-get install \(package)).")
  }

  private static func version(
    of program: String, _ environment: [String: String]
  ) throws -> String {
    let run = try Subprocess.run(program, ["--version"], environment: environment)
    guard run.status == 0 else {
      throw EnvironmentError(
        "\(program) --version ends with status \(run.status); reinstall it or put a working one "
          + "before it on the PATH.")
    }
    return run.output
  }

  private static func checkVerilator(_ text: String, path: String) throws {
    let words = text.split(separator: " ")
    let numbers = words.dropFirst().first?.split(separator: ".").compactMap { Int($0) } ?? []
    guard words.first == "Verilator", numbers.count >= 2 else {
      let line = text.prefix { !$0.isNewline }
      throw EnvironmentError(
        "\(path) --version says '\(line)', which is not Verilator's form; install Verilator 5.006 "
          + "or later (apt-get install verilator).")
    }
    guard (numbers[0], numbers[1]) >= minimumVerilator else {
      throw EnvironmentError(
        "\(path) is Verilator \(words[1]), which is too old; install 5.006 or later "
          + "(apt-get install verilator, or build it from verilator.org).")
    }
  }
}
