import Foundation

/// A program run to its end.
package struct Subprocess {
  /// Its exit status, or the number of the signal that ended it plus 128.
  package let status: Int32
  /// What it wrote to standard output and standard error, as it came.
  package let output: String

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
    let isSignal = process.terminationReason == .uncaughtSignal
    return Subprocess(
      status: process.terminationStatus + (isSignal ? 128 : 0),
      output: String(decoding: output, as: UTF8.self))
  }
}
