import Machine
import Testing

@testable import HDL

/// The core is what docs/core.md says, name by name.
@Suite struct ContractTests {
  let page: String

  init() throws { page = try Repository.text(of: "docs/core.md") }

  private func table(_ title: String) throws -> [[String: String]] {
    try #require(MarkdownTable(of: page, under: title), "a table under `## \(title)`").rows
  }

  /// Numbers for the page's symbols at which no two of its formulas agree by chance.
  static let symbols = [
    "R": 7, "C": 11, "L": 5, "ROWS": 7, "COLS": 11, "LANES": 5, "ACT_WIDTH": 9, "WEIGHT_WIDTH": 13,
    "ACC_WIDTH": 47, "MULT_WIDTH": 17, "TASK_WIDTH": 3,
  ]

  /// The value of a number, a symbol, `A*B`, `A+B` or `max(A,B)`.
  private func value(_ text: some StringProtocol) throws -> Int {
    if let number = Int(text) ?? Self.symbols[String(text)] { return number }
    if text.hasPrefix("max("), text.hasSuffix(")") {
      let parts = try text.dropFirst(4).dropLast().split(separator: ",").map { try value($0) }
      return try #require(parts.max())
    }
    if let star = text.firstIndex(of: "*") {
      return try value(text[..<star]) * value(text[text.index(after: star)...])
    }
    let plus = try #require(text.firstIndex(of: "+"), "a formula: \(text)")
    return try value(text[..<plus]) + value(text[text.index(after: plus)...])
  }

  @Test func parametersAreThoseOfTheContract() throws {
    struct Limits: Equatable { let name: String, value: Int?, low: Int?, high: Int? }
    let expected = try table("Parameters").map { row in
      let range = try #require(row["range"]).split(separator: "...")
      return Limits(
        name: try #require(row["name"]), value: try value(#require(row["default"])),
        low: try value(range[0]), high: try value(range[1]))
    }
    let actual = Machine.top.parameters.map {
      Limits(
        name: $0.name, value: $0.defaultValue.value(Self.symbols),
        low: $0.minimum.value(Self.symbols), high: $0.maximum.value(Self.symbols))
    }
    #expect(actual == expected)
  }

  @Test func portsAreThoseOfTheContract() throws {
    struct Port: Equatable { let name: String, isInput: Bool, isSigned: Bool, width: Int? }
    let expected = try table("Ports").flatMap { row in
      let names = try #require(row["port"]).replacing(" / ", with: ", ").split(separator: ", ")
      let directions = try #require(row["dir"]).split(separator: " / ")
      let width = try #require(row["width"]).split(separator: ", ")
      return try names.enumerated().map { i, name in
        Port(
          name: String(name), isInput: directions[i % directions.count] == "in",
          isSigned: width.dropFirst() == ["signed"], width: try value(width[0]))
      }
    }
    let actual = Machine.top.ports.map {
      Port(
        name: $0.name, isInput: $0.kind == .input, isSigned: $0.shape.isSigned,
        width: $0.shape.width.value(Self.symbols))
    }
    #expect(actual == expected)
  }

  @Test func countersAreThoseOfTheContract() throws {
    let rows = try table("Counters")
    #expect(Machine.counters.indices.map { "\($0)" } == rows.map { $0["select"] })
    #expect(Machine.counters.map(\.name) == rows.map { $0["name"] })
    #expect(
      Machine.counters.map { $0.isPerTask ? "task" : "layer" } == rows.map { $0["kept per"] })
  }
}
