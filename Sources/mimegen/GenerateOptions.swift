import ArgumentParser
import Foundation
import HDL
import Machine
import Programs

struct GenerateOptions: ParsableArguments {
  @OptionGroup(title: "Core parameters") var core: CoreOptions
  @OptionGroup(title: "Further parameters of the accelerator") var accelerator: AcceleratorOptions

  @OptionGroup var folder: FolderOption

  @Flag(help: "Name the Swift file and line of each statement in a comment.")
  var sourceMap = false

  func generate() throws {
    let output = try folder.path(example: "mimegen --rows 16 --cols 16 -o rtl")
    let core = try coreFiles(core.given, showsSources: sourceMap)
    let accelerator = try acceleratorFiles(beside: core)
    let all = core.all + (accelerator?.all ?? [])
    try OutputFolder(path: output).write(all.map { ($0.name, Data($0.text.utf8)) })
    print(
      accelerator.map {
        "Wrote mime_core and mime_accelerator, \(core.verilog.count + $0.verilog.count) Verilog "
          + "files, to \(output); \(AcceleratorFiles.datasheetName) says what the others are."
      }
        ?? "Wrote \(core.verilog.count) Verilog files, \(CoreFiles.listName) and "
        + "\(CoreFiles.descriptionName) to \(output); mime_accelerator has up to "
        + "\(Self.largest) rows and columns.")
  }

  /// The rows, and columns, up to which there is an accelerator.
  private static let largest = 256

  /// The accelerator around the core; nil where the core is too large for one and none was asked for.
  private func acceleratorFiles(beside core: CoreFiles) throws -> AcceleratorFiles? {
    var values = self.core.given.filter { $0.key != "LANES" }
    let isLarge = ["ROWS", "COLS"].contains { values[$0] ?? 0 > Self.largest }
    guard !isLarge || !accelerator.given.isEmpty else { return nil }
    values.merge(accelerator.given) { $1 }
    return try inOneSentence {
      _ = try AcceleratorShape(values)
      return try AcceleratorFiles(defaults: values, core: core, showsSources: sourceMap)
    }
  }
}

/// Where files go.
///
/// A group of one name in every command that has it: what is parsed of the root command, a
/// subcommand finds by that name.
struct FolderOption: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder for the files, made if it is not there; of profile and claims, the file.",
      valueName: "folder"))
  var output: String?

  /// The folder.
  ///
  /// - Throws: `UsageError` with an example where none was given.
  func path(example: String) throws -> String {
    guard let output else {
      throw UsageError(
        "no output folder is given: say where the files go with -o, as in '\(example)'")
    }
    return output
  }

  /// The file, of a command that writes one.
  ///
  /// - Throws: `UsageError` with an example where none was given.
  func file(example: String) throws -> String {
    guard let output else {
      throw UsageError(
        "no output file is given: say where the file goes with -o, as in '\(example)'")
    }
    return output
  }
}

/// The files at these parameter values; an error in the terms of the options.
func coreFiles(_ values: Configuration, showsSources: Bool) throws -> CoreFiles {
  try inOneSentence { try CoreFiles(defaults: values, showsSources: showsSources) }
}

/// What `body` gives; a parameter that it refuses is one sentence.
func inOneSentence<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as HDLError {
    // The first: a wrong value may make the range of the next one wrong.
    throw UsageError(error.diagnostics[0].message)
  }
}
