import ArgumentParser
import Foundation

/// What a user gave cannot be used: one sentence.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Exit status of the program, everywhere.
enum Status: Int32 {
  case equal = 0
  /// A difference, a hang, or a failed assertion in the RTL.
  case different = 1
  /// Bad usage, input or environment.
  case unusable = 2
}

@main
enum Main {
  static func main() {
    do {
      var command = try command()
      try command.run()
    } catch let status as ExitCode {
      exit(status.rawValue)
    } catch {
      if Mimegen.exitCode(for: error) == .success {
        print(Mimegen.fullMessage(for: error))
        exit(Status.equal.rawValue)
      }
      let message = Mimegen.fullMessage(for: error)
      FileHandle.standardError.write(Data((message + "\n").utf8))
      exit(Status.unusable.rawValue)
    }
  }

  /// The command that the arguments name. The options of `generate` are the root's too, which would take those of the
  /// same names from commands that have them for something else.
  private static func command() throws -> any ParsableCommand {
    let words = CommandLine.arguments.dropFirst()
    let own: [any ParsableCommand.Type] = [
      ExploreCommand.self, ImportCommand.self, ExportCommand.self, TraceCommand.self,
    ]
    guard let command = own.first(where: { $0.configuration.commandName == words.first }) else {
      return try Mimegen.parseAsRoot()
    }
    return try command.parseAsRoot(Array(words.dropFirst()))
  }
}
