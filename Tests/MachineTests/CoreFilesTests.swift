import Foundation
import HDL
import Machine
import Testing

/// What is written for a core: the same bytes as committed, and other defaults only where asked.
@Suite struct CoreFilesTests {
  @Test func committedFilesAreWhatTheGeneratorWrites() throws {
    let core = try CoreFiles(defaults: [:])
    let files = core.all + (try AcceleratorFiles(defaults: [:], core: core).all)
    #expect(try files.map(\.name).sorted() == Repository.fileNames(in: "rtl"))
    for file in files {
      let committed = try Repository.text(of: "rtl/\(file.name)")
      #expect(
        file.text == committed,
        "rtl/\(file.name) is not what the generator writes; write it anew with `make rtl`")
    }
  }

  @Test func writesTheSameTwice() throws {
    let (one, two) = (try CoreFiles(defaults: ["ROWS": 3]), try CoreFiles(defaults: ["ROWS": 3]))
    #expect(one.all.map(\.name) == two.all.map(\.name))
    #expect(one.all.map(\.text) == two.all.map(\.text))
  }

  /// A file for each module, the instantiated before the instantiating in the list for tools.
  @Test func listNamesEveryVerilogFileOnce() throws {
    let files = try CoreFiles(defaults: [:])
    let list = try #require(files.others.first { $0.name == CoreFiles.listName })
    let names = list.text.split(separator: "\n").map(String.init)
    #expect(names.sorted() == files.verilog.map(\.name).sorted())
    #expect(names.last == "mime_core.v")
    for (i, name) in names.enumerated() {
      let text = try #require(files.verilog.first { $0.name == name }).text
      for later in names[i...] {
        let module = later.dropLast(2)
        #expect(!text.contains("  \(module) #(\n"), "\(name) instantiates \(module)")
      }
    }
  }

  @Test func overridesChangeDefaultsOfTheTopAlone() throws {
    let defaults = [
      "ROWS": 7, "COLS": 11, "LANES": 4, "ACT_WIDTH": 9, "ACT_SIGNED": 1, "WEIGHT_WIDTH": 5,
      "ACC_WIDTH": 40, "MULT_WIDTH": 0, "ROUNDING": 3, "TASK_WIDTH": 2, "COUNT_EVENTS": 0,
      "COUNT_WIDTH": 12,
    ]
    let (plain, changed) = (try CoreFiles(defaults: [:]), try CoreFiles(defaults: defaults))
    for (before, after) in zip(plain.verilog, changed.verilog) where before.name != "mime_core.v" {
      #expect(before.text == after.text)
    }
    let lines = try [plain, changed].map {
      try #require($0.verilog.first { $0.name == "mime_core.v" }).text.split(
        separator: "\n", omittingEmptySubsequences: false)
    }
    #expect(lines[0].count == lines[1].count)
    let different = zip(lines[0], lines[1]).filter { $0 != $1 }.map(\.1)
    #expect(
      different.map { $0.trimmingCharacters(in: .whitespaces.union([","])) }.sorted()
        == defaults.map { "parameter \($0.key) = \($0.value)" }.sorted())
  }

  /// LANES follows COLS unless it is given.
  @Test func lanesFollowColumns() throws {
    let description = try #require(
      CoreFiles(defaults: ["COLS": 5]).others.first { $0.name == CoreFiles.descriptionName })
    #expect(description.text.contains(#"{"name": "LANES", "value": 5, "#))
    let core = try #require(CoreFiles(defaults: ["COLS": 5]).verilog.first)
    #expect(core.text.contains("\n    parameter LANES = COLS,\n"))
  }

  @Test func descriptionIsJSONThatAgreesWithTheCore() throws {
    let file = try #require(
      CoreFiles(defaults: ["ROWS": 3]).others.first { $0.name == CoreFiles.descriptionName })
    struct Description: Decodable {
      struct Parameter: Decodable { let name: String, value: Int }
      struct Port: Decodable { let name: String, direction: String, signed: Bool, width: String }
      struct Counter: Decodable { let select: Int, event: String, per: String }
      let generator: String, top: String, configHash: String
      let parameters: [Parameter], ports: [Port], counters: [Counter]
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let description = try decoder.decode(Description.self, from: Data(file.text.utf8))
    #expect(description.generator == "mimegen \(Machine.version)")
    #expect(description.top == Machine.top.name)
    #expect(description.configHash == Machine.configurationHashText)
    #expect(
      Dictionary(uniqueKeysWithValues: description.parameters.map { ($0.name, $0.value) })
        == (try Machine.top.parameterValues(["ROWS": 3])))
    #expect(description.ports.map(\.name) == Machine.top.portNames)
    #expect(description.counters.map(\.event) == Machine.counters.map(\.name))
    #expect(description.counters.map(\.select) == Array(Machine.counters.indices))
    #expect(description.counters.map { $0.per == "task" } == Machine.counters.map(\.isPerTask))
  }
}
