import Foundation
import Yams

extension CostTable {
  /// What a table's `schema` says.
  public static let schema = "mimegen-cost-table/1"

  /// The table in a YAML or JSON file.
  ///
  /// - Throws: `EnergyError`, one sentence with file and line.
  public static func load(_ path: String) throws(EnergyError) -> CostTable {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EnergyError(
        "\(path): there is no such file; name a cost table, \(builtInNames), or a YAML or JSON file"
      )
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw EnergyError("\(path) is not text in UTF-8; a cost table in YAML or JSON is expected")
    }
    return try CostTable(parsing: text, from: path)
  }

  /// The table in `text`, YAML or JSON.
  ///
  /// - Parameter file: what errors call it.
  /// - Throws: `EnergyError`, one sentence with file and line.
  public init(parsing text: String, from file: String) throws(EnergyError) {
    // In JSON a tab can only be space between values, where YAML allows none.
    let text = file.hasSuffix(".json") ? text.replacing("\t", with: " ") : text
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw Self.sentence(error, file)
    }
    guard let root else {
      throw EnergyError("\(file): the file is empty; a cost table is expected")
    }
    let table = try Reader(root, file, "the table")
    try table.allow(["schema", "name", "unit", "summary", "actions"])
    let given = try table.string("schema")
    guard given == Self.schema else {
      throw table.error("schema", "the schema is '\(given)' and must be '\(Self.schema)'")
    }
    name = try table.string("name")
    unit = try table.string("unit")
    summary = try table.string("summary")
    guard unit.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
      throw table.error("unit", "the unit is '\(unit)'; letters and digits are expected, as in pJ")
    }
    let actions = try table.reader("actions", "actions")
    try actions.allow(Action.allCases.map(\.rawValue))
    var costs: [Action: Cost] = [:]
    for action in Action.allCases {
      costs[action] = try Cost(
        try actions.reader(action.rawValue, action.rawValue), action)
    }
    self.costs = costs
  }

  private static func sentence(_ error: any Error, _ file: String) -> EnergyError {
    guard let error = error as? YamlError else { return EnergyError("\(file): \(error)") }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return EnergyError("\(file):\(mark.line): this is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")
      return EnergyError("\(file):\(context.mark.line): \(names) is given twice")
    default:
      return EnergyError("\(file): this is not YAML: \(error)")
    }
  }
}

extension CostTable.Cost {
  fileprivate init(_ reader: Reader, _ action: Action) throws(EnergyError) {
    try reader.allow(["per", "scaling", "rows"])
    let per = try reader.string("per")
    guard per == action.measure.rawValue else {
      throw reader.error("per", "\(action.rawValue) is per \(action.measure.rawValue), not \(per)")
    }
    let name = try reader.string("scaling")
    let choices = CostTable.Scaling.allCases.filter { $0 != .product || action.isProduct }
    guard let scaling = choices.first(where: { $0.rawValue == name }) else {
      throw reader.error(
        "scaling",
        "the scaling of \(action.rawValue) is '\(name)'; choose "
          + choices.map(\.rawValue).joined(separator: ", "))
    }
    self.scaling = scaling
    rows = try Self.rows(reader, action, scaling)
  }

  private static func rows(
    _ reader: Reader, _ action: Action, _ scaling: CostTable.Scaling
  ) throws(EnergyError) -> [CostTable.Row] {
    var rows: [CostTable.Row] = []
    let all = try reader.list("rows")
    let hasSizes = all.count > 1 && action.hasCapacity
    for row in all {
      try row.allow(["value", "bits", "kilobytes", "source", "derived"])
      let bits = try row.number("bits", isNeeded: scaling != .fixed)
      let kilobytes = try row.number("kilobytes", isNeeded: hasSizes)
      guard kilobytes == nil || action.hasCapacity else {
        throw row.error("kilobytes", "\(action.rawValue) has no capacity")
      }
      rows.append(
        CostTable.Row(
          value: try row.value("value"), bits: bits, kilobytes: kilobytes,
          source: try row.string("source"), derived: try row.optionalString("derived")))
      guard let last = rows.dropLast().last else { continue }
      let isRising =
        hasSizes
        ? last.kilobytes! < kilobytes! && last.bits == bits && last.value.numerator > 0
          && rows.last!.value.numerator > 0
        : scaling != .fixed && last.bits! < bits!
      guard isRising else {
        throw row.error(
          nil,
          hasSizes
            ? "rows of a memory have the same bits, rising kilobytes and values above 0"
            : "rows have rising bits, and a fixed cost has one row")
      }
    }
    return rows
  }
}

/// A mapping of a document, with where it stands.
private struct Reader {
  let node: Node
  let file: String
  let place: String

  init(_ node: Node, _ file: String, _ place: String) throws(EnergyError) {
    self.node = node
    self.file = file
    self.place = place
    guard node.mapping != nil else { throw error(nil, "\(place) must be a mapping") }
  }

  private func child(_ key: String) -> Node? { node.mapping?[Node(key)] }

  /// A sentence about the value of `key`, or about the mapping itself.
  func error(_ key: String?, _ sentence: String) -> EnergyError {
    let mark = (key.flatMap(child) ?? node).mark ?? node.mark
    return EnergyError("\(file)\(mark.map { ":\($0.line)" } ?? ""): \(sentence)")
  }

  func allow(_ keys: [String]) throws(EnergyError) {
    for key in node.mapping!.keys {
      guard let name = key.string, keys.contains(name) else {
        let line = key.mark.map { ":\($0.line)" } ?? ""
        throw EnergyError(
          "\(file)\(line): \(place) has no '\(key.string ?? "?")'; it has "
            + keys.joined(separator: ", "))
      }
    }
  }

  func optionalString(_ key: String) throws(EnergyError) -> String? {
    guard let child = child(key) else { return nil }
    guard let text = child.scalar?.string, !text.allSatisfy(\.isWhitespace) else {
      throw error(key, "the \(key) of \(place) must be text")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func string(_ key: String) throws(EnergyError) -> String {
    guard let text = try optionalString(key) else { throw missing(key) }
    return text
  }

  private func missing(_ key: String) -> EnergyError {
    error(nil, "\(place) lacks '\(key)'")
  }

  func value(_ key: String) throws(EnergyError) -> Rational {
    let text = try string(key)
    guard let value = Rational(decimal: text), value.numerator >= 0 else {
      throw error(
        key, "the \(key) of \(place) is '\(text)'; a number of 0 or more is expected, such as 0.03")
    }
    return value
  }

  /// A whole number above 0.
  func number(_ key: String, isNeeded: Bool) throws(EnergyError) -> Int? {
    guard let text = try optionalString(key) else {
      if isNeeded { throw missing(key) }
      return nil
    }
    guard let number = Int(text), 1...1 << 20 ~= number else {
      throw error(
        key, "the \(key) of \(place) are '\(text)'; a whole number from 1 to 1048576 is expected")
    }
    return number
  }

  func reader(_ key: String, _ place: String) throws(EnergyError) -> Reader {
    guard let child = child(key) else { throw missing(key) }
    return try Reader(child, file, place)
  }

  func list(_ key: String) throws(EnergyError) -> [Reader] {
    guard let child = child(key) else { throw missing(key) }
    guard let nodes = child.sequence, !nodes.isEmpty else {
      throw error(key, "the \(key) of \(place) must be a list with at least one element")
    }
    var readers: [Reader] = []
    for node in nodes { readers.append(try Reader(node, file, "a row of \(place)")) }
    return readers
  }
}
