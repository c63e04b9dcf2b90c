import Foundation

/// Verilator's run-time, compiled once for all libraries.
struct RuntimeBuild {
  let options: VerilatedOptions
  let cache: BuildCache
  let tools: Toolchain

  /// The path of the object, built unless the cache has it.
  ///
  /// - Parameter root: Verilator's folder.
  /// - Throws: `EnvironmentError` when a tool or a folder fails; `RTLError` when the run-time does
  ///   not compile.
  func path(_ root: String) throws -> String {
    try cache.entry("verilated-\(fingerprint(root)).o") { path in
      try tools.checkCompiler()
      try Scratch.with { folder in
        try writeFiles(libraryFiles, to: folder)
        try tools.makeLibrary("joined_runtime.o", options, root, in: folder, ["-j", "2"])
        do {
          try FileManager.default.copyItem(atPath: "\(folder)/joined_runtime.o", toPath: path)
        } catch {
          throw cache.unwritable(error.localizedDescription)
        }
      }
    }.path
  }

  private func fingerprint(_ root: String) -> String {
    var print = Fingerprint()
    for text in tools.versions + tools.libraryFlags(options) + [root] { print.add(text.utf8) }
    for file in libraryFiles { print.add(file.bytes) }
    return print.text
  }
}
