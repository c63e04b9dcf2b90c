import Foundation
import Machine

/// What a driver has to know of a program: where it begins, where results and counters come to lie,
/// and what the results must be. docs/programs.md is the contract of its JSON.
public struct ProgramDescription: Encodable, Sendable {
  /// The accelerator that the program is for.
  struct Accelerator: Encodable {
    let hash: String
    let version: UInt32
    let parameters: [String: Int]
  }
  /// The memory's image.
  struct Image: Encodable {
    let file: String
    let bytes: Int
    let fnv1a: String
    let alignment: Int
  }
  struct Region: Encodable {
    let kind: String
    let offset, bytes: Int
  }
  /// An image of the network's batch.
  struct Input: Encodable {
    let task: Int
    let taskName: String
    let image: Int
    let logits: [Int64]
    /// The first of the largest.
    let classNumber: Int
  }
  struct Operation: Encodable {
    let number: Int
    let operation: String
    let layer, task: String?
    let firstImage, images: Int
    let countersOffset: Int?
    let result: Result?
  }
  /// How results lie in memory.
  struct Result: Encodable {
    let form: String
    let offset, bytes, wordBytes, elementBits: Int
    let isSigned: Bool
    /// Elements of a word.
    let elements: Int
    /// Classes of a head, channels of a map.
    let channels: Int
    /// Where the images' classes are, of a head only, and bytes from one to the next.
    let classesOffset, classBytes: Int?
    /// Rows, and columns, and words of a pixel; of a map only.
    let size, pixelWords: Int?
  }
  struct Counters: Encodable {
    struct Counter: Encodable {
      let name: String
      let perTask: Bool
    }
    let bytes, valueBytes, tasks: Int
    let names: [Counter]
  }

  let generator: String
  let accelerator: Accelerator
  let image: Image
  let programOffset: Int
  let regions: [Region]
  let images: [Input]
  let operations: [Operation]
  let counters: Counters

  /// The name of the file of the memory's image.
  public static let imageName = "image.bin"
  /// The name of the description's file.
  public static let name = "program.json"

  /// The description of `program`.
  ///
  /// - Parameter logits: what the results must be, for each image of the batch in its order.
  public init(_ program: Program, logits: [[Int64]]) {
    let model = program.network.model
    let shape = program.network.shape
    generator = "mimegen \(Machine.version)"
    accelerator = Accelerator(
      hash: Self.hexadecimal(shape.hash), version: Machine.acceleratorVersion,
      parameters: shape.parameters)
    image = Image(
      file: Self.imageName, bytes: program.memory.bytes.count,
      fnv1a: Self.hexadecimal(
        program.memory.bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }),
      alignment: MemoryImage.alignment)
    programOffset = program.start
    regions = program.memory.regions.map {
      Region(kind: $0.kind.rawValue, offset: $0.offset, bytes: $0.bytes)
    }
    images = zip(program.images, program.places).map { image, place in
      Input(
        task: image.task, taskName: model.tasks[image.task], image: image.image,
        logits: logits[place], classNumber: logits[place].firstIndex(of: logits[place].max()!)!)
    }
    operations = program.operations.enumerated().map { number, operation in
      Operation(
        number: number, operation: "\(operation.operation)",
        layer: operation.layer.map { layer in
          program.network.plan(
            ofLayer: layer, task: operation.task ?? program.images[operation.images.lowerBound].task
          ).layer.name
        },
        task: operation.task.map { model.tasks[$0] }, firstImage: operation.images.lowerBound,
        images: operation.images.count, countersOffset: operation.counters,
        result: Self.result(of: operation, in: program))
    }
    let valueBytes = max(8, shape.busWidth / 8)
    counters = Counters(
      bytes: Counts.layout(shape).count * valueBytes, valueBytes: valueBytes, tasks: shape.runs,
      names: Machine.acceleratorCounters.map {
        Counters.Counter(name: $0.name, perTask: $0.isPerTask)
      })
  }

  private static func result(
    of operation: Program.Operation, in program: Program
  ) -> Result? {
    guard let data = operation.data, let layer = operation.layer else { return nil }
    let shape = program.network.shape
    let plan = program.network.plan(ofLayer: layer, task: operation.task ?? 0)
    guard let map = plan.output else {
      let line = LineForm(width: shape.columns * shape.accWidth, bus: shape.busWidth)
      let words = operation.images.count * plan.columnBlocks(shape).count
      return Result(
        form: "logits", offset: data, bytes: words * line.bytes, wordBytes: line.bytes,
        elementBits: shape.accWidth, isSigned: true, elements: shape.columns,
        channels: plan.layer.outputChannels, classesOffset: operation.classes,
        classBytes: shape.busWidth / 8, size: nil, pixelWords: nil)
    }
    let line = LineForm(width: map.placeChannels * shape.actWidth, bus: shape.busWidth)
    return Result(
      form: "map", offset: data, bytes: operation.images.count * map.imagePlaces * line.bytes,
      wordBytes: line.bytes, elementBits: shape.actWidth,
      isSigned: program.network.model.activation.isSigned, elements: map.placeChannels,
      channels: map.channels, classesOffset: nil, classBytes: nil, size: map.size,
      pixelWords: map.pixelPlaces)
  }

  /// The description as JSON, the same bytes for the same program.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
