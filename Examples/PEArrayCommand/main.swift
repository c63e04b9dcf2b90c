import Foundation
import HDL
import Machine
import PEArray
import Simulation
import Verilated

// What scripts/bench-language runs.
//
//   pe-array verilog ROWS COLS         the Verilog
//   pe-array time ROWS COLS            seconds to describe, check and print; bytes of Verilog
//   pe-array compare FILE ROWS COLS    the simulator in lockstep with FILE in Verilator
//   pe-array speed core|array ROWS COLS    cycles a second of the simulator and of Verilator

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("pe-array: \(message)\n".utf8))
  exit(2)
}

let arguments = CommandLine.arguments.dropFirst()
guard let what = arguments.first, arguments.count >= 3,
  let rows = Int(arguments[arguments.endIndex - 2]), let columns = Int(arguments.last!)
else { fail("name what to do, and rows and columns.") }
let configuration: Configuration = ["ROWS": rows, "COLS": columns]

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(body)
  return Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
}

/// Random inputs in every cycle, the same for the same seed.
func drive(_ bench: any TestBench, cycles: Int) throws {
  var state: UInt64 = 1
  let inputs = bench.ports.filter { $0.isInput && $0.name != "clk" && $0.name != "rst" }
  let vectors = (0..<64).map { _ in
    inputs.map { port in
      BitVector(
        width: port.width,
        words: (0..<(port.width + 63) / 64).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return state ^ state >> 33
        })
    }
  }
  for cycle in 0..<cycles {
    for (port, bits) in zip(inputs, vectors[cycle % 64]) { try bench.poke(port.name, bits: bits) }
    try bench.step()
  }
}

do {
  switch what {
  case "verilog":
    let files = PEArray.array.withDefaults(configuration).verilogFiles()
    print(files.map(\.text).joined(separator: "\n"), terminator: "")
  case "time":
    var text = ""
    let time = try seconds {
      try PEArray.array.check(at: [configuration])
      text = PEArray.array.withDefaults(configuration).verilogFiles().map(\.text)
        .joined(separator: "\n")
    }
    print(String(format: "%.4f %d", time, text.utf8.count))
  case "compare":
    let file = arguments[arguments.index(after: arguments.startIndex)]
    let ours = try VerilatedModule(PEArray.array, at: configuration)
    let theirs = VerilatedModule(
      VerilogSources([
        .init(name: "other.v", text: try String(contentsOfFile: file, encoding: .utf8))
      ]),
      top: "pe_array", ports: ours.ports)
    let bench = try Lockstep(
      Simulator(PEArray.array, configuration), named: "the simulator",
      VerilatedBench(theirs), named: "the other array")
    try drive(bench, cycles: 1000)
    print("equal for 1000 cycles")
  case "speed":
    let name = arguments[arguments.index(after: arguments.startIndex)]
    let module = name == "core" ? Machine.top : PEArray.array
    let benches: [(String, any TestBench, Int)] = [
      ("simulator", try Simulator(module, configuration), 20_000),
      (
        "Verilator",
        try VerilatedBench(module, at: configuration, options: VerilatedOptions(optimizes: true)),
        50_000
      ),
    ]
    var rates: [Double] = []
    for (name, bench, cycles) in benches {
      let time = try seconds { try drive(bench, cycles: cycles) }
      rates.append(Double(cycles) / time)
      print(String(format: "%@ %.1f kHz", name, rates.last! / 1000))
    }
    print(String(format: "ratio %.2f", rates[1] / rates[0]))
  default: fail("there is nothing called '\(what)'; there are verilog, time, compare and speed.")
  }
} catch let error as Lockstep.Difference {
  print(error)
  exit(1)
} catch {
  fail("\(error)")
}
