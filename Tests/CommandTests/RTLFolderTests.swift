import Foundation
import Machine
import Testing

/// `--rtl` folders that are not what mimegen writes.
@Suite struct RTLFolderTests {
  struct Edit: Sendable, CustomTestStringConvertible {
    let name: String
    /// What happens to the folder `rtl`.
    let edit: @Sendable (_ folder: String) throws -> Void
    /// What the sentence begins with.
    let beginning: String
    /// What it holds besides.
    var part = ""
    var testDescription: String { name }
  }

  static let hash = Machine.configurationHashText

  static let edits = [
    Edit(
      name: "the folder is missing", edit: { try FileManager.default.removeItem(atPath: $0) },
      beginning: "rtl/mime_config.json cannot be read; name a folder that mimegen wrote, or write "
        + "one with 'mimegen -o'\n"),
    Edit(
      name: "the description is missing",
      edit: { try FileManager.default.removeItem(atPath: "\($0)/mime_config.json") },
      beginning: "rtl/mime_config.json cannot be read; name a folder that mimegen wrote, or write "
        + "one with 'mimegen -o'\n"),
    Edit(
      name: "the description is another file",
      edit: { try write("{}", to: "\($0)/mime_config.json") },
      beginning: "rtl/mime_config.json is not the description that mimegen writes; write it anew\n"),
    Edit(
      name: "the description has another hash",
      edit: { try replace(hash, by: "0x00000001", in: "\($0)/mime_config.json") },
      beginning:
        "rtl/mime_config.json has the configuration hash 0x00000001, and this mimegen's is "
        + "\(hash): write the Verilog anew with this mimegen\n"),
    Edit(
      name: "the Verilog has another hash",
      edit: {
        try replace(
          "CONFIG_HASH = 32'h\(hash.dropFirst(2))", by: "CONFIG_HASH = 32'h00000001",
          in: "\($0)/mime_core.v")
      },
      beginning:
        "config_hash of the Verilog is 0x00000001, and this mimegen's is \(hash): write the "
        + "Verilog anew with this mimegen\n"),
    Edit(
      name: "a port is renamed",
      edit: { try replace("event_count", by: "event_total", in: "\($0)/mime_core.v") },
      beginning: "module mime_core has no port `event_count`.\n"),
    Edit(
      name: "a port is removed",
      edit: {
        try replace("    input wire event_clear,\n", by: "", in: "\($0)/mime_core.v")
        try replace(
          "wire advance =", by: "wire event_clear = 1'b0;\n    wire advance =",
          in: "\($0)/mime_core.v")
      }, beginning: "module mime_core has no port `event_clear`.\n"),
    Edit(
      name: "a port is added",
      edit: {
        try replace(
          "    input wire event_clear,\n",
          by: "    input wire event_clear,\n    input wire sleep,\n",
          in: "\($0)/mime_core.v")
      }, beginning: "module mime_core has a port `sleep` that the testbench does not know.\n"),
    Edit(
      name: "a port has another width",
      edit: {
        try replace("[4:0] event_select", by: "[3:0] event_select", in: "\($0)/mime_core.v")
      },
      beginning: "port `event_select` of mime_core has 4 bits; it must have 5 with ROWS=2 COLS=3 "),
    Edit(
      name: "a parameter is renamed",
      edit: { try replace("TASK_WIDTH", by: "ID_WIDTH", in: "\($0)/mime_core.v") },
      beginning: "Verilator refuses the Verilog:\n", part: "TASK_WIDTH"),
    Edit(
      name: "a file has a syntax error",
      edit: { try replace("endmodule", by: "assign = ;\nendmodule", in: "\($0)/mime_pe.v") },
      beginning: "Verilator refuses the Verilog:\n%Error: mime_pe.v:", part: "syntax error"),
    Edit(
      name: "a file of the list is missing",
      edit: { try FileManager.default.removeItem(atPath: "\($0)/mime_pe.v") },
      beginning: "", part: "rtl/mime_pe.v cannot be read.\n"),
    Edit(
      name: "the list is missing",
      edit: { try FileManager.default.removeItem(atPath: "\($0)/mime_core.f") },
      beginning: "rtl/mime_core.f cannot be read.\n"),
    Edit(
      name: "the list is empty", edit: { try write("// none\n", to: "\($0)/mime_core.f") },
      beginning: "rtl/mime_core.f names no Verilog file.\n"),
    Edit(
      name: "the list has an option for a tool",
      edit: { try write("mime_core.v\n-Wno-lint\n", to: "\($0)/mime_core.f") },
      beginning: "rtl/mime_core.f:2: '-Wno-lint' is not the name of a file in the list's folder.\n"),
  ]

  @Test(arguments: edits) func refusesAFolder(edit: Edit) throws {
    try withNetwork { folder in
      #expect(try Program.run(["-o", "rtl"], in: folder).status == 0)
      try edit.edit("\(folder)/rtl")
      let before = try names(in: folder)
      let outcome = try Program.run(
        TinyNetwork.arguments + ["--rtl", "rtl", "--report", "report.json"], in: folder)
      #expect(outcome.status == 2)
      #expect(outcome.errors.hasPrefix("Error: \(edit.beginning)"), "\(outcome.errors)")
      if !edit.part.isEmpty { #expect(outcome.errors.contains(edit.part), "\(outcome.errors)") }
      #expect(outcome.output == "")
      #expect(try names(in: folder) == before)
    }
  }
}
