import HDL
import Testing

@testable import Machine

/// The core is what docs/core.md says, name by name.
@Suite struct ContractTests {
  let page: String

  init() throws { page = try Repository.text(of: "docs/core.md") }

  private func table(_ title: String) throws -> [[String: String]] {
    try #require(MarkdownTable(of: page, under: title), "a table under `## \(title)`").rows
  }

  @Test func parametersAreThoseOfTheContract() throws {
    let rows = try table("Parameters")
    #expect(Machine.top.parameters.map(\.name) == rows.map { $0["name"] })
    #expect(Machine.top.parameters.map { number($0.defaultValue) } == rows.map { $0["default"] })
    let ranges = Machine.top.parameters.map { "\(number($0.minimum))...\(number($0.maximum))" }
    #expect(ranges == rows.map { $0["range"] })
  }

  /// A number as the page writes it: a literal, or names with `+` between them.
  private func number(_ n: Nat) -> String {
    switch n {
    case .literal(let value): return "\(value)"
    case .parameter(let name): return name
    // The page adds the 1 last.
    case .add(.add(let a, 1), let b): return "\(number(a))+\(number(b))+1"
    case .add(let a, let b): return "\(number(a))+\(number(b))"
    default: return "?"
    }
  }

  @Test func portsAreThoseOfTheContract() throws {
    struct Port: Equatable {
      let name: String, isInput: Bool, isSigned: Bool
      /// In bits, at parameters that give every width another number.
      let width: Int
    }
    // No two of the sums and products in the page agree at these values.
    let symbols = [
      "R": 7, "C": 11, "L": 5, "ACT_WIDTH": 9, "WEIGHT_WIDTH": 13, "ACC_WIDTH": 47,
      "MULT_WIDTH": 17, "TASK_WIDTH": 3,
    ]
    /// `A*B`, `A+B`, `max(A,B)` of names and numbers.
    func value(_ text: some StringProtocol) throws -> Int {
      if let number = Int(text) ?? symbols[String(text)] { return number }
      if text.hasPrefix("max("), text.hasSuffix(")") {
        let parts = try text.dropFirst(4).dropLast().split(separator: ",").map { try value($0) }
        return try #require(parts.max())
      }
      if let star = text.firstIndex(of: "*") {
        return try value(text[..<star]) * value(text[text.index(after: star)...])
      }
      let plus = try #require(text.firstIndex(of: "+"), "a width: \(text)")
      return try value(text[..<plus]) + value(text[text.index(after: plus)...])
    }
    let expected = try table("Ports").flatMap { row in
      let names = try #require(row["port"]).replacing(" / ", with: ", ").split(separator: ", ")
      let directions = try #require(row["dir"]).split(separator: " / ")
      let width = try #require(row["width"]).split(separator: ", ")
      return try names.enumerated().map { i, name in
        Port(
          name: String(name), isInput: directions[i % directions.count] == "in",
          isSigned: width.count > 1, width: try value(width[0].filter { $0 != " " }))
      }
    }
    let parameters = [
      "ROWS": symbols["R"]!, "COLS": symbols["C"]!, "LANES": symbols["L"]!,
    ].merging(symbols) { named, _ in named }
    let actual = try zip(Machine.top.portSummaries, Machine.top.portWidths(parameters)).map {
      Port(name: $0.name, isInput: $0.isInput, isSigned: $0.isSigned, width: try #require($1))
    }
    #expect(actual == expected)
  }

  @Test func countersAreThoseOfTheContract() throws {
    let rows = try table("Counters")
    #expect(Machine.counters.indices.map { "\($0)" } == rows.map { $0["select"] })
    #expect(Machine.counters.map(\.name) == rows.map { $0["name"] })
    #expect(
      Machine.counters.map { $0.isPerTask ? "task" : "layer" } == rows.map { $0["kept per"] })
    let select = try #require(
      try table("Ports").first { $0["port"] == "event_select" }?["width"].flatMap { Int($0) })
    #expect(Machine.counters.count <= 1 << select)
  }
}
