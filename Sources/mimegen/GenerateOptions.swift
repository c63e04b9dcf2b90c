import ArgumentParser
import HDL
import Machine

struct GenerateOptions: ParsableArguments {
  @OptionGroup(title: "Core parameters") var core: CoreOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder for the files; made if it is not there.", valueName: "folder"))
  var output: String?

  @Flag(help: "Name the Swift file and line of each statement in a comment.")
  var sourceMap = false

  func generate() throws {
    guard let output else {
      throw UsageError(
        "no output folder is given: say where the files go with -o, as in 'mimegen --rows 16 --cols 16 -o rtl'"
      )
    }
    let files = try coreFiles(core.given, showsSources: sourceMap)
    try OutputFolder(path: output).write(files.all.map { ($0.name, $0.text) })
    print(
      "Wrote \(files.verilog.count) Verilog files, \(CoreFiles.listName) and "
        + "\(CoreFiles.descriptionName) to \(output).")
  }
}

/// The files at these parameter values; an error in the terms of the options.
func coreFiles(_ values: Configuration, showsSources: Bool) throws -> CoreFiles {
  do {
    return try CoreFiles(defaults: values, showsSources: showsSources)
  } catch let error as HDLError {
    // The first: a wrong value may make the range of the next one wrong.
    throw UsageError(error.diagnostics[0].message)
  }
}
