import Components
import Foundation
import FoundationXML
import HDL
import Programs
import Simulation
import Testing
import Verilated

@testable import Machine

/// What is written for an accelerator: complete, the same every time, and in agreement with the
/// Verilog and with the Swift values.
@Suite struct AcceleratorFilesTests {
  static let small: Configuration = [
    "ROWS": 3, "COLS": 5, "ACT_WIDTH": 9, "ACT_SIGNED": 1, "WEIGHT_WIDTH": 5, "ACC_WIDTH": 40,
    "MULT_WIDTH": 0, "ROUNDING": 3, "TASK_WIDTH": 2, "COUNT_WIDTH": 12, "FEED_BANKS": 3,
    "AXI_DATA_WIDTH": 64, "ACT_BUFFER_KB": 2, "WEIGHT_BUFFER_KB": 3, "THRESHOLD_BUFFER_KB": 5,
  ]

  static func files(_ values: Configuration = [:]) throws -> AcceleratorFiles {
    let core = try CoreFiles(
      defaults: values.filter { value in Machine.top.parameters.contains { $0.name == value.key } })
    return try AcceleratorFiles(defaults: values, core: core)
  }

  static func text(_ name: String, _ values: Configuration = [:]) throws -> String {
    try #require(try files(values).all.first { $0.name == name }).text
  }

  @Test func writesTheSameTwice() throws {
    let (one, two) = (try Self.files(Self.small), try Self.files(Self.small))
    #expect(one.all.map(\.name) == two.all.map(\.name))
    #expect(one.all.map(\.text) == two.all.map(\.text))
  }

  /// The core's files and the accelerator's have all modules, each once.
  @Test func listNamesEveryVerilogFileOnce() throws {
    let core = try CoreFiles(defaults: [:])
    let files = try Self.files()
    let names = try Self.text(AcceleratorFiles.listName).split(separator: "\n").map(String.init)
    #expect(names.sorted() == (core.verilog + files.verilog).map(\.name).sorted())
    #expect(names == Machine.accelerator.hierarchy.map { "\($0.name).v" })
    #expect(files.verilog.first?.name == "mime_accelerator.v")
  }

  @Test func overridesChangeDefaultsOfTheTopAlone() throws {
    let (plain, changed) = (try Self.files(), try Self.files(Self.small))
    for (before, after) in zip(plain.verilog, changed.verilog).dropFirst() {
      #expect(before.text == after.text)
    }
    for (name, value) in Self.small {
      #expect(changed.verilog[0].text.contains("\n    parameter \(name) = \(value)"))
    }
  }

  // MARK: The C header

  /// A C program that includes the header prints what the Swift values say, macro by macro.
  @Test(arguments: [[:], small]) func theHeaderIsTheMachine(values: Configuration) throws {
    let header = try Self.text(AcceleratorFiles.headerName, values)
    let parameters = try Machine.accelerator.parameterValues(values)
    let expected = Self.macros(parameters)
    let defined = header.split(separator: "\n").filter { $0.hasPrefix("#define ") }
      .map { String($0.split(separator: " ")[1]) }
      .filter { $0 != "MIME_ACCELERATOR_H" && !$0.contains("(") }
    #expect(defined.sorted() == expected.map(\.name).sorted())
    let prints = expected.map { "printf(\"\($0.name) %u\\n\", \($0.name));" }
    let counters = Machine.acceleratorCounters
    let program = """
      #include <stdio.h>
      #include "mime_accelerator.h"
      #include "mime_accelerator.h"
      int main(void) {
        unsigned n;
        \(prints.joined(separator: "\n  "))
        for (n = 0; n < MIME_EVENTS; n++) printf("%d\\n", MIME_EVENT_IS_PER_TASK(n));
        return 0;
      }
      """
    var printed: [String] = []
    try Scratch.with { folder in
      try writeFiles(
        [("mime_accelerator.h", Array(header.utf8)), ("main.c", Array(program.utf8))], to: folder)
      func run(_ arguments: [String]) throws -> String {
        let run = try Subprocess.run(
          "/usr/bin/env", arguments, in: folder,
          environment: ProcessInfo.processInfo.environment)
        try #require(run.status == 0, "\(run.output)")
        return run.output
      }
      _ = try run([
        "cc", "-std=c90", "-Wall", "-Wextra", "-Werror", "-pedantic", "-o", "main", "main.c",
      ])
      printed = try run(["./main"]).split(separator: "\n").map(String.init)
    }
    #expect(
      printed == expected.map { "\($0.name) \($0.value)" }
        + counters.map { $0.isPerTask ? "1" : "0" })
  }

  private static func macros(_ parameters: Configuration) -> [(name: String, value: UInt32)] {
    var macros: [(name: String, value: UInt32)] = []
    func add(_ name: String, _ value: Int) { macros.append(("MIME_\(name)", UInt32(value))) }
    let map = Machine.acceleratorRegisters
    for (number, register) in map.registers.enumerated() {
      let name = "ACCELERATOR_\(register.name)"
      add(name, 4 * number)
      for (field, low) in register.places {
        add("\(name)_\(field.name)_SHIFT", low)
        add("\(name)_\(field.name)_MASK", (1 << field.width - 1) << low)
        if case .constant(let value) = field.access {
          add("\(name)_\(field.name)_VALUE", Int(value))
        }
      }
    }
    for (name, value) in parameters { add("DEFAULT_\(name)", value) }
    add("DEFAULT_PROGRAM_HASH", Int(Machine.programHash(parameters)))
    add("DESCRIPTOR_BYTES", 128)
    for field in DescriptorField.allCases {
      let name = "DESCRIPTOR_\("\(field)".asMacro)"
      add(name, field.rawValue)
      for part in field.parts {
        add("\(name)_\(part.name)_SHIFT", part.low)
        add("\(name)_\(part.name)_MASK", (1 << part.width - 1) << part.low)
      }
    }
    add("RUN_BYTES", 16)
    for (name, word, low, bits) in [
      ("IMAGES", 0, 0, 16), ("TASK", 0, 16, 16), ("THRESHOLDS", 1, 0, 32),
    ] {
      add("RUN_\(name)", word)
      add("RUN_\(name)_SHIFT", low)
      add("RUN_\(name)_MASK", (1 << bits - 1) << low)
    }
    for operation in ProgramOperation.all {
      add("OPERATION_\("\(operation)".asMacro)", operation.rawValue)
    }
    for flag in DescriptorFlag.allCases { add("FLAG_\("\(flag)".asMacro)", 1 << flag.rawValue) }
    for error in ProgramError.allCases { add("ERROR_\("\(error)".asMacro)", error.rawValue) }
    add("EVENTS", Machine.acceleratorCounters.count)
    for (number, counter) in Machine.acceleratorCounters.enumerated() {
      add("EVENT_\(counter.name.uppercased().replacing(".", with: "_"))", number)
    }
    return macros
  }

  /// The doc comments of Descriptor.swift say what the header and the datasheet say.
  @Test func wordsAreThoseOfTheSource() throws {
    let root = URL(filePath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let source = try String(
      contentsOf: root.appending(path: "Sources/Machine/Accelerator/Descriptor.swift"),
      encoding: .utf8)
    let cases = source.split(separator: "\n").filter { $0.hasPrefix("  case ") }.count
    let words =
      DescriptorField.allCases.map { ("\($0)", $0.doc) }
      + ProgramOperation.all.map { ("\($0)", $0.doc) }
      + DescriptorFlag.allCases.map { ("\($0)", $0.doc) }
      + ProgramError.allCases.map { ("\($0)", $0.doc) }
    #expect(words.count == cases)
    let joined = source.replacing("\n  /// ", with: " ")
    for (name, doc) in words where name != "none" {
      #expect(joined.contains(" \(doc)\n  case \(name)"), "\(name): \(doc)")
    }
  }

  // MARK: The pages

  @Test func theRegistersPageHasEveryField() throws {
    let page = try Self.text(AcceleratorFiles.registersName, Self.small)
    let map = Machine.acceleratorRegisters
    #expect(page.hasPrefix(map.markdown))
    let values = Machine.acceleratorValues(try Machine.accelerator.parameterValues(Self.small))
    let statuses = map.registers.flatMap { register in
      register.fields.filter { $0.access == .status }.map { "\(register.name) \($0.name)" }
    }
    let changing = ["STATUS", "EVENT"]
    #expect(
      values.map { "\($0.register) \($0.field)" }
        == statuses.filter { name in !changing.contains { name.hasPrefix($0) } })
    for value in values {
      let row = try #require(
        page.split(separator: "\n").first {
          $0.hasPrefix("| `\(value.register)` | `\(value.field)` | ")
        })
      let hash = "`0x\(String(value.value, radix: 16))`"
      #expect(
        row.hasSuffix(" | \(value.field == "PROGRAM_HASH" ? hash : "\(value.value)") |"), "\(row)")
    }
  }

  @Test func theDatasheetHasParametersPortsAndCounters() throws {
    let page = try Self.text(AcceleratorFiles.datasheetName, Self.small)
    for parameter in Machine.accelerator.parameters {
      let value = Self.small[parameter.name].map { "\($0) | " } ?? ""
      #expect(page.contains("\n| \(parameter.name) | \(value)"))
    }
    for port in Machine.accelerator.portNames { #expect(page.contains("\n| `\(port)` | ")) }
    for (number, counter) in Machine.acceleratorCounters.enumerated() {
      #expect(page.contains("\n| \(number) | \(counter.name) | "))
    }
    for name in try Self.files().others.map(\.name) where name != AcceleratorFiles.datasheetName {
      #expect(page.contains(name), "\(name)")
    }
  }

  @Test func theDiagramIsXML() throws {
    let svg = try Self.text(AcceleratorFiles.diagramName)
    #expect(XMLParser(data: Data(svg.utf8)).parse())
  }

  @Test func theCoreFileNamesFilesAndParameters() throws {
    let text = try Self.text(AcceleratorFiles.coreFileName, Self.small)
    #expect(text.hasPrefix("CAPI=2:\n"))
    for module in Machine.accelerator.hierarchy {
      #expect(text.contains("\n      - \(module.name).v\n"))
    }
    for (name, value) in Self.small {
      #expect(text.contains("\n  \(name):\n    datatype: int\n    default: \(value)\n"))
    }
  }

  // MARK: The Verilog

  /// The registers of the hardware read as the map, the page and the compiler of programs say.
  @Test(arguments: [
    small, ["ROWS": 1, "COLS": 1, "FEED_BANKS": 1, "AXI_DATA_WIDTH": 32, "COUNT_EVENTS": 0],
  ]) func registersReadAsTheyAreDocumented(values: Configuration) throws {
    let shape = try AcceleratorShape(values)
    let map = Machine.acceleratorRegisters
    let bench = try Simulator(Machine.accelerator, values)
    try bench.poke("rst", 1)
    try bench.step()
    try bench.poke("rst", 0)
    try bench.poke("s_axil_rready", 1)
    func read(_ offset: Int) throws -> (value: Int, response: Int) {
      try bench.poke("s_axil_araddr", offset)
      try bench.poke("s_axil_arvalid", 1)
      try bench.step()
      try bench.poke("s_axil_arvalid", 0)
      try #require(try bench.peek("s_axil_rvalid") == 1)
      let answer = (try bench.peek("s_axil_rdata"), try bench.peek("s_axil_rresp"))
      try bench.step()
      return answer
    }
    let documented = Machine.acceleratorValues(shape.parameters)
    for (number, register) in map.registers.enumerated() {
      let (value, response) = try read(map.offset(of: number))
      #expect(response == 0)
      for (field, low) in register.places {
        let found = value >> low & (1 << field.width - 1)
        switch field.access {
        case .constant(let constant), .control(let constant): #expect(found == Int(constant))
        case .trigger, .sticky: #expect(found == 0)
        case .status:
          let expected = documented.first { $0.field == field.name }.map { Int($0.value) } ?? 0
          #expect(found == expected || register.name.hasPrefix("EVENT_"), "\(field.name)")
        }
      }
    }
    #expect(try read(4 * map.registers.count).response == 2)
    func documentedValue(_ field: String) -> Int? {
      documented.first { $0.field == field }.map { Int($0.value) }
    }
    #expect(documentedValue("PROGRAM_HASH") == Int(shape.hash))
    #expect(documentedValue("LINES_OF_WEIGHTS") == shape.weightLines)
    #expect(documentedValue("LINES_OF_THRESHOLDS") == shape.thresholdLines)
    #expect(documentedValue("PLACES_OF_ACTIVATIONS") == shape.places)
  }
}
