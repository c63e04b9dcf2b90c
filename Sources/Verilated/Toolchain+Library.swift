extension Toolchain {
  /// The compiler's flags for every file of a library.
  func libraryFlags(_ options: VerilatedOptions) -> [String] {
    [
      "-std=c++17", "-fPIC", "-fvisibility=hidden", "-w", options.optimization,
      // Verilator nests as many parentheses as an expression has operators.
      isGNU ? "-fno-gnu-unique" : "-fbracket-depth=4096", "-include", "print.h", "-DVL_USER_STOP",
      "-DVL_USER_FATAL", "-DVL_USER_FINISH",
    ]
  }

  /// Makes `goal` of library.mk in a folder that has the files of every library.
  ///
  /// - Throws: `RTLError` with the compiler's first errors; `EnvironmentError`.
  func makeLibrary(
    _ goal: String, _ options: VerilatedOptions, _ root: String, in folder: String,
    _ variables: [String]
  ) throws {
    let flags = libraryFlags(options).joined(separator: " ")
    try make(
      ["-f", "library.mk", goal, "CXX=\(compiler)", "FLAGS=\(flags)", "ROOT=\(root)"] + variables,
      in: folder)
  }
}
