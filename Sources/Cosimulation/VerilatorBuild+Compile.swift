import Foundation
import Testbench

/// From Verilator's C++ to the library.
extension VerilatorBuild {
  /// For what runs every cycle, what runs once, and Verilator's run-time. Measured at 16x16: -O2
  /// takes twice as long to build and runs no faster.
  static let optimization = ["OPT_FAST=-O1", "OPT_SLOW=-O0", "OPT_GLOBAL=-O0"]

  /// Compiles the model with Verilator's own makefile.
  func compile(in folder: String, _ tools: Toolchain) throws {
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    let classes = try joinClasses(in: "\(folder)/\(Self.objectFolder)", parts: jobs)
    let arguments =
      ["-C", Self.objectFolder, "-f", "\(Testbench.modelPrefix).mk", "-j", "\(jobs)"]
      + Self.optimization + classes + ["CXX=\(tools.compiler)", "LINK=\(tools.compiler)"]
    let run = try Subprocess.run(
      tools.make, arguments, in: folder, environment: tools.environment)
    guard run.status != 0 else { return }
    throw refusal(run, "the verilated model does not compile") { $0.contains("rror") }
  }

  /// Joins the files of the model into one per compiler process, since Verilator's headers take
  /// longer to compile than its smaller files; gives the makefile's variables for that.
  private func joinClasses(in folder: String, parts: Int) throws -> [String] {
    struct Source {
      let name: String
      let size: Int
    }
    do {
      let files = FileManager.default
      let sources = try files.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".cpp") }
        .map { name in
          let attributes = try files.attributesOfItem(atPath: "\(folder)/\(name)")
          return Source(name: name, size: attributes[.size] as? Int ?? 0)
        }
        .sorted { ($1.size, $0.name) < ($0.size, $1.name) }
      let isSlow = { (name: String) in name.hasSuffix("__Slow.cpp") || name.hasSuffix("__Syms.cpp")
      }
      var groups = Array(repeating: (names: [String](), size: 0), count: parts)
      for source in sources where !isSlow(source.name) {
        let smallest = groups.indices.min { groups[$0].size < groups[$1].size } ?? 0
        groups[smallest].names.append(source.name)
        groups[smallest].size += source.size
      }
      func write(_ name: String, including files: [String]) throws -> String {
        let text = files.map { "#include \"\($0)\"\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).cpp"))
        return name
      }
      let fast = try groups.filter { !$0.names.isEmpty }.enumerated()
        .map { try write("joined_fast_\($0)", including: $1.names) }
      let slow = try write("joined_slow", including: sources.map(\.name).filter(isSlow))
      return [
        "VM_PARALLEL_BUILDS=1", "VM_CLASSES_FAST=\(fast.joined(separator: " "))",
        "VM_CLASSES_SLOW=\(slow)", "VM_SUPPORT_FAST=", "VM_SUPPORT_SLOW=",
      ]
    } catch {
      throw EnvironmentError("\(folder) cannot be written: \(error.localizedDescription)")
    }
  }
}
