extension CostTable {
  /// The tables that come with mimegen, by name; their texts are the files in Tables.
  public static let builtInTexts: [(name: String, text: String)] = [
    ("eyeriss", String(decoding: PackageResources.eyeriss_yaml, as: UTF8.self)),
    ("horowitz-45nm", String(decoding: PackageResources.horowitz_45nm_yaml, as: UTF8.self)),
  ]

  /// Their names, as a sentence has them.
  static var builtInNames: String { builtInTexts.map(\.name).joined(separator: ", ") }

  /// The built-in table of that name, or the one in a file.
  ///
  /// - Throws: `EnergyError`, one sentence.
  public static func named(_ name: String) throws(EnergyError) -> CostTable {
    guard let builtIn = builtInTexts.first(where: { $0.name == name }) else {
      return try load(name)
    }
    return try CostTable(parsing: builtIn.text, from: "\(name).yaml")
  }
}
