import Foundation

/// A value of a JSON document whose members' names are made at run time.
enum JSONValue: Encodable {
  case string(String)
  case integer(Int)
  case number(Rational)
  /// A whole number of more than 64 bits.
  case large(Int128)
  case array([JSONValue])
  case object([String: JSONValue])

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(Decimal(string: value.decimal())!)
    case .large(let value): try container.encode(Decimal(string: "\(value)")!)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}

extension EnergyReport {
  /// What the JSON's `schema` says; docs/energy.md describes it.
  public static let schema = "mimegen-energy/1"

  /// Prices, lines and sums as JSON: the same bytes for the same report.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(JSONValue.object(document())) + Data("\n".utf8)
  }

  private func document() throws -> [String: JSONValue] {
    var document: [String: JSONValue] = [
      "schema": .string(Self.schema), "unit": .string(model.table.unit),
      "cost_table": .string(model.table.name),
      "cost_table_summary": .string(model.table.summary),
      "provenance": .string(counts.provenance.rawValue),
      "model_only": .array(modelOnlyReasons.map(JSONValue.string)),
      "gating": .string(model.gates ? "on" : "off"),
      "energy_denominator": .large(model.denominator),
      "images": .object(
        Dictionary(uniqueKeysWithValues: zip(counts.tasks, counts.images.map(JSONValue.integer)))),
      named("energy_saved_by_gating"): .number(try energySavedByGating()),
      "prices": .array(model.prices.map(price)), "lines": .array(lines.map(line)),
      "layers": sums(by: layerName), "tasks": sums(by: taskName),
      "components": sums(by: \.component.rawValue),
    ].merging(energies(total)) { $1 }
    if let perImage = try perImage() {
      document[named("energy_per_image")] = .number(perImage)
    }
    return document
  }

  private func named(_ name: String) -> String { "\(name)_\(model.table.unit)" }

  private func energies(_ energy: Int128) -> [String: JSONValue] {
    [named("energy"): .number(value(energy)), "energy_numerator": .large(energy)]
  }

  private func sums(by name: (Line) -> String) -> JSONValue {
    .array(
      groups(by: name).map { name, energy in
        .object(energies(energy).merging(["name": .string(name)]) { $1 })
      })
  }

  private func line(_ line: Line) -> JSONValue {
    let charge = price(line).charge
    return .object(
      [
        "layer": .string(layerName(line)), "task": .string(taskName(line)),
        "component": .string(line.component.rawValue), "action": .string(charge.action.rawValue),
        "quantity": .string(charge.quantity.description), "count": .integer(line.count),
      ].merging(energies(line.energy)) { $1 })
  }

  private func price(_ charge: Charge, _ price: Price) -> JSONValue {
    var members: [String: JSONValue] = [
      "component": .string(charge.action.component.rawValue),
      "action": .string(charge.action.rawValue),
      "quantity": .string(charge.quantity.description),
      "times": .number(charge.times), named("price"): .number(price.value),
      "per": .string(charge.action.measure.rawValue), "source": .string(price.row.source),
    ]
    if !charge.bits.isEmpty { members["bits"] = .array(charge.bits.map(JSONValue.integer)) }
    members["derived"] = price.row.derived.map(JSONValue.string)
    members["derivation"] = price.derivation.map(JSONValue.string)
    return .object(members)
  }

  /// A line for each layer, task, component, action and quantity, as comma-separated values.
  public func csv() -> Data {
    let unit = model.table.unit
    let header =
      "layer,task,component,action,quantity,count,times,price_\(unit),energy_\(unit),cost_table,"
      + "provenance,gating"
    let rows = lines.map { line in
      let (charge, price) = price(line)
      return [
        layerName(line), taskName(line), line.component.rawValue, charge.action.rawValue,
        charge.quantity.description, "\(line.count)", charge.times.decimal(),
        price.value.decimal(), value(line.energy).decimal(), model.table.name,
        countsProvenance, model.gates ? "on" : "off",
      ].map(Self.quoted).joined(separator: ",")
    }
    return Data(([header] + rows).map { $0 + "\n" }.joined().utf8)
  }

  private static func quoted(_ field: String) -> String {
    field.contains { ",\"\n\r".contains($0) }
      ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}

extension EnergyReport {
  /// Energy by name, in the order in which the names first appear.
  public func groups(by name: (Line) -> String) -> [(name: String, energy: Int128)] {
    var places: [String: Int] = [:]
    var groups: [(name: String, energy: Int128)] = []
    for line in lines {
      let name = name(line)
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append((name, 0))
      }
      groups[place].energy += line.energy
    }
    return groups
  }

  /// What gating saves, in the table's unit: what the same counts cost without it, less what they cost with
  /// it.
  ///
  /// - Throws: `EnergyError` where a sum needs more than 128 bits.
  public func energySavedByGating() throws(EnergyError) -> Rational {
    let on = try EnergyModel(model.table, on: model.shape, gates: true).report(counts)
    let off = try EnergyModel(model.table, on: model.shape, gates: false).report(counts)
    return try off.value(off.total) + Rational(-1) * on.value(on.total)
  }
}
