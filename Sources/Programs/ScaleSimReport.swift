/// What SCALE-Sim's reports say of each layer.
public struct ScaleSimReport: Sendable {
  /// A layer.
  public struct Layer: Sendable, Equatable {
    /// Total cycles and those of them that waited for memory.
    public let cycles, stallCycles: Int
    /// Accesses of its three memories.
    public let inputReads, filterReads, outputWrites: Int
  }

  /// In order.
  public let layers: [Layer]

  /// - Parameters:
  ///   - compute: the text of COMPUTE_REPORT.csv.
  ///   - access: the text of DETAILED_ACCESS_REPORT.csv.
  /// - Throws: `ProgramFailure` with the report, and what is missing in it.
  public init(compute: String, access: String) throws {
    let compute = try Columns(compute, "COMPUTE_REPORT.csv")
    let access = try Columns(access, "DETAILED_ACCESS_REPORT.csv")
    let columns = [
      try compute["Total Cycles"], try compute["Stall Cycles"], try access["SRAM IFMAP Reads"],
      try access["SRAM Filter Reads"], try access["SRAM OFMAP Writes"],
    ]
    guard columns[0].count == columns[2].count else {
      throw ProgramFailure(
        "COMPUTE_REPORT.csv has \(columns[0].count) layers and DETAILED_ACCESS_REPORT.csv "
          + "\(columns[2].count); they must have as many")
    }
    layers = columns[0].indices.map { layer in
      Layer(
        cycles: columns[0][layer], stallCycles: columns[1][layer], inputReads: columns[2][layer],
        filterReads: columns[3][layer], outputWrites: columns[4][layer])
    }
  }

  /// A report by the names of its header.
  private struct Columns {
    private let name: String
    private let header: [String]
    private let lines: [[String]]

    init(_ text: String, _ name: String) throws {
      let lines = text.split(whereSeparator: \.isNewline).map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map {
          String($0.drop { $0 == " " })
        }
      }
      guard let header = lines.first else { throw ProgramFailure("\(name) is empty") }
      self.name = name
      self.header = header
      self.lines = Array(lines.dropFirst())
    }

    subscript(_ column: String) -> [Int] {
      get throws {
        guard let place = header.firstIndex(of: column) else {
          throw ProgramFailure("\(name) has no column '\(column)'")
        }
        return try lines.enumerated().map { number, line in
          guard place < line.count, let value = Int(line[place]) else {
            throw ProgramFailure(
              "\(name), line \(number + 2): '\(column)' is missing or no whole number")
          }
          return value
        }
      }
    }
  }
}
