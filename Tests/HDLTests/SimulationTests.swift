import Foundation
import Testing

@testable import HDL

/// What is printed means in Icarus Verilog what the language says. Without `iverilog` and `vvp` on
/// the PATH these tests are skipped.
@Suite(.enabled(if: Icarus.isFound, "iverilog is not installed"))
struct SimulationTests {
  static let widths = [(5, 9), (9, 2), (1, 1), (8, 8), (16, 13)]

  @Test(arguments: zip(widths, [11, 12, 13, 14, 15] as [UInt64]))
  func randomExpressionsAreWorthTheirValues(widths: (Int, Int), seed: UInt64) throws {
    var terms: [TestTerm] = []
    var expressions: RandomExpressions?
    let module = Module("subject", "Random expressions.") { m in
      let random = RandomExpressions(m, widthA: widths.0, widthB: widths.1, seed: seed)
      terms = (0..<60).map { _ in random.term(depth: 3) }
      for (i, term) in terms.enumerated() {
        let output = m.output("out\(i)", term.signal.shape)
        m.drive { output <== term.signal }
      }
      expressions = random
    }
    #expect(module.findings() == [])
    let random = try #require(expressions)
    let stimuli = (0..<40).map { _ in random.stimulus() }
    let outputs = try Icarus.run(module, stimuli)
    #expect(outputs.map(\.count) == stimuli.map { _ in terms.count })
    for (stimulus, results) in zip(stimuli, outputs) {
      for (i, (term, result)) in zip(terms, results).enumerated() {
        let value = TestTerm.wrapped(term.value(stimulus), term.width.bits, false)
        #expect(result == String(value, radix: 2), "out\(i) = \(term.signal.text) at \(stimulus)")
      }
    }
  }

  /// The text of every construct is legal, and Icarus has nothing to say of it.
  @Test(arguments: [[], ["COUNT=1", "WIDTH=2"], ["COUNT=7", "DEPTH=7", "WIDTH=16"]])
  func everyConstructIsLegal(parameters: [String]) throws {
    let said = try Icarus.compile(
      PrinterFixture.everything.hierarchy.map { VerilogPrinter.print($0) }.joined(),
      top: "everything", parameters: parameters, into: nil)
    #expect(said == "")
  }
}

/// Icarus Verilog, run on text.
enum Icarus {
  static let isFound = ["iverilog", "vvp"].allSatisfy { tool in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  /// Compiles `verilog`; returns what the compiler says.
  static func compile(
    _ verilog: String, top: String, parameters: [String] = [], into output: String?
  ) throws -> String {
    let source = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).v")
    defer { try? FileManager.default.removeItem(at: source) }
    try verilog.write(to: source, atomically: true, encoding: .utf8)
    return try shell(
      ["iverilog", "-g2005", "-Wall", "-s", top, "-o", output ?? "/dev/null"]
        + parameters.map { "-P\(top).\($0)" } + [source.path])
  }

  /// The outputs of a combinational module, in binary without leading zeros, for each stimulus.
  static func run(_ module: Module, _ stimuli: [[String: Int]]) throws -> [[String]] {
    let bench = testbench(of: module, stimuli)
    let program = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).vvp")
    defer { try? FileManager.default.removeItem(at: program) }
    let said = try compile(
      VerilogPrinter.print(module) + bench, top: "testbench", into: program.path)
    #expect(said == "")
    return try shell(["vvp", "-n", program.path]).split(separator: "\n").map { line in
      line.split(separator: " ").map(String.init)
    }
  }

  private static func testbench(of module: Module, _ stimuli: [[String: Int]]) -> String {
    let inputs = module.ports.filter { $0.kind == .input }
    let outputs = module.ports.filter { $0.kind == .output }
    let values = Dictionary(
      uniqueKeysWithValues: module.parameters.map { ($0.name, $0.defaultValue.value([:])!) })
    func range(_ port: Declaration) -> String { "[\(port.shape.width.value(values)! - 1):0]" }
    var lines = inputs.map { "reg \(range($0)) \($0.name);" }
    lines += outputs.map { "wire \(range($0)) \($0.name);" }
    lines.append(
      "subject dut (" + module.portNames.map { ".\($0)(\($0))" }.joined(separator: ", ") + ");")
    lines.append("initial begin")
    for stimulus in stimuli {
      lines += inputs.map { "\($0.name) = \(stimulus[$0.name]!);" }
      lines.append("#1;")
      lines += outputs.map { "$write(\"%0b \", \($0.name));" }
      lines.append("$write(\"\\n\");")
    }
    lines.append("end")
    return "module testbench;\n" + lines.joined(separator: "\n") + "\nendmodule\n"
  }

  /// What a command prints, errors included.
  private static func shell(_ command: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
