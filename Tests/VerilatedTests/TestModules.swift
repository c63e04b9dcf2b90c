import HDL
import Simulation

@testable import Verilated

/// Modules under test.
enum TestModules {
  /// Counts where `enable` is 1; `upcoming` is what `count` will be.
  static let counter = Module("counter", "A counter with an enable.") { m in
    let width = m.parameter("WIDTH", default: 8, in: 1...32, "bits of the count")
    let clk = m.input("clk")
    let rst = m.input("rst")
    let enable = m.input("enable")
    let count = m.outputRegister("count", bits(width), reset: 0)
    let upcoming = m.output("upcoming", bits(width))
    m.drive { upcoming <== count + enable.extended(to: width) }
    m.clocked(clk, reset: rst) { count <== upcoming }
  }

  static let widths = [1, 8, 16, 17, 32, 33, 64, 65, 96, 128, 200]

  /// For each width and sign an input, its inverse, and the input of the cycle before.
  static let widePorts = Module("wide_ports", "Ports of many widths.") { m in
    let clk = m.input("clk")
    for width in widths {
      for isSigned in [false, true] {
        let shape = Shape(width: .literal(width), isSigned: isSigned)
        let name = "\(isSigned ? "s" : "u")\(width)"
        let value = m.input(name, shape)
        let inverse = m.output("\(name)_inverse", shape)
        let last = m.outputRegister("\(name)_last", shape)
        m.drive { inverse <== ~value }
        m.clocked(clk) { last <== value }
      }
    }
  }

  /// A register that nothing resets, and a memory that nothing writes.
  static let unset = Module("unset", "State that begins as it is built.") { m in
    let clk = m.input("clk")
    let enable = m.input("enable")
    let value = m.outputRegister("value", bits(64))
    let words = m.memory("words", bits(64), depth: 4)
    let address = m.input("address", bits(2))
    let word = m.output("word", bits(64))
    m.drive { word <== words[address] }
    m.clocked(clk, enable: enable) {
      value <== word
      words[address] <== value
    }
  }

  /// Two counters with properties, one of which breaks at 6 where `limit` is 1.
  static let watched = Module("watched", "Properties inside an instance.") { m in
    let clk = m.input("clk")
    let enable = m.input("enable")
    let limit = m.input("limit")
    let counts = m.output("counts", bits(16))
    m.instance(
      "part", of: watchedPart,
      ports: [("clk", clk), ("enable", enable), ("limit", limit), ("counts", counts)])
  }

  private static let watchedPart = Module("watched_part", "Properties inside blocks.") { m in
    let clk = m.input("clk")
    let enable = m.input("enable")
    let limit = m.input("limit")
    let counts = m.output("counts", bits(16))
    m.forEach("half", index: "h", count: 2) { h in
      let count = m.register("count", bits(8))
      m.clocked(clk, enable: enable) { count <== count + constant(1, width: 8) }
      m.drive { counts.slice(from: h * 8, width: 8) <== count }
      m.given(h == 0, "first", else: "second") {
        m.cover("even", count == 4, on: clk)
      } else: {
        m.cover("even", count == 4, on: clk)
        m.assert("below", !limit || count < 6, on: clk)
      }
    }
  }
}

/// A module written in Verilog, with `clk` and the inputs and outputs given, each with its width.
func verilog(
  _ name: String, inputs: [(String, Int)] = [], outputs: [(String, Int)] = [], body: String
) -> VerilatedModule {
  let ports =
    ([("clk", 1)] + inputs).map {
      Port(name: $0.0, width: $0.1, isSigned: false, isInput: true)
    } + outputs.map { Port(name: $0.0, width: $0.1, isSigned: false, isInput: false) }
  let list = ports.map {
    "\($0.isInput ? "input" : "output") wire [\($0.width - 1):0] \($0.name)"
  }
  let text = "module \(name)(\(list.joined(separator: ", ")));\n\(body)\nendmodule\n"
  return VerilatedModule(
    VerilogSources([.init(name: "\(name).v", text: text)]), top: name, ports: ports)
}
