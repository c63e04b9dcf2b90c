import Foundation
import Testing
import Yams

@testable import Energy

@Suite struct CostTableTests {
  static let eyeriss = CostTable.builtInTexts[0].text

  @Test func tablesHaveASourceForEveryNumber() throws {
    #expect(CostTable.builtInTexts.map(\.name) == ["eyeriss", "horowitz-45nm"])
    for (name, _) in CostTable.builtInTexts {
      let table = try CostTable.named(name)
      #expect(table.name == name)
      #expect(Set(table.costs.keys) == Set(Action.allCases))
      for row in table.costs.values.flatMap(\.rows) {
        #expect(row.source.contains("20"), "\(row.source) names a year")
      }
    }
  }

  /// The numbers of the papers.
  @Test func valuesAreThoseOfThePapers() throws {
    let eyeriss = try CostTable.named("eyeriss")
    for (action, value) in [
      (Action.macMultiply, "1"), (.registerRead, "1"), (.operandHop, "2"), (.weightRead, "6"),
      (.dramRead, "200"),
    ] {
      #expect(eyeriss[action].rows.map { $0.value.decimal() } == [value])
      #expect(eyeriss[action].rows[0].bits == 16)
    }
    let horowitz = try CostTable.named("horowitz-45nm")
    func rows(_ action: Action, derived: Bool) -> [String] {
      horowitz[action].rows.filter { ($0.derived != nil) == derived }.map {
        "\($0.kilobytes ?? $0.bits!): \($0.value.decimal())"
      }
    }
    #expect(rows(.macMultiply, derived: false) == ["8: 0.2", "32: 3.1"])
    #expect(rows(.macMultiply, derived: true) == ["16: 0.8"])
    #expect(rows(.macAdd, derived: false) == ["8: 0.03", "32: 0.1"])
    #expect(rows(.weightRead, derived: false) == ["8: 10", "32: 20", "1024: 100"])
    #expect(rows(.dramRead, derived: true) == ["64: 1950"])
    #expect(
      Set(Action.allCases.filter(\.component.isStatic).map { horowitz[$0].rows[0].value })
        == [Rational(0)])
  }

  /// Words between the rows' bits take the next larger row, and memories a power law.
  @Test func pricesFollowTheRows() throws {
    let table = try CostTable.named("horowitz-45nm")
    func price(_ action: Action, _ bits: [Int], _ kilobytes: Double? = nil) throws -> Price {
      try table.price(of: action, bits: bits, kilobytes: kilobytes)
    }
    #expect(try price(.macMultiply, [8, 8]).value.decimal() == "0.2")
    #expect(try price(.macMultiply, [8, 8]).derivation == nil)
    #expect(try price(.macMultiply, [8, 16]).value.decimal() == "0.4")
    #expect(try price(.macMultiply, [9, 4]).value.decimal() == "0.1125")
    #expect(try price(.macMultiply, [9, 4]).derivation == "9x4 bits from 16x16")
    #expect(try price(.macAdd, [24]).value.decimal() == "0.075")
    #expect(try price(.weightRead, [64], 32).value.decimal() == "20")
    // 16 is between 8 and 32 as 2 is between 1 and 4: 10 x sqrt 2.
    #expect(try price(.weightRead, [64], 16).value.decimal() == "14.142")
    #expect(try price(.weightRead, [32], 16).value.decimal() == "7.071")
    #expect(
      try price(.weightRead, [64], 16).derivation
        == "interpolated by a power law from 8 and 32 KB")
    // 128 is 32 x 4, and 1024 is 32 x 32: 20 x 5^(2/5).
    #expect(try price(.weightRead, [64], 128).value.decimal() == "38.073")
    #expect(try price(.weightRead, [64], 2).value.decimal() == "5")
    #expect(
      try price(.weightRead, [64], 2).derivation
        == "extrapolated by a power law from 8 and 32 KB")
    // 32 x 5^2 at 32 x 1024 KB, 25 x 20.
    #expect(try price(.weightRead, [64], 32768).value.decimal() == "500")
  }

  /// JSON is read by the same rules as YAML.
  @Test func readsJSON() throws {
    func json(_ node: Node) -> String {
      if let mapping = node.mapping {
        return "{" + mapping.map { "\t\"\($0.string!)\": \(json($1))" }.joined(separator: ",\n")
          + "}"
      }
      if let sequence = node.sequence { return "[\(sequence.map(json).joined(separator: ", "))]" }
      let text = node.scalar!.string
      return Double(text) == nil ? "\"\(text)\"" : text
    }
    let text = json(try #require(try Yams.compose(yaml: Self.eyeriss)))
    #expect(
      try CostTable(parsing: text, from: "t.json") == CostTable(parsing: Self.eyeriss, from: "t"))
  }

  static let broken: [(original: String, replacement: String, sentence: String)] = [
    ("unit: MAC\n", "", "t.yaml:1: the table lacks 'unit'"),
    ("unit: MAC", "unit: \" \"", "t.yaml:3: the unit of the table must be text"),
    (
      "unit: MAC", "unit: p J",
      "t.yaml:3: the unit is 'p J'; letters and digits are expected, as in pJ"
    ),
    (
      "schema: mimegen-cost-table/1", "schema: 2",
      "t.yaml:1: the schema is '2' and must be 'mimegen-cost-table/1'"
    ),
    (
      "name: eyeriss", "nome: eyeriss",
      "t.yaml:2: the table has no 'nome'; it has schema, name, unit, "
    ),
    (
      "  mac.add:", "  mac.sub:",
      "t.yaml:13: actions has no 'mac.sub'; it has mac.multiply, mac.add, "
    ),
    ("  register.read: *register\n", "", "t.yaml:8: actions lacks 'register.read'"),
    (
      "  register.read: *register", "  register.read: 1",
      "t.yaml:26: register.read must be a mapping"
    ),
    (
      "{bits: 16, value: 2, source", "{bits: 16, value: -2, source",
      "t.yaml:31: the value of a row of operand.hop is '-2'; a number of 0 or more is expected, such as 0.03"
    ),
    (
      "{bits: 16, value: 2, source", "{bits: 16, value: two, source",
      "t.yaml:31: the value of a row of operand.hop is 'two'; a number of 0 or more is expected, such as 0.03"
    ),
    (
      "{bits: 16, value: 2, source", "{bits: 16, source",
      "t.yaml:31: a row of operand.hop lacks 'value'"
    ),
    (
      "{bits: 16, value: 2, source", "{value: 2, source",
      "t.yaml:31: a row of operand.hop lacks 'bits'"
    ),
    (
      "{bits: 16, value: 2, source", "{bits: 0, value: 2, source",
      "t.yaml:31: the bits of a row of operand.hop are '0'; a whole number from 1 to 1048576 is expected"
    ),
    (
      "{bits: 16, value: 2, source", "{bits: 16, value: 2, origin",
      "t.yaml:31: a row of operand.hop has no 'origin'; it has value, bits, kilobytes, source, derived"
    ),
    (
      "gives no cost of a gated MAC\"", "\", source: \"\"",
      "t.yaml:20: 'source' is given twice"
    ),
    (
      "source: \"Chen, Emer, Sze, ISCA 2016, gives no cost of a gated MAC\"", "source: \"\"",
      "t.yaml:20: the source of a row of mac.gated must be text"
    ),
    (
      ", source: \"Chen, Emer, Sze, ISCA 2016, gives no cost of a gated MAC\"", "",
      "t.yaml:20: a row of mac.gated lacks 'source'"
    ),
    (
      "    per: PE-cycle\n    scaling: fixed\n    rows: [{value: 0, source: \"Chen",
      "    per: cycle\n    scaling: fixed\n    rows: [{value: 0, source: \"Chen",
      "t.yaml:76: clock.pe is per PE-cycle, not cycle"
    ),
    (
      "per: operation\n    scaling: product\n    rows:\n      - {bits: 16, value: 1, source: &isca",
      "scaling: product\n    rows:\n      - {bits: 16, value: 1, source: &isca",
      "t.yaml:9: mac.multiply lacks 'per'"
    ),
    (
      "  operand.hop:\n    per: access\n    scaling: bits",
      "  operand.hop:\n    per: access\n    scaling: product",
      "t.yaml:29: the scaling of operand.hop is 'product'; choose fixed, bits"
    ),
    (
      "rows: [{value: 0, source: *leak}]", "rows: []",
      "t.yaml:90: the rows of leakage.buffer must be a list with at least one element"
    ),
    (
      "rows: [{value: 0, source: *leak}]",
      "rows: [{value: 0, source: *leak}, {value: 1, source: *leak}]",
      "t.yaml:90: rows have rising bits, and a fixed cost has one row"
    ),
    (
      "rows: [{value: 0, source: *leak}]", "rows: [{value: 0, kilobytes: 8, source: *leak}]",
      "t.yaml:90: leakage.buffer has no capacity"
    ),
    (
      "rows: [{value: 0, source: *leak}]", "rows: [{value: 0, source: *lek}]",
      "t.yaml:90: this is not YAML: "
    ),
    ("unit: MAC", "unit: [MAC", "t.yaml:"),
    ("unit: MAC", "unit: MAC\nunit: MAC", "t.yaml:3: 'unit' is given twice"),
  ]

  @Test(arguments: broken) func refusesBrokenTables(
    original: String, replacement: String, sentence: String
  ) throws {
    let place = try #require(Self.eyeriss.firstRange(of: original), "'\(original)' is not there")
    let text = Self.eyeriss.replacingCharacters(in: place, with: replacement)
    let error = #expect(throws: EnergyError.self) { try CostTable(parsing: text, from: "t.yaml") }
    #expect(
      error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "no error")")
  }

  /// Memories' rows rise in capacity and agree in bits.
  @Test(arguments: [
    ("{bits: 64, kilobytes: 32, value: 20", "{bits: 64, kilobytes: 8, value: 20"),
    ("{bits: 64, kilobytes: 32, value: 20", "{bits: 32, kilobytes: 32, value: 20"),
    ("{bits: 64, kilobytes: 32, value: 20", "{bits: 64, kilobytes: 32, value: 0"),
    ("{bits: 64, kilobytes: 32, value: 20", "{bits: 64, value: 20"),
  ]) func refusesRowsOfMemories(original: String, replacement: String) throws {
    let text = CostTable.builtInTexts[1].text.replacing(original, with: replacement)
    let error = #expect(throws: EnergyError.self) { try CostTable(parsing: text, from: "t.yaml") }
    #expect(error?.description.hasPrefix("t.yaml:58: ") == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["", "# nothing\n", "- a\n", "3", "\u{0}", "{", "a: b: c"])
  func refusesWhatIsNoTable(text: String) throws {
    let error = #expect(throws: EnergyError.self) { try CostTable(parsing: text, from: "t.yaml") }
    #expect(error?.description.hasPrefix("t.yaml:") == true, "\(error?.description ?? "")")
  }

  @Test func namesTheTablesThatThereAre() {
    let error = #expect(throws: EnergyError.self) { try CostTable.named("horrorwitz") }
    #expect(
      error?.description
        == "horrorwitz: there is no such file; name a cost table, eyeriss, horowitz-45nm, or a YAML or JSON file"
    )
  }
}
