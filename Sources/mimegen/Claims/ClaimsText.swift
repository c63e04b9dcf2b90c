import Foundation

/// The claims as people read them.
struct ClaimsText {
  let claims: [Claim]

  var text: String {
    claims.map { claim in
      let heading =
        "\(claim.name): \(claim.statement) (\(Claim.source)); reproduced is \(claim.rangeText)"
      return ([heading] + claim.sections.map { text($0, claim) }).joined(separator: "\n\n")
    }.joined(separator: "\n\n\n")
  }

  private func text(_ section: Claim.Section, _ claim: Claim) -> String {
    var parts = ["\(section.title)\(constants(section))", table(section).text]
    if section.hasVerdict {
      parts.append(
        "Verdict on \(claim.name): \(section.verdict(claim.range).joined(separator: " "))")
    }
    return parts.joined(separator: "\n")
  }

  /// The assumptions that all rows share, and where the counts are from unless each row says so.
  private func constants(_ section: Claim.Section) -> String {
    var shared = section.names.compactMap { name in
      let values = section.values(of: name)
      return values.count == 1 ? "\(readable(name)) \(values[0])" : nil
    }
    let provenances = provenances(section)
    if case .ranges = section.layout {
      shared.append("counts: \(provenances.joined(separator: "; "))")
    } else if provenances.count == 1 {
      shared.append("counts: \(provenances[0])")
    }
    return shared.isEmpty ? "" : "\n  " + shared.joined(separator: ", ")
  }

  private func provenances(_ section: Claim.Section) -> [String] {
    var seen: Set<String> = []
    return section.rows.map(\.mark).filter { seen.insert($0).inserted }
  }

  private func table(_ section: Claim.Section) -> Table {
    switch section.layout {
    case .rows: rowTable(section)
    case .ranges(let keys, let across): rangeTable(section, keys, across)
    }
  }

  private func rowTable(_ section: Claim.Section) -> Table {
    let names = section.names.filter { section.values(of: $0).count > 1 }
    let marks = provenances(section).count > 1
    var table = Table(
      header: names.map(readable) + (marks ? ["counts"] : [])
        + (section.rows.first?.figures.map { readable($0.name) } ?? []) + ["ratio"])
    for row in section.rows {
      table.rows.append(
        names.map { row[$0] } + (marks ? [row.mark] : [])
          + row.figures.map { number($0.value) }
          + [decimal(row.ratio)])
    }
    return table
  }

  private func rangeTable(
    _ section: Claim.Section, _ keys: [String], _ across: String
  ) -> Table {
    let keys = keys.filter { section.values(of: $0).count > 1 }
    let columns = section.values(of: across)
    var table = Table(header: (keys.isEmpty ? [""] : keys.map(readable)) + columns)
    var order: [[String]] = []
    var groups: [[String]: [String: [Double]]] = [:]
    for row in section.rows {
      let key = keys.map { row[$0] }
      if groups[key] == nil { order.append(key) }
      groups[key, default: [:]][row[across], default: []].append(row.ratio)
    }
    for key in order {
      table.rows.append(
        (keys.isEmpty ? [""] : key)
          + columns.map { column in
            guard let ratios = groups[key]![column] else { return "-" }
            let (low, high) = (decimal(ratios.min()!), decimal(ratios.max()!))
            return low == high ? low : "\(low) to \(high)"
          })
    }
    return table
  }

  private func number(_ value: Double) -> String {
    value.magnitude >= 1000 ? grouped(Int(value.rounded())) : decimal(value)
  }
}

/// With three digits behind the point.
func decimal(_ value: Double) -> String { String(format: "%.3f", value) }

/// The claims as a document.
struct ClaimsDocument {
  static let schema = "mimegen-claims/1"

  let claims: [Claim]

  private struct Row: Encodable {
    let assumptions: [String: String]
    let provenance: String
    let modelOnlyReasons: [String]
    let figures: [String: Double]
    let ratio: Double
    let isReproduced: Bool
  }

  private struct Section: Encodable {
    let title: String
    let verdict: [String]?
    let rows: [Row]
  }

  private struct Statement: Encodable {
    let name, statement, source, reproduced: String
    let sections: [Section]
  }

  private struct Document: Encodable {
    let schema = ClaimsDocument.schema
    let claims: [Statement]
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let document = Document(
      claims: claims.map { claim in
        Statement(
          name: claim.name, statement: claim.statement, source: Claim.source,
          reproduced: claim.rangeText,
          sections: claim.sections.map { section in
            Section(
              title: section.title,
              verdict: section.hasVerdict ? section.verdict(claim.range) : nil,
              rows: section.rows.map { row in
                Row(
                  assumptions: Dictionary(
                    uniqueKeysWithValues: row.assumptions.map { ($0.name, $0.value) }),
                  provenance: row.mark, modelOnlyReasons: row.modelOnlyReasons,
                  figures: Dictionary(
                    uniqueKeysWithValues: row.figures.map { ($0.name, $0.value) }),
                  ratio: row.ratio, isReproduced: claim.range.contains(row.ratio))
              })
          })
      })
    var data = try encoder.encode(document)
    data.append(UInt8(ascii: "\n"))
    return data
  }
}
