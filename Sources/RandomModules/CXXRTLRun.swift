import Foundation
import HDL
import Simulation
import Verilated

/// Many modules in one C++ program by Yosys.
enum CXXRTLRun {
  /// The outputs of every cycle of every run, in hexadecimal; nil for a module at which Yosys 0.23
  /// fails an assertion of its own (a part of a signed name, at a port, that is all of the name).
  ///
  /// - Throws: `RTLError` where Yosys or the compiler refuses; `EnvironmentError`.
  static func outputs(of runs: [Run]) throws -> [[[String]]?] {
    var result: [[[String]]?] = runs.map { _ in [] }
    try Scratch.with { folder in
      for (number, run) in runs.enumerated() {
        let verilog = run.random.verilog + wrapper(run, number)
        try writeFiles([("top\(number).v", Array(verilog.utf8))], to: folder)
        let script = """
          read_verilog -defer top\(number).v; hierarchy -check -top top\(number); proc; flatten; \
          write_cxxrtl -namespace space\(number) top\(number).h
          """
        do {
          _ = try IcarusRun.tool("yosys", ["-q", "-p", script], in: folder)
        } catch let error as RTLError where error.description.contains("arg->is_signed") {
          result[number] = nil
        }
      }
      let taken = runs.indices.filter { result[$0] != nil }
      guard !taken.isEmpty else { return }
      try writeFiles([("main.cpp", Array(program(runs, taken).utf8))], to: folder)
      let compiler = ProcessInfo.processInfo.environment["CXX"] ?? "c++"
      _ = try IcarusRun.tool(
        compiler,
        ["-std=c++17", "-O0", "-w", "-I", Comparison.cxxrtlHeaders, "-o", "main", "main.cpp"],
        in: folder)
      for line in try IcarusRun.tool("./main", [], in: folder).split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        guard let number = words.first.flatMap({ Int($0) }) else { continue }
        result[number]?.append(Array(words.dropFirst()))
      }
    }
    return result
  }

  /// A module without parameters around the run's.
  private static func wrapper(_ run: Run, _ number: Int) -> String {
    let ports = run.ports.map {
      "\($0.isInput ? "input" : "output") wire [\($0.width - 1):0] \($0.name)"
    }
    let parameters = run.configuration.sorted { $0.key < $1.key }.map { ".\($0.key)(\($0.value))" }
    return """

      module top\(number) (\(ports.joined(separator: ", ")));
      \(run.random.module.name) #(\(parameters.joined(separator: ", "))) dut (
      \(run.ports.map { ".\($0.name)(\($0.name))" }.joined(separator: ", ")));
      endmodule

      """
  }

  private static func program(_ runs: [Run], _ taken: [Int]) -> String {
    let includes = taken.map { "#include \"top\($0).h\"" }.joined(separator: "\n")
    let bodies = taken.map { body(runs[$0], $0) }.joined(separator: "\n")
    return """
      \(includes)
      #include <cstdio>
      using namespace cxxrtl;
      template <size_t N> void print(const value<N> &v) {
        std::putchar(' ');
        for (size_t digit = (N + 3) / 4; digit-- > 0;)
          std::printf("%x", unsigned(v.data[digit / 8] >> digit % 8 * 4 & 15));
      }
      template <size_t N> void print(const wire<N> &w) { print(w.curr); }
      \(bodies)
      int main() { \(taken.map { "run\($0)();" }.joined(separator: " ")) }
      """
  }

  /// How CXXRTL spells a port.
  private static func identifier(_ port: Simulation.Port) -> String {
    "t.p_" + port.name.replacingOccurrences(of: "_", with: "__")
  }

  private static func body(_ run: Run, _ number: Int) -> String {
    var lines = ["void run\(number)() {", "space\(number)::p_top\(number) t;"]
    for values in run.inputs {
      for (port, bits) in zip(run.inputPorts, values) {
        let chunks = bits.words.flatMap { [$0 & 0xffff_ffff, $0 >> 32] }
          .prefix((port.width + 31) / 32).map { "\($0)u" }
        lines.append(
          "\(identifier(port)) = value<\(port.width)>{\(chunks.joined(separator: ", "))};")
      }
      // What follows from a register that resets at once is there one step later.
      lines.append("t.p_clk = value<1>{0u}; t.step(); t.step(); std::printf(\"\(number)\");")
      lines += run.outputPorts.map { "print(\(identifier($0)));" }
      lines.append("std::printf(\"\\n\"); t.p_clk = value<1>{1u}; t.step();")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }
}
