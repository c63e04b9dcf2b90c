import Foundation
import Testing

/// The built `mimegen`, run to its end.
enum Program {
  struct Outcome: Sendable {
    let status: Int32
    /// What went to standard output.
    let output: String
    /// What went to standard error.
    let errors: String

    /// The first line on standard error.
    var sentence: String { errors.split(separator: "\n").first.map(String.init) ?? "" }
  }

  /// The program of this build, beside the test bundle.
  static let path: String = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let path = bundle.deletingLastPathComponent().appendingPathComponent("mimegen").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      fatalError(
        "\(path) is not there: run these tests with 'swift test', which builds mimegen beside them")
    }
    return path
  }()

  /// Where all these tests keep the cores they build.
  static let cache = path + "-test-cache"

  /// What the program finds in its environment, unless a test says otherwise.
  static let environment = ProcessInfo.processInfo.environment
    .merging(["MIMEGEN_CACHE": cache]) { $1 }

  /// Runs `mimegen` with `arguments`.
  ///
  /// - Parameter folder: the working directory.
  static func run(
    _ arguments: [String], in folder: String = "/", environment: [String: String] = environment
  ) throws -> Outcome {
    try run(path, arguments, in: folder, environment: environment)
  }

  /// Runs a line of shell in which `$mimegen` is the program.
  static func shell(_ line: String, in folder: String = "/") throws -> Outcome {
    try run(
      "/bin/sh", ["-c", line], in: folder,
      environment: environment.merging(["mimegen": path]) { $1 }
    )
  }

  /// Runs any program.
  static func run(
    _ program: String, _ arguments: [String], in folder: String,
    environment: [String: String] = environment
  ) throws -> Outcome {
    // Files and not pipes, whose ends a program started at the same time would hold open.
    try withFolder { results in
      func file(_ name: String) throws -> FileHandle {
        let path = "\(results)/\(name)"
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forUpdating: URL(fileURLWithPath: path))
      }
      let (output, errors) = (try file("output"), try file("errors"))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      process.environment = environment
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      process.standardError = errors
      try process.run()
      process.waitUntilExit()
      let isSignal = process.terminationReason == .uncaughtSignal
      return Outcome(
        status: process.terminationStatus + (isSignal ? 128 : 0),
        output: try text("\(results)/output"), errors: try text("\(results)/errors"))
    }
  }
}

/// Expects exit status 2 and one sentence, and nothing on standard output.
func expectRefusal(
  _ outcome: Program.Outcome, _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(outcome.status == 2, sourceLocation: sourceLocation)
  #expect(outcome.sentence == "Error: \(sentence)", sourceLocation: sourceLocation)
  #expect(outcome.output == "", sourceLocation: sourceLocation)
}
