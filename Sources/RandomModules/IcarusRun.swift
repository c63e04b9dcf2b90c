import Foundation
import HDL
import Simulation
import Verilated

/// Many modules in one run of Icarus Verilog, a testbench for each.
enum IcarusRun {
  /// The outputs of every cycle of every run, in hexadecimal.
  ///
  /// - Throws: `RTLError` where Icarus Verilog refuses the Verilog; `EnvironmentError`.
  static func outputs(of runs: [Run]) throws -> [[[String]]] {
    var result = runs.map { _ in [[String]]() }
    try Scratch.with { folder in
      var names: Set<String> = []
      let modules = runs.filter { names.insert($0.random.module.name).inserted }
      let text = modules.map(\.random.verilog) + runs.enumerated().map { testbench($1, $0) }
      try writeFiles([("all.v", Array(text.joined(separator: "\n").utf8))], to: folder)
      let tops = runs.indices.flatMap { ["-s", "bench_\($0)"] }
      _ = try tool("iverilog", ["-g2005", "-o", "all.vvp"] + tops + ["all.v"], in: folder)
      let printed = try tool("vvp", ["-n", "all.vvp"], in: folder)
      for line in printed.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        guard let number = words.first.flatMap({ Int($0) }) else { continue }
        result[number].append(Array(words.dropFirst()))
      }
    }
    return result
  }

  /// What a program prints.
  ///
  /// - Throws: `RTLError` where it fails; `EnvironmentError` where it cannot be started.
  static func tool(_ name: String, _ arguments: [String], in folder: String) throws -> String {
    // The compiler and the programs that it makes are named by their paths.
    let run =
      name.contains("/")
      ? try Subprocess.run(
        "/usr/bin/env", [name] + arguments, in: folder,
        environment: ProcessInfo.processInfo.environment)
      : try Subprocess.run(tool: name, arguments, in: folder)
    guard run.status == 0 else {
      throw RTLError("\(name) ends with \(run.status): \(run.output.prefix(2000))")
    }
    return run.output
  }

  private static func testbench(_ run: Run, _ number: Int) -> String {
    func range(_ port: Simulation.Port) -> String { "[\(port.width - 1):0] \(port.name)" }
    var lines = ["module bench_\(number);", "reg clk;"]
    lines += run.inputPorts.map { "reg \(range($0));" }
    lines += run.outputPorts.map { "wire \(range($0));" }
    let parameters = run.configuration.sorted { $0.key < $1.key }.map { ".\($0.key)(\($0.value))" }
    let ports = run.ports.map { ".\($0.name)(\($0.name))" }.joined(separator: ", ")
    lines.append(
      "\(run.random.module.name) #(\(parameters.joined(separator: ", "))) dut (\(ports));")
    lines += ["initial begin", "clk = 0;"]
    // Registers begin with zeros, as in the other simulators.
    lines += registers(run).map { "dut.\($0) = 0;" }
    let format = run.outputPorts.map { _ in "%h" }.joined(separator: " ")
    let outputs = run.outputPorts.map(\.name).joined(separator: ", ")
    for values in run.inputs {
      for (port, bits) in zip(run.inputPorts, values) {
        lines.append("\(port.name) = \(port.width)'h\(bits);")
      }
      lines.append("#1 $display(\"\(number) \(format)\", \(outputs)); clk = 1; #1 clk = 0; #1;")
    }
    lines += ["end", "endmodule"]
    return lines.joined(separator: "\n")
  }

  /// The paths of all registers.
  private static func registers(_ run: Run) -> [String] {
    let elaborator = Elaborator(wantsValues: true)
    guard let top = elaborator.elaborate(run.random.module, run.configuration) else { return [] }
    var result: [String] = []
    func visit(_ module: ElaboratedModule, _ path: String) {
      for process in module.processes {
        for update in process.updates { result.append(path + module.path(of: update.net)) }
      }
      for instance in module.instances { visit(instance.module, path + instance.path + ".") }
    }
    visit(top, "")
    return result
  }
}
