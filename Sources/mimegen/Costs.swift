import ArgumentParser
import Energy

/// `mimegen costs`: the cost tables.
struct Costs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the cost tables, or print one.",
    discussion: """
      A built-in table is printed as the YAML that it is, to start a table of your own from; a file is \
      checked and summed up. docs/energy.md describes the form.
      """)

  @Argument(
    help: ArgumentHelp(
      "The name of a table, or a file in YAML or JSON. (default: list the tables)",
      valueName: "table"))
  var table: String?

  func run() throws {
    guard let table else {
      var list = Table(header: ["table", "unit", "actions", "derived"])
      for (name, _) in CostTable.builtInTexts { list.rows.append(Self.row(try .named(name))) }
      print(list.text)
      return
    }
    let checked = try CostTable.named(table)
    if let builtIn = CostTable.builtInTexts.first(where: { $0.name == table }) {
      print(builtIn.text, terminator: "")
    } else {
      var list = Table(header: ["table", "unit", "actions", "derived"])
      list.rows.append(Self.row(checked))
      print(list.text)
    }
  }

  /// Name, unit, actions, and how many of the actions have a value that is derived.
  private static func row(_ table: CostTable) -> [String] {
    let derived = table.costs.values.count { $0.rows.contains { $0.derived != nil } }
    return [table.name, table.unit, "\(table.costs.count)", "\(derived)"]
  }
}
