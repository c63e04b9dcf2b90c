import Foundation

/// Yosys, its SMT driver and Z3, as found on the PATH.
public struct FormalTools: Sendable {
  let yosys, driver: String
  let environment: [String: String]

  /// Looks for the programs.
  ///
  /// - Throws: `FormalError` naming those that are missing and the command that installs them.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    self.environment = environment
    func find(_ name: String) -> String? {
      (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
    let found = ["yosys", "yosys-smtbmc", "z3"].map { ($0, find($0)) }
    let missing = found.filter { $0.1 == nil }.map(\.0)
    guard missing.isEmpty else {
      let verb = missing.count == 1 ? "is" : "are"
      throw FormalError(
        "\(missing.joined(separator: " and ")) \(verb) not on the PATH; install with: "
          + "apt-get install -y --no-install-recommends yosys z3")
    }
    yosys = found[0].1!
    driver = found[1].1!
  }

  /// Runs a program to its end in `folder`, and gives what it printed.
  ///
  /// What it prints goes through a file: a pipe's end could be held open by a program started at
  /// the same time.
  func run(_ program: String, _ arguments: [String], in folder: String) throws -> (
    status: Int32, output: String
  ) {
    let log = "\(folder)/log"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    do {
      try Data().write(to: URL(fileURLWithPath: log))
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
      defer { try? file.close() }
      process.standardOutput = file
      process.standardError = file
      try process.run()
      process.waitUntilExit()
      let output = try Data(contentsOf: URL(fileURLWithPath: log))
      let isSignal = process.terminationReason == .uncaughtSignal
      return (
        process.terminationStatus + (isSignal ? 128 : 0), String(decoding: output, as: UTF8.self)
      )
    } catch {
      throw FormalError("\(program) cannot be run: \(error.localizedDescription)")
    }
  }
}

/// A proof that cannot be run: one sentence.
public struct FormalError: Error, Equatable, CustomStringConvertible {
  /// What is missing or fails, with the words of the tool where it is a tool.
  public let description: String
  init(_ description: String) { self.description = description }
}
