import Foundation

/// A program run to its end.
package struct Subprocess {
  /// Its exit status, or the number of the signal that ended it plus 128.
  package let status: Int32
  /// What it wrote to standard output and standard error, as it came.
  package let output: String

  /// Runs a program that is looked for on the PATH.
  ///
  /// - Throws: `EnvironmentError` where it is not there.
  package static func run(
    tool name: String, _ arguments: [String], in folder: String
  ) throws -> Subprocess {
    let environment = ProcessInfo.processInfo.environment
    guard
      let path = (environment["PATH"] ?? "").split(separator: ":").map({ "\($0)/\(name)" })
        .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else {
      throw EnvironmentError(
        "\(name) is not on the PATH; install it (apt-get install \(name)) or put it there.")
    }
    return try run(path, arguments, in: folder, environment: environment)
  }

  /// - Throws: `EnvironmentError` when `program` cannot be started.
  package static func run(
    _ program: String, _ arguments: [String], in folder: String? = nil,
    input: String = "", environment: [String: String]
  ) throws -> Subprocess {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let (inputPipe, outputPipe) = (Pipe(), Pipe())
    process.standardInput = inputPipe
    process.standardOutput = outputPipe
    process.standardError = outputPipe
    // `waitUntilExit` looks every 50 ms, which is longer than most of these programs run.
    let end = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in end.signal() }
    do {
      try process.run()
      try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try inputPipe.fileHandleForWriting.close()
    } catch {
      throw EnvironmentError("\(program) cannot be run: \(error.localizedDescription)")
    }
    let output = outputPipe.fileHandleForReading.readDataToEndOfFile()
    end.wait()
    // It would stay open: Foundation does not let go of a process that had a handler.
    try? outputPipe.fileHandleForReading.close()
    let isSignal = process.terminationReason == .uncaughtSignal
    return Subprocess(
      status: process.terminationStatus + (isSignal ? 128 : 0),
      output: String(decoding: output, as: UTF8.self))
  }
}
