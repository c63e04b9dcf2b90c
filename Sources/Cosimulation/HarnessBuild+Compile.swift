import Foundation
import Testbench
import Verilated

/// From Verilator's C++ to the library.
extension HarnessBuild {
  /// For what runs every cycle, what runs once, and Verilator's run-time. Measured at 16x16: -O2
  /// takes twice as long to build and runs no faster.
  static let optimization = ["OPT_FAST=-O1", "OPT_SLOW=-O0", "OPT_GLOBAL=-O0"]

  /// Compiles the model with Verilator's own makefile, its files joined into one per compiler
  /// process.
  func compile(in folder: String, _ tools: Toolchain) throws {
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    let sources = try JoinedSources("\(folder)/\(Self.objectFolder)")
    let isSlow = { (name: String) in name.hasSuffix("__Slow.cpp") || name.hasSuffix("__Syms.cpp") }
    let fast = try sources.groups(jobs) { !isSlow($0) }.enumerated()
      .map { try sources.write("joined_fast_\($0)", including: $1) }
    let slow = try sources.write("joined_slow", including: sources.names.filter(isSlow))
    let classes = [
      "VM_PARALLEL_BUILDS=1", "VM_CLASSES_FAST=\(fast.joined(separator: " "))",
      "VM_CLASSES_SLOW=\(slow)", "VM_SUPPORT_FAST=", "VM_SUPPORT_SLOW=",
    ]
    try tools.make(
      ["-C", Self.objectFolder, "-f", "\(testbench.modelPrefix).mk", "-j", "\(jobs)"]
        + Self.optimization + classes + ["CXX=\(tools.compiler)", "LINK=\(tools.compiler)"],
      in: folder)
  }
}
