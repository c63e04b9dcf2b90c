import Foundation
import Networks

/// The zeros of a network in a file, with where they were measured; docs/model.md has its form.
public struct SparsityProfile: Sendable, Equatable {
  /// The form of the file.
  public static let schema = "mimegen-sparsity/1"

  /// What the fractions were measured on.
  public struct Provenance: Sendable, Equatable, Codable {
    public var model: String
    public var vectors: String
    /// Images of each task, by its name.
    public var images: [String: Int]
    /// Order of the images: singular or pipelined.
    public var mode: String
    public var batchSize: Int

    public init(
      model: String, vectors: String, images: [String: Int], mode: String, batchSize: Int
    ) {
      self.model = model
      self.vectors = vectors
      self.images = images
      self.mode = mode
      self.batchSize = batchSize
    }
  }

  /// What common zeros depend on.
  public struct RowShape: Sendable, Equatable, Codable {
    public var rows: Int
    /// Channels of a word: columns times banks.
    public var wordChannels: Int
    /// Pooled layers whose slots go row by row.
    public var rowOrdered: [String]

    public init(rows: Int, wordChannels: Int, rowOrdered: [String] = []) {
      self.rows = rows
      self.wordChannels = wordChannels
      self.rowOrdered = rowOrdered
    }
  }

  /// A layer by its name, with tasks by theirs.
  public struct Layer: Sendable, Equatable, Codable {
    public struct Task: Sendable, Equatable, Codable {
      public var zeroFraction: Double
      public var maskedFraction: Double?
    }

    public struct Group: Sendable, Equatable, Codable {
      public var rows: Int
      public var issuedFraction: Double
      /// Words by their number of issued steps, from 0 on.
      public var histogram: [Int]?
    }

    public struct Joint: Sendable, Equatable, Codable {
      /// The task whose images ran by themselves; absent where tasks ran together.
      public var task: String?
      public var issuedFractions: [String: Double]
      public var groups: [Group]
      public var neighboursZero: Double?
      public var gainsPerTile: Double?
    }

    public var name: String
    public var tasks: [String: Task]
    public var joint: [Joint]?
  }

  public var provenance: Provenance
  /// The shape of rows of common zeros; nil where there are none.
  public var rowShape: RowShape?
  public var layers: [Layer]
}

extension SparsityProfile {
  /// What was measured of `network` on `rowShape`; tasks without images are left out.
  public init(
    _ network: NetworkShape, _ sparsity: [LayerSparsity], rowShape: RowShape,
    provenance: Provenance
  ) {
    let measured = network.tasks.indices.filter {
      provenance.images[network.tasks[$0].name, default: 0] > 0
    }
    func byName<Value>(_ value: (Int) -> Value?) -> [String: Value] {
      Dictionary(
        uniqueKeysWithValues: measured.compactMap { task in
          value(task).map { (network.tasks[task].name, $0) }
        })
    }
    self.provenance = provenance
    self.rowShape = rowShape
    layers = sparsity.enumerated().map { number, own in
      let isShared = network.sharesWeights(inLayer: number)
      let isHead = number == network.layers.count
      return Layer(
        name: network.layerName(number),
        tasks: byName {
          Layer.Task(
            zeroFraction: own.tasks[$0]!.zeroFraction,
            maskedFraction: isHead ? nil : own.tasks[$0]!.maskedFraction)
        },
        joint: own.joint.enumerated().filter { isShared || measured.contains($0.offset) }.map {
          task, joint in
          Layer.Joint(
            task: isShared ? nil : network.tasks[task].name,
            issuedFractions: byName { joint.issuedFractions[$0] },
            groups: joint.groups.map {
              Layer.Group(rows: $0.rows, issuedFraction: $0.issuedFraction, histogram: $0.histogram)
            }, neighboursZero: joint.neighboursZero, gainsPerTile: joint.gainsPerTile)
        })
    }
  }

  /// The sparsities of the layers of `network`, the heads last, for `shape`: common zeros only where
  /// they were measured for its rows and words.
  ///
  /// - Throws: `ProgramFailure` where the profile is of other layers.
  public func sparsity(
    of network: NetworkShape, on shape: AcceleratorShape
  ) throws -> [LayerSparsity] {
    let isMeasured = rowShape?.rows == shape.rows && rowShape?.wordChannels == shape.placeChannels
    let names = (0..<network.layerCount).map(network.layerName)
    guard layers.map(\.name) == names else {
      throw ProgramFailure(
        "the profile has the layers \(layers.map(\.name).joined(separator: ", ")), and the network "
          + "\(names.joined(separator: ", "))")
    }
    let tasks = network.tasks.map(\.name)
    return layers.enumerated().map { number, layer in
      let known = tasks.map { name in
        layer.tasks[name].map {
          LayerSparsity.Task(zeroFraction: $0.zeroFraction, maskedFraction: $0.maskedFraction ?? 0)
        }
      }
      let isShared = network.sharesWeights(inLayer: number)
      let owners: [String?] = isShared ? [nil] : tasks.map(Optional.some)
      let joint = isMeasured ? owners.map { owner in layer.joint?.first { $0.task == owner } } : []
      return LayerSparsity(
        tasks: known,
        joint: joint.map { own in
          JointZeros(
            issuedFractions: tasks.map { own?.issuedFractions[$0] },
            groups: (own?.groups ?? []).map {
              JointZeros.Group(
                rows: $0.rows, issuedFraction: $0.issuedFraction, histogram: $0.histogram)
            }, neighboursZero: own?.neighboursZero, gainsPerTile: own?.gainsPerTile)
        })
    }
  }
}

extension SparsityProfile {
  private struct File: Encodable {
    let schema: String
    let provenance: Provenance
    let rowShape: RowShape?
    let layers: [Layer]
  }

  /// The file's text.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let file = File(
      schema: Self.schema, provenance: provenance, rowShape: rowShape, layers: layers)
    var data = try encoder.encode(file)
    data.append(UInt8(ascii: "\n"))
    return data
  }

  /// The profile of a file.
  ///
  /// - Throws: `ProgramFailure` that names the file, the member and what belongs there.
  public static func load(_ path: String) throws -> SparsityProfile {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ProgramFailure("\(path) cannot be read")
    }
    do {
      return try SparsityProfile(json: data)
    } catch {
      throw ProgramFailure("\(path): \(error)")
    }
  }

  init(json text: Data) throws {
    let file = try JSONReader(parsing: text)
    try file.allow(["schema", "provenance", "row_shape", "layers"])
    guard try file["schema"].string() == Self.schema else {
      throw file["schema"].wrong("'\(Self.schema)'")
    }
    let source = file["provenance"]
    let images = source["images"]
    provenance = Provenance(
      model: try source["model"].string(), vectors: try source["vectors"].string(),
      images: try images.isPresent
        ? Self.byName(images) { try $0.integer(0...1 << 40) } : [:],
      mode: try source["mode"].isPresent ? source["mode"].string() : "",
      batchSize: try source["batch_size"].isPresent ? source["batch_size"].integer(0...1 << 40) : 0)
    let rows = file["row_shape"]
    rowShape =
      try rows.isPresent
      ? RowShape(
        rows: rows["rows"].integer(1...1 << 20),
        wordChannels: rows["word_channels"].integer(1...1 << 30),
        rowOrdered: rows["row_ordered"].isPresent
          ? rows["row_ordered"].elements().map { try $0.string() } : []) : nil
    layers = try file["layers"].elements().map(Self.layer)
    if rowShape == nil, layers.contains(where: { $0.joint != nil }) {
      throw rows.wrong("the shape of rows of the common zeros")
    }
  }

  private static func byName<Value>(
    _ file: JSONReader, _ value: (JSONReader) throws -> Value
  ) throws -> [String: Value] {
    Dictionary(uniqueKeysWithValues: try file.names().map { ($0, try value(file[$0])) })
  }

  private static func layer(_ file: JSONReader) throws -> Layer {
    try file.allow(["name", "tasks", "joint"])
    let joint = file["joint"]
    return Layer(
      name: try file["name"].string(),
      tasks: try byName(file["tasks"]) { task in
        try task.allow(["zero_fraction", "masked_fraction"])
        let masked = task["masked_fraction"]
        return Layer.Task(
          zeroFraction: try task["zero_fraction"].fraction(),
          maskedFraction: masked.isPresent ? try masked.fraction() : nil)
      }, joint: joint.isPresent ? try joint.elements().map(Self.joint) : nil)
  }

  private static func joint(_ file: JSONReader) throws -> Layer.Joint {
    try file.allow(["task", "issued_fractions", "groups", "neighbours_zero", "gains_per_tile"])
    let neighbours = file["neighbours_zero"]
    let gains = file["gains_per_tile"]
    let groups = try file["groups"].elements().map { group in
      try group.allow(["rows", "issued_fraction", "histogram"])
      let histogram = group["histogram"]
      let words =
        histogram.isPresent
        ? try histogram.elements().map { try $0.integer(0...1 << 50) } : nil
      if let words, !words.contains(where: { $0 > 0 }) {
        throw histogram.wrong("counts of words, one of them above 0")
      }
      return Layer.Group(
        rows: try group["rows"].integer(1...1 << 20),
        issuedFraction: try group["issued_fraction"].fraction(), histogram: words)
    }
    guard !groups.isEmpty else { throw file["groups"].wrong("a list that is not empty") }
    return Layer.Joint(
      task: file["task"].isPresent ? try file["task"].string() : nil,
      issuedFractions: try byName(file["issued_fractions"]) { try $0.fraction() },
      groups: groups, neighboursZero: neighbours.isPresent ? try neighbours.fraction() : nil,
      gainsPerTile: gains.isPresent ? try gains.fraction() : nil)
  }
}
