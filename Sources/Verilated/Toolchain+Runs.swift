import Foundation

/// The programs at work, and what they say when they refuse.
extension Toolchain {
  /// Turns Verilog into C++.
  ///
  /// - Parameter root: Verilator's folder, where its Perl wrapper is to be passed by, which takes
  ///   five times as long to start as a small module takes to be verilated.
  /// - Throws: `RTLError` with Verilator's first errors; `EnvironmentError`.
  package func verilate(
    _ arguments: [String], in folder: String, root: String? = nil
  ) throws {
    let run: Subprocess
    if let root, let program = unwrappedVerilator {
      // The wrapper lifts the limit of the stack too.
      run = try Subprocess.run(
        "/bin/sh",
        ["-c", "ulimit -s unlimited 2>/dev/null; exec \"$0\" \"$@\"", program] + arguments,
        in: folder, environment: environment.merging(["VERILATOR_ROOT": root]) { $1 })
    } else {
      run = try Subprocess.run(verilator, arguments, in: folder, environment: environment)
    }
    guard run.status != 0 else { return }
    throw run.refusal("Verilator refuses the Verilog") { $0.hasPrefix("%Error") }
  }

  /// The folder of Verilator's run-time.
  ///
  /// - Throws: `EnvironmentError`.
  func verilatorRoot() throws -> String {
    let run = try Subprocess.run(
      verilator, ["--getenv", "VERILATOR_ROOT"], environment: environment)
    let root = run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard run.status == 0, FileManager.default.fileExists(atPath: "\(root)/include/verilated.h")
    else {
      throw EnvironmentError(
        "\(verilator) does not say where its run-time is; reinstall it or put a working one before "
          + "it on the PATH.")
    }
    return root
  }

  /// The program that the wrapper runs, where it is beside it and nothing asks for another.
  private var unwrappedVerilator: String? {
    guard environment["VERILATOR_ROOT"] == nil, environment["VERILATOR_BIN"] == nil else {
      return nil
    }
    let wrapper = URL(fileURLWithPath: verilator).resolvingSymlinksInPath()
    let program = wrapper.deletingLastPathComponent().path + "/verilator_bin"
    return FileManager.default.isExecutableFile(atPath: program) ? program : nil
  }

  /// Compiles and links.
  ///
  /// - Throws: `RTLError` with the compiler's first errors; `EnvironmentError`.
  package func make(_ arguments: [String], in folder: String) throws {
    let run = try Subprocess.run(make, arguments, in: folder, environment: environment)
    guard run.status != 0 else { return }
    throw run.refusal("the verilated model does not compile") { $0.contains("rror") }
  }
}

extension Subprocess {
  /// The error of a tool that failed: its first error lines, or the full disk behind them.
  fileprivate func refusal(_ what: String, isError: (Substring) -> Bool) -> any Error {
    if output.contains("No space left on device") {
      return EnvironmentError("no space is left in \(Scratch.parent); free some or set TMPDIR.")
    }
    let lines = output.split(whereSeparator: \.isNewline).filter(isError).prefix(5)
    let detail = lines.isEmpty ? ["(exit status \(status))"] : Array(lines)
    return RTLError("\(what):\n\(detail.joined(separator: "\n"))")
  }
}
